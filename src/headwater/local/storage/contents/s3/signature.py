"""Signatures of requests to S3: AWS Signature Version 4 in headers ("Authenticating Requests" of S3's reference)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

EMPTY = hashlib.sha256(b"").hexdigest()
_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True)
class Credentials:
    """An access key; the token comes with temporary ones."""

    access_key: str
    secret_key: str
    session_token: str | None = None


def write_query(parameters: Mapping[str, str]) -> str:
    """Return the query as it is both sent and signed: sorted, and encoded as RFC 3986 has it."""
    pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in parameters.items())
    return "&".join(f"{name}={value}" for name, value in pairs)


def sign_request(
    credentials: Credentials,
    *,
    method: str,
    url: str,
    headers: Mapping[str, str],
    payload: str,
    region: str,
    now: datetime,
) -> dict[str, str]:
    """Return `headers` with those that authenticate the request.

    `url` is encoded and its query sorted, as `write_query` gives it; `payload` is the SHA-256 of the body in
    hexadecimal.
    """
    parts = urlsplit(url)
    moment, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    sent = {**headers, "x-amz-date": moment, "x-amz-content-sha256": payload}
    if credentials.session_token:
        sent["x-amz-security-token"] = credentials.session_token
    signed = sorted({"host": parts.netloc, **{name.lower(): value for name, value in sent.items()}}.items())
    names = ";".join(name for name, _ in signed)
    canonical = "\n".join(
        [
            method,
            parts.path or "/",
            parts.query,
            *(f"{name}:{' '.join(value.split())}" for name, value in signed),
            "",
            names,
            payload,
        ]
    )
    scope = f"{day}/{region}/s3/aws4_request"
    text = "\n".join([_ALGORITHM, moment, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    signature = hmac.new(_derive_key(credentials.secret_key, day, region), text.encode(), "sha256").hexdigest()
    credential = f"Credential={credentials.access_key}/{scope}"
    sent["authorization"] = f"{_ALGORITHM} {credential},SignedHeaders={names},Signature={signature}"
    return sent


def _derive_key(secret: str, day: str, region: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), "sha256").digest()
    return key
