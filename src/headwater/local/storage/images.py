"""Images made smaller, cropped or written in another format, with bounds on what is decoded."""

from __future__ import annotations

import asyncio
import io
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from headwater.local.storage import errors

if TYPE_CHECKING:
    from PIL.Image import Image

_LONGEST_SIDE = 2_500
# The formats that are decoded; everything else Pillow knows has had more faults than users.
_SOURCES = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
_RESIZING = {"cover": "fill", "contain": "fit", "fill": "force"}
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
        """Give it as a signed URL carries it."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def describe(self) -> str:
        """Give it as the header X-Transformations says it."""
        parts = [f"height:{self.height}"] if self.height else []
        parts += [f"width:{self.width}"] if self.width else []
        parts += [f"resizing_type:{_RESIZING[self.resize]}"] if self.width or self.height else []
        parts += [f"quality:{self.quality}"] if self.quality else []
        return ",".join(parts + ([f"format:{self.format}"] if self.format and self.format != "origin" else []))


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
    """Transforms images in threads, a few at once."""

    def __init__(self, *, pixel_limit: int) -> None:
        self._pixel_limit = pixel_limit
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def render(self, file: BinaryIO, transformation: Transformation, *, takes_webp: bool = False) -> Rendered:
        """Transform the image in `file`, which is closed. Raises InvalidRequest for what is no image."""
        async with self._turns:
            try:
                return await asyncio.to_thread(self._render, file, transformation, takes_webp)
            finally:
                file.close()

    def _render(self, file: BinaryIO, transformation: Transformation, takes_webp: bool) -> Rendered:
        try:
            from PIL import Image, ImageOps
        except ImportError as error:
            raise errors.StorageError(409, "FeatureNotEnabled", "Image transformation needs Pillow") from error
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with Image.open(file, formats=_SOURCES) as image:
                    if image.width * image.height > self._pixel_limit:
                        raise errors.bad_request("The source image resolution is too large to process")
                    form = _choose_format(image.format or "PNG", transformation.format, takes_webp=takes_webp)
                    if transformation.width and transformation.height:
                        image.draft(None, (transformation.width * 2, transformation.height * 2))
                    turned = ImageOps.exif_transpose(image)
                    return _write(_resize(turned, transformation), form, transformation.quality)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise errors.bad_request(_BAD_SOURCE) from error


def _resize(image: Image, asked: Transformation) -> Image:
    """Give an image of the sides asked for; a side that isn't given follows the other, and nothing is enlarged."""
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
