"""Who takes API keys of a workspace, and who refuses them: the stand-in's services know tokens alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headwater.core.auth import Claims, TokenVerifier
from headwater.core.database.database import Database
from headwater.core.errors import Unauthenticated
from headwater.kit.http.keys import KEY_PREFIX, identify_key
from headwater.local.rest import RestTokenVerifier
from headwater.local.rest.tokens import token_rejected


class KeyVerifier:
    """Takes API keys where a token is taken: a key's claims hold it to its workspace and scopes under every policy."""

    def __init__(self, database: Database, tokens: RestTokenVerifier) -> None:
        self._database = database
        self._tokens = tokens

    async def verify(self, token: str) -> Mapping[str, Any]:
        """Return the claims behind a key or a token. Raises RestError for one that doesn't hold."""
        if not token.startswith(KEY_PREFIX):
            return await self._tokens.verify(token)
        try:
            return (await identify_key(self._database, token)).identity.claims
        except Unauthenticated as error:
            raise token_rejected(error.message) from error


class UserVerifier(TokenVerifier):
    """Refuses API keys where only a person's or the project's token is taken, and says so."""

    def __init__(self, tokens: TokenVerifier) -> None:
        self._tokens = tokens

    async def verify(self, token: str) -> Claims:
        """Return the claims of a token. Raises Unauthenticated for one that doesn't hold, and for an API key."""
        if token.startswith(KEY_PREFIX):
            raise Unauthenticated("API keys of a workspace aren't taken here: sign in.", code="wrong_kind")
        return await self._tokens.verify(token)
