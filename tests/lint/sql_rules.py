"""Rules about migrations, read with Postgres's own parser."""

from __future__ import annotations

import re
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pglast import parse_sql, parser
from pglast.ast import AlterTableStmt, CommentStmt, CreatePolicyStmt, CreateStmt, GrantStmt
from pglast.enums import AlterTableType, ObjectType

from tests.lint.findings import MIGRATIONS, ROOT, Finding

_CONFIGURATION = Path(__file__).with_name("squawk.toml")
_GCC_LINE = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+):\d+: (?P<text>.*)$")
# Files that keep somebody else's text letter by letter, so that it can be compared with theirs.
_QUOTED = {"20261121000300_jobs_engine.sql": "the schema of the job engine, as its release has it"}
_SHORTEST_BODY = 20


class Migration:
    """A file with its statements."""

    def __init__(self, name: str, sql: str) -> None:
        self.name = name
        self.sql = sql
        self.statements: list[Any] = list(parse_sql(sql))

    def at(self, offset: int, text: str) -> Finding:
        """Make a finding at an offset in characters."""
        return Finding(f"supabase/migrations/{self.name}", self.sql.count("\n", 0, offset) + 1, text)

    def of(self, *kinds: type) -> Iterator[tuple[int, Any]]:
        """Yield the statements of some kinds with where they begin."""
        for raw in self.statements:
            if isinstance(raw.stmt, kinds):
                begin = raw.stmt_location
                yield begin + len(self.sql[begin:]) - len(self.sql[begin:].lstrip()), raw.stmt


def keywords_are_lower_case(migration: Migration) -> Iterator[Finding]:
    """SQL is written in lower case, inside function bodies too."""
    if migration.name not in _QUOTED:
        yield from (migration.at(at, f"`{word}` in upper case") for at, word in _upper_words(migration.sql))


def _upper_words(sql: str, offset: int = 0) -> Iterator[tuple[int, str]]:
    encoded = sql.encode()
    for token in parser.scan(sql):
        text = encoded[token.start : token.end + 1].decode()
        begin = offset + len(encoded[: token.start].decode())
        if token.name == "SCONST" and text.startswith("$") and len(text) > _SHORTEST_BODY:
            opening = text[: text.index("$", 1) + 1]
            yield from _upper_words(text[len(opening) : -len(opening)], begin + len(opening))
        elif token.kind != "NO_KEYWORD" and text != text.lower():
            yield begin, text


def tables_are_commented_closed_and_granted(migration: Migration) -> Iterator[Finding]:
    """The migration that makes a table says what it is, forces row security, and says who may do what."""
    commented = {_path(statement.object) for _, statement in migration.of(CommentStmt) if _is_on_table(statement)}
    enabled, forced = _secured(migration, "AT_EnableRowSecurity"), _secured(migration, "AT_ForceRowSecurity")
    revoked, granted = _privileged(migration, grant=False), _privileged(migration, grant=True)
    wanted = (
        (commented, "no comment on the table"),
        (enabled, "row level security isn't enabled"),
        (forced, "row level security isn't forced"),
        (revoked, "no `revoke all … from anon, authenticated, workspace_job`"),
        (granted, "no explicit grant"),
    )
    for begin, statement in migration.of(CreateStmt):
        name = _name(statement.relation)
        yield from (migration.at(begin, f"{name}: {missing}") for found, missing in wanted if name not in found)


def policies_are_commented_and_remade(migration: Migration) -> Iterator[Finding]:
    """A policy says whom it lets do what, and can be made a second time."""
    commented = {_path(statement.object) for _, statement in migration.of(CommentStmt) if not _is_on_table(statement)}
    for begin, statement in migration.of(CreatePolicyStmt):
        policy = f"{_name(statement.table)}.{statement.policy_name}"
        if policy not in commented:
            yield migration.at(begin, f"{policy}: no comment on the policy")
        if not re.search(
            rf"drop policy if exists {statement.policy_name}\s+on {_name(statement.table)}\b", migration.sql
        ):
            yield migration.at(begin, f"{policy}: no `drop policy if exists` before it, so it can't run twice")


def tables_are_made_if_missing(migration: Migration) -> Iterator[Finding]:
    """A file may run twice."""
    for begin, statement in migration.of(CreateStmt):
        if not statement.if_not_exists:
            yield migration.at(begin, f"{_name(statement.relation)}: `create table` without `if not exists`")


RULES: tuple[Callable[[Migration], Iterator[Finding]], ...] = (
    keywords_are_lower_case,
    tables_are_commented_closed_and_granted,
    policies_are_commented_and_remade,
    tables_are_made_if_missing,
)


def check_migration(name: str, sql: str) -> list[Finding]:
    """Return what every rule finds in a file."""
    try:
        migration = Migration(name, sql)
    except parser.ParseError as error:
        return [Finding(f"supabase/migrations/{name}", 1, f"no SQL that Postgres knows: {error}")]
    return [finding for rule in RULES for finding in rule(migration)]


def check_migrations(folder: Path = MIGRATIONS) -> list[Finding]:
    """Return what the rules and squawk find in every file."""
    files = sorted(folder.glob("*.sql"))
    found = [finding for file in files for finding in check_migration(file.name, file.read_text("utf-8"))]
    return [*found, *run_squawk(files)]


def run_squawk(files: list[Path]) -> list[Finding]:
    """Let squawk look at the files."""
    program = Path(sysconfig.get_path("scripts")) / "squawk"
    command = [str(program), f"--config={_CONFIGURATION}", "--reporter=gcc", *map(str, files)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = [_read_line(match) for line in done.stdout.splitlines() if (match := _GCC_LINE.match(line))]
    if done.returncode != 0 and not found:
        found.append(Finding(_CONFIGURATION.name, 1, f"squawk ended with {done.returncode}: {done.stderr.strip()}"))
    return found


def _read_line(match: re.Match[str]) -> Finding:
    file = Path(match["file"])
    name = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else str(file)
    return Finding(name, int(match["line"]), f"squawk: {match['text']}")


def _name(relation: Any) -> str:
    return f"{relation.schemaname or 'public'}.{relation.relname}"


def _path(parts: Any) -> str:
    return ".".join(part.sval for part in parts) if isinstance(parts, tuple) else ""


def _is_on_table(statement: Any) -> bool:
    return bool(statement.objtype == ObjectType.OBJECT_TABLE)


def _secured(migration: Migration, kind: str) -> set[str]:
    return {
        _name(statement.relation)
        for _, statement in migration.of(AlterTableStmt)
        for command in statement.cmds
        if command.subtype == AlterTableType[kind]
    }


def _privileged(migration: Migration, *, grant: bool) -> set[str]:
    return {
        _name(relation)
        for _, statement in migration.of(GrantStmt)
        if statement.is_grant == grant and statement.objtype == ObjectType.OBJECT_TABLE
        for relation in statement.objects
    }
