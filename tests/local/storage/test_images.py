"""Images that are transformed: sides, crops, formats, signed addresses, and the bounds on what is decoded and kept."""

from __future__ import annotations

import asyncio
import io
import struct
import zlib
from itertools import product
from typing import Any

import pytest
from PIL import Image

from headwater.local.storage.errors import StorageError
from headwater.local.storage.images import Asked, ImageRenderer, Rendered, Transformation
from tests.local.storage.conftest import Service

SIZE = (400, 200)


def draw(form: str = "PNG", size: tuple[int, int] = SIZE, **options: Any) -> bytes:
    """Return an image whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    content = io.BytesIO()
    image.save(content, form, **options)
    return content.getvalue()


def write_bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    end = chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00" * 1_000)) + end


async def render(service: Service, bucket: str, query: str, **headers: str) -> Any:
    """Ask for a transformed image as the service."""
    return await service.call("GET", f"/render/image/authenticated/{bucket}/one?{query}", headers=headers)


SIDES = {
    "width=100&height=100": (100, 100),
    "width=100&height=100&resize=contain": (100, 50),
    "width=100&height=100&resize=fill": (100, 100),
    "width=100": (100, 50),
    "height=50": (100, 50),
    "width=9999&height=9999": SIZE,
    "quality=50": SIZE,
}


async def test_sides_follow_the_mode(service: Service) -> None:
    bucket = await service.make_bucket()
    await service.upload(bucket, "one", draw(), content_type="image/png")
    for query, size in SIDES.items():
        answer = await render(service, bucket, query)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png"), answer.text
        image = Image.open(io.BytesIO(answer.content)).convert("RGB")
        assert image.size == size, query
        # What is cropped loses both sides alike, and what is squeezed keeps them.
        assert [image.getpixel((x, size[1] // 2)) for x in (1, size[0] - 2)] == [(255, 0, 0), (0, 0, 255)], query
    for query in ("resize=stretch", "format=bmp", "width=x", "height=-1", "quality=high"):
        assert (await render(service, bucket, query)).status_code == 400, query


ASKED = (
    ("width=50", "*/*", ""),
    ("width=50", "image/webp,*/*", "image/webp"),
    ("width=50&format=origin", "image/webp,*/*", ""),
    ("width=50&format=webp", "*/*", "image/webp"),
    ("width=50&format=avif", "*/*", "image/avif"),
)


async def test_formats(service: Service) -> None:
    bucket = await service.make_bucket()
    for source, (query, accept, wanted) in product(("PNG", "JPEG", "WEBP", "GIF"), ASKED):
        await service.upload(bucket, "one", draw(source), content_type=f"image/{source.lower()}", x_upsert="true")
        kind = wanted or f"image/{source.lower()}"
        answer = await render(service, bucket, query, accept=accept)
        assert answer.headers["content-type"] == kind, (source, query, accept)
        assert Image.open(io.BytesIO(answer.content)).format == kind.removeprefix("image/").upper()


async def test_less_quality_takes_less_room(service: Service) -> None:
    bucket, noise = await service.make_bucket(), io.BytesIO()
    Image.effect_noise((200, 200), 80).save(noise, "JPEG", quality=95)
    await service.upload(bucket, "one", noise.getvalue(), content_type="image/jpeg")
    sizes = [len((await render(service, bucket, f"quality={quality}")).content) for quality in (20, 60, 100)]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] / 2


async def test_a_turned_photograph_is_upright(service: Service) -> None:
    bucket, exif = await service.make_bucket(), Image.Exif()
    exif[0x0112] = 6
    await service.upload(bucket, "one", draw("JPEG", exif=exif), content_type="image/jpeg")
    answer = await render(service, bucket, "width=100&resize=contain")
    assert Image.open(io.BytesIO(answer.content)).size == (100, 200)


INVALID = "The source image is invalid or unsupported for rendering"
TOO_LARGE = "The source image resolution is too large to process"
REFUSED = (
    (write_bomb(60_000, 60_000), TOO_LARGE),
    (write_bomb(7_100, 7_100), TOO_LARGE),
    (write_bomb(100, 100), INVALID),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", INVALID),
    (b"", INVALID),
    (draw()[:200], INVALID),
)


async def test_what_is_no_image_or_a_bomb_is_refused(service: Service) -> None:
    bucket = await service.make_bucket()
    for content, message in REFUSED:
        await service.upload(bucket, "one", content, content_type="image/png", x_upsert="true")
        answer = await render(service, bucket, "width=10")
        assert (answer.status_code, answer.json()["message"]) == (400, message), content[:50]


async def test_a_drawing_stays_as_it_is(service: Service) -> None:
    bucket, drawing = await service.make_bucket(), b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    await service.upload(bucket, "one", drawing, content_type="image/svg+xml")
    answer = await render(service, bucket, "width=10")
    assert (answer.status_code, answer.content) == (200, drawing)
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in answer.headers["content-security-policy"]
    other = await render(service, bucket, "width=10&format=webp")
    assert (other.status_code, other.json()["message"]) == (400, INVALID)


async def test_signed_addresses_hold_for_what_was_signed(service: Service) -> None:
    bucket = await service.make_bucket()
    await service.upload(bucket, "one", draw(), content_type="image/png")
    body = {"expiresIn": 60, "transform": {"width": 40, "height": 40, "resize": "contain"}}
    signed = (await service.call("POST", f"/object/sign/{bucket}/one", json=body)).json()["signedURL"]
    assert signed.startswith(f"/render/image/sign/{bucket}/one?token=")
    # The query can't ask for another transformation than the one that was signed.
    answer = await service.http.get(f"{signed}&width=300")
    assert Image.open(io.BytesIO(answer.content)).size == (40, 20)
    assert answer.headers["x-transformations"] == "height:40,width:40,resizing_type:fit"
    other = signed.replace(f"{bucket}/one", f"{bucket}/two")
    assert (await service.http.get(other)).json()["code"] == "InvalidSignature"
    plain = (await service.call("POST", f"/object/sign/{bucket}/one", json={"expiresIn": 60})).json()["signedURL"]
    assert plain.startswith("/object/sign/")


async def test_the_same_image_is_told_by_its_tag(service: Service) -> None:
    bucket = await service.make_bucket()
    await service.upload(bucket, "one", draw(), content_type="image/png")
    first = await render(service, bucket, "width=10")
    tag = first.headers["etag"]
    assert (await render(service, bucket, "width=10", **{"if-none-match": tag})).status_code == 304
    assert (await render(service, bucket, "width=11", **{"if-none-match": tag})).status_code == 200
    await service.upload(bucket, "one", draw(size=(30, 30)), content_type="image/png", x_upsert="true")
    assert (await render(service, bucket, "width=10", **{"if-none-match": tag})).status_code == 200


async def test_private_images_are_hidden(service: Service) -> None:
    bucket = await service.make_bucket()
    await service.upload(bucket, "one", draw(), content_type="image/png")
    for caller, kind in product(("anon", "member"), ("authenticated", "public")):
        answer = await service.call("GET", f"/render/image/{kind}/{bucket}/one?width=10", caller)
        assert (answer.status_code, answer.json()["statusCode"]) == (400, "404")


async def test_what_was_made_is_remembered_within_bounds() -> None:
    loads: list[int] = []
    source = draw()

    def ask(number: int) -> asyncio.Task[Rendered]:
        async def load() -> bytes:
            loads.append(number)
            return source

        return asyncio.create_task(renderer.render(Asked(f"{number:064}", Transformation(width=50)), load))

    renderer = ImageRenderer(pixel_limit=SIZE[0] * SIZE[1], cache_limit=1 << 20)
    size = len((await ask(0)).content)
    renderer = ImageRenderer(pixel_limit=SIZE[0] * SIZE[1], cache_limit=size * 5)
    loads.clear()
    # Everybody who asks for one image waits for one rendering.
    assert len({id(rendered) for rendered in await asyncio.gather(*(ask(1) for _ in range(8)))}) == 1
    assert loads == [1]
    for number in (2, 3, 4, 5, 1, 6):
        await ask(number)
    assert loads == [1, 2, 3, 4, 5, 6]
    # The one that was not asked for the longest made room.
    await ask(1)
    await ask(2)
    assert loads == [1, 2, 3, 4, 5, 6, 2]


async def test_a_refusal_is_not_remembered() -> None:
    renderer = ImageRenderer(pixel_limit=10, cache_limit=1 << 20)
    contents = [draw(), b"nothing"]

    async def load() -> bytes:
        return contents.pop()

    for message in ("invalid", "too large"):
        with pytest.raises(StorageError, match=message):
            await renderer.render(Asked("0" * 64, Transformation(width=5)), load)
