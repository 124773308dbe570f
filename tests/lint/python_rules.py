"""Rules about Python files, each a function from a module to its findings."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from tests.lint.findings import Finding, Module
from tests.lint.service_role import ALLOWED as SERVICE_ROLE_FILES

LARGEST_BYTES = 14 * 1024
_EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "common", "misc"}
_NOW = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns"},
}
_SQL = re.compile(r"^\s*(select|insert\s+into|update|delete\s+from|with|alter|create|drop|grant)\s", re.IGNORECASE)
_NOQA = re.compile(r"noqa(:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*)?|type:\s*ignore(\[[^\]]*\])?")
_LOG_EVENT = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)+$|^request$")
_CONSTANT = re.compile(r"^_*[A-Z][A-Z0-9_]*$")


def commits_at_the_edge_alone(module: Module) -> Iterator[Finding]:
    """A transaction is committed by whoever opened it: `core/database/database.py`, and the engine of the jobs."""
    if module.is_in("core/database/database.py", "kit/jobs/", "local/"):
        return
    for call in _calls(module):
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"commit", "rollback"}:
            yield module.at(call, f"{call.func.attr}() belongs to the edge that opened the transaction")


def environment_in_settings_alone(module: Module) -> Iterator[Finding]:
    """Only the settings read the environment; the launchers of `process` hand theirs to children."""
    if module.is_in("core/settings/", "process/"):
        return
    for node in ast.walk(module.tree):
        named = isinstance(node, ast.Attribute) and _dotted(node) in {"os.environ", "os.getenv", "os.putenv"}
        imported = isinstance(node, ast.ImportFrom) and node.module == "os"
        if named or (imported and {"environ", "getenv"} & {alias.name for alias in node.names}):  # type: ignore[attr-defined]
            yield module.at(node, "the environment is read in core/settings/ alone")


def time_from_the_clock_alone(module: Module) -> Iterator[Finding]:
    """Only `core/clock.py` asks what time it is, so that tests can move it."""
    if module.is_in("core/clock.py"):
        return
    for call in _calls(module):
        parts = _dotted(call.func).split(".")
        if len(parts) >= 2 and parts[-1] in _NOW.get(parts[-2], set()):
            yield module.at(call, f"{parts[-2]}.{parts[-1]}() belongs to core/clock.py; ask a Clock")
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            for alias in node.names:
                if alias.name in _NOW["time"]:
                    yield module.at(node, f"time.{alias.name} belongs to core/clock.py; ask a Clock")


def broad_except_has_a_reason(module: Module) -> Iterator[Finding]:
    """Whoever catches everything says why, on that line. Tidying up before the error goes on catches nothing."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        broad = any(kind is None or _dotted(kind) in {"Exception", "BaseException"} for kind in caught)
        comment = module.line(node.lineno).partition("#")[2]
        goes_on = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
        if broad and not goes_on and len(_NOQA.sub("", comment).strip(" #-")) < 10:
            yield module.at(node, "an `except` this broad needs its reason on the line")


def names_say_something(module: Module) -> Iterator[Finding]:
    """No file or folder is called by a word that says nothing."""
    for part in module.name.removesuffix(".py").split("/"):
        if part in _EMPTY_NAMES:
            yield module.at(1, f"`{part}` says nothing about what is in it")


def files_stay_small(module: Module) -> Iterator[Finding]:
    """A file that grows past the cap holds two things."""
    size = len(module.source.encode())
    if size > LARGEST_BYTES:
        yield module.at(1, f"{size:,} bytes; a file has {LARGEST_BYTES:,} at most")


def service_role_is_rare(module: Module) -> Iterator[Finding]:
    """Acting past every policy is for the files listed in `tests/lint/service_role.py`."""
    if module.name in SERVICE_ROLE_FILES:
        return
    for call in _calls(module):
        if _dotted(call.func).endswith("Identity.service"):
            yield module.at(
                call,
                "Identity.service() needs its reason in the module's service_role or in tests/lint/service_role.py",
            )


def sql_is_put_together_from_constants(module: Module) -> Iterator[Finding]:
    """Values go into parameters; only constants of the module may be put into the text of a statement."""
    if not module.is_in("kit/", "products/"):
        return
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.JoinedStr) or not node.values:
            continue
        text = "".join(
            part.value for part in node.values if isinstance(part, ast.Constant) and isinstance(part.value, str)
        )
        if not _SQL.match(text) or " " not in text.strip():
            continue
        for part in node.values:
            if isinstance(part, ast.FormattedValue) and not _CONSTANT.match(_dotted(part.value).rsplit(".", 1)[-1]):
                yield module.at(node, "SQL with something other than a constant put into its text")
                break


def errors_are_of_the_closed_set(module: Module) -> Iterator[Finding]:
    """A new error is one of those that the doors can answer, made more exact."""
    if module.is_in("core/errors.py"):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef) and "HeadwaterError" in {_dotted(parent) for parent in node.bases}:
            yield module.at(node, "errors derive from one of the closed set in core/errors.py")


def events_by_their_kinds(module: Module) -> Iterator[Finding]:
    """Products make events of the kinds that they declare, so that no unknown kind is ever told."""
    if not module.is_in("products/"):
        return
    for call in _calls(module):
        if _dotted(call.func).rsplit(".", 1)[-1] == "Event" and any(one.arg == "kind" for one in call.keywords):
            yield module.at(call, "an event is made by `describe` of its EventKind, which product.py declares")


def log_lines_are_found_by_their_event(module: Module) -> Iterator[Finding]:
    """A line of the log is `logger.…("snake_case_event", key=value)` everywhere, so that one search finds all of it."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            made = _dotted(node.value.func).rsplit(".", 1)[-1] == "get_logger"
            if (
                made
                and [_dotted(target) for target in node.targets] != ["logger"]
                and not module.is_in("core/telemetry.py")
            ):
                yield module.at(node, "what writes to the log is called `logger`")
    for call in _calls(module):
        if not isinstance(call.func, ast.Attribute) or _dotted(call.func.value) != "logger" or not call.args:
            continue
        event = call.args[0]
        if isinstance(event, ast.Constant) and not _LOG_EVENT.match(str(event.value)):
            yield module.at(call, f"{event.value!r} is no name of an event, such as `job_failed`")


def docstrings_return_what_the_function_returns(module: Module) -> Iterator[Finding]:
    """A docstring that begins with "Return" belongs to a function that returns something."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        first = (ast.get_docstring(node) or "").partition(" ")[0]
        is_empty = isinstance(node.returns, ast.Constant) and node.returns.value is None
        if first in {"Return", "Returns"} and is_empty:
            yield module.at(node, f"the docstring of {node.name} begins with `{first}`, and it returns nothing")


RULES: tuple[Callable[[Module], Iterator[Finding]], ...] = (
    commits_at_the_edge_alone,
    environment_in_settings_alone,
    time_from_the_clock_alone,
    broad_except_has_a_reason,
    names_say_something,
    files_stay_small,
    service_role_is_rare,
    sql_is_put_together_from_constants,
    errors_are_of_the_closed_set,
    events_by_their_kinds,
    log_lines_are_found_by_their_event,
    docstrings_return_what_the_function_returns,
)


def check_module(module: Module) -> list[Finding]:
    """Return what every rule finds in a module."""
    return [finding for rule in RULES for finding in rule(module)]


def _calls(module: Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))


def _dotted(node: ast.AST) -> str:
    """Return `a.b.c` for a chain of names, empty for anything else."""
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return node.id if isinstance(node, ast.Name) else ""
