"""The control interface of the simulated world: the same named actions in process and over HTTP.

`GET /_control` lists the actions of a system, `POST /_control/<action>` with a JSON object of arguments runs one and
answers `{"result": …}`. Bad arguments and unknown actions answer 4xx with `{"message": …}`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import aiohttp
from aiohttp import web
from pydantic import ValidationError, validate_call
from pydantic_core import to_jsonable_python

from headwater.core.errors import HeadwaterError, InvalidInput, NotFound, UpstreamFailed

Action = Callable[..., Any]


class RunningSystem(Protocol):
    """A simulated system that runs: where it answers, and what can be done to it."""

    @property
    def url(self) -> str:
        """Return the address that the product under test is configured with."""
        ...

    @property
    def control_url(self) -> str:
        """Return the HTTP address under which `/_control` answers."""
        ...

    def actions(self) -> Mapping[str, Action]:
        """Return the actions by name."""
        ...


class WorldControl(Protocol):
    """Drives the simulated world, in this process or another."""

    async def call(self, system: str, action: str, **arguments: Any) -> Any:
        """Run an action of a system and return its result as plain JSON values."""
        ...

    async def find_urls(self) -> dict[str, str]:
        """Return the address of each system by name."""
        ...


async def run_action(actions: Mapping[str, Action], name: str, arguments: Mapping[str, Any]) -> Any:
    """Run one action with validated arguments and give plain JSON values. Raises NotFound, ValidationError."""
    action = actions.get(name)
    if action is None:
        raise NotFound(f"there is no action {name!r}", code="unknown_action", hint=", ".join(sorted(actions)))
    result = validate_call(action)(**arguments)
    if inspect.isawaitable(result):
        result = await result
    return to_jsonable_python(result, bytes_mode="utf8", serialize_unknown=True)


def control_routes(find_actions: Callable[[], Mapping[str, Action]]) -> list[web.RouteDef]:
    """Make the HTTP routes of a system's actions, which are looked up at each request."""

    async def list_actions(request: web.Request) -> web.Response:
        return web.json_response({name: str(inspect.signature(action)) for name, action in find_actions().items()})

    async def post_action(request: web.Request) -> web.Response:
        try:
            arguments = await request.json() if request.can_read_body else {}
            if not isinstance(arguments, dict):
                raise InvalidInput("the arguments are a JSON object")
            result = await run_action(find_actions(), request.match_info["action"], arguments)
        except HeadwaterError as error:
            return web.json_response({"message": str(error), "hint": error.hint}, status=error.status)
        except TimeoutError:
            return web.json_response({"message": "it did not happen in time"}, status=504)
        except (ValidationError, ValueError) as error:
            return web.json_response({"message": str(error)}, status=422)
        return web.json_response({"result": result})

    return [web.get("/_control", list_actions), web.post("/_control/{action}", post_action)]


class RemoteWorld:
    """Drives a simulated world that runs in another process."""

    def __init__(self, url: str, *, session: aiohttp.ClientSession) -> None:
        """Take the address of any of its systems' HTTP control interface that knows the whole world (the web's)."""
        self._url = url.rstrip("/")
        self._session = session
        self._control_urls: dict[str, str] = {}

    async def call(self, system: str, action: str, **arguments: Any) -> Any:
        """Run an action of a system over HTTP. Raises UpstreamFailed with the server's message."""
        if not self._control_urls:
            self._control_urls = (await self._post(self._url, "world", {}))["control_urls"]
        if system not in self._control_urls:
            raise NotFound(f"there is no system {system!r}", code="unknown_system")
        return await self._post(self._control_urls[system], action, arguments)

    async def find_urls(self) -> dict[str, str]:
        """Return the address of each system by name."""
        urls: dict[str, str] = (await self._post(self._url, "world", {}))["urls"]
        return urls

    async def _post(self, url: str, action: str, arguments: Mapping[str, Any]) -> Any:
        async with self._session.post(f"{url}/_control/{action}", json=dict(arguments)) as response:
            answer = await response.json()
        if response.status != 200:
            raise UpstreamFailed(f"{action}: {answer.get('message', response.status)}", code="control_failed")
        return answer["result"]
