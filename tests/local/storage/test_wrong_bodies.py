"""Bodies in which any field is of a kind that it shouldn't be are refused, at every route that takes JSON."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.storage.conftest import Service

WRONG: tuple[Any, ...] = (None, 5, -1, 1.5, True, "", "..", [], ["a"], [5], [[]], {}, {"a": []}, "a\x00b")
ROUTES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "copy": ("POST", "/object/copy", {"bucketId": "b", "sourceKey": "one", "destinationKey": "two", "metadata": {}}),
    "move": ("POST", "/object/move", {"bucketId": "b", "sourceKey": "one", "destinationKey": "two"}),
    "sign": ("POST", "/object/sign/b/one", {"expiresIn": 60, "transform": {}}),
    "sign several": ("POST", "/object/sign/b", {"expiresIn": 60, "paths": ["one"]}),
    "delete": ("DELETE", "/object/b", {"prefixes": ["none"]}),
    "list": (
        "POST",
        "/object/list/b",
        {"prefix": "", "limit": 1, "offset": 0, "search": "", "sortBy": {"column": "name", "order": "asc"}},
    ),
    "make a bucket": (
        "POST",
        "/bucket",
        {"name": "c", "id": "c", "public": True, "file_size_limit": 5, "allowed_mime_types": ["text/plain"]},
    ),
    "change a bucket": ("PUT", "/bucket/b", {"public": True, "file_size_limit": 5, "allowed_mime_types": []}),
}


@pytest.mark.parametrize("route", ROUTES)
async def test_field_of_another_kind_is_no_fault_of_ours(service: Service, route: str) -> None:
    await service.make_bucket("b")
    await service.upload("b", "one", b"one")
    method, path, body = ROUTES[route]
    for name in body:
        for wrong in WRONG:
            answer = await service.call(method, path, json={**body, name: wrong})
            assert answer.status_code < 500, (name, wrong, answer.text)
            # What is at the place that it's read from stays.
            await service.upload("b", "one", b"one")


@pytest.mark.parametrize("metadata", [5, "x", ["cacheControl"], True])
async def test_metadata_of_a_copy_is_an_object(service: Service, metadata: Any) -> None:
    await service.make_bucket("b")
    await service.upload("b", "one", b"one")
    method, path, body = ROUTES["copy"]
    answer = await service.call(method, path, json={**body, "metadata": metadata})
    assert (answer.status_code, answer.json()["message"]) == (400, "body/metadata must be object")


@pytest.mark.parametrize(("route", "name"), [("sign", "expiresIn"), ("sign several", "expiresIn"), ("list", "limit")])
@pytest.mark.parametrize(
    ("value", "taken"), [(5, True), ("5", True), (True, False), (False, False), (-1, False), (1.5, False), ("x", False)]
)
async def test_number_is_a_whole_one(service: Service, route: str, name: str, value: Any, taken: bool) -> None:
    await service.make_bucket("b")
    await service.upload("b", "one", b"one")
    method, path, body = ROUTES[route]
    answer = await service.call(method, path, json={**body, name: value})
    assert answer.status_code == (200 if taken else 400), answer.text
