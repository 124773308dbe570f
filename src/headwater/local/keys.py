"""The local data plane's own keys: made at the first start, kept in the data folder, readable by its owner alone."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from headwater.core import clock
from headwater.process.folders import is_open_to_others, write_once

FILE_NAME = "keys.json"
_VALID_FOR = timedelta(days=3652)
# Keys are made once, perhaps on a machine that doesn't know the time yet: they hold from before anybody had Headwater,
# and for ten years after that at least.
_ISSUED = datetime(2026, 1, 1, tzinfo=UTC)
_ISSUER = "headwater"
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})

# Public: every Supabase stack on a developer's machine has these.
DEVELOPMENT_JWT_SECRET = "super-secret-jwt-token-with-at-least-32-characters-long"  # noqa: S105 - known to everybody
DEVELOPMENT_PUBLISHABLE_KEY = "sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH"
DEVELOPMENT_SECRET_KEY = "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz"  # noqa: S105 - known to everybody
_DEVELOPMENT_EXPIRY = 1_983_812_996


class KeysError(Exception):
    """The keys can't be used; the message is one line that says why and what to do."""


@dataclass(frozen=True, repr=False)
class LocalKeys:
    """Everything that the local data plane signs, verifies and lets callers in with."""

    signing_key: dict[str, Any]
    """Private JSON Web Key (ES256) that access tokens are signed with."""
    jwt_secret: str
    """Legacy HS256 secret, behind the two keys below."""
    anon_key: str
    service_role_key: str
    publishable_key: str
    secret_key: str
    address_key: str
    """Behind signed addresses of stored files. Files of older versions have it as `encryption_key`."""

    def __repr__(self) -> str:
        return f"LocalKeys(publishable_key={self.publishable_key!r})"

    @property
    def public_keys(self) -> list[dict[str, Any]]:
        """The key set that may be published: the signing key without its private part, never a symmetric one."""
        if self.signing_key["kty"] == "oct":
            return []
        public = {name: value for name, value in self.signing_key.items() if name not in _PRIVATE_MEMBERS}
        return [{**public, "key_ops": ["verify"]}]

    @property
    def is_development(self) -> bool:
        """Whether one of the keys is known to everybody."""
        return (
            self.jwt_secret == DEVELOPMENT_JWT_SECRET
            or self.publishable_key == DEVELOPMENT_PUBLISHABLE_KEY
            or self.secret_key == DEVELOPMENT_SECRET_KEY
        )


def load_or_make_keys(data_folder: Path, *, allow_development_keys: bool = False) -> LocalKeys:
    """Return the keys kept in `data_folder`, made now if there are none. Safe to call by several processes at once.

    Raises:
        KeysError: the file can't be read, others may read it, or it holds the well-known development keys although
            they are not allowed.
    """
    path = data_folder / FILE_NAME
    try:
        if not path.exists():
            write_once(path, orjson.dumps(asdict(make_keys()), option=orjson.OPT_INDENT_2))
        _refuse_open_file(path)
        keys = _parse(path)
    except OSError as error:
        raise KeysError(f"{path}: the keys can't be read or written: {error.strerror}") from error
    if keys.is_development and not allow_development_keys:
        raise KeysError(f"{path}: holds the development keys that everybody knows; delete it to have new ones made")
    return keys


def make_keys(*, now: datetime | None = None) -> LocalKeys:
    """Make a fresh set of keys."""
    issued = now or clock.now()
    jwt_secret = secrets.token_urlsafe(48)
    return LocalKeys(
        signing_key=make_signing_key(),
        jwt_secret=jwt_secret,
        anon_key=sign_project_key("anon", jwt_secret, issued=issued),
        service_role_key=sign_project_key("service_role", jwt_secret, issued=issued),
        publishable_key=_make_opaque_key("sb_publishable_"),
        secret_key=_make_opaque_key("sb_secret_"),
        address_key=base64.b64encode(secrets.token_bytes(32)).decode(),
    )


def development_keys() -> LocalKeys:
    """Return the keys that every local Supabase has, for test suites that know them by heart. Never for anything
    else.
    """
    made = make_keys()
    project = {"iss": "supabase-demo", "exp": _DEVELOPMENT_EXPIRY}
    return LocalKeys(
        **{
            **{field.name: getattr(made, field.name) for field in fields(made)},
            "jwt_secret": DEVELOPMENT_JWT_SECRET,
            "anon_key": jwt.encode({**project, "role": "anon"}, DEVELOPMENT_JWT_SECRET, "HS256"),
            "service_role_key": jwt.encode({**project, "role": "service_role"}, DEVELOPMENT_JWT_SECRET, "HS256"),
            "publishable_key": DEVELOPMENT_PUBLISHABLE_KEY,
            "secret_key": DEVELOPMENT_SECRET_KEY,
        }
    )


def make_signing_key() -> dict[str, Any]:
    """Make a private JSON Web Key for ES256, in the form that `supabase gen signing-key` prints."""
    made = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()), as_dict=True)
    marks = {"kid": str(uuid4()), "use": "sig", "key_ops": ["sign", "verify"], "alg": "ES256", "ext": True}
    return {"kty": "EC", **marks, **{name: made[name] for name in ("d", "crv", "x", "y")}}


def sign_project_key(role: str, jwt_secret: str, *, issued: datetime) -> str:
    """Sign a legacy project key: a token of `role` that lasts ten years from `issued`, whose clock may be wrong."""
    until = max(issued, _ISSUED) + _VALID_FOR
    times = {"iat": int(min(issued, _ISSUED).timestamp()), "exp": int(until.timestamp())}
    return jwt.encode({"iss": _ISSUER, "role": role, **times}, jwt_secret, "HS256")


def _make_opaque_key(prefix: str) -> str:
    body = prefix + secrets.token_urlsafe(16)
    check = base64.urlsafe_b64encode(hashlib.sha256(body.encode()).digest()[:6]).decode()
    return f"{body}_{check}"


def _refuse_open_file(path: Path) -> None:
    if is_open_to_others(path):
        raise KeysError(f"{path}: others may read the keys; run `chmod 600 {path}`, or delete it to have new ones made")


def _parse(path: Path) -> LocalKeys:
    try:
        document = orjson.loads(path.read_bytes())
        if "address_key" not in document:
            document["address_key"] = document["encryption_key"]
        keys = LocalKeys(**{field.name: document[field.name] for field in fields(LocalKeys)})
        ECAlgorithm.from_jwk(keys.signing_key)
    except (orjson.JSONDecodeError, KeyError, TypeError, jwt.PyJWTError) as error:
        raise KeysError(
            f"{path}: the keys are damaged; restore the file, or delete it to have new ones made"
        ) from error
    return keys
