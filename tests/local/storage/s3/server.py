"""An S3-compatible server on loopback that checks signatures: SeaweedFS, from its wheel."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from time import sleep
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from headwater.core.clock import monotonic
from headwater.local.storage.contents.s3 import Credentials

CREDENTIALS = Credentials("the-access-key", "the-secret-key")
_PORTS = (
    *("-master.port", "-master.port.grpc", "-volume.port", "-volume.port.grpc", "-filer.port", "-filer.port.grpc"),
    *("-s3.port", "-s3.port.grpc"),
)
_ATTEMPTS = 3
_START_SECONDS = 30.0


def find_program() -> str | None:
    """Return the server's program, or None where the wheel isn't installed."""
    return shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")


@contextmanager
def run_server(folder: Path) -> Iterator[str]:
    """Run the server as long as the context lasts; gives its address. A port that was taken meanwhile is another's."""
    program = find_program()
    assert program is not None
    config = folder / "identities.json"
    keys = {"accessKey": CREDENTIALS.access_key, "secretKey": CREDENTIALS.secret_key}
    config.write_text(json.dumps({"identities": [{"name": "tests", "credentials": [keys], "actions": ["Admin"]}]}))
    for attempt in range(_ATTEMPTS):
        ports = dict(zip(_PORTS, find_ports(len(_PORTS)), strict=True))
        data = folder / f"data-{attempt}"
        data.mkdir()
        command = [program, "server", f"-dir={data}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3"]
        command += [f"-s3.config={config}", "-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.iam=false"]
        command += [
            "-volume.max=8",
            "-master.volumeSizeLimitMB=64",
            *(f"{name}={port}" for name, port in ports.items()),
        ]
        with (folder / f"log-{attempt}").open("wb") as log:
            process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{ports['-s3.port']}"
            if wait_for_answer(process, address):
                yield address
                return
        finally:
            process.kill()
            process.wait(10)
    raise AssertionError((folder / f"log-{_ATTEMPTS - 1}").read_text(errors="replace")[-2_000:])


def find_ports(number: int) -> list[int]:
    """Return ports that are free at the time."""
    with ExitStack() as closing:
        sockets = [closing.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def wait_for_answer(process: subprocess.Popen[bytes], address: str) -> bool:
    """Wait until the server answers, be it with a refusal; False where it ends instead, or takes too long."""
    deadline = monotonic() + _START_SECONDS
    while process.poll() is None and monotonic() < deadline:
        with suppress(URLError, ConnectionError):
            try:
                urlopen(address, timeout=5).close()  # noqa: S310  # the address is ours
            except HTTPError as error:
                return error.code == 403
        sleep(0.05)
    return False
