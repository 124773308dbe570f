"""The uploader's own metadata comes in by four doors; none of them keeps what nobody can read again."""

from __future__ import annotations

from base64 import b64encode

import httpx2
import pytest

from headwater.core.text import MAX_JSON_DEPTH
from tests.local.storage.conftest import Service

DOORS = ("header", "form", "copy", "resumable")


async def send(service: Service, door: str, metadata: str) -> httpx2.Response:
    """Make the object `b/one` with this metadata."""
    coded = b64encode(metadata.encode()).decode()
    if door == "header":
        return await service.upload("b", "one", b"one", x_metadata=coded)
    if door == "form":
        files, data = {"file": ("one", b"one", "text/plain")}, {"metadata": metadata}
        return await service.call("POST", "/object/b/one", files=files, data=data)
    if door == "copy":
        await service.upload("b", "source", b"one")
        body = {"bucketId": "b", "sourceKey": "source", "destinationKey": "one"}
        return await service.call("POST", "/object/copy", json=body, headers={"x-metadata": coded})
    names = {"bucketName": "b", "objectName": "one", "metadata": metadata}
    given = ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in names.items())
    headers = {"tus-resumable": "1.0.0", "upload-length": "0", "upload-metadata": given}
    return await service.call("POST", "/upload/resumable", headers=headers)


async def read(service: Service) -> object:
    """Read the metadata back."""
    answer = await service.call("GET", "/object/info/b/one")
    assert answer.status_code == 200, answer.text
    return answer.json()["metadata"]


def nest(levels: int) -> str:
    """Return JSON of so many levels."""
    return '{"a":' * levels + "1" + "}" * levels


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("levels", [MAX_JSON_DEPTH + 1, 300, 900, 3_000])
async def test_metadata_that_is_nested_too_deep_counts_as_none(service: Service, door: str, levels: int) -> None:
    await service.make_bucket("b")
    answer = await send(service, door, nest(levels))
    assert answer.status_code in {200, 201}, answer.text
    assert await read(service) == {}


@pytest.mark.parametrize("door", DOORS)
async def test_metadata_is_kept_without_what_postgres_refuses(service: Service, door: str) -> None:
    await service.make_bucket("b")
    answer = await send(service, door, '{"name":"a\\u0000b","list":[{"c\\u0000":1}]}')
    assert answer.status_code in {200, 201}, answer.text
    assert await read(service) == {"name": "ab", "list": [{"c": 1}]}
