"""Media types, errors and their statuses, the root's description, and the addresses that say what they take."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.local.rest.clients import RestClient, sign
from tests.local.rest.conftest import CONFIG, open_app


async def test_one_object_or_an_error(rest: RestClient) -> None:
    one = await rest.get("/books?id=eq.3&select=id,price,sold", accept="application/vnd.pgrst.object+json")
    assert one.json == {"id": 3, "price": 9.99, "sold": None}
    assert one.headers["content-type"] == "application/vnd.pgrst.object+json; charset=utf-8"
    none = await rest.get("/books?id=eq.99", accept="application/vnd.pgrst.object+json")
    assert (none.status, none.code, none.json["details"]) == (406, "PGRST116", "The result contains 0 rows")


async def test_nulls_are_stripped(rest: RestClient) -> None:
    one = await rest.get("/books?id=eq.3&select=id,sold", accept="application/vnd.pgrst.object+json;nulls=stripped")
    assert one.json == {"id": 3}
    several = await rest.get(
        "/books?select=id,sold&id=in.(3,4)", accept="application/vnd.pgrst.array+json;nulls=stripped"
    )
    assert several.json == [{"id": 3}, {"id": 4, "sold": True}]


async def test_csv(rest: RestClient) -> None:
    reply = await rest.get("/books?select=id,title&id=in.(4,5)&order=id", accept="text/csv")
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert reply.body.decode() == 'id,title\n4,"The Hour of the Star"\n5,"Anonymous, ""Tales"" (1)"'


async def test_the_first_acceptable_type_is_chosen(rest: RestClient) -> None:
    reply = await rest.get("/tags", accept="image/png, text/csv;q=0.5, application/json;q=0.9")
    assert reply.headers["content-type"] == "application/json; charset=utf-8"
    refused = await rest.get("/tags", accept="image/png")
    assert (refused.status, refused.code) == (406, "PGRST107")


async def test_plans_are_given_where_they_are_switched_on(shop_dsn: str, rest: RestClient) -> None:
    accept = 'application/vnd.pgrst.plan+json; for="application/json"; options=verbose|wat'
    assert (await rest.get("/books", accept=accept)).status == 406
    async with open_app(shop_dsn, replace(CONFIG, plan_enabled=True)) as app:
        reply = await RestClient(app).get("/books?id=eq.1", accept=accept)
        assert "Plan" in reply.json[0]
        assert reply.headers["content-type"] == (
            'application/vnd.pgrst.plan+json; for="application/json"; options=verbose; charset=utf-8'
        )
        text = await RestClient(app).get("/books", accept="application/vnd.pgrst.plan")
        assert "Seq Scan" in text.body.decode()


@pytest.mark.parametrize(
    ("method", "target", "status", "code"),
    [
        ("GET", "/books?id=eqq.1", 400, "PGRST100"),
        ("GET", "/books?select=id,(", 400, "PGRST100"),
        ("GET", "/books?order=id.up", 400, "PGRST100"),
        ("GET", "/books?or=(id.eq.1", 400, "PGRST100"),
        ("GET", "/books?id=is.one", 400, "PGRST100"),
        ("GET", "/books?id=eq.%00", 400, "22021"),
        ("GET", "/books?id=eq.one", 400, "22P02"),
        ("GET", "/books?select=none", 400, "42703"),
        ("GET", "/books?select=id::nothing", 400, "42704"),
        ("GET", "/books?title=match.(", 400, "2201B"),
        ("GET", "/nothing", 404, "PGRST205"),
        ("GET", "/a/b", 404, "PGRST125"),
        ("DELETE", "/rpc/add", 405, "PGRST101"),
        ("TRACE", "/books", 405, "PGRST117"),
        ("GET", "/hidden", 401, "42501"),
        ("POST", "/tags", 400, "PGRST102"),
        ("GET", "/rpc/refuse?sqlstate=23505", 409, "23505"),
        ("GET", "/rpc/refuse?sqlstate=23503", 409, "23503"),
        ("GET", "/rpc/refuse?sqlstate=P0001", 400, "P0001"),
        ("GET", "/rpc/refuse?sqlstate=PT402", 402, "PT402"),
        ("GET", "/rpc/refuse?sqlstate=42883", 404, "42883"),
        ("GET", "/rpc/refuse?sqlstate=28000", 403, "28000"),
        ("GET", "/rpc/refuse?sqlstate=53300", 503, "53300"),
        ("GET", "/rpc/refuse?sqlstate=54001", 500, "54001"),
        ("GET", "/rpc/refuse?sqlstate=40001", 500, "40001"),
        ("GET", "/rpc/refuse?sqlstate=22012", 400, "22012"),
    ],
)
async def test_every_refusal_has_its_status_and_code(
    rest: RestClient, method: str, target: str, status: int, code: str
) -> None:
    reply = await rest.ask(method, target)
    assert (reply.status, reply.code) == (status, code), reply.body
    assert set(reply.json) == {"code", "message", "details", "hint"}
    assert reply.headers["proxy-status"] == f"PostgREST; error={code}"


async def test_a_function_raises_a_whole_answer(rest: RestClient) -> None:
    message = '{"code": "123", "message": "ABC", "details": "DEF", "hint": "XYZ"}'
    detail = '{"status": 332, "headers": {"X-Header": "str"}}'
    reply = await rest.post("/rpc/refuse", {"sqlstate": "PGRST", "message": message, "detail": detail})
    assert (reply.status, reply.headers["x-header"]) == (332, "str")
    assert reply.json == {"code": "123", "message": "ABC", "details": "DEF", "hint": "XYZ"}
    wrong = await rest.post("/rpc/refuse", {"sqlstate": "PGRST", "message": "no json", "detail": detail})
    assert (wrong.status, wrong.code) == (500, "PGRST121")
    split = '{"status": 400, "headers": {"X-Header": "a\\r\\nSet-Cookie: b"}}'
    kept = await rest.post("/rpc/refuse", {"sqlstate": "PGRST", "message": message, "detail": split})
    assert kept.headers["x-header"] == "a  Set-Cookie: b"


async def test_anonymous_is_asked_to_sign_in_and_a_member_is_refused(rest: RestClient, member: RestClient) -> None:
    anonymous = await rest.get("/hidden")
    assert (anonymous.status, anonymous.headers["www-authenticate"]) == (401, "Bearer")
    assert (await member.get("/hidden")).status == 403


@pytest.mark.parametrize(
    ("token", "status", "code", "message"),
    [
        ("", 401, "PGRST301", "Empty JWT is sent in Authorization header"),
        ("a.b", 401, "PGRST301", "Expected 3 parts in JWT; got 2"),
        (sign("authenticated") + "x", 401, "PGRST301", "No suitable key or wrong key type"),
        (sign("authenticated", exp=1), 401, "PGRST303", "JWT expired"),
        (sign("authenticated", nbf=4_000_000_000), 401, "PGRST303", "JWT not yet valid"),
        (sign("authenticated", iat=4_000_000_000), 401, "PGRST303", "JWT issued at future"),
        (sign("nobody"), 401, "22023", 'role "nobody" does not exist'),
    ],
)
async def test_tokens_that_do_not_hold(rest: RestClient, token: str, status: int, code: str, message: str) -> None:
    reply = await RestClient(rest.app, token).get("/tags")
    assert (reply.status, reply.code, reply.json["message"]) == (status, code, message)


async def test_a_token_without_a_role_is_anonymous(rest: RestClient) -> None:
    assert (await RestClient(rest.app, sign(None, sub="x")).get("/rpc/context")).json["role"] == "anon"


async def test_without_an_anonymous_role_a_token_is_required(shop_dsn: str) -> None:
    async with open_app(shop_dsn, replace(CONFIG, anon_role=None)) as app:
        reply = await RestClient(app).get("/tags")
        assert (reply.status, reply.code) == (401, "PGRST302")
        assert (await RestClient(app).acting_as("authenticated").get("/tags")).status == 200


async def test_schemas_are_chosen_by_profile(rest: RestClient, shop_dsn: str) -> None:
    refused = await rest.get("/tags", accept_profile="secret")
    assert (refused.status, refused.code) == (406, "PGRST106")
    async with open_app(shop_dsn, replace(CONFIG, schemas=("shop", "public"))) as app:
        client = RestClient(app)
        assert (await client.get("/tags")).headers["content-profile"] == "shop"
        other = await client.get("/tags", accept_profile="public")
        assert (other.status, other.code) == (404, "PGRST205")


async def test_unknown_preferences_count_only_when_strict(rest: RestClient) -> None:
    strict = await rest.get("/tags", prefer="handling=strict, anything")
    assert (strict.status, strict.code) == (400, "PGRST122")
    assert (await rest.get("/tags", prefer="anything")).status == 200


async def test_the_root_describes_what_the_caller_may_see(rest: RestClient, member: RestClient) -> None:
    reply = await rest.get("/")
    assert reply.headers["content-type"] == "application/openapi+json; charset=utf-8"
    document = reply.json
    assert document["swagger"] == "2.0"
    assert document["paths"]["/authors"]["get"]["summary"] == "Who writes"
    assert document["definitions"]["books"]["properties"]["mood"]["enum"] == ["calm", "wild"]
    assert (
        "This is a Foreign Key to `authors.id`"
        in document["definitions"]["books"]["properties"]["author_id"]["description"]
    )
    assert "/rpc/add" in document["paths"]
    assert "/notes" not in document["paths"]
    assert "/notes" in (await member.get("/")).json["paths"]
    assert (await rest.get("/", accept="text/csv")).status == 406


async def test_options_say_what_is_taken(rest: RestClient) -> None:
    assert (await rest.ask("OPTIONS", "/books")).headers["allow"] == "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE"
    assert (await rest.ask("OPTIONS", "/rpc/add?a=1")).headers["allow"] == "OPTIONS,GET,HEAD,POST"
    assert (await rest.ask("OPTIONS", "/rpc/write_note?body=x")).headers["allow"] == "OPTIONS,POST"
    asked = {
        "origin": "http://app.example.com",
        "access-control-request-method": "POST",
        "access-control-request-headers": "Foo",
    }
    preflight = await rest.ask("OPTIONS", "/books", headers=asked)
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "Foo" in preflight.headers["access-control-allow-headers"]
