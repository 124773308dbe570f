"""The table of cases: what each caller may do to each table. A module brings its part, the tests try all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Callers = frozenset[str]

# Everybody that a rule of the database may tell apart. `stranger` owns another workspace, `other_job` runs for it.
CALLERS = (
    "anonymous",
    "viewer",
    "editor",
    "admin",
    "owner",
    "stranger",
    "key_read",
    "key_write",
    "key_admin",
    "workspace_job",
    "other_job",
    "service",
)


def callers(*names: str) -> Callers:
    """Return a group of callers. Raises ValueError: there is no caller of that name."""
    if unknown := set(names) - set(CALLERS):
        raise ValueError(f"there is no caller {min(unknown)!r}")
    return frozenset(names)


NOBODY = callers("service")
MEMBERS = callers("viewer", "editor", "admin", "owner", "key_read", "key_write", "key_admin", "service")
EDITORS = callers("editor", "admin", "owner", "key_write", "key_admin", "service")
ADMINS = callers("admin", "owner", "key_admin", "service")
JOB = callers("workspace_job")
JOBS_ONLY = NOBODY | JOB
PEOPLE = callers("viewer", "editor", "admin", "owner", "service")
THE_ADMIN = callers("admin", "key_read", "key_write", "key_admin", "service")
THE_ADMIN_WRITING = callers("admin", "key_write", "key_admin", "service")


@dataclass(frozen=True, kw_only=True)
class Case:
    """Who may do what to one table. Who is not listed must be refused, or find nothing to act on.

    The texts are SQL and speak of `{workspace}`, `{row}` (the seeded rows' id), `{new}` (a fresh id), `{user}` (the
    caller, or the admin where the caller is nobody), `{admin}`, `{editor}` and `{bare}` (a user without a profile).

    Attributes:
        insert: the row that a caller tries to add to the shared workspace.
        update: the change that it tries on the seeded row.
        seeded: the condition that finds the seeded row.
        column: one that may be read of it.
        is_personal: there is one row a person, so that it must be gone before another can be added.
    """

    select: Callers
    insert_by: Callers
    update_by: Callers
    delete_by: Callers
    insert: str
    update: str
    seeded: str = "id = '{row}'"
    column: str = "id"
    is_personal: bool = False


@dataclass(frozen=True, kw_only=True)
class PolicyCases:
    """The cases of one module.

    Attributes:
        tables: a case for each of its tables in `public`.
        seed: SQL that makes one row of each in the shared workspace, with `%(row)s` as its id, `%(workspace)s` and
            `%(admin)s`; what is personal belongs to the admin, whose the API keys are.
    """

    tables: Mapping[str, Case]
    seed: str
