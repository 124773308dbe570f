"""Decompression in steps, so that a few bytes can't grow into more than the cap (RFC 9110 §8.4.1)."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol

_STEP = 64 * 1024
_MAX_MEMBERS = 1_000


class Decoder(Protocol):
    def feed(self, data: bytes, room: int) -> bytes:
        """Decompress `data` to at most a little more than `room` bytes. Raises ValueError for bad data."""
        ...

    def is_complete(self) -> bool:
        """Say whether the compressed data came to its end."""
        ...


class _Zlib:
    """gzip with any number of members, and deflate with or without its zlib wrapper."""

    def __init__(self, coding: str) -> None:
        self._is_gzip = coding == "gzip"
        self._inner: Any = None
        self._members = 0
        self._is_over = False

    def feed(self, data: bytes, room: int) -> bytes:
        out = bytearray()
        while data and len(out) <= room and not self._is_over:
            if self._inner is None:
                self._inner = zlib.decompressobj(31 if self._is_gzip else _deflate_window(data))
                self._members += 1
            try:
                out += self._inner.decompress(data, room - len(out) + 1)
            except zlib.error as error:
                raise ValueError(str(error)) from None
            data = self._inner.unconsumed_tail
            if self._inner.eof:
                # What follows a gzip member is another one, or padding that everybody ignores.
                data = self._inner.unused_data.lstrip(b"\0")
                self._inner = None
                if data and not data.startswith(b"\x1f"):
                    self._is_over = True
                self._is_over |= not self._is_gzip or self._members >= _MAX_MEMBERS
        return bytes(out)

    def is_complete(self) -> bool:
        return self._inner is None


class _Brotli:
    def __init__(self, module: Any) -> None:
        self._inner = module.Decompressor()
        self._error: type[Exception] = module.error

    def feed(self, data: bytes, room: int) -> bytes:
        out = bytearray()
        try:
            piece = self._inner.process(data, output_buffer_limit=_STEP)
            while piece:
                out += piece
                if len(out) > room:
                    break
                piece = self._inner.process(b"", output_buffer_limit=_STEP)
        except self._error as error:
            raise ValueError(str(error)) from None
        return bytes(out)

    def is_complete(self) -> bool:
        return bool(self._inner.is_finished())


class _Zstd:
    """Zstandard by a module of the standard library's interface (3.14, or its backport)."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self._inner: Any = None
        self._frames = 0

    def feed(self, data: bytes, room: int) -> bytes:
        out = bytearray()
        try:
            while len(out) <= room and (data or (self._inner and not self._inner.needs_input)):
                if self._inner is None:
                    # A window above 8 MiB is not for the web (RFC 9659).
                    options = {self._module.DecompressionParameter.window_log_max: 23}
                    self._inner, self._frames = self._module.ZstdDecompressor(options=options), self._frames + 1
                out += self._inner.decompress(data, room - len(out) + 1)
                data = b""
                if self._inner.eof:
                    data, self._inner = self._inner.unused_data, None
                    if self._frames >= _MAX_MEMBERS:
                        break
        except self._module.ZstdError as error:
            raise ValueError(str(error)) from None
        return bytes(out)

    def is_complete(self) -> bool:
        return self._inner is None


def _deflate_window(data: bytes) -> int:
    return 15 if data[0] & 0x0F == 8 and (len(data) < 2 or (data[0] * 256 + data[1]) % 31 == 0) else -15


def _find_module(*names: str) -> Any | None:
    for name in names:
        try:
            return import_module(name)
        except ImportError:
            continue
    return None


_BROTLI = _find_module("brotli")
_ZSTD = _find_module("compression.zstd", "backports.zstd")
DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": lambda: _Zlib("gzip"),
    "x-gzip": lambda: _Zlib("gzip"),
    "deflate": lambda: _Zlib("deflate"),
}
# Before 1.2 its output could not be limited, which is an invitation to bombs.
if _BROTLI is not None and hasattr(_BROTLI.Decompressor, "can_accept_more_data"):
    DECODERS["br"] = lambda: _Brotli(_BROTLI)
if _ZSTD is not None:
    DECODERS["zstd"] = lambda: _Zstd(_ZSTD)
#: What is asked for; exactly what can be read.
ACCEPT_ENCODING = ", ".join(name for name in ("gzip", "deflate", "br", "zstd") if name in DECODERS)
