"""What an archive holds: the names of its members, its manifest, its checksums, and the bounds of each."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass

from headwater.cli.client import OWNER_KEY_FILE
from headwater.embedded.secrets import FILE_NAME as SECRETS_FILE
from headwater.local.keys import FILE_NAME as KEYS_FILE

FORMAT = 2
# Format 1 has no checksums.
_FORMATS = (1, FORMAT)
MANIFEST, DUMP, CHECKSUMS, STORAGE = "manifest.json", "database.dump", "checksums.sha256", "storage"
# What the data folder holds beside the servers' own data: keys, secrets, the command line's key, stored files.
KEPT = (KEYS_FILE, SECRETS_FILE, OWNER_KEY_FILE, STORAGE)
# Bodies of requests that are under way: nobody could go on with them elsewhere.
LEFT_OUT = "temporary"
MAX_MANIFEST_BYTES = 64 * 1024
MAX_NAME_BYTES, MAX_PART_BYTES = 4096, 255
# What a terminal or a line of checksums would read as something else.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CHECKSUM = re.compile(r"([0-9a-f]{64})  (.+)\n")


class BadArchive(Exception):
    """The archive can't be restored; the message says what is wrong with it, in the middle of a sentence."""


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself."""

    format: int
    version: str
    """The release of Headwater that wrote it."""
    made_at: str
    """When, as ISO 8601."""
    holds_files: bool = True
    """False where the stored files lie in an S3 bucket, which has backups of its own."""

    def encode(self) -> bytes:
        """Return the member's contents."""
        return json.dumps(asdict(self)).encode()


def parse_manifest(contents: bytes) -> Manifest:
    """Read a manifest. Raises BadArchive when it is none, or of a format that this version doesn't know."""
    try:
        given = json.loads(contents)
    except (ValueError, RecursionError) as error:
        raise BadArchive("its manifest can't be read") from error
    if not isinstance(given, dict) or type(given.get("format")) is not int:
        raise BadArchive("its manifest names no format")
    if given["format"] not in _FORMATS:
        raise BadArchive(f"format {str(given['format'])[:20]} is not known to this version of Headwater")
    version, made_at, holds_files = (given.get(name) for name in ("version", "made_at", "holds_files"))
    if not isinstance(version, str) or not isinstance(made_at, str) or not isinstance(holds_files, bool | None):
        raise BadArchive("its manifest is incomplete")
    return Manifest(given["format"], version, made_at, holds_files is not False)


def check_name(name: str, *, is_folder: bool) -> None:
    """Refuse every name that no backup writes: above all, one that would lead out of the folder. Raises BadArchive."""
    parts = name.split("/")
    if _CONTROL.search(name) or any(part in {"", ".", ".."} for part in parts):
        raise BadArchive(f"it holds {name[:80]!r}, which no backup has")
    if len(name.encode()) > MAX_NAME_BYTES or any(len(part.encode()) > MAX_PART_BYTES for part in parts):
        raise BadArchive("it holds a name that is too long")
    known = {STORAGE} if is_folder else {MANIFEST, DUMP, CHECKSUMS, *KEPT} - {STORAGE}
    if name not in known and not name.startswith(f"{STORAGE}/"):
        raise BadArchive(f"it holds {name[:80]!r}, which no backup has")


def format_checksum(name: str, digest: str) -> bytes:
    """Return the line of a member, its SHA-256 in hexadecimal first."""
    return f"{digest}  {name}\n".encode()


def parse_checksum(line: bytes) -> tuple[str, str]:
    """Return name and SHA-256 of a line. Raises BadArchive when it is none."""
    try:
        found = _CHECKSUM.fullmatch(line.decode())
    except UnicodeDecodeError:
        found = None
    if found is None:
        raise BadArchive("its checksums can't be read")
    return found[2], found[1]
