"""What the tests of Supabase's command line share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.database.rights.test_hosted_owner import project
from tests.database.test_oldest_postgres import oldest
from tests.fixtures.gateway import owner
from tests.supabase_cli.command import SupabaseProject, require_command

__all__ = ["oldest", "owner", "project"]


@pytest.fixture
def supabase(tmp_path: Path) -> SupabaseProject:
    """A project's folder with all migrations; skips the test where there is no command line."""
    require_command()
    laid = SupabaseProject(tmp_path / "project")
    laid.lay()
    return laid
