"""The server of the simulated web: one port for all sites by path, and one port for each site of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from headwater.demo.web import hazards
from headwater.demo.web.feeds import write_atom, write_rss, write_sitemap, write_sitemap_index
from headwater.demo.web.redirects import find_redirect
from headwater.demo.web.robots import answer_robots
from headwater.demo.web.state import DemoWeb
from headwater.demo.web.text import Site
from headwater.demo.web.validators import accepts_gzip, compress_body, is_not_modified, make_validators
from headwater.kit.demo.control import control_routes
from headwater.kit.demo.loopback import serve_http
from headwater.kit.demo.modes import Mode

SERVER = "nginx/1.28.0"
RSS = "application/rss+xml; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"
XML = "application/xml"


@dataclass(frozen=True, slots=True)
class Place:
    """What a request asks for: a path of a site, under a prefix on a host; `home` is the site's absolute address."""

    site: Site
    path: str
    prefix: str
    home: str

    @property
    def address(self) -> str:
        """Return the path by which the page is known everywhere: `/acme/pricing`."""
        return f"/{self.site.name}{self.path}"


@asynccontextmanager
async def open_web(*, port: int = 0, site_ports: int = 0) -> AsyncIterator[DemoWeb]:
    """Run the simulated web while the block runs.

    `port` holds every site by path; the sites take one port each from `site_ports` on (0: any free ones).
    """
    demo = DemoWeb()
    application = web.Application()
    application.add_routes(control_routes(demo.actions))
    server = _WebServer(demo)
    application.router.add_route("*", "/{path:.*}", server.answer)
    names = list(demo.sites)
    wanted = tuple(site_ports + number if site_ports else 0 for number in range(len(names)))
    async with serve_http(application, port=port, further_ports=wanted) as (main, *listeners):
        demo.port = main.port
        demo.listeners = dict(zip(names, listeners, strict=True))
        server.sites_by_port = {listener.port: demo.sites[name] for name, listener in demo.listeners.items()}
        yield demo


