"""The engine that this room was written for is the one that is installed, and its schema is laid letter for letter."""

from __future__ import annotations

from importlib.metadata import version
from importlib.resources import files

from procrastinate.worker import Worker

from headwater.core.database.migrations import find_migrations_folder


def test_engine_is_the_release_that_the_room_overrides() -> None:
    assert version("procrastinate") == "3.10.0"
    for name in ("_fetch_and_process_jobs", "_start_side_tasks", "_abort_running_jobs", "_handle_abort_jobs_requested"):
        assert callable(getattr(Worker, name))


def test_schema_is_that_of_the_release() -> None:
    shipped = (files("procrastinate") / "sql" / "schema.sql").read_text("utf-8")
    laid = (find_migrations_folder() / "20261121000300_jobs_engine.sql").read_text("utf-8")
    assert laid.split("$procrastinate$")[1] == shipped
