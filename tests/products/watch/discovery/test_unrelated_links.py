"""Links that have nothing to do with the question aren't offered, also where there is room for them."""

from __future__ import annotations

from aiohttp import web
from tests.kit.fetch.servers import serve
from tests.products.watch.factories import Member

DISCOVER = "/api/v1/discover-sources/"
PAGE = """<!doctype html><title>Acme</title><p>Kettles of every size.</p>
<a href="/pricing">Pricing</a> <a href="/zebra">Zebras</a> <a href="/giraffe">Giraffes</a>"""


async def test_unrelated_link_is_not_offered(ada: Member) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/sitemap.xml":
            raise web.HTTPNotFound
        return web.Response(text=PAGE, content_type="text/html")

    async with serve(answer) as site:
        found = await ada.post(DISCOVER, {"raw_query": f"price changes at {site.url('/')}"})
    offered = {one["url"] for one in found["monitorable_urls"]}
    assert offered == {site.url("/"), site.url("/pricing")}
