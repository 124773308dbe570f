"""Pages made by scripts, in a real Chromium."""

from __future__ import annotations

import asyncio
import shutil
from importlib.util import find_spec

import pytest
from aiohttp import web

from headwater.kit.fetch import BlockedAddress, FetchFailed
from headwater.kit.fetch.browser import render_page
from tests.kit.fetch.servers import fetching, greet, serve

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        find_spec("playwright") is None or not (shutil.which("chromium") or shutil.which("google-chrome")),
        reason="there is no Chromium on this machine",
    ),
]


async def test_scripts_make_the_page_and_reach_nothing_private() -> None:
    async with serve(greet) as inner:
        page = """<p id="a">before</p><img src="/picture.png"><script>
          const put = (id, text) => document.body.insertAdjacentHTML('beforeend', `<p id="${id}">${text}</p>`);
          document.getElementById('a').textContent = 'after';
          fetch('/data.json').then(r => r.json()).then(d => put('data', d.price));
          for (const [id, url] of [['inner', 'http://127.0.0.1:INNER/'], ['name', 'http://localhost:INNER/'],
                                   ['meta', 'http://169.254.169.254/'], ['private', 'http://10.0.0.1/']])
            fetch(url, {mode: 'no-cors'}).then(() => put(id, 'reached'), () => put(id, 'refused'));
          try { new WebSocket('ws://127.0.0.1:INNER/').onclose = () => put('socket', 'refused'); } catch (e) {}
          const frame = document.createElement('iframe'); frame.src = 'http://127.0.0.1:INNER/frame';
          document.body.append(frame);
        </script>""".replace("INNER", str(inner.port))

        async def answer(request: web.Request) -> web.StreamResponse:
            if request.path == "/data.json":
                return web.json_response({"price": "24 €"})
            return web.Response(text=page, content_type="text/html", headers={"ETag": '"1"'})

        async with serve(answer) as site, fetching(site) as fetcher:
            response = await render_page(fetcher, site.url("/page"))
    assert '<p id="a">after</p>' in response.text
    assert '<p id="data">24 €</p>' in response.text
    assert response.text.count("refused</p>") == 5
    assert "reached</p>" not in response.text
    assert inner.seen == []
    assert site.paths == ["/page", "/data.json"]
    assert not response.validators


async def test_page_that_moves_itself_inside_is_not_followed() -> None:
    async with serve(greet) as inner:

        async def answer(_: web.Request) -> web.StreamResponse:
            script = f"<p>here</p><script>location.href = '{inner.url('/secret')}'</script>"
            return web.Response(text=script, content_type="text/html")

        async with serve(answer) as site, fetching(site) as fetcher:
            outcome = (await asyncio.gather(render_page(fetcher, site.url()), return_exceptions=True))[0]
    assert inner.seen == []
    assert isinstance(outcome, FetchFailed) or "hello" not in outcome.text  # type: ignore[union-attr]  # a response


async def test_what_needs_no_browser_gets_none() -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.json_response({"a": 1})

    async with serve(answer) as site, fetching(site) as fetcher:
        assert (await render_page(fetcher, site.url())).json() == {"a": 1}
        with pytest.raises(BlockedAddress):
            await render_page(fetcher, "http://127.0.0.1:1/")
