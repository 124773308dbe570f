"""The tables of `workspaces_tables.sql` as SQLAlchemy sees them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

metadata = MetaData(schema="public")

_NEW_ID = text("headwater.uuidv7()")
_NOW = text("now()")

profiles = Table(
    "profiles",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("email", Text, nullable=False, server_default=""),
    Column("full_name", Text, nullable=False, server_default=""),
    Column("avatar_url", Text),
    Column("timezone", Text, nullable=False, server_default="UTC"),
    Column("locale", Text),
    Column("last_seen_at", DateTime(timezone=True)),
    Column("previous_visit_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

workspaces = Table(
    "workspaces",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("name", Text, nullable=False),
    Column("is_personal", Boolean, nullable=False, server_default=text("false")),
    Column("created_by", UUID),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

workspace_members = Table(
    "workspace_members",
    metadata,
    Column("workspace_id", UUID, primary_key=True),
    Column("user_id", UUID, primary_key=True),
    Column("role", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

workspace_invitations = Table(
    "workspace_invitations",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("workspace_id", UUID, nullable=False),
    Column("email", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("token_hash", Text, nullable=False),
    Column("invited_by", UUID),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("accepted_at", DateTime(timezone=True)),
    Column("mailed_at", DateTime(timezone=True)),
    Column("mail_problem", Text),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("workspace_id", UUID, nullable=False),
    Column("created_by", UUID, nullable=False),
    Column("name", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("key_hash", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False, server_default="{read}"),
    Column("expires_at", DateTime(timezone=True)),
    Column("last_used_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

activity_log = Table(
    "activity_log",
    metadata,
    Column("id", UUID, primary_key=True, server_default=_NEW_ID),
    Column("workspace_id", UUID, nullable=False),
    Column("actor_id", UUID),
    Column("actor_kind", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", UUID),
    Column("details", JSONB, nullable=False, server_default="{}"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)
