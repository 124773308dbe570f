"""`headwater up`: everything from one command, and nothing left behind."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from httpx2 import AsyncClient, HTTPError

from headwater.demo import DemoWeb
from tests.cli.installation import Installation, Running
from tests.fixtures.loopback import NO_TLS
from tests.fixtures.waiting import wait_until

CREDENTIALS = {"email": "grace@example.com", "password": "correct horse battery"}


def list_readable(folder: Path) -> list[str]:
    """List what others may read in a data folder; as root a server's own user may pass through a folder, no more."""
    found = []
    for path in [folder, *folder.rglob("*")]:
        mode = path.lstat().st_mode
        passing = 0o011 if path.is_dir() and os.geteuid() == 0 else 0
        if not path.is_symlink() and mode & 0o077 & ~passing:
            found.append(f"{mode & 0o777:o} {path.relative_to(folder)}")
    return found


@pytest.mark.timeout(240)
async def test_one_command_starts_everything_and_the_commands_use_it(installation: Installation, web: DemoWeb) -> None:
    page = web.host_url("acme", "/pricing")
    async with installation.up() as running:
        status = (await installation.run("status", "--json")).json
        assert (status["gateway"], status["url"]) == ("running", running.url)
        assert list_readable(installation.folder) == []
        assert status["secret_key"] == "shown with --secrets"
        findings = (await installation.run("doctor", "--json")).json
        assert {one["name"] for one in findings if one["state"] == "wrong"} == set()
        source = (await installation.run("watch", "add", page, "--name", "Prices", "--json")).json
        assert (source["name"], source["url"]) == ("Prices", page)
        await installation.run("watch", "add", page, expect=1)
        first = (await installation.run("watch", "check", page, "--json")).json
        assert first["outcome"] in {"first", "unchanged"}
        web.change("/acme/pricing", "price")
        changed = (await installation.run("watch", "check", source["id"], "--json")).json
        assert (changed["outcome"], bool(changed["alert_id"])) == ("changed", True)
        history = (await installation.run("watch", "history", page, "--json")).json
        assert history[0]["outcome"] == "changed"
        assert (await installation.run("migrate", "--json")).json == []
        await restart_what_is_killed(running)
    await installation.wait_until_gone()
    assert (await installation.run("status", "--json", expect=1)).json["gateway"] == "not running"
    async with installation.up() as again:
        assert [one["id"] for one in (await installation.run("watch", "list", "--json")).json] == [source["id"]]
        await again.kill()
    await installation.wait_until_gone()


async def restart_what_is_killed(running: Running) -> None:
    """Kill gateway and worker with -9; both come back and do their work."""
    installation = running.installation
    for doing in ("serve gateway", "work --ready-file"):
        (pid,) = installation.list_processes(doing=doing)
        os.kill(pid, signal.SIGKILL)

        def is_back(doing: str = doing, pid: int = pid) -> bool:
            return bool(installation.list_processes(doing=doing) - {pid})

        await wait_until(is_back, what=f"`{doing}` to be restarted", seconds=60)
    await wait_until(lambda: answers(running.url), what="the gateway to answer", seconds=60)
    checked = (await installation.run("watch", "check", await find_page(installation), "--json")).json
    assert checked["outcome"] == "unchanged"


async def find_page(installation: Installation) -> str:
    """Return the address of the one page that is watched."""
    (source,) = (await installation.run("watch", "list", "--json")).json
    return str(source["url"])


async def answers(url: str) -> bool:
    """Say whether the gateway is ready."""
    try:
        async with AsyncClient(verify=NO_TLS) as client:
            return (await client.get(f"{url}/health/ready", timeout=5)).status_code == 200
    except HTTPError:
        return False


@pytest.mark.timeout(240)
async def test_a_backup_comes_back_in_another_folder(installation: Installation, web: DemoWeb, tmp_path: Path) -> None:
    archive, other = tmp_path / "all.headwater", Installation(tmp_path / "other" / "data", installation.settings)
    async with installation.up() as running:
        source = (await installation.run("watch", "add", web.host_url("acme", "/pricing"), "--json")).json
        await sign(running, "/auth/v1/signup")
        written = (await installation.run("backup", str(archive), "--json")).json
        assert written["bytes"] == archive.stat().st_size
        assert archive.stat().st_mode & 0o077 == 0
        await installation.run("backup", str(archive), expect=1)
        # Nothing is restored over what runs, or over what is there.
        await installation.run("restore", str(archive), "--overwrite", expect=1)
    await installation.wait_until_gone()
    await installation.run("restore", str(archive), expect=1)
    await other.run("restore", str(archive))
    # A restore that is killed leaves this behind.
    (other.folder / "restore" / "new" / "postgres").mkdir(parents=True)
    async with other.up() as restored:
        assert not (other.folder / "restore").exists()
        assert [one["id"] for one in (await other.run("watch", "list", "--json")).json] == [source["id"]]
        await sign(restored, "/auth/v1/token?grant_type=password")
        assert (await other.run("migrate", "--json")).json == []
    await other.wait_until_gone()


async def sign(running: Running, path: str) -> None:
    """Sign up or in at the data plane, and see that the API knows the person."""
    status = (await running.installation.run("status", "--json")).json
    async with AsyncClient(base_url=running.url, headers={"apikey": status["publishable_key"]}, timeout=30) as client:
        answer = await client.post(path, json=CREDENTIALS)
        assert answer.status_code == 200, answer.text
        bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        me = await client.get("/api/v1/auth/me", headers=bearer)
        assert me.json()["email"] == CREDENTIALS["email"]
