"""The ports of one demo: the same at each start, and a clear word where somebody else has taken one."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from headwater.core.errors import Conflict, NotFound
from headwater.demo import World, open_world
from headwater.demo.ports import FIRST_PORT, PortPlan, keep_plan, read_plan
from headwater.demo.systems import list_systems, mail, receiver, web
from headwater.kit.demo import System
from headwater.process.ports import find_free_port


def test_each_system_has_neighbouring_ports_of_its_own() -> None:
    plan = PortPlan(9000)
    taken = [port for name, count in (("web", 3), ("mail", 2), ("web", 3)) for port in plan.assign(name, count)]
    assert taken == [9000, 9001, 9002, 9003, 9004, 9000, 9001, 9002]
    assert PortPlan().assign("web", 2) == (0, 0)


def test_a_plan_is_found_again_whatever_else_is_opened(tmp_path: Path) -> None:
    first = read_plan(tmp_path / "ports.json")
    before = {name: first.assign(name, 2) for name in ("mail", "web")}
    assert before["mail"][0] >= FIRST_PORT
    keep_plan(tmp_path / "ports.json", first)
    again = read_plan(tmp_path / "ports.json")
    # A system that is new comes after all that were there, in whatever order they are opened.
    late = again.assign("late", 2)
    assert {name: again.assign(name, 2) for name in ("web", "mail")} == before
    assert not {port for ports in before.values() for port in ports}.intersection(late)


@pytest.mark.parametrize(
    "kept", ["", "[]", "{}", '{"next": 1, "firsts": {"web": "seven"}}', '{"next": null, "firsts": {}}', "nonsense"]
)
def test_a_damaged_plan_is_said(tmp_path: Path, kept: str) -> None:
    (tmp_path / "ports.json").write_text(kept)
    with pytest.raises(Conflict, match="can't be read") as refused:
        read_plan(tmp_path / "ports.json")
    assert refused.value.hint


async def test_a_taken_port_names_the_system(tmp_path: Path) -> None:
    first = find_free_port(0)
    (tmp_path / "ports.json").write_text(json.dumps({"next": first + 2, "firsts": {"mail": first}}))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first))
        taken.listen()
        with pytest.raises(Conflict, match=f"simulated mail can't listen on ports {first} to {first + 1}"):
            async with open_world((mail.system,), ports=read_plan(tmp_path / "ports.json")):
                pass


async def test_only_what_is_asked_for_runs_with_what_it_needs() -> None:
    async with open_world(()) as world:
        assert world.systems == {}
        await world.open_by_name("sendgrid")
        assert set(world.systems) == {"mail", "sendgrid"}
        assert await world.open(mail.system) is world.get(mail.system)
        for nobody in (lambda: world.get(web.system), lambda: world.get(receiver.system)):
            with pytest.raises(NotFound):
                nobody()
        with pytest.raises(NotFound):
            await world.open_by_name("moon")


async def test_the_settings_point_at_what_runs() -> None:
    async with open_world((mail.system, receiver.system)) as world:
        settings = await world.list_settings(allowed_hosts=["intranet.example.com"])
        assert settings["SMTP_PORT"] == str(world.get(mail.system).smtp_port)
        hosts = settings["FETCH_ALLOWED_HOSTS"].split(",")
        assert hosts[0] == "intranet.example.com"
        assert urlsplit(world.get(receiver.system).url).netloc in hosts
        assert "OPENAI_BASE_URL" not in settings


async def test_each_file_of_the_folder_is_a_system(world: World) -> None:
    systems = list_systems()
    folder = Path(web.__file__).parent
    assert set(systems) == {path.stem for path in folder.glob("*.py")} - {"__init__"} == set(world.systems)
    assert next(iter(systems)) == "web"
    for system in systems.values():
        assert isinstance(system, System)
        running = world.systems[system.name]
        assert running.control_url.startswith("http://127.0.0.1:")
        assert running.actions()
