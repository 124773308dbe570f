"""What the journey needs."""

from tests.cli.conftest import installation, web
from tests.database.rights.test_hosted_owner import project

__all__ = ["installation", "project", "web"]
