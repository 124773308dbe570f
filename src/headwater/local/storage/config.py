"""What a Storage server is set up with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

_MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class StorageConfig:
    """Limits in bytes and lifetimes. A bucket's own limit applies below `file_size_limit`."""

    file_size_limit: int = 50 * _MEBIBYTE
    """The largest object, as `[storage] file_size_limit` of Supabase's config.toml has it."""
    upload_url_lifetime: timedelta = timedelta(hours=2)
    """How long a signed URL for an upload holds."""
    upload_patience: timedelta = timedelta(minutes=2)
    """How long a client may send nothing in the middle of a body."""
    resumable_lifetime: timedelta = timedelta(hours=24)
    """How long an unfinished resumable upload is kept."""
    image_source_limit: int = 25 * _MEBIBYTE
    """The largest file that is transformed as an image."""
    image_pixel_limit: int = 50_000_000
    """The largest image that is decoded, in pixels."""
    image_cache_limit: int = 64 * _MEBIBYTE
    """How much of transformed images a process remembers."""
