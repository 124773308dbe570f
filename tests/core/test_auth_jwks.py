"""Keys read from an issuer over HTTP: rotation, floods of invented key ids, and an issuer that is away."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from headwater.core.auth import JwksKeySource, TokenVerifier
from headwater.core.clock import MovableClock
from headwater.core.errors import Unauthenticated, Unavailable


class Issuer:
    """A real key server that can rotate, fail and count."""

    def __init__(self) -> None:
        self.keys: dict[str, ec.EllipticCurvePrivateKey] = {}
        self.asked = 0
        self.answer: Any = None
        self.hold: asyncio.Event | None = None
        application = web.Application()
        application.router.add_get("/jwks.json", self._serve)
        self.server = TestServer(application)

    async def _serve(self, _: web.Request) -> web.Response:
        self.asked += 1
        if self.hold is not None:
            await self.hold.wait()
        if self.answer is not None:
            return web.Response(**self.answer)
        keys = [
            {**ECAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "alg": "ES256"}
            for kid, key in self.keys.items()
        ]
        return web.json_response({"keys": keys})

    def add(self, kid: str) -> None:
        self.keys[kid] = ec.generate_private_key(ec.SECP256R1())

    def sign(self, clock: MovableClock, kid: str, **claims: Any) -> str:
        now = int(clock.now().timestamp())
        usual = {"sub": str(uuid4()), "aud": "authenticated", "role": "authenticated", "exp": now + 36_000}
        key = self.keys.get(kid) or ec.generate_private_key(ec.SECP256R1())
        return jwt.encode({**usual, **claims}, key, "ES256", headers={"kid": kid})


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    opened = Issuer()
    opened.add("first")
    await opened.server.start_server()
    yield opened
    await opened.server.close()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
async def source(issuer: Issuer, clock: MovableClock) -> AsyncIterator[JwksKeySource]:
    opened = JwksKeySource(str(issuer.server.make_url("/jwks.json")), clock=clock)
    yield opened
    await opened.close()


@pytest.fixture
def verifier(source: JwksKeySource, clock: MovableClock) -> TokenVerifier:
    return TokenVerifier(source, clock=clock)


async def wait_until_asked(issuer: Issuer, times: int) -> None:
    async with asyncio.timeout(10):
        while issuer.asked < times:  # noqa: ASYNC110 - the server tells only by its count
            await asyncio.sleep(0.005)


async def test_keys_are_read_once(issuer: Issuer, clock: MovableClock, verifier: TokenVerifier) -> None:
    tokens = [issuer.sign(clock, "first") for _ in range(10)]
    await asyncio.gather(*(verifier.verify(token) for token in tokens))
    assert issuer.asked == 1


async def test_a_new_key_is_found_after_rotation(issuer: Issuer, clock: MovableClock, verifier: TokenVerifier) -> None:
    await verifier.verify(issuer.sign(clock, "first"))
    issuer.add("second")
    clock.advance(timedelta(seconds=31))
    assert await verifier.verify(issuer.sign(clock, "second"))
    assert issuer.asked == 2


async def test_a_withdrawn_key_stops_working(
    issuer: Issuer, clock: MovableClock, source: JwksKeySource, verifier: TokenVerifier
) -> None:
    token = issuer.sign(clock, "first")
    await verifier.verify(token)
    del issuer.keys["first"]
    clock.advance(timedelta(minutes=11))
    await verifier.verify(token)
    await wait_until_asked(issuer, 2)
    clock.advance(timedelta(minutes=2))
    async with asyncio.timeout(10):
        while await source.find_key("first") is not None:  # noqa: ASYNC110 - the refresh runs in the background
            await asyncio.sleep(0.005)
    with pytest.raises(Unauthenticated, match="unknown key"):
        await verifier.verify(token)


async def test_a_flood_of_invented_keys_does_not_reach_the_issuer(
    issuer: Issuer, clock: MovableClock, verifier: TokenVerifier
) -> None:
    await verifier.verify(issuer.sign(clock, "first"))
    clock.advance(timedelta(seconds=31))

    async def attack(number: int) -> str:
        with pytest.raises(Unauthenticated) as refused:
            await verifier.verify(issuer.sign(clock, f"invented-{number}"))
        return refused.value.code

    codes = await asyncio.gather(*(attack(number) for number in range(200)))
    assert set(codes) == {"unknown_key"}
    assert issuer.asked == 2
    clock.advance(timedelta(seconds=31))
    await attack(201)
    assert issuer.asked == 3


async def test_known_keys_stay_in_use_while_the_issuer_is_away(
    issuer: Issuer, clock: MovableClock, verifier: TokenVerifier
) -> None:
    await verifier.verify(issuer.sign(clock, "first"))
    issuer.answer = {"status": 503}
    for _ in range(5):
        clock.advance(timedelta(minutes=11))
        assert await verifier.verify(issuer.sign(clock, "first"))
    with pytest.raises(Unauthenticated, match="unknown key"):
        await verifier.verify(issuer.sign(clock, "other"))


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"status": 302, "headers": {"location": "/elsewhere"}},
        {"text": "<html>"},
        {"text": "[]"},
        {"text": '{"keys": 5}'},
        {"body": b'{"keys": []' + b" " * 300_000 + b"}"},
    ],
)
async def test_a_failure_is_never_remembered(
    issuer: Issuer, clock: MovableClock, verifier: TokenVerifier, answer: dict[str, Any]
) -> None:
    issuer.answer = answer
    token = issuer.sign(clock, "first")
    for _ in range(2):
        with pytest.raises(Unavailable) as refused:
            await verifier.verify(token)
        assert refused.value.code == "keys_unavailable"
    issuer.answer = None
    assert await verifier.verify(token)


async def test_odd_keys_do_not_spoil_the_others(issuer: Issuer, clock: MovableClock, verifier: TokenVerifier) -> None:
    good = {**ECAlgorithm.to_jwk(issuer.keys["first"].public_key(), as_dict=True), "kid": "first"}
    odd: list[Any] = [5, None, {}, {"kty": ["EC"], "kid": "x"}, {"kty": "EC", "crv": "P-256", "kid": "y"}]
    odd += [{"kty": "EC", "crv": "P-256", "kid": "z", "x": "!", "y": "!"}, {**good, "kid": 7}, {**good, "alg": "ES512"}]
    issuer.answer = {"body": json.dumps({"keys": [*odd, good]}).encode()}
    assert await verifier.verify(issuer.sign(clock, "first"))


async def test_a_caller_that_gives_up_does_not_take_the_answer_from_others(
    issuer: Issuer, clock: MovableClock, verifier: TokenVerifier
) -> None:
    issuer.hold = asyncio.Event()
    impatient = asyncio.create_task(verifier.verify(issuer.sign(clock, "first")))
    patient = asyncio.create_task(verifier.verify(issuer.sign(clock, "first")))
    await wait_until_asked(issuer, 1)
    impatient.cancel()
    issuer.hold.set()
    assert (await patient).role == "authenticated"
    assert issuer.asked == 1
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_an_issuer_that_never_answers_holds_nobody_up(issuer: Issuer, clock: MovableClock) -> None:
    source = JwksKeySource(str(issuer.server.make_url("/jwks.json")), clock=clock, timeout_seconds=0.2)
    issuer.hold = asyncio.Event()
    with pytest.raises(Unavailable):
        await source.find_key("first")
    issuer.hold.set()
    assert await source.find_key("first")
    await source.close()


async def test_nobody_listens(clock: MovableClock, unused_tcp_port: int) -> None:
    source = JwksKeySource(f"http://127.0.0.1:{unused_tcp_port}/jwks.json", clock=clock)
    with pytest.raises(Unavailable):
        await source.find_key("first")
    await source.close()
