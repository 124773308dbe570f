"""The far side of each bound of what an uploader may send beside the file."""

from __future__ import annotations

import pytest

from headwater.local.storage.errors import StorageError
from headwater.local.storage.objects.multipart import _LARGEST_FIELD, _LARGEST_HEADER, _MAX_FIELDS
from headwater.local.storage.objects.names import _LONGEST_NAME, check_object_name
from headwater.local.storage.objects.objects import MAX_OBJECTS
from tests.local.storage.conftest import Service

FILE = b'--x\r\ncontent-disposition: form-data; name=""; filename="one.txt"\r\n%s\r\n\r\nabc\r\n'
FORM = {"content-type": "multipart/form-data; boundary=x"}


def write_field(name: str, value: bytes) -> bytes:
    """Write one field of a form."""
    return b'--x\r\ncontent-disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)


@pytest.mark.parametrize(("length", "taken"), [(_LONGEST_NAME, True), (_LONGEST_NAME + 1, False)])
def test_name_of_an_object(length: int, taken: bool) -> None:
    assert _LONGEST_NAME == 1_024
    if taken:
        assert check_object_name("x" * length) == "x" * length
    else:
        with pytest.raises(StorageError):
            check_object_name("x" * length)


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize("what", ["fields", "field", "header"])
async def test_form(service: Service, what: str, more: int) -> None:
    assert (_MAX_FIELDS, _LARGEST_FIELD, _LARGEST_HEADER) == (32, 1 << 20, 8_192)
    bucket = await service.make_bucket()
    fields, header = [], b"content-type: text/plain"
    if what == "fields":
        fields = [write_field(f"f{number}", b"x") for number in range(_MAX_FIELDS + more)]
    elif what == "field":
        fields = [write_field("userMetadata", b"x" * (_LARGEST_FIELD + more))]
    else:
        # The parser beneath has a bound of its own, which may be the lower one.
        header = b"x-long: " + b"x" * (_LARGEST_HEADER + 1 if more else 2_000)
    content = b"".join([*fields, FILE % header, b"--x--\r\n"])
    answer = await service.call("POST", f"/object/{bucket}/one", content=content, headers=FORM)
    is_taken = (await service.call("GET", f"/object/{bucket}/one")).status_code == 200
    assert is_taken is (more == 0), answer.text
    assert service.list_temporary() == []


@pytest.mark.parametrize("more", [0, 1])
async def test_names_in_one_request(service: Service, more: int) -> None:
    bucket = await service.make_bucket()
    names = {"prefixes": [f"n{number}" for number in range(MAX_OBJECTS + more)]}
    answer = await service.call("DELETE", f"/object/{bucket}", json=names)
    assert (answer.status_code == 200) is (more == 0)
    assert MAX_OBJECTS == 1_000
