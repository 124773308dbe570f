"""One embedded Postgres: started on its data folder, kept alive, stopped."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import asyncpg

from headwater.core.errors import Unavailable
from headwater.local.postgres.binaries import find_binaries
from headwater.local.postgres.cluster import FULL_DISK, SUPERUSER, WHAT, Cluster, prepare_cluster
from headwater.local.postgres.leftovers import clear_leftovers
from headwater.local.postgres.tuning import list_settings
from headwater.process.folders import FolderClaim, claim_folder, explain_full_disk, explain_os_error, is_claimed
from headwater.process.listening import start_listening
from headwater.process.ports import LOOPBACK, read_port
from headwater.process.running import QUIT
from headwater.process.spawn import ChildCommand
from headwater.process.supervise import ChildEvent, ChildStatus, SupervisedChild, log_event
from headwater.process.users import choose_server_user
from headwater.process.vigil import Vigil

# The port that Supabase's own local stack uses for its database.
DEFAULT_PORT = 54_322
# Recovery after a crash reads back the write-ahead log; with a large one on a slow disk that takes minutes.
_READY_SECONDS = 1_800.0
_STOP_SECONDS = 60.0
_PORT_TAKEN = "could not create any TCP/IP sockets"


@dataclass(frozen=True)
class PostgresStatus:
    """How the server is; `dsn` is None while it doesn't run."""

    dsn: str | None
    port: int | None
    child: ChildStatus


class LocalPostgres:
    """An embedded Postgres on `data_folder`, supervised from `start` to `stop`.

    `settings` override the server's settings by name. `port` is where the search for a free port begins at the first
    start (0: any); the port found is kept. `durable=False` is for tests: it may lose data at a power cut. A server that
    takes no connection for `silence` seconds is replaced (0: never).
    """

    def __init__(
        self,
        data_folder: Path,
        *,
        settings: Mapping[str, str] | None = None,
        port: int = DEFAULT_PORT,
        durable: bool = True,
        silence: float = 120.0,
        on_event: Callable[[ChildEvent], None] = log_event,
    ) -> None:
        self.data_folder = data_folder.absolute()
        self._settings = dict(settings or {})
        self._wanted_port = port
        self._durable = durable
        self._on_event = on_event
        self._claim: FolderClaim | None = None
        self._cluster: Cluster | None = None
        self._port = 0
        self._password = ""
        self._child = SupervisedChild(
            WHAT,
            prepare=self._prepare,
            is_ready=self._is_ready,
            explain=self._explain,
            on_event=on_event,
            # Fast shutdown, then an immediate one that the next start recovers from.
            stop_signals=(signal.SIGINT, getattr(signal, "SIGQUIT", signal.SIGTERM)),
            stop_patience=_STOP_SECONDS,
            ready_timeout=_READY_SECONDS,
            vigil=Vigil(self._is_alive, silence=silence, end_signals=(QUIT,), end_patience=10.0),
        )

    async def start(self) -> str:
        """Start the server, making its data at the first time; return the DSN of database `postgres`.

        Raises:
            Conflict: another running process serves this folder.
            Unavailable: it can't run here; message and hint say why and what to do.
        """
        if self._claim is not None:
            return self.dsn
        if sys.platform == "win32":
            raise Unavailable(
                "There is no DATABASE_URL, and the embedded Postgres does not run on Windows itself.",
                hint="Run Headwater under WSL, or set DATABASE_URL to a Postgres 15 to 18.",
            )
        self._claim = claim_folder(self.data_folder, what=WHAT)
        try:
            # The claim made the folder, so it can be resolved now: a process is known by where it really works.
            user = choose_server_user()
            binaries = await asyncio.to_thread(find_binaries, user)
            self._cluster = Cluster(self.data_folder.resolve(), binaries, user)
            await clear_leftovers(self._cluster.folder)
            self._password = await prepare_cluster(self._cluster, durable=self._durable)
            await start_listening(
                self._child,
                wanted=self._wanted_port,
                port_file=self.data_folder / "port",
                use_port=self._use_port,
                taken=_PORT_TAKEN,
                on_event=self._on_event,
            )
        except OSError as error:
            await self.stop()
            raise explain_os_error(error, folder=self.data_folder, what=WHAT) from error
        except BaseException:
            await self.stop()
            raise
        return self.dsn

    async def stop(self) -> None:
        """Stop the server and wait until it is gone; every connection is closed."""
        await self._child.stop()
        claim, self._claim = self._claim, None
        if claim is not None:
            claim.release()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def dsn(self) -> str:
        """The superuser's DSN for database `postgres`; it holds the password."""
        return _make_dsn(self._port, self._password)

    def status(self) -> PostgresStatus:
        """Say how the server is."""
        child = self._child.status()
        runs = child.state in {"running", "restarting"}
        return PostgresStatus(self.dsn if runs else None, self._port or None, child)

    def _use_port(self, port: int) -> None:
        self._port = port

    async def _prepare(self) -> ChildCommand:
        cluster = self._require_cluster()
        stranger = await clear_leftovers(cluster.folder)
        command = cluster.command(
            "postgres",
            *list_settings(port=self._port, durable=self._durable, overrides=self._settings),
        )
        # Postgres takes the pid in postmaster.pid for a rival unless it is that of its own (grand)parent.
        told = {"PG_GRANDPARENT_PID": str(stranger)} if stranger else {}
        return replace(command.with_environment(told), death_signal=signal.SIGINT)

    async def _is_ready(self) -> bool:
        """Ready is what can be connected to: not a pid file, not an open port."""
        try:
            connection = await asyncpg.connect(self.dsn, timeout=10, statement_cache_size=0)
        except asyncpg.InvalidPasswordError as error:
            raise Unavailable(
                f"The Postgres in {self.data_folder} does not take the password kept in {self.data_folder}/password.",
                hint="Remove that file: the password is then set anew at the next start.",
            ) from error
        except asyncpg.InvalidCatalogNameError:
            # It serves; somebody has dropped the database `postgres`.
            return True
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            return False
        await connection.close()
        return True

    async def _is_alive(self) -> bool:
        """A refusal is a sign of life: too many connections, a recovery that takes its time."""
        try:
            connection = await asyncpg.connect(self.dsn, timeout=30, statement_cache_size=0)
        except asyncpg.PostgresError:
            return True
        except (asyncpg.InterfaceError, OSError, TimeoutError):
            return False
        await connection.close(timeout=10)
        return True

    def _explain(self, log: str) -> Unavailable | None:
        return explain_full_disk(self.data_folder, what=WHAT) if FULL_DISK in log else None

    def _require_cluster(self) -> Cluster:
        if self._cluster is None:
            raise RuntimeError("the cluster is known once start() has begun")
        return self._cluster


def find_running_postgres(data_folder: Path) -> str | None:
    """Return the DSN of the server that another process runs on `data_folder`, or None. Nothing is connected to."""
    port = read_port(data_folder / "port")
    if port is None or not is_claimed(data_folder):
        return None
    try:
        password = (data_folder / "password").read_text("ascii").strip()
    except OSError:
        return None
    return _make_dsn(port, password)


def _make_dsn(port: int, password: str) -> str:
    return f"postgresql://{SUPERUSER}:{quote(password, safe='')}@{LOOPBACK}:{port}/postgres"
