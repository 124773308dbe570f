"""Each rule about migrations finds what it is there for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.sql_rules import check_migration, run_squawk

GOOD = """
create table if not exists public.things (id uuid primary key);

comment on table public.things is
    'Things, not OTHERS.';

alter table public.things enable row level security;
alter table public.things force row level security;
revoke all on public.things from anon, authenticated, workspace_job;
grant select on public.things to authenticated;

drop policy if exists members_read on public.things;

create policy members_read on public.things
    for select
    to authenticated
    using (id in (select headwater.workspaces_with_role('viewer')));

comment on policy members_read on public.things is
    'Members READ.';

do $$
begin
    -- A note on SELECT.
    perform 1;
end
$$;
"""


def find(sql: str) -> list[str]:
    """Return what the rules say of a file."""
    return [finding.text for finding in check_migration("20300101000000_things.sql", sql)]


def test_good_file_is_left_alone() -> None:
    assert find(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("create table", "CREATE TABLE", "`CREATE` in upper case"),
        ("    perform 1;", "    PERFORM 1; SELECT 2 into STRICT x;", "`SELECT` in upper case"),
        ("comment on table public.things is\n    'Things, not OTHERS.';", "", "no comment on the table"),
        ("alter table public.things enable row level security;", "", "isn't enabled"),
        ("alter table public.things force row level security;", "", "isn't forced"),
        ("revoke all on public.things from anon, authenticated, workspace_job;", "", "no `revoke"),
        ("grant select on public.things to authenticated;", "", "no explicit grant"),
        ("comment on policy members_read on public.things is\n    'Members READ.';", "", "no comment on the policy"),
        ("drop policy if exists members_read on public.things;", "", "can't run twice"),
        ("if not exists public", "public", "without `if not exists`"),
        ("create table", "create tabel", "no SQL"),
    ],
)
def test_breach_is_found(old: str, new: str, said: str) -> None:
    assert old in GOOD
    assert any(said in text for text in find(GOOD.replace(old, new, 1)))


def test_finding_names_the_line() -> None:
    (finding,) = check_migration("a.sql", GOOD.replace("    using (id", "    USING (id"))
    assert str(finding).startswith(
        f"supabase/migrations/a.sql:{GOOD[: GOOD.index('    using (id')].count(chr(10)) + 1}:"
    )


def test_squawk_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "20300101000000_things.sql"
    file.write_text(GOOD, "utf-8")
    assert run_squawk([file]) == []
    file.write_text("alter table public.things drop column name;", "utf-8")
    assert any("ban-drop-column" in finding.text for finding in run_squawk([file]))
