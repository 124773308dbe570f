"""The table `public.jobs` of `jobs_queue.sql` as SQLAlchemy sees it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Integer, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import UUID

metadata = MetaData(schema="public")

jobs = Table(
    "jobs",
    metadata,
    Column("id", UUID, primary_key=True, server_default=text("headwater.uuidv7()")),
    Column("workspace_id", UUID),
    Column("engine_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("summary", Text, nullable=False, server_default=""),
    Column("state", Text, nullable=False),
    Column("progress_done", BigInteger, nullable=False, server_default=text("0")),
    Column("progress_total", BigInteger),
    Column("progress_note", Text, nullable=False, server_default=""),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("max_attempts", Integer, nullable=False),
    Column("error", Text),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("next_attempt_at", DateTime(timezone=True)),
)
