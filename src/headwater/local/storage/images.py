"""Images made smaller, cropped or written in another format, with bounds on what is decoded."""

from __future__ import annotations

import asyncio
import hashlib
import io
import warnings
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from headwater.local.storage import errors

if TYPE_CHECKING:
    from PIL.Image import Image

_LONGEST_SIDE = 2_500
# The formats that are decoded; everything else Pillow knows has had more faults than users.
_SOURCES = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
_RESIZING = {"cover": "fill", "contain": "fit", "fill": "force"}
_TOO_LARGE = "The source image resolution is too large to process"
_BAD_SOURCE = "The source image is invalid or unsupported for rendering"
# Two at once: decoding takes memory and a processor, and requests for it can be sent by anybody.
_AT_ONCE = 2


@dataclass(frozen=True)
class Transformation:
    """What is asked of an image: sides in pixels, how they are reached, quality from 20 to 100, format."""

    width: int | None = None
    height: int | None = None
    resize: str = "cover"
    quality: int | None = None
    format: str | None = None

    def as_claims(self) -> dict[str, Any]:
        """Return it as a signed URL carries it."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def describe(self) -> str:
        """Return it as the header X-Transformations says it."""
        parts = [f"height:{self.height}"] if self.height else []
        parts += [f"width:{self.width}"] if self.width else []
        parts += [f"resizing_type:{_RESIZING[self.resize]}"] if self.width or self.height else []
        parts += [f"quality:{self.quality}"] if self.quality else []
        return ",".join(parts + ([f"format:{self.format}"] if self.format and self.format != "origin" else []))


@dataclass(frozen=True)
class Asked:
    """A transformation of one content; the same of both is the same image for ever."""

    digest: str
    transformation: Transformation
    takes_webp: bool = False

    @property
    def etag(self) -> str:
        """The entity tag of what comes out: another size of an image is another representation."""
        described = f"{self.digest} {self.transformation} {self.takes_webp}"
        return f'"{hashlib.sha256(described.encode()).hexdigest()[:32]}"'


@dataclass(frozen=True)
class Rendered:
    """An image that was transformed."""

    content: bytes
    mime_type: str


def read_transformation(given: Mapping[str, Any]) -> Transformation:
    """Read what a query or body asks for. Raises InvalidRequest."""
    resize, form = given.get("resize") or "cover", given.get("format")
    if resize not in _RESIZING:
        raise errors.bad_request("resize must be cover, contain or fill")
    if form not in {None, "", "origin", "avif", "webp"}:
        raise errors.bad_request("format must be origin, avif or webp")
    return Transformation(
        width=_read_number(given.get("width"), "width", 0, _LONGEST_SIDE) or None,
        height=_read_number(given.get("height"), "height", 0, _LONGEST_SIDE) or None,
        resize=resize,
        quality=_read_number(given.get("quality"), "quality", 20, 100),
        format=form or None,
    )


class ImageRenderer:
    """Transforms images in threads, a few at once, and remembers what came out in `cache_limit` bytes."""

    def __init__(self, *, pixel_limit: int, cache_limit: int) -> None:
        self._pixel_limit = pixel_limit
        self._cache_limit = cache_limit
        self._cache: OrderedDict[Asked, Rendered] = OrderedDict()
        self._cached = 0
        self._running: dict[Asked, asyncio.Task[Rendered]] = {}
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def render(self, asked: Asked, load: Callable[[], Awaitable[bytes]]) -> Rendered:
        """Return a transformed image, `load` being asked for the source where it isn't remembered.

        Who asks for one that is being made waits for that one. Raises InvalidRequest for what is no image.
        """
        known = self._cache.get(asked)
        if known is not None:
            self._cache.move_to_end(asked)
            return known
        running = self._running.get(asked)
        if running is None:
            running = self._running[asked] = asyncio.create_task(self._make(asked, load))
            running.add_done_callback(partial(self._end, asked))
        # One who goes away doesn't take it from the others.
        return await asyncio.shield(running)

    def _end(self, asked: Asked, running: asyncio.Task[Rendered]) -> None:
        del self._running[asked]
        if not running.cancelled():
            # Asked for, so that asyncio doesn't complain of a refusal whose waiters have all gone.
            running.exception()

    async def _make(self, asked: Asked, load: Callable[[], Awaitable[bytes]]) -> Rendered:
        async with self._turns:
            source = await load()
            rendered = await asyncio.to_thread(self._render, source, asked.transformation, asked.takes_webp)
        self._remember(asked, rendered)
        return rendered

    def _remember(self, asked: Asked, rendered: Rendered) -> None:
        if len(rendered.content) > self._cache_limit // 4:
            return
        self._cache[asked] = rendered
        self._cached += len(rendered.content)
        while self._cached > self._cache_limit:
            _, dropped = self._cache.popitem(last=False)
            self._cached -= len(dropped.content)

    def _render(self, source: bytes, transformation: Transformation, takes_webp: bool) -> Rendered:
        try:
            from PIL import Image, ImageOps
        except ImportError as error:
            raise errors.StorageError(409, "FeatureNotEnabled", "Image transformation needs Pillow") from error
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with Image.open(io.BytesIO(source), formats=_SOURCES) as image:
                    if image.width * image.height > self._pixel_limit:
                        raise errors.bad_request(_TOO_LARGE)
                    form = _choose_format(image.format or "PNG", transformation.format, takes_webp=takes_webp)
                    if transformation.width and transformation.height:
                        image.draft(None, (transformation.width * 2, transformation.height * 2))
                    turned = ImageOps.exif_transpose(image)
                    return _write(_resize(turned, transformation), form, transformation.quality)
        except Image.DecompressionBombError as error:
            raise errors.bad_request(_TOO_LARGE) from error
        except (OSError, ValueError, SyntaxError) as error:
            raise errors.bad_request(_BAD_SOURCE) from error


def _resize(image: Image, asked: Transformation) -> Image:
    """Return an image of the sides asked for; a side that isn't given follows the other, and nothing is enlarged."""
    if not asked.width and not asked.height:
        return image
    width = asked.width or max(round(image.width * (asked.height or 0) / image.height), 1)
    height = asked.height or max(round(image.height * (asked.width or 0) / image.width), 1)
    if asked.resize == "fill":
        return image.resize((width, height))
    scales = width / image.width, height / image.height
    scale = min(min(scales) if asked.resize == "contain" else max(scales), 1.0)
    sides = max(round(image.width * scale), 1), max(round(image.height * scale), 1)
    resized = image.resize(sides)
    if asked.resize == "contain":
        return resized
    left, top = max(resized.width - width, 0) // 2, max(resized.height - height, 0) // 2
    return resized.crop((left, top, left + min(width, resized.width), top + min(height, resized.height)))


def _write(image: Image, form: str, quality: int | None) -> Rendered:
    if form == "JPEG" and image.mode not in {"RGB", "L"}:
        image = image.convert("RGB")
    elif form != "JPEG" and image.mode not in {"RGB", "RGBA", "L"}:
        image = image.convert("RGBA")
    options: dict[str, Any] = {} if form in {"PNG", "GIF"} else {"quality": quality or 80}
    content = io.BytesIO()
    image.save(content, form, **options)
    return Rendered(content.getvalue(), f"image/{form.lower()}")


def _choose_format(source: str, asked: str | None, *, takes_webp: bool) -> str:
    if asked in {"avif", "webp"}:
        return asked.upper()
    return "WEBP" if takes_webp and asked != "origin" else source


def _read_number(value: object, name: str, least: int, most: int) -> int | None:
    if value is None or value == "":
        return None
    try:
        number = int(str(value)[:12])
    except ValueError:
        raise errors.bad_request(f"{name} must be a whole number") from None
    if number < 0:
        raise errors.bad_request(f"{name} must be a whole number")
    return max(least, min(number, most))
