"""Bodies of uploads: raw, or multipart/form-data (RFC 7578) read as it comes, without a copy on disk between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from headwater.local.storage import errors
from headwater.local.storage.contents.writing import Part

_LARGEST_FIELD = 1 << 20
_MAX_FIELDS = 32
_LARGEST_HEADER = 8_192


@dataclass
class Form:
    """A form as far as it was read: its small fields, and the parts of its one file."""

    boundary: bytes
    body: AsyncIterator[bytes]
    fields: dict[str, bytes] = field(default_factory=dict)
    file_type: str | None = None
    file_seen: bool = False
    _headers: dict[bytes, bytes] = field(default_factory=dict)
    _header_name: bytes = b""
    _header_value: bytes = b""
    _name: str = ""
    _in_file: bool = False
    _ended: bool = False
    _ready: list[Part] = field(default_factory=list)
    _parser: MultipartParser = field(init=False)

    def __post_init__(self) -> None:
        self._parser = MultipartParser(
            self.boundary,
            callbacks={
                "on_part_begin": self._begin_part,
                "on_header_field": self._take_header_name,
                "on_header_value": self._take_header_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._end_headers,
                "on_part_data": self._take_data,
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )

    async def read_until_file(self) -> None:
        """Read on until the file's headers are known. Raises InvalidRequest where there is no file."""
        async for part in self.body:
            self._feed(part)
            if self.file_seen:
                return
        raise errors.bad_request("No content provided")

    async def read_file(self) -> AsyncIterator[Part]:
        """Yield the bytes of the file; what follows it is read as well, so that the answer reaches the client."""
        for ready in self._take_ready():
            yield ready
        async for part in self.body:
            self._feed(part)
            for ready in self._take_ready():
                yield ready
        if not self._ended:
            raise errors.bad_request("The form ended before its last boundary")

    def _feed(self, part: bytes) -> None:
        if not part:
            return
        try:
            self._parser.write(part)
        except MultipartParseError as error:
            raise errors.bad_request("The form can't be read") from error

    def _take_ready(self) -> list[Part]:
        taken, self._ready = self._ready, []
        return taken

    def _begin_part(self) -> None:
        self._headers = {}
        self._header_name = self._header_value = b""

    def _take_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _take_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]
        if len(self._header_value) > _LARGEST_HEADER:
            raise errors.bad_request("A header of the form is too long")

    def _end_header(self) -> None:
        self._headers[self._header_name.lower()] = self._header_value
        self._header_name = self._header_value = b""

    def _end_headers(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        is_file = b"filename" in options or self._name in {"", "file"}
        self._in_file = is_file and not self.file_seen
        if self._in_file:
            self.file_seen = True
            kind = self._headers.get(b"content-type", b"").decode("latin-1").strip()
            self.file_type = kind or None
        elif len(self.fields) >= _MAX_FIELDS:
            raise errors.bad_request("The form has too many fields")
        else:
            self.fields[self._name] = b""

    def _take_data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            # A view: a file is copied once, into the buffer that is written.
            self._ready.append(memoryview(data)[start:end])
            return
        self.fields[self._name] += data[start:end]
        if len(self.fields[self._name]) > _LARGEST_FIELD:
            raise errors.too_large()

    def _end_part(self) -> None:
        self._in_file = False

    def _end(self) -> None:
        self._ended = True


def read_boundary(content_type: str) -> bytes | None:
    """Return the boundary of a form, or None for a raw body. Raises InvalidRequest."""
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data":
        return None
    boundary = options.get(b"boundary")
    if not boundary or len(boundary) > 256:
        raise errors.bad_request("The form has no boundary")
    return boundary
