"""The official Python client, unchanged."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import httpx
import pytest
from PIL import Image
from storage3.exceptions import StorageApiError
from supabase import AsyncClient, AsyncClientOptions, acreate_client

from tests.local.storage.conftest import Service

# The client warns of what it does itself.
pytestmark = pytest.mark.filterwarnings("ignore:The '.*' parameter is deprecated:DeprecationWarning")


@pytest.fixture
async def client(service: Service) -> AsyncIterator[AsyncClient]:
    """The client of the project's service."""
    async with httpx.AsyncClient() as http:
        yield await acreate_client(service.url, service.keys.secret_key, AsyncClientOptions(httpx_client=http))


async def test_buckets(client: AsyncClient) -> None:
    made = await client.storage.create_bucket("photos", options={"public": True, "file_size_limit": 1_000_000})
    assert made == {"name": "photos"}
    found = await client.storage.get_bucket("photos")
    assert (found.id, found.public, found.file_size_limit) == ("photos", True, 1_000_000)
    await client.storage.update_bucket("photos", {"public": False, "allowed_mime_types": ["image/*"]})
    assert [(bucket.public, bucket.allowed_mime_types) for bucket in await client.storage.list_buckets()] == [
        (False, ["image/*"])
    ]
    with pytest.raises(StorageApiError, match="already exists") as duplicate:
        await client.storage.create_bucket("photos")
    assert (duplicate.value.code, duplicate.value.status) == ("Duplicate", "409")
    assert await client.storage.delete_bucket("photos") == {"message": "Successfully deleted"}
    with pytest.raises(StorageApiError, match="Bucket not found") as missing:
        await client.storage.get_bucket("photos")
    assert missing.value.status == "404"


async def test_upload_and_download(client: AsyncClient) -> None:
    await client.storage.create_bucket("notes")
    notes = client.storage.from_("notes")
    made = await notes.upload("a/one.txt", b"one", {"content-type": "text/plain", "metadata": {"by": "me"}})
    assert (made.path, made.full_path) == ("a/one.txt", "notes/a/one.txt")
    assert await notes.download("a/one.txt") == b"one"
    with pytest.raises(StorageApiError, match="The resource already exists"):
        await notes.upload("a/one.txt", b"two")
    await notes.upload("a/one.txt", b"two", {"upsert": "true"})
    assert await notes.download("a/one.txt") == b"two"
    await notes.update("a/one.txt", b"three", {"cache-control": "60"})
    assert await notes.download("a/one.txt") == b"three"
    described = await notes.info("a/one.txt")
    assert (described["size"], described["cache_control"], described["name"]) == (5, "max-age=60", "a/one.txt")
    assert await notes.exists("a/one.txt")
    assert not await notes.exists("a/none.txt")


async def test_listing_moving_copying_removing(client: AsyncClient) -> None:
    await client.storage.create_bucket("notes")
    notes = client.storage.from_("notes")
    for name in ("top.txt", "a/1.txt", "a/2.txt", "a/deep/3.txt"):
        await notes.upload(name, name.encode())
    assert [(item["name"], item["id"] is None) for item in await notes.list("a")] == [
        ("deep", True),
        ("1.txt", False),
        ("2.txt", False),
    ]
    assert [item["name"] for item in await notes.list("a", {"search": "2"})] == ["2.txt"]
    page = await notes.list_v2({"with_delimiter": True, "limit": 1})
    assert ([folder.name for folder in page.folders], page.objects, page.hasNext) == (["a/"], [], True)
    rest = await notes.list_v2({"with_delimiter": True, "limit": 1, "cursor": str(page.nextCursor)})
    assert ([found.name for found in rest.objects], rest.hasNext) == (["top.txt"], False)
    assert (await notes.move("a/1.txt", "b/1.txt"))["message"] == "Successfully moved"
    assert (await notes.copy("b/1.txt", "c/1.txt"))["Key"] == "notes/c/1.txt"
    assert await notes.download("c/1.txt") == b"a/1.txt"
    assert sorted(gone["name"] for gone in await notes.remove(["b/1.txt", "c/1.txt", "none"])) == [
        "b/1.txt",
        "c/1.txt",
    ]
    assert not await notes.exists("b/1.txt")


async def test_signed_urls(client: AsyncClient) -> None:
    await client.storage.create_bucket("notes")
    notes = client.storage.from_("notes")
    await notes.upload("a b/one.txt", b"one")
    async with httpx.AsyncClient() as anybody:
        one = await notes.create_signed_url("a b/one.txt", 60, {"download": "saved.txt"})
        answer = await anybody.get(str(one["signedUrl"]))
        assert (answer.status_code, answer.content) == (200, b"one")
        assert "filename=saved.txt" in answer.headers["content-disposition"]
        many = await notes.create_signed_urls(["a b/one.txt", "none"], 60)
        assert (await anybody.get(str(many[0]["signedUrl"]))).content == b"one"
        assert many[1]["signedUrl"] is None
        assert many[1]["error"]
    signed = await notes.create_signed_upload_url("two.txt")
    await notes.upload_to_signed_url("two.txt", signed["token"], b"two")
    assert await notes.download("two.txt") == b"two"
    with pytest.raises(StorageApiError, match="already exists"):
        await notes.upload_to_signed_url("two.txt", signed["token"], b"two")


async def test_public_urls_and_images(client: AsyncClient) -> None:
    await client.storage.create_bucket("photos", options={"public": True})
    photos = client.storage.from_("photos")
    content = io.BytesIO()
    Image.new("RGB", (400, 200), "green").save(content, "PNG")
    await photos.upload("green.png", content.getvalue(), {"content-type": "image/png"})
    async with httpx.AsyncClient() as anybody:
        assert (await anybody.get(await photos.get_public_url("green.png"))).content == content.getvalue()
        small = await anybody.get(await photos.get_public_url("green.png", {"transform": {"width": 100}}))
        assert Image.open(io.BytesIO(small.content)).size == (100, 50)
    square = await photos.download("green.png", {"transform": {"width": 50, "height": 50}})
    assert Image.open(io.BytesIO(square)).size == (50, 50)
