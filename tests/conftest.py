"""The harness: real servers for the whole run, a database of its own for every test, no network but loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from pydantic import SecretStr

from headwater.core.clock import Clock, MovableClock
from headwater.core.database.database import Database
from headwater.core.resources import Resources
from headwater.core.settings import Settings
from tests.fixtures.ends import pytest_runtest_teardown  # noqa: F401 - a hook
from tests.fixtures.servers import FOUNDATION, TEMPLATE, Addresses, Servers, clone_database, name_database

ADDRESSES = pytest.StashKey[Addresses]()
SERVERS = pytest.StashKey[Servers]()
_numbers = count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers in the process that begins the run; xdist's workers are told the addresses."""
    given = getattr(config, "workerinput", None)
    if given is not None:
        config.stash[ADDRESSES] = Addresses.from_input(given["headwater"])
    elif not (config.option.collectonly or config.option.help or config.option.version):
        config.stash[SERVERS] = Servers()
        config.stash[ADDRESSES] = config.stash[SERVERS].start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers where they were started."""
    servers = config.stash.get(SERVERS, None)
    if servers is not None:
        servers.stop()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the addresses to a worker of xdist."""
    node.workerinput["headwater"] = node.config.stash[ADDRESSES].as_input()


@pytest.fixture(scope="session")
def addresses(pytestconfig: pytest.Config) -> Addresses:
    """Where the run's servers are."""
    return pytestconfig.stash[ADDRESSES]


@pytest.fixture(scope="session")
def worker_number(pytestconfig: pytest.Config) -> int:
    """Which of xdist's workers this is, from 1; 0 without xdist."""
    given = getattr(pytestconfig, "workerinput", None)
    return int(given["workerid"].removeprefix("gw")) + 1 if given else 0


@pytest.fixture(scope="session")
def postgres_server(addresses: Addresses) -> str:
    """The superuser's DSN for the server's own database `postgres`."""
    return addresses.postgres


@pytest.fixture(scope="session")
def server_connection(postgres_server: str) -> Iterator[psycopg.Connection[Any]]:
    """The connection that makes and drops the databases of the tests."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        yield connection


@pytest.fixture
def dsn(addresses: Addresses, server_connection: psycopg.Connection[Any], worker_number: int) -> Iterator[str]:
    """A fresh migrated database, dropped after the test; the DSN is that of its owner, the superuser."""
    if addresses.template_error:
        pytest.fail(f"a migration was refused, so there is no database to test on: {addresses.template_error}")
    with cloned(TEMPLATE, server_connection, worker_number) as name:
        yield name_database(addresses.postgres, name)


@pytest.fixture
def unmigrated_dsn(
    addresses: Addresses, server_connection: psycopg.Connection[Any], worker_number: int
) -> Iterator[str]:
    """Like `dsn`, before the first migration: only what hosted Supabase provides."""
    with cloned(FOUNDATION, server_connection, worker_number) as name:
        yield name_database(addresses.postgres, name)


@contextmanager
def cloned(template: str, connection: psycopg.Connection[Any], worker_number: int) -> Iterator[str]:
    """Clone a template for as long as the context lasts; give the clone's name."""
    name = f"test_{worker_number}_{next(_numbers)}"
    clone_database(name, template=template, connection=connection)
    try:
        yield name
    finally:
        drop_database(name, connection)


def drop_database(name: str, connection: psycopg.Connection[Any]) -> None:
    """Drop a database with whatever a test left on it: connections, and replication slots, which keep it otherwise."""
    slots = "from pg_replication_slots where database = %s"
    connection.execute(f"select pg_terminate_backend(active_pid, 10000) {slots} and active", [name])
    connection.execute(f"select pg_drop_replication_slot(slot_name) {slots}", [name])
    connection.execute(f"drop database {name} with (force)")


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    """`core.db.Database` on the test's own database."""
    opened = Database(dsn)
    yield opened
    await opened.close()


@pytest.fixture
def valkey_url(addresses: Addresses, worker_number: int) -> str:
    """The URL of a database of the run's Valkey that no other test uses at the time, empty."""
    url = addresses.valkey.removesuffix("/0") + f"/{worker_number}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture
def clock() -> MovableClock:
    """A clock that the test may move."""
    return MovableClock()


@pytest.fixture
def settings(dsn: str, valkey_url: str, tmp_path: Path) -> Settings:
    """Settings of a test deployment on the test's own database, Valkey and folder; no `.env` is read."""
    given: dict[str, Any] = {
        "_env_file": None,
        "environment": "test",
        "database_url": SecretStr(dsn),
        "redis_url": SecretStr(valkey_url),
        "data_folder": tmp_path / "headwater",
    }
    return Settings(**given)


@pytest.fixture
async def resources(
    settings: Settings, database: Database, valkey_url: str, clock: MovableClock
) -> AsyncIterator[Resources]:
    """The tools that every room may ask for: settings, clock, database, Valkey. Tests provide what else they need."""
    from headwater.kit.controls import SharedState, Valkey

    opened = Resources()
    opened.provide(Settings, settings)
    opened.provide(Clock, clock)  # type: ignore[type-abstract]  # the registry takes a protocol as a key
    opened.provide(Database, database)
    valkey = Valkey(valkey_url)
    opened.provide(SharedState, valkey)  # type: ignore[type-abstract]
    yield opened
    await valkey.close()
