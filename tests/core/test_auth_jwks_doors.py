"""Signing keys come from the address that the operator configured, and from no other that it leads to."""

from __future__ import annotations

import pytest

from headwater.core.auth import JwksKeySource
from headwater.core.auth.jwks import _LARGEST_KEY_SET
from headwater.core.clock import MovableClock
from headwater.core.errors import Unavailable
from tests.core.test_auth_jwks import Issuer, clock, issuer, source

__all__ = ["clock", "issuer", "source"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_of_the_issuer_is_not_followed(issuer: Issuer, source: JwksKeySource, status: int) -> None:
    elsewhere = Issuer()
    elsewhere.add("first")
    await elsewhere.server.start_server()
    issuer.answer = {"status": status, "headers": {"Location": str(elsewhere.server.make_url("/jwks.json"))}}
    with pytest.raises(Unavailable) as refused:
        await source.find_key("first")
    assert refused.value.code == "keys_unavailable"
    assert elsewhere.asked == 0
    await elsewhere.server.close()


@pytest.mark.parametrize(
    "answer",
    [
        {"text": "[]", "content_type": "application/json"},
        {"text": '{"keys": {}}', "content_type": "application/json"},
        {"text": '{"keys": []' + " " * _LARGEST_KEY_SET + "}", "content_type": "application/json"},
        {"status": 404, "text": '{"keys": []}'},
        {"status": 500, "text": '{"keys": []}'},
    ],
    ids=["a list", "no list of keys", "too large", "not found", "broken"],
)
async def test_answer_that_is_no_key_set_gives_no_keys(
    issuer: Issuer, source: JwksKeySource, clock: MovableClock, answer: dict[str, object]
) -> None:
    issuer.answer = answer
    with pytest.raises(Unavailable):
        await source.find_key("first")
    issuer.answer = None
    assert await source.find_key("first") is not None
