"""Row-level security: anybody, a member, another member and the service, in each operation."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from headwater.local.storage import install_storage_schema
from tests.local.storage.conftest import MEMBER, Service

OWN_FOLDER = """
create policy own_folder on storage.objects for all to authenticated
  using (bucket_id = 'private' and (storage.foldername(name))[1] = (select auth.uid())::text)
  with check (bucket_id = 'private' and (storage.foldername(name))[1] = (select auth.uid())::text);
"""
FILE = f"{MEMBER}/one.txt"


@pytest.fixture
async def private(service: Service) -> Service:
    """A server with a private bucket of a folder a member, and a file of the member's."""
    await service.pool.execute(OWN_FOLDER)
    await service.make_bucket("private")
    assert (await service.upload("private", FILE, b"mine", "member")).status_code == 200
    return service


@pytest.mark.parametrize("caller", ["anon", "other", "member", "service"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"/object/private/{FILE}", None),
        ("GET", f"/object/authenticated/private/{FILE}", None),
        ("HEAD", f"/object/private/{FILE}", None),
        ("GET", f"/object/info/private/{FILE}", None),
        ("POST", f"/object/sign/private/{FILE}", {"expiresIn": 60}),
        ("POST", f"/object/upload/sign/private/{MEMBER}/two.txt", None),
        ("POST", f"/object/private/{MEMBER}/two.txt", {}),
        ("PUT", f"/object/private/{FILE}", {}),
        ("DELETE", f"/object/private/{FILE}", None),
        ("POST", "/object/move", {"bucketId": "private", "sourceKey": FILE, "destinationKey": f"{MEMBER}/moved"}),
        ("POST", "/object/copy", {"bucketId": "private", "sourceKey": FILE, "destinationKey": f"{MEMBER}/copied"}),
    ],
)
async def test_each_operation_is_for_its_owner_and_the_service(
    private: Service, caller: str, method: str, path: str, body: dict[str, Any] | None
) -> None:
    answer = await private.call(method, path, caller, json=body)
    assert answer.status_code == (200 if caller in {"member", "service"} else 400), answer.text
    content = await private.call("GET", f"/object/private/{FILE}")
    if caller in {"anon", "other"}:
        assert content.content == b"mine"
        assert len(private.list_blobs()) == 1


@pytest.mark.parametrize(("caller", "seen"), [("anon", []), ("other", []), ("member", ["one.txt"])])
async def test_lists_show_what_the_caller_may_see(private: Service, caller: str, seen: list[str]) -> None:
    listed = await private.call("POST", "/object/list/private", caller, json={"prefix": MEMBER})
    assert [item["name"] for item in listed.json()] == seen
    paged = await private.call("POST", "/object/list-v2/private", caller, json={})
    assert len(paged.json()["objects"]) == len(seen)
    signed = await private.call("POST", "/object/sign/private", caller, json={"expiresIn": 60, "paths": [FILE]})
    assert (signed.json()[0]["signedURL"] is not None) == bool(seen)
    gone = await private.call("DELETE", "/object/private", caller, json={"prefixes": [FILE]})
    assert len(gone.json()) == len(seen)


@pytest.mark.parametrize("caller", ["anon", "member", "other"])
async def test_nothing_is_allowed_without_a_policy(service: Service, caller: str) -> None:
    bucket = await service.make_bucket(public=True)
    made = await service.call("POST", "/bucket", caller, json={"name": "mine"})
    assert (made.status_code, made.json()["statusCode"]) == (400, "403")
    assert (await service.call("GET", "/bucket", caller)).json() == []
    assert (await service.call("GET", f"/bucket/{bucket}", caller)).json()["statusCode"] == "404"
    assert (await service.call("DELETE", f"/bucket/{bucket}", caller)).json()["statusCode"] == "404"
    assert (await service.upload(bucket, "one", b"x", caller)).json()["statusCode"] == "403"
    assert service.list_temporary() == []


async def test_public_buckets_are_read_by_anybody_and_private_ones_by_nobody(private: Service) -> None:
    await private.make_bucket("open", public=True)
    await private.upload("open", "one", b"open")
    assert (await private.http.get("/object/public/open/one")).content == b"open"
    assert (await private.http.get("/object/info/public/open/one")).json()["size"] == 4
    assert (await private.call("GET", "/object/open/one", "other")).content == b"open"
    assert (await private.http.get(f"/object/public/private/{FILE}")).json()["statusCode"] == "404"
    assert (await private.call("POST", "/object/list/open", "other", json={"prefix": ""})).json() == []


async def test_uploading_needs_no_right_to_read(service: Service) -> None:
    await service.pool.execute("create policy drop_box on storage.objects for insert to anon with check (true)")
    bucket = await service.make_bucket()
    assert (await service.upload(bucket, "one", b"x", "anon")).status_code == 200
    assert (await service.call("GET", f"/object/{bucket}/one", "anon")).json()["statusCode"] == "404"
    assert (await service.upload(bucket, "one", b"y", "anon", x_upsert="true")).json()["statusCode"] == "403"


async def test_moving_into_a_foreign_folder_is_refused(private: Service) -> None:
    body = {"bucketId": "private", "sourceKey": FILE, "destinationKey": "foreign/one.txt"}
    assert (await private.call("POST", "/object/move", "member", json=body)).json()["statusCode"] == "403"
    assert (await private.call("POST", "/object/copy", "member", json=body)).json()["statusCode"] == "403"


@pytest.mark.parametrize("token", ["nonsense", "a.b.c"])
async def test_bad_tokens(service: Service, token: str) -> None:
    headers = {"apikey": service.keys.publishable_key, "authorization": f"Bearer {token}"}
    answer = await service.http.get("/bucket", headers=headers)
    assert (answer.status_code, answer.json()["statusCode"]) == (400, "403")
    assert answer.json()["message"] == "Invalid Compact JWS"


async def test_contents_are_out_of_reach(private: Service) -> None:
    async with private.pool.acquire() as connection:
        for role in ("anon", "authenticated"):
            async with connection.transaction():
                await connection.execute(f"set local role {role}")
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    async with connection.transaction():
                        await connection.fetch("select * from storage.contents")


async def test_rows_are_not_deleted_behind_the_servers_back(private: Service) -> None:
    for table in ("objects", "buckets"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="Direct deletion"):
            await private.pool.execute(f"delete from storage.{table}")
    async with private.pool.acquire() as connection, connection.transaction():
        await connection.execute("set local storage.allow_delete_query = 'true'")
        assert await connection.execute("delete from storage.objects") == "DELETE 1"


async def test_the_schema_is_laid_again_without_harm(private: Service) -> None:
    await install_storage_schema(private.dsn)
    assert (await private.call("GET", f"/object/private/{FILE}", "member")).content == b"mine"


@pytest.mark.parametrize(
    ("name", "folders", "file", "extension"),
    [("a/b/c.tar.gz", ["a", "b"], "c.tar.gz", "gz"), ("c.txt", [], "c.txt", "txt")],
)
async def test_functions_for_policies(
    service: Service, name: str, folders: list[str], file: str, extension: str
) -> None:
    row = await service.pool.fetchrow(
        "select storage.foldername($1), storage.filename($1), storage.extension($1)", name
    )
    assert row is not None
    assert tuple(row) == (folders, file, extension)
