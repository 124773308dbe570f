"""The command line's way to the API: with the key of a remote installation, or the owner's of this machine."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from headwater.core.errors import Unavailable, UpstreamFailed
from headwater.core.settings import Settings, SettingsError
from headwater.process.folders import write_private

OWNER_KEY_FILE = "owner.key"


class ApiRefused(UpstreamFailed):
    """The API answered with an error; the message is its own."""

    default_code = "api_refused"


class HttpApiClient:
    """Calls the API and gives its JSON."""

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client

    def request(self, method: str, path: str, **arguments: Any) -> Any:
        """Make one call. Raises ApiRefused with the API's message, Unavailable when it can't be reached."""
        try:
            response = self._client.request(method, path, **arguments)
        except httpx2.HTTPError as error:
            raise Unavailable(
                f"Headwater doesn't answer at {self._client.base_url}.", hint="Start it with `headwater up`."
            ) from error
        if response.status_code == httpx2.codes.NO_CONTENT:
            return None
        if response.status_code >= 400:
            answer = response.json() if "json" in response.headers.get("content-type", "") else {}
            message = answer.get("message") or answer.get("msg") or response.text[:200]
            raise ApiRefused(message, code=answer.get("code"), hint=answer.get("hint"), details=answer.get("details"))
        return response.json()


@contextmanager
def open_client(settings: Settings) -> Iterator[HttpApiClient]:
    """Open a client with HEADWATER_API_KEY, or with the key of this machine's owner, made at the first use.

    Raises:
        SettingsError: there is no key, and this is no local installation that could make one.
    """
    from headwater import services

    url = settings.headwater_url or services.read_gateway_url(settings)
    with httpx2.Client(base_url=url, timeout=60) as client:
        api = HttpApiClient(client)
        if settings.headwater_api_key is not None:
            key = settings.headwater_api_key.get_secret_value()
        elif settings.supabase_url is None and settings.headwater_url is None:
            key = _find_owner_key(settings, api)
        else:
            raise SettingsError("HEADWATER_API_KEY: is unset; make a key in the dashboard or by POST /api/v1/api-keys")
        client.headers["Authorization"] = f"Bearer {key}"
        yield api


def _find_owner_key(settings: Settings, api: HttpApiClient) -> str:
    """Whoever can read the data folder owns the installation: they get a user and a key of their own."""
    from headwater import services

    file: Path = settings.data_folder / OWNER_KEY_FILE
    if file.exists():
        return file.read_text("utf-8").strip()
    keys = services.read_local_keys(settings)
    if keys is None:
        raise SettingsError("HEADWATER_API_KEY: is unset")
    # A name that nobody could have signed up under before.
    email, password = f"owner-{secrets.token_hex(8)}@localhost.localdomain", secrets.token_urlsafe(24)
    service = {"apikey": keys.service_role_key, "Authorization": f"Bearer {keys.service_role_key}"}
    user = {"email": email, "password": password, "email_confirm": True}
    api.request("POST", "/auth/v1/admin/users", json=user, headers=service)
    session = api.request(
        "POST",
        "/auth/v1/token",
        params={"grant_type": "password"},
        json={"email": email, "password": password},
        headers={"apikey": keys.anon_key},
    )
    made = api.request(
        "POST",
        "/api/v1/api-keys",
        json={"name": "command line", "scopes": ["read", "write", "admin"]},
        headers={"Authorization": f"Bearer {session['access_token']}"},
    )
    write_private(file, made["key"])
    return str(made["key"])
