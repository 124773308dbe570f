"""What the journey needs."""

from tests.cli.conftest import installation, web
from tests.database.test_hosted_owner import project

__all__ = ["installation", "project", "web"]
