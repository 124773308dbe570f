"""A plain web host, as Amplify, CloudFront or Vercel are: files, every other path rewritten to the index, headers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web


@dataclass
class StaticSite:
    """A folder under an address of its own; `headers` go with every answer."""

    folder: Path
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Return the file that is asked for, or the index where there is none."""
        file = self.folder / request.path.lstrip("/")
        known = file.is_file() and file.resolve().is_relative_to(self.folder.resolve())
        return web.FileResponse(file if known else self.folder / "index.html", headers=self.headers)


@asynccontextmanager
async def open_static_site(folder: Path) -> AsyncIterator[StaticSite]:
    """Serve `folder`, which may be filled later, while the block runs."""
    site = StaticSite(folder)
    application = web.Application()
    application.router.add_get("/{path:.*}", site.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        listener = web.TCPSite(runner, "127.0.0.1", 0)
        await listener.start()
        site.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield site
    finally:
        await runner.cleanup()
