"""The tables of `notify_tables.sql` as SQLAlchemy sees them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, Integer, MetaData, SmallInteger, Table, Text, Time, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

metadata = MetaData(schema="public")

_NEW_ID = text("headwater.uuidv7()")
_NOW = text("now()")

notification_preferences = Table(
    "notification_preferences",
    metadata,
    Column("workspace_id", UUID, primary_key=True),
    Column("user_id", UUID, primary_key=True),
    Column("channels", ARRAY(Text), nullable=False, server_default="{email,webhook,in_app}"),
    Column("mode", Text, nullable=False, server_default="immediate"),
    Column("severity_floor", Text, nullable=False, server_default="low"),
    Column("timezone", Text, nullable=False, server_default="UTC"),
    Column("quiet_start", Time),
    Column("quiet_end", Time),
    Column("digest_hour", SmallInteger, nullable=False, server_default=text("8")),
    Column("email", Text),
    Column("email_verified_at", DateTime(timezone=True)),
    Column("unsubscribed_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("workspace_id", UUID, nullable=False),
    Column("created_by", UUID),
    Column("url", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("severity_floor", Text, nullable=False, server_default="low"),
    Column("event_kinds", ARRAY(Text), nullable=False, server_default="{}"),
    Column("secret_sealed", Text, nullable=False),
    Column("previous_secret_sealed", Text),
    Column("previous_secret_expires_at", DateTime(timezone=True)),
    Column("enabled", Boolean, nullable=False, server_default=text("true")),
    Column("disabled_reason", Text),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("last_delivered_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

notification_events = Table(
    "notification_events",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("workspace_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject_id", UUID, nullable=False),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False, server_default=""),
    Column("parts", JSONB, nullable=False, server_default="[]"),
    Column("url", Text),
    Column("page", Text),
    Column("severity", Text, nullable=False),
    Column("data", JSONB, nullable=False, server_default="{}"),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

notifications = Table(
    "notifications",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("workspace_id", UUID, nullable=False),
    Column("user_id", UUID, nullable=False),
    Column("event_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("url", Text),
    Column("severity", Text, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("read_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

notification_deliveries = Table(
    "notification_deliveries",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("workspace_id", UUID, nullable=False),
    Column("event_id", UUID),
    Column("user_id", UUID),
    Column("endpoint_id", UUID),
    Column("digest_id", UUID),
    Column("channel", Text, nullable=False),
    Column("purpose", Text, nullable=False, server_default="event"),
    Column("address", Text, nullable=False, server_default=""),
    Column("idempotency_key", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text),
    Column("mode", Text, nullable=False, server_default="immediate"),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("first_attempt_at", DateTime(timezone=True)),
    Column("sending_since", DateTime(timezone=True)),
    Column("sent_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

notification_attempts = Table(
    "notification_attempts",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("workspace_id", UUID, nullable=False),
    Column("delivery_id", UUID, nullable=False),
    Column("number", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("status_code", Integer),
    Column("response", Text, nullable=False, server_default=""),
    Column("milliseconds", Integer, nullable=False, server_default=text("0")),
    Column("at", DateTime(timezone=True), nullable=False),
)
