"""The errors of Storage, with the names, texts and the odd statuses that the clients know."""

from __future__ import annotations

import errno
from collections.abc import Mapping

import asyncpg
import orjson
from starlette.responses import Response

# No space, no quota left, and more than the process or the file system lets a file have.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class StorageError(Exception):
    """An answer that refuses. `status` goes into the body; on the wire it is 400, or 500 and above as it is."""

    def __init__(
        self, status: int, error: str, message: str, *, code: str | None = None, wire_status: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.message = message
        self.code = code or error
        self.wire_status = wire_status or (status if status >= 500 else 400)
        self.headers: Mapping[str, str] = {}


def render_error(error: StorageError) -> Response:
    """Return the answer for an error."""
    body = {"statusCode": str(error.status), "error": error.error, "message": error.message, "code": error.code}
    return Response(
        orjson.dumps(body), error.wire_status, dict(error.headers), media_type="application/json; charset=utf-8"
    )


def bucket_missing() -> StorageError:
    """No such bucket, or none that the caller may see."""
    return StorageError(404, "Bucket not found", "Bucket not found", code="NoSuchBucket")


def object_missing() -> StorageError:
    """No such object, or none that the caller may see."""
    return StorageError(404, "not_found", "Object not found", code="NoSuchKey")


def already_there(code: str = "ResourceAlreadyExists") -> StorageError:
    """The name is taken."""
    return StorageError(409, "Duplicate", "The resource already exists", code=code)


def access_denied(message: str = "Access denied") -> StorageError:
    """A policy or privilege refuses."""
    return StorageError(403, "Unauthorized", message, code="AccessDenied")


def bad_token(message: str) -> StorageError:
    """The caller's token doesn't hold."""
    return StorageError(403, "Unauthorized", message, code="InvalidJWT")


def bad_signature(message: str = "Invalid signature") -> StorageError:
    """A signed URL's token doesn't hold, or is for something else."""
    return StorageError(400, "InvalidSignature", message, code="InvalidSignature")


def bad_key(name: str) -> StorageError:
    """The name of an object isn't acceptable."""
    return StorageError(400, "InvalidKey", f"Invalid key: {name[:200]}", code="InvalidKey")


def bad_bucket_name() -> StorageError:
    """The name of a bucket isn't acceptable."""
    return StorageError(400, "Invalid Input", "Bucket name invalid", code="InvalidBucketName")


def bad_request(message: str, *, code: str = "InvalidRequest") -> StorageError:
    """The request can't be understood."""
    return StorageError(400, code, message, code=code)


def too_large() -> StorageError:
    """The object is larger than the bucket or the server takes."""
    return StorageError(413, "Payload too large", "The object exceeded the maximum allowed size", code="EntityTooLarge")


def upload_too_large() -> StorageError:
    """A resumable upload announces more than is taken; status and words are those of the protocol's servers."""
    return StorageError(413, "Payload too large", "Maximum size exceeded", code="EntityTooLarge", wire_status=413)


def bad_mime_type(mime_type: str) -> StorageError:
    """The bucket doesn't take this kind of content."""
    return StorageError(
        415, "invalid_mime_type", f"mime type {mime_type[:200]} is not supported", code="InvalidMimeType"
    )


def unexpected() -> StorageError:
    """A fault of ours; nothing internal leaks."""
    return StorageError(500, "InternalError", "Internal server error", code="InternalError")


def translate_error(error: asyncpg.PostgresError) -> StorageError | None:
    """Return the refusal that a database error stands for, or None for a fault of ours."""
    state = error.sqlstate or ""
    if state == "42501":
        return access_denied(str(error.args[0]) if error.args else "Access denied")
    if state == "23505":
        return already_there("KeyAlreadyExists")
    if state == "23503":
        return bucket_missing()
    if state in {"P0001", "23514"}:
        # A trigger or constraint of the project's own speaks to its users.
        return bad_request(str(error.args[0]) if error.args else "The database refused this")
    if state == "57014":
        return StorageError(544, "DatabaseTimeout", "The connection to the database timed out", code="DatabaseTimeout")
    if state in {"22021", "22P05", "22P02", "22003"}:
        return bad_request("A value isn't acceptable")
    if state[:2] in {"08", "53", "57"}:
        return database_away()
    return None


def disk_full() -> StorageError:
    """There is no room for what was sent."""
    return StorageError(507, "InsufficientStorage", "There is no space left to keep this", code="InsufficientStorage")


def store_away() -> StorageError:
    """The store that keeps the contents can't be reached, or refuses us."""
    return StorageError(503, "S3Error", "The store of the files can't be reached", code="S3Error")


def translate_disk_error(error: OSError) -> StorageError:
    """Return the answer for what the disk refused: room, which the operator can make, or a fault of ours."""
    return disk_full() if error.errno in _NO_ROOM else unexpected()


def database_away() -> StorageError:
    """Postgres can't be reached."""
    return StorageError(503, "DatabaseError", "The database can't be reached", code="DatabaseError")