class _WebServer:
    """Answers the requests of all sites."""

    def __init__(self, demo: DemoWeb) -> None:
        self._demo = demo
        self.sites_by_port: dict[int, Site] = {}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one request: the mode of the page or site first, then what the page says."""
        place = self._find_place(request)
        address = place.address if place else request.path
        traffic = self._demo.traffic
        with traffic.record(address, method=request.method, host=request.host, headers=request.headers) as visit:
            response = await self._answer_place(request, place) if place else self._answer_outside(request)
            visit.status = response.status
            if not response.prepared:
                response.headers["Server"] = SERVER
            return response

    def _find_place(self, request: web.Request) -> Place | None:
        """Find the site by the port, by the first label of the Host header, or by the first part of the path."""
        origin = f"{request.scheme}://{request.host}"
        transport = request.transport
        port = transport.get_extra_info("sockname")[1] if transport else 0
        site = self.sites_by_port.get(port) or self._demo.sites.get(request.host.partition(".")[0])
        if site is not None:
            return Place(site=site, path=request.path, prefix="", home=origin)
        name, _, rest = request.path.removeprefix("/").partition("/")
        site = self._demo.sites.get(name)
        if site is None:
            return None
        return Place(site=site, path=f"/{rest}", prefix=f"/{name}", home=f"{origin}/{name}")

    def _answer_outside(self, request: web.Request) -> web.Response:
        """Answer what belongs to no site: the robots.txt and sitemap of the shared host, and the list of sites."""
        origin = f"{request.scheme}://{request.host}"
        if request.path == "/robots.txt":
            return web.Response(text=answer_robots("open", sitemap=f"{origin}/sitemap.xml").body)
        if request.path == "/sitemap.xml":
            index = write_sitemap_index(f"{origin}/{name}" for name in self._demo.sites)
            return web.Response(text=index, content_type=XML)
        if request.path == "/":
            links = "".join(
                f'<li><a href="/{site.name}/">{site.title}</a>: {site.tagline}</li>'
                for site in self._demo.sites.values()
            )
            return web.Response(text=f"<!doctype html><h1>Simulated web</h1><ul>{links}</ul>", content_type="text/html")
        return _to_response(hazards.FIXED["missing"])

    async def _answer_place(self, request: web.Request, place: Place) -> web.StreamResponse:
        if place.path == "/robots.txt" and not self._demo.has_mode(place.address):
            return self._answer_robots(place)
        mode, switch = self._demo.take_mode(place.address)
        if mode.name in {"slow", "held"}:
            await switch.pause(mode.seconds if mode.name == "slow" else None)
        elif mode.name != "normal":
            return await self._misbehave(request, mode)
        redirects = {**place.site.redirects, **self._demo.find_redirects(place.site.name)}
        redirect = find_redirect(place.path, request.query, prefix=place.prefix, fixed=redirects)
        if redirect is not None:
            status, location = redirect
            return web.Response(status=status, headers={"Location": location} if location else {})
        return self._answer_page(request, place)

    def _answer_robots(self, place: Place) -> web.Response:
        answer = answer_robots(place.site.robots, sitemap=f"{place.home}/sitemap.xml")
        if answer.location is not None:
            return web.Response(status=answer.status, headers={"Location": f"{place.prefix}{answer.location}"})
        return web.Response(status=answer.status, text=answer.body)

    def _answer_page(self, request: web.Request, place: Place) -> web.Response:
        """Answer a page, feed or sitemap of a site, conditionally and compressed."""
        demo, journal = self._demo, place.site.journal
        kind = "text/html; charset=utf-8"
        dynamic = False
        if place.path == "/sitemap.xml":
            pages = demo.list_pages(place.site.name)
            kind, body, modified = XML, write_sitemap(pages, home=place.home), max(page.modified for page in pages)
        elif place.path == "/moved/robots.txt":
            kind, body, modified = "text/plain", answer_robots("open", sitemap=f"{place.home}/sitemap.xml").body, 1
        elif journal and place.path in {journal.rss, journal.atom}:
            page = demo.pages[f"/{place.site.name}{journal.page}"]
            is_rss = place.path == journal.rss
            kind = RSS if is_rss else ATOM
            body, modified = (write_rss if is_rss else write_atom)(place.site, page, home=place.home), page.modified
        else:
            found = demo.find_page(place.site, place.path)
            if found is None:
                return _to_response(hazards.FIXED["missing"])
            dynamic = bool(found.live_noise)
            body, modified = demo.draw(found, site=place.site, prefix=place.prefix), found.modified
        return _answer_text(request, body.encode(), kind=kind, modified=None if dynamic else modified)

    async def _misbehave(self, request: web.Request, mode: Mode) -> web.StreamResponse:
        if mode.name in hazards.FIXED:
            return _to_response(hazards.FIXED[mode.name])
        if mode.name in hazards.REFUSING:
            return _to_response(hazards.refuse_request(mode.name, seconds=mode.seconds))
        if mode.name in hazards.BUILT:
            return _to_response(await hazards.build_answer(mode.name))
        if mode.name == "reset" and request.transport is not None:
            request.transport.abort()
            return web.Response(status=500)
        return await _stream(request, mode)


def _answer_text(request: web.Request, body: bytes, *, kind: str, modified: int | None) -> web.Response:
    """Answer a text; without `modified` it is a dynamic page, which has no validators."""
    headers = {"Content-Type": kind, "Vary": "Accept-Encoding"}
    validators = make_validators(modified=modified, length=len(body)) if modified is not None else None
    if validators is None:
        headers["Cache-Control"] = "private, no-cache"
    else:
        headers |= {"ETag": validators.etag, "Last-Modified": validators.last_modified}
        if is_not_modified(validators, request.headers):
            del headers["Content-Type"]
            return web.Response(status=304, headers=headers)
    if accepts_gzip(request.headers):
        body = compress_body(body)
        headers["Content-Encoding"] = "gzip"
        if validators is not None:
            headers["ETag"] = f"W/{validators.etag}"
    return web.Response(body=body, headers=headers)


async def _stream(request: web.Request, mode: Mode) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": hazards.HTML, "Server": SERVER})
    if mode.name == "large":
        response.content_length = hazards.LARGE_BYTES
    elif mode.name == "truncated":
        response.content_length = hazards.MEGABYTE
    else:
        response.enable_chunked_encoding()
    await response.prepare(request)
    async for piece in hazards.stream_body(mode.name, seconds=mode.seconds):
        await response.write(piece)
    if mode.name == "truncated" and request.transport is not None:
        request.transport.close()
    return response


def _to_response(answer: hazards.Answer) -> web.Response:
    return web.Response(status=answer.status, body=answer.body, headers=answer.headers)
