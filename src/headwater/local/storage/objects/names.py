"""The names of buckets and objects: what is accepted, and how limits and kinds of content are written."""

from __future__ import annotations

import re
from collections.abc import Sequence

from headwater.local.storage import errors

# The characters that Supabase Storage takes, which are those that S3 calls safe or asks to be handled with care.
_OBJECT_NAME = re.compile(r"[A-Za-z0-9_/!.*'() &$=@;:+,?-]+")
_BUCKET_NAME = re.compile(r"[A-Za-z0-9_!.*'() &$=@;:+,?-]{1,100}")
_LONGEST_NAME = 1024
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(gb|mb|kb|b)", re.IGNORECASE)
_UNITS = {"gb": 10**9, "mb": 10**6, "kb": 10**3, "b": 1}
_MIME_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/([A-Za-z0-9!#$&^_.+-]+|\*)|\*/\*")
_LARGEST_LIMIT = 2**63 - 1


def check_bucket_name(name: object) -> str:
    """Return the name of a bucket; raises InvalidBucketName. Dots alone name nothing."""
    if not isinstance(name, str) or _BUCKET_NAME.fullmatch(name) is None or name.strip(". ") == "":
        raise errors.bad_bucket_name()
    return name


def check_object_name(name: object) -> str:
    """Return the name of an object; raises InvalidKey.

    Refused beside foreign characters: parts that are empty or dots, which clients and proxies would fold away, so that
    a policy would judge another name than the one that is meant.
    """
    if not isinstance(name, str) or _OBJECT_NAME.fullmatch(name) is None or len(name) > _LONGEST_NAME:
        raise errors.bad_key(name if isinstance(name, str) else "")
    if any(part in {"", ".", ".."} for part in name.split("/")):
        raise errors.bad_key(name)
    return name


def parse_size(value: object) -> int | None:
    """Return a limit in bytes of a number or a text such as `20MB`; None for no limit."""
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST_LIMIT:
        return value or None
    if isinstance(value, str):
        if value.isascii() and value.isdigit() and len(value) < 19:
            return int(value) or None
        found = _SIZE.fullmatch(value)
        if found is not None and len(value) < 24:
            return int(float(found[1]) * _UNITS[found[2].lower()]) or None
    raise errors.bad_request("Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B")


def parse_mime_types(value: object) -> list[str] | None:
    """Return the kinds of content that a bucket takes; None for all."""
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > 1_000:
        raise errors.bad_request("allowed_mime_types must be a list")
    for kind in value:
        if not isinstance(kind, str) or (kind and _MIME_TYPE.fullmatch(kind) is None):
            raise errors.bad_mime_type(str(kind))
    return [kind for kind in value if kind]


def is_allowed(mime_type: str, allowed: Sequence[str] | None) -> bool:
    """Say whether a bucket that takes `allowed` takes `mime_type`; parameters such as charset don't count."""
    if not allowed:
        return True
    kind = mime_type.split(";", 1)[0].strip().lower()
    family = kind.split("/", 1)[0]
    return any(entry.lower() in {kind, f"{family}/*", "*/*"} for entry in allowed)
