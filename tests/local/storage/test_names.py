"""Names and limits for any text whatever, and hostile names over HTTP."""

from __future__ import annotations

import asyncio
import posixpath
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.local.storage.errors import StorageError
from headwater.local.storage.objects.names import check_bucket_name, check_object_name, is_allowed, parse_size
from tests.local.storage.conftest import Service

PIECES = st.lists(st.sampled_from(["..", ".", "/", "\\", "a", "b.txt", "%2e", "\x00", "\n", " ", "\u00e9", "~"]))

HOSTILE = [
    "../secret",
    "a/../../secret",
    "a/./b",
    "a//b",
    "/a",
    "a/",
    "..%2f..%2fsecret",
    "%2e%2e/secret",
    "a%00b",
    "a%0d%0aset-cookie:x",
    "a%5c..%5cb",
    "caf%C3%A9",
    "a%7fb",
    "x" * 1025,
]


def accepts(name: str) -> bool:
    try:
        return check_object_name(name) == name
    except StorageError:
        return False


@given(st.one_of(st.text(), PIECES.map("".join)))
def test_an_accepted_name_is_its_own_tidy_path_below_its_folder(name: str) -> None:
    if accepts(name):
        assert posixpath.normpath(f"/bucket/{name}") == f"/bucket/{name}"
        assert name.isascii()
        assert name.isprintable()
        assert len(name) <= 1024


@given(st.lists(st.text("abcXYZ019_-!*'() &$=@;:+,?", min_size=1), min_size=1, max_size=8))
def test_safe_characters_are_accepted(parts: list[str]) -> None:
    assert accepts("/".join(parts))


@given(st.text())
def test_an_accepted_bucket_is_one_part_of_a_path(name: str) -> None:
    try:
        check_bucket_name(name)
    except StorageError:
        return
    assert "/" not in name
    assert name not in {"", ".", ".."}


@pytest.mark.parametrize(
    ("given_limit", "size"), [("1mb", 10**6), ("1.5KB", 1500), (7, 7), ("12", 12), (None, None), (0, None)]
)
def test_limits(given_limit: object, size: int | None) -> None:
    assert parse_size(given_limit) == size


@given(st.one_of(st.text(), st.floats(), st.booleans(), st.integers(max_value=-1), st.lists(st.integers())))
def test_a_limit_is_a_number_or_refused(value: object) -> None:
    try:
        size = parse_size(value)
    except StorageError:
        return
    assert size is None or size > 0


@pytest.mark.parametrize(
    ("kind", "allowed", "answer"),
    [
        ("image/png", ["image/png"], True),
        ("Image/PNG; x=1", ["image/*"], True),
        ("image/png", ["text/*"], False),
        ("imagex/png", ["image/*"], False),
        ("anything", ["*/*"], True),
        ("anything", [], True),
        ("", ["image/*"], False),
    ],
)
def test_kinds_of_content(kind: str, allowed: list[str], answer: bool) -> None:
    assert is_allowed(kind, allowed) is answer


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_names_are_refused_everywhere(service: Service, name: str) -> None:
    bucket = await service.make_bucket(public=True)
    for method, path in (
        ("POST", f"/object/{bucket}/{name}"),
        ("GET", f"/object/{bucket}/{name}"),
        ("GET", f"/object/public/{bucket}/{name}"),
        ("DELETE", f"/object/{bucket}/{name}"),
        ("POST", f"/object/sign/{bucket}/{name}"),
    ):
        # Sent as it stands: a client that tidies the address up is of no help here.
        status, body = await _send_raw(service, method, path, b'{"expiresIn": 60}')
        assert status in {400, 404}, (path, body)
    assert service.list_blobs() == []
    assert service.list_temporary() == []


@pytest.mark.parametrize("name", ["..", ".", "a/b", "", "x" * 101, "caf\u00e9", "a\u0000b", 7])
async def test_hostile_bucket_names_are_refused(service: Service, name: object) -> None:
    answer = await service.call("POST", "/bucket", json={"name": name})
    assert answer.status_code == 400
    assert (await service.call("GET", "/bucket")).json() == []


async def test_move_and_copy_refuse_hostile_targets(service: Service) -> None:
    bucket = await service.make_bucket()
    await service.upload(bucket, "one")
    for path in ("/object/move", "/object/copy"):
        body = {"bucketId": bucket, "sourceKey": "one", "destinationKey": "../two"}
        assert (await service.call("POST", path, json=body)).json()["code"] == "InvalidKey"


async def _send_raw(service: Service, method: str, path: str, content: bytes) -> tuple[int, bytes]:
    """Send a request whose path nobody has looked at; give status and body."""
    address = urlsplit(service.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    lines = [
        f"{method} /storage/v1{path} HTTP/1.1",
        "host: storage.test",
        f"apikey: {service.keys.secret_key}",
        f"content-length: {len(content)}",
        "connection: close",
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode() + content)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body
