"""The engine that this room was written for is the one that is installed, and its schema is installed unchanged."""

from __future__ import annotations

import re
from importlib.metadata import version
from importlib.resources import files
from inspect import getsource
from pathlib import Path

from procrastinate.worker import Worker

from headwater.core.database.migrations import find_migrations_folder
from headwater.kit.jobs.workers.engine import EngineWorker

DECISION = Path(__file__).parents[4] / "docs" / "decisions" / "0002-jobs-on-procrastinate.md"
_PRIVATE = re.compile(r"\bself\.(_[a-z]\w+)")


def test_engine_is_the_release_that_the_room_overrides() -> None:
    assert version("procrastinate") == "3.10.0"


def test_the_decision_names_what_is_replaced_or_used_of_the_engine() -> None:
    replaced = {name for name in vars(EngineWorker) if not name.startswith("__") and hasattr(Worker, name)}
    of_the_engine = set(_PRIVATE.findall(getsource(Worker)))
    used = set(_PRIVATE.findall(getsource(EngineWorker))) & of_the_engine
    section = DECISION.read_text("utf-8").partition("| Method or attribute |")[2].partition("\n\n")[0]
    named = {name for line in section.splitlines() for name in re.findall(r"`(\w+)`", line.partition(" | ")[0])}
    assert replaced == {"_fetch_and_process_jobs", "_start_side_tasks", "_abort_running_jobs", "stop"}
    assert named == replaced | used


def test_schema_is_that_of_the_release() -> None:
    shipped = (files("procrastinate") / "sql" / "schema.sql").read_text("utf-8")
    installed = (find_migrations_folder() / "20261121000300_jobs_engine.sql").read_text("utf-8")
    assert installed.split("$procrastinate$")[1] == shipped
