"""What every download says of itself, at each of its doors and whatever the uploader wished it to say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx2
import pytest

from tests.local.storage.conftest import Service
from tests.local.storage.test_resumable import begin, describe, send

Door = Callable[[Service, str, str], Awaitable[httpx2.Response]]
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
# What it is called at upload, what it is called at download, and whether a browser must keep it in a sandbox.
KINDS = {
    "text/plain": ("text/plain", False),
    "application/octet-stream": ("application/octet-stream", False),
    "application/javascript": ("application/javascript", False),
    "text/html; charset=utf-8": ("text/plain", False),
    "TEXT/HTML": ("text/plain", False),
    "image/svg+xml": ("image/svg+xml", True),
    "application/xhtml+xml": ("application/xhtml+xml", True),
    "text/xml": ("text/xml", True),
    "application/rss+xml": ("application/rss+xml", True),
}


async def by_key(service: Service, bucket: str, name: str) -> httpx2.Response:
    return await service.call("GET", f"/object/{bucket}/{name}")


async def by_key_as_authenticated(service: Service, bucket: str, name: str) -> httpx2.Response:
    return await service.call("GET", f"/object/authenticated/{bucket}/{name}")


async def in_public(service: Service, bucket: str, name: str) -> httpx2.Response:
    return await service.http.get(f"/object/public/{bucket}/{name}")


async def head_in_public(service: Service, bucket: str, name: str) -> httpx2.Response:
    return await service.http.head(f"/object/public/{bucket}/{name}")


async def a_range_in_public(service: Service, bucket: str, name: str) -> httpx2.Response:
    return await service.http.get(f"/object/public/{bucket}/{name}", headers={"range": "bytes=1-2"})


async def by_signed_address(service: Service, bucket: str, name: str) -> httpx2.Response:
    signed = await service.call("POST", f"/object/sign/{bucket}/{name}", json={"expiresIn": 60})
    return await service.http.get(signed.json()["signedURL"])


async def head_by_key(service: Service, bucket: str, name: str) -> httpx2.Response:
    return await service.call("HEAD", f"/object/{bucket}/{name}")


DOORS: tuple[Door, ...] = (
    by_key,
    by_key_as_authenticated,
    in_public,
    head_in_public,
    a_range_in_public,
    by_signed_address,
    head_by_key,
)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
async def test_every_door_says_the_same(service: Service, door: Door) -> None:
    bucket = await service.make_bucket(public=True)
    for number, (uploaded, (shown, is_kept_in_a_sandbox)) in enumerate(KINDS.items()):
        made = await service.upload(
            bucket, f"file-{number}", b"<svg/>", content_type=uploaded, cache_control="max-age=60"
        )
        assert made.status_code == 200, made.text
        answer = await door(service, bucket, f"file-{number}")
        assert answer.status_code in {200, 206}
        headers = answer.headers
        assert headers["x-content-type-options"] == "nosniff"
        assert (headers["content-type"], headers["cache-control"]) == (shown, "max-age=60")
        assert headers.get("content-security-policy") == (SANDBOX if is_kept_in_a_sandbox else None)
        assert "content-disposition" not in headers
        assert headers["accept-ranges"] == "bytes"
        assert headers["etag"].startswith('"')


@pytest.mark.parametrize("field", ["cacheControl", "contentType"])
@pytest.mark.parametrize("sign", ["\r\n", "\n", "\r", "\x00", "\x7f"])
async def test_uploader_writes_no_header_of_their_own(service: Service, field: str, sign: str) -> None:
    bucket = await service.make_bucket(public=True)
    told = f"a/b{sign}x-evil: 1{sign}{sign}<script>"
    metadata = describe(bucket, "one.txt", **{field: told})
    begun = await begin(service, bucket, 3, **{"upload-metadata": metadata})
    sent = await send(service, begun.headers["location"], 0, b"abc") if begun.status_code == 201 else begun
    if sign == "\x00" or begun.status_code != 201:
        # Refused is as good as cleaned.
        assert sent.status_code == 400
        return
    assert sent.status_code == 204
    answer = await service.http.get(f"/object/public/{bucket}/one.txt")
    assert (answer.status_code, answer.content) == (200, b"abc")
    assert "x-evil" not in answer.headers
    assert not any(ord(letter) < 32 or letter == "\x7f" for value in answer.headers.values() for letter in value)
