"""`headwater up` notices what lives and is silent, and what dies before it ever served."""

from __future__ import annotations

import os
import signal

import pytest

from tests.cli.installation import Installation, Running
from tests.cli.test_up import answers
from tests.fixtures.waiting import wait_until


@pytest.fixture
def watched(installation: Installation) -> Installation:
    """An installation whose parts may be silent for a few seconds only."""
    installation.settings["SUPERVISOR_SILENCE_SECONDS"] = "8"
    return installation


async def replace_stopped(running: Running, doing: str, name: str) -> None:
    """Stop a process as SIGSTOP does, and wait until another one does its work."""
    (pid,) = running.installation.list_processes(doing=doing)
    os.kill(pid, signal.SIGSTOP)

    def is_replaced() -> bool:
        return bool(running.installation.list_processes(doing=doing) - {pid})

    await wait_until(is_replaced, what=f"another `{doing}`", seconds=90)
    await wait_until(lambda: pid not in running.installation.list_processes(), what="the end of the stopped one")
    assert f"{name} has shown no sign of life" in running.log.read_text()


@pytest.mark.timeout(240)
async def test_a_stopped_gateway_and_a_stopped_worker_are_replaced(watched: Installation) -> None:
    async with watched.up() as running:
        await replace_stopped(running, "serve gateway", "gateway")
        await wait_until(lambda: answers(running.url), what="the gateway to answer", seconds=60)
        await replace_stopped(running, "work --ready-file", "worker 1")
        findings = (await watched.run("doctor", "--json")).json
        assert {one["name"]: one["state"] for one in findings}["monitoring"] == "ok"
    await watched.wait_until_gone()


@pytest.mark.timeout(240)
async def test_a_worker_that_is_killed_in_its_first_start_comes_back(installation: Installation) -> None:
    async with installation.up(meanwhile=kill_first_worker) as running:

        def is_back() -> bool:
            return "worker 1 is back" in running.log.read_text()

        await wait_until(is_back, what="the second start of the worker", seconds=60)
        assert await answers(running.url)
    await installation.wait_until_gone()


async def kill_first_worker(installation: Installation) -> None:
    """Kill the worker with -9 as soon as it is there."""
    found = await wait_until(
        lambda: installation.list_processes(doing="work --ready-file"), what="the worker", seconds=90
    )
    for pid in found:
        os.kill(pid, signal.SIGKILL)


@pytest.mark.timeout(120)
async def test_a_setting_that_can_never_work_ends_it_with_one_line(installation: Installation) -> None:
    installation.folder.parent.mkdir(parents=True)
    wrong = installation.folder.parent / "auth.toml"
    wrong.write_text("[auth]\njwt_expiry = 'soon'\n")
    installation.settings["AUTH_CONFIG"] = str(wrong)
    refused = await installation.run("up", expect=2)
    assert "AUTH_CONFIG" in refused.err.strip().splitlines()[-1]
    await installation.wait_until_gone()
