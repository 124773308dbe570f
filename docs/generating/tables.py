"""The page of tables, read from the migrations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pglast import parse_plpgsql, parse_sql
from pglast.enums import AlterTableType, ObjectType, RoleSpecType
from pglast.stream import RawStream

from generating.markdown import code, end_page, make_table, start_page
from headwater.core.database.migrations import find_migrations_folder, read_migrations

_ABOUT = (
    "Every table of the platform and its products, as the migrations make it. All of them force row-level security."
    " *Policies* say who reaches which rows: `authenticated` is a signed-in person or a key, `workspace_job` a job of"
    " one workspace. The job engine's own tables are in the schema `procrastinate`, which only the engine enters."
)
_HIDDEN_SCHEMAS = {"procrastinate"}
# A policy for `current_user` holds for whoever applies the migrations.
_OWNERS = {RoleSpecType.ROLESPEC_CURRENT_USER: "the owner"}
_COMMANDS = {"*": "all", "r": "select", "a": "insert", "w": "update", "d": "delete"}


@dataclass
class FoundTable:
    """A table as the migrations leave it."""

    comment: str = ""
    columns: dict[str, tuple[str, str]] = field(default_factory=dict)
    policies: dict[str, list[str]] = field(default_factory=dict)


def write_tables() -> str:
    """Return the page."""
    lines = start_page("Tables", _ABOUT)
    for name, table in sorted(read_tables().items()):
        lines += [f"## {name}", "", table.comment, ""]
        rows = [(code(column), code(kind), code(rest)) for column, (kind, rest) in table.columns.items()]
        lines += make_table(("column", "type", "rules"), rows)
        if table.policies:
            policies = ((code(policy), *said) for policy, said in sorted(table.policies.items()))
            lines += make_table(("policy", "for", "to", "what"), policies)
    return end_page(lines)


def read_tables() -> dict[str, FoundTable]:
    """Return the tables that the migrations make, by their full names."""
    tables: dict[str, FoundTable] = {}
    for migration in read_migrations(find_migrations_folder()):
        for raw in parse_sql(migration.sql):
            _apply(raw.stmt, tables)
    return {name: table for name, table in tables.items() if name.split(".")[0] not in _HIDDEN_SCHEMAS}


def _apply(statement: Any, tables: dict[str, FoundTable]) -> None:
    kind = type(statement).__name__
    if kind == "CreateStmt":
        table = tables.setdefault(_name(statement.relation), FoundTable())
        for element in statement.tableElts or ():
            if type(element).__name__ == "ColumnDef":
                table.columns[element.colname] = _describe_column(element)
    elif kind == "AlterTableStmt" and statement.objtype == ObjectType.OBJECT_TABLE:
        _alter(statement, tables)
    elif kind == "RenameStmt" and statement.renameType == ObjectType.OBJECT_COLUMN:
        table = tables[_name(statement.relation)]
        table.columns = {
            statement.newname if name == statement.subname else name: found for name, found in table.columns.items()
        }
    elif kind == "DoStmt":
        for inner in _list_inner(parse_plpgsql(RawStream()(statement))):
            _apply(inner, tables)
    elif kind == "CommentStmt":
        _comment(statement, tables)
    elif kind == "CreatePolicyStmt":
        roles = ", ".join(_OWNERS.get(role.roletype, role.rolename or "public") for role in statement.roles)
        command = _COMMANDS.get(statement.cmd_name, statement.cmd_name)
        tables.setdefault(_name(statement.table), FoundTable()).policies[statement.policy_name] = [command, roles, ""]
    elif kind == "DropStmt" and statement.removeType == ObjectType.OBJECT_TABLE:
        for one in statement.objects:
            tables.pop(".".join(part.sval for part in one), None)


def _alter(statement: Any, tables: dict[str, FoundTable]) -> None:
    table = tables.get(_name(statement.relation))
    for command in statement.cmds:
        if table is None:
            return
        if command.subtype == AlterTableType.AT_AddColumn:
            table.columns.setdefault(command.def_.colname, _describe_column(command.def_))
        elif command.subtype == AlterTableType.AT_DropColumn:
            table.columns.pop(command.name, None)


def _list_inner(found: Any) -> Iterator[Any]:
    """Yield the statements that a block of PL/pgSQL runs as they stand; what it puts together is not seen."""
    if isinstance(found, list):
        for one in found:
            yield from _list_inner(one)
    elif isinstance(found, dict):
        for name, value in found.items():
            if name == "PLpgSQL_stmt_execsql":
                yield from (raw.stmt for raw in parse_sql(value["sqlstmt"]["PLpgSQL_expr"]["query"]))
            else:
                yield from _list_inner(value)


def _comment(statement: Any, tables: dict[str, FoundTable]) -> None:
    if not isinstance(statement.object, tuple | list):
        return
    names = [part.sval for part in statement.object]
    if statement.objtype == ObjectType.OBJECT_TABLE and ".".join(names) in tables:
        tables[".".join(names)].comment = statement.comment or ""
    elif statement.objtype == ObjectType.OBJECT_POLICY:
        table = tables.get(".".join(names[:-1]))
        if table is not None and names[-1] in table.policies:
            table.policies[names[-1]][2] = statement.comment or ""


def _describe_column(column: Any) -> tuple[str, str]:
    rules = [RawStream()(one) for one in column.constraints or ()]
    return RawStream()(column.typeName), " ".join(rules).lower() if rules else ""


def _name(relation: Any) -> str:
    return f"{relation.schemaname or 'public'}.{relation.relname}"
