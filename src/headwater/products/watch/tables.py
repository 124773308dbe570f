"""The tables of `watch_tables.sql` as SQLAlchemy sees them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import REAL, BigInteger, Column, DateTime, Integer, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.types import UserDefinedType

metadata = MetaData(schema="public")


class HalfVector(UserDefinedType[str]):
    """pgvector's half-precision vector, sent and read as its text form `[1,2,3]`."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the type's name in SQL."""
        return "extensions.halfvec"


def _id() -> Column[Any]:
    return Column("id", UUID, primary_key=True, server_default=text("headwater.uuidv7()"))


def _moment(name: str, *, default: bool = False) -> Column[Any]:
    if default:
        return Column(name, DateTime(timezone=True), nullable=False, server_default=text("now()"))
    return Column(name, DateTime(timezone=True))


user_queries = Table(
    "user_queries",
    metadata,
    _id(),
    Column("workspace_id", UUID, nullable=False),
    Column("created_by", UUID),
    Column("raw_query", Text, nullable=False),
    Column("refined_query", Text),
    Column("status", Text, nullable=False, server_default="pending"),
    Column("config_hints_json", JSONB, nullable=False, server_default="{}"),
    Column("suggestions", JSONB, nullable=False, server_default="[]"),
    Column("error", Text),
    _moment("created_at", default=True),
    _moment("updated_at", default=True),
)

monitored_sources = Table(
    "monitored_sources",
    metadata,
    _id(),
    Column("workspace_id", UUID, nullable=False),
    Column("user_query_id", UUID),
    Column("created_by", UUID),
    Column("url", Text, nullable=False),
    Column("normalised_url", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("kind", Text, nullable=False, server_default="website"),
    Column("name", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="active"),
    Column("config", JSONB, nullable=False, server_default="{}"),
    Column("check_interval", Integer, nullable=False, server_default="3600"),
    _moment("next_check_at", default=True),
    _moment("next_check_set_at", default=True),
    _moment("last_checked_at"),
    _moment("last_changed_at"),
    Column("last_error", Text),
    Column("last_error_kind", Text),
    Column("error_count", Integer, nullable=False, server_default="0"),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", Text),
    Column("current_content_id", UUID),
    Column("volatility", JSONB, nullable=False, server_default="{}"),
    Column("check_ticket", UUID),
    _moment("checking_until"),
    _moment("created_at", default=True),
    _moment("updated_at", default=True),
)

source_checks = Table(
    "source_checks",
    metadata,
    _id(),
    Column("workspace_id", UUID, nullable=False),
    Column("monitored_source_id", UUID, nullable=False),
    _moment("at", default=True),
    Column("outcome", Text, nullable=False),
    Column("reason", Text),
    Column("http_status", Integer),
    Column("bytes", BigInteger),
    Column("ms", Integer),
    Column("change_score", REAL),
)

scraped_contents = Table(
    "scraped_contents",
    metadata,
    _id(),
    Column("workspace_id", UUID, nullable=False),
    Column("monitored_source_id", UUID, nullable=False),
    Column("title", Text, nullable=False, server_default=""),
    Column("content", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("passages", JSONB, nullable=False),
    _moment("created_at", default=True),
    Column("embedded_by", Text),
)

content_embeddings = Table(
    "content_embeddings",
    metadata,
    Column("workspace_id", UUID, primary_key=True),
    Column("passage_hash", Text, primary_key=True),
    Column("model_name", Text, primary_key=True),
    Column("dimensions", Integer, nullable=False),
    Column("embedding", HalfVector, nullable=False),
    _moment("created_at", default=True),
)

change_alerts = Table(
    "change_alerts",
    metadata,
    _id(),
    Column("workspace_id", UUID, nullable=False),
    Column("monitored_source_id", UUID, nullable=False),
    Column("check_id", UUID, nullable=False),
    Column("from_content_id", UUID),
    Column("to_content_id", UUID),
    Column("summary", Text, nullable=False),
    Column("details", JSONB, nullable=False, server_default="{}"),
    Column("severity", Text, nullable=False),
    Column("score", REAL, nullable=False),
    _moment("acknowledged_at"),
    Column("acknowledged_by", UUID),
    _moment("created_at", default=True),
)

alert_feeds = Table(
    "alert_feeds",
    metadata,
    _id(),
    Column("workspace_id", UUID, nullable=False),
    Column("user_id", UUID, nullable=False),
    Column("token_hash", Text, nullable=False),
    _moment("created_at", default=True),
)
