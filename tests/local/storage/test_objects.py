"""Objects over HTTP: what is kept, what is given back, what is refused."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.fixtures.waiting import wait_until
from tests.local.storage.conftest import Service


async def test_a_content_comes_back_with_what_was_said_of_it(service: Service) -> None:
    bucket = await service.make_bucket()
    custom = base64.b64encode(json.dumps({"by": "me"}).encode()).decode()
    made = await service.upload(bucket, "a/one.txt", b"0123456789", cache_control="max-age=60", x_metadata=custom)
    assert made.status_code == 200, made.text
    assert made.json()["Key"] == f"{bucket}/a/one.txt"
    found = await service.call("GET", f"/object/{bucket}/a/one.txt")
    assert (found.status_code, found.content) == (200, b"0123456789")
    assert found.headers["content-type"] == "text/plain"
    assert found.headers["cache-control"] == "max-age=60"
    assert found.headers["content-length"] == "10"
    head = await service.call("HEAD", f"/object/authenticated/{bucket}/a/one.txt")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", found.headers["etag"])
    described = (await service.call("GET", f"/object/info/{bucket}/a/one.txt")).json()
    assert (described["id"], described["size"], described["metadata"]) == (made.json()["Id"], 10, {"by": "me"})


@pytest.mark.parametrize(
    ("asked", "status", "content", "said"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=-99", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=5-99", 206, b"56789", "bytes 5-9/10"),
        ("bytes=10-", 416, None, "bytes */10"),
        ("bytes=-0", 416, None, "bytes */10"),
        ("bytes=5-2", 200, b"0123456789", None),
        ("bytes=0-1,4-5", 200, b"0123456789", None),
        ("lines=0-1", 200, b"0123456789", None),
    ],
)
async def test_ranges(service: Service, asked: str, status: int, content: bytes | None, said: str | None) -> None:
    bucket = await service.make_bucket()
    await service.upload(bucket, "one", b"0123456789")
    answer = await service.call("GET", f"/object/{bucket}/one", headers={"range": asked})
    assert (answer.status_code, answer.headers.get("content-range")) == (status, said)
    assert content is None or answer.content == content


async def test_conditions(service: Service) -> None:
    bucket = await service.make_bucket()
    await service.upload(bucket, "one", b"first")
    path = f"/object/{bucket}/one"
    first = await service.call("GET", path)
    etag, changed = first.headers["etag"], first.headers["last-modified"]

    async def ask(**conditions: str) -> tuple[int, bytes]:
        given = {name.replace("_", "-"): value for name, value in conditions.items()}
        answer = await service.call("GET", path, headers=given)
        return answer.status_code, answer.content

    assert await ask(if_none_match=etag) == (304, b"")
    assert await ask(if_none_match=f'"other", W/{etag}') == (304, b"")
    assert await ask(if_modified_since=changed) == (304, b"")
    assert await ask(if_modified_since="Thu, 01 Jan 1970 00:00:00 GMT") == (200, b"first")
    assert await ask(if_modified_since="nonsense") == (200, b"first")
    assert await ask(if_none_match='"other"', if_modified_since=changed) == (200, b"first")
    assert await ask(range="bytes=0-1", if_range=etag) == (206, b"fi")
    assert await ask(range="bytes=0-1", if_range='"other"') == (200, b"first")
    await service.upload(bucket, "one", b"second", x_upsert="true")
    assert await ask(if_none_match=etag) == (200, b"second")


async def test_limits_of_buckets(service: Service) -> None:
    bucket = await service.make_bucket(file_size_limit="1kb", allowed_mime_types=["text/*"])
    large = await service.upload(bucket, "one", b"x" * 1001)
    assert (large.status_code, large.json()["statusCode"]) == (400, "413")
    assert large.json()["message"] == "The object exceeded the maximum allowed size"

    async def drip() -> object:
        for _ in range(11):
            yield b"x" * 100

    # Without a Content-Length the limit is found while the body comes.
    headers = {"content-type": "text/plain"}
    dripped = await service.call("POST", f"/object/{bucket}/one", content=drip(), headers=headers)
    assert dripped.json()["statusCode"] == "413"
    wrong = await service.upload(bucket, "one", b"x", content_type="image/png")
    assert (wrong.json()["statusCode"], wrong.json()["message"]) == ("415", "mime type image/png is not supported")
    assert (await service.upload(bucket, "one", b"x" * 1000)).status_code == 200
    assert len(service.list_blobs()) == 1
    assert service.list_temporary() == []
    too_much = await service.call("POST", "/bucket", json={"name": "b", "file_size_limit": "1gb"})
    assert too_much.json()["statusCode"] == "413"


async def test_forms_with_the_file_before_its_fields(service: Service) -> None:
    bucket = await service.make_bucket()
    content = (
        b'--x\r\ncontent-disposition: form-data; name=""; filename="one.txt"\r\ncontent-type: text/csv\r\n\r\n1,2\r\n'
        b'--x\r\ncontent-disposition: form-data; name="cacheControl"\r\n\r\n30\r\n--x--\r\n'
    )
    headers = {"content-type": "multipart/form-data; boundary=x"}
    whole = await service.call("POST", f"/object/{bucket}/one", content=content, headers=headers)
    assert whole.status_code == 200, whole.text
    found = await service.call("GET", f"/object/{bucket}/one")
    assert (found.content, found.headers["content-type"]) == (b"1,2", "text/csv")
    assert found.headers["cache-control"] == "max-age=30"
    for broken in (content[:120], b"", b"nonsense", b"--x--\r\n"):
        answer = await service.call("POST", f"/object/{bucket}/two", content=broken, headers=headers)
        assert answer.status_code == 400, broken
    assert len(service.list_blobs()) == 1
    assert service.list_temporary() == []


async def test_saving_under_a_name(service: Service) -> None:
    bucket = await service.make_bucket(public=True)
    await service.upload(bucket, "one")
    named = await service.http.get(f"/object/public/{bucket}/one", params={"download": 'a"b\r\nx: y.txt'})
    assert named.headers["content-disposition"] == (
        "attachment; filename=a%22b%0D%0Ax%3A%20y.txt; filename*=UTF-8''a%22b%0D%0Ax%3A%20y.txt"
    )
    assert (await service.http.get(f"/object/public/{bucket}/one?download")).headers["content-disposition"] == (
        "attachment;"
    )


async def test_pages_and_scripts_do_not_run(service: Service) -> None:
    bucket = await service.make_bucket(public=True)
    await service.upload(bucket, "page", b"<script>", content_type="text/html; charset=utf-8")
    await service.upload(bucket, "drawing", b"<svg/>", content_type="image/svg+xml")
    page = await service.http.get(f"/object/public/{bucket}/page")
    assert page.headers["content-type"] == "text/plain"
    drawing = await service.http.get(f"/object/public/{bucket}/drawing")
    assert drawing.headers["content-security-policy"].startswith("sandbox")


async def test_signed_urls_open_one_object_for_a_time(service: Service) -> None:
    bucket = await service.make_bucket()
    await service.upload(bucket, "one", b"one")
    await service.upload(bucket, "two", b"two")
    signed = (await service.call("POST", f"/object/sign/{bucket}/one", json={"expiresIn": 60})).json()["signedURL"]
    assert (await service.http.get(signed)).content == b"one"
    assert (await service.http.get(signed.replace("/one?", "/two?"))).json()["error"] == "InvalidSignature"
    assert (await service.http.get(signed[:-3] + "AAA")).json()["error"] == "InvalidSignature"
    # A link to read does not write.
    token = signed.split("token=")[1]
    written = await service.http.put(f"/object/upload/sign/{bucket}/one?token={token}", content=b"x")
    assert written.json()["error"] == "InvalidSignature"
    # Nor is a user's token a link.
    users = await service.http.get(f"/object/sign/{bucket}/one", params={"token": service.sign(role="service_role")})
    assert users.json()["error"] == "InvalidSignature"
    service.clock.advance(timedelta(seconds=61))
    assert (await service.http.get(signed)).json()["error"] == "InvalidJWT"


async def test_equal_contents_share_a_file_until_the_last_is_gone(service: Service) -> None:
    bucket = await service.make_bucket()
    await service.upload(bucket, "one", b"same")
    await service.upload(bucket, "two", b"same")
    body = {"bucketId": bucket, "sourceKey": "two", "destinationKey": "three"}
    await service.call("POST", "/object/copy", json=body)
    assert len(service.list_blobs()) == 1
    await service.call("DELETE", f"/object/{bucket}/one")
    await service.call("DELETE", f"/object/{bucket}", json={"prefixes": ["two"]})
    assert (await service.call("GET", f"/object/{bucket}/three")).content == b"same"
    await service.upload(bucket, "three", b"else", x_upsert="true")
    # What an upload replaces is removed behind its answer.
    await wait_until(lambda: len(service.list_blobs()) == 1, what="the replaced content to go")
    await service.call("POST", f"/bucket/{bucket}/empty")
    assert service.list_blobs() == []
    assert (await service.call("DELETE", f"/bucket/{bucket}")).status_code == 200


async def test_uploads_and_deletes_of_one_content_at_once(service: Service) -> None:
    bucket = await service.make_bucket()

    async def come_and_go(name: str) -> None:
        for _ in range(6):
            assert (await service.upload(bucket, name, b"same", x_upsert="true")).status_code == 200
            assert (await service.call("GET", f"/object/{bucket}/{name}")).content == b"same"
            assert (await service.call("DELETE", f"/object/{bucket}/{name}")).status_code == 200

    await asyncio.gather(*(come_and_go(f"name-{number}") for number in range(5)))
    assert service.list_blobs() == []


async def test_only_one_of_many_creates(service: Service) -> None:
    bucket = await service.make_bucket()
    answers = await asyncio.gather(*(service.upload(bucket, "one", str(number).encode()) for number in range(8)))
    assert sorted(answer.json().get("statusCode", "made") for answer in answers) == ["409"] * 7 + ["made"]
    assert len(service.list_blobs()) == 1


async def test_a_bucket_with_objects_stays(service: Service) -> None:
    bucket = await service.make_bucket()
    await service.upload(bucket, "one")
    answer = await service.call("DELETE", f"/bucket/{bucket}")
    assert (answer.json()["statusCode"], answer.json()["code"]) == ("409", "ResourceNotEmpty")


async def test_what_is_not_there(service: Service) -> None:
    bucket = await service.make_bucket()
    for method, path, message in (
        ("GET", f"/object/{bucket}/none", "Object not found"),
        ("DELETE", f"/object/{bucket}/none", "Object not found"),
        ("GET", f"/object/{uuid4()}/none", "Bucket not found"),
        ("GET", f"/object/public/{bucket}/none", "Object not found"),
        ("PUT", f"/bucket/{uuid4()}", "Bucket not found"),
        ("POST", f"/bucket/{uuid4()}/empty", "Bucket not found"),
    ):
        answer = await service.call(method, path, json={})
        assert (answer.status_code, answer.json()["message"]) == (400, message), path
        assert answer.json()["statusCode"] == "404"
    assert (await service.call("GET", "/nowhere")).status_code == 404
