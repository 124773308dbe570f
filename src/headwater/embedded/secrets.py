"""The installation's own secrets where nobody sets them: made at the first start, kept in the data folder.

Apart from the keys of the stand-in: these are the platform's, whatever stands in for Supabase. Older versions kept them
in the file of those keys, from which they are taken over.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from headwater.core.settings import SettingsError
from headwater.local.agreement import agree
from headwater.local.keys import FILE_NAME as KEYS_FILE
from headwater.process.folders import is_open_to_others, write_once

FILE_NAME = "secrets.json"


@dataclass(frozen=True, repr=False)
class InstallationSecrets:
    """What the platform encrypts with, and what its services know each other by."""

    service_secret: str
    """Shared by our own services for calls among them."""
    encryption_key: str
    """32 bytes in base64 that encrypt secrets at rest."""


def make_secrets() -> InstallationSecrets:
    """Make fresh secrets."""
    return InstallationSecrets(
        service_secret=secrets.token_urlsafe(32),
        encryption_key=base64.b64encode(secrets.token_bytes(32)).decode(),
    )


def load_or_make_secrets(data_folder: Path) -> InstallationSecrets:
    """Return the secrets kept in `data_folder`, made now if there are none. Safe to call by several processes at once.

    Raises:
        SettingsError: the file can't be read or is damaged, or others may read it.
    """
    path = data_folder / FILE_NAME
    try:
        if not path.exists():
            found = _read_older(data_folder / KEYS_FILE) or make_secrets()
            write_once(path, orjson.dumps(asdict(found), option=orjson.OPT_INDENT_2))
        if is_open_to_others(path):
            raise SettingsError(f"{path}: others may read the secrets; run `chmod 600 {path}`")
        kept = _read(path)
    except OSError as error:
        raise SettingsError(f"{path}: the secrets can't be read or written: {error.strerror}") from error
    if kept is None:
        raise SettingsError(f"{path}: the secrets are damaged; restore the file, or what they encrypt is lost")
    return kept


async def agree_on_secrets(dsn: str, kept: InstallationSecrets) -> None:
    """Make sure that whoever serves this database has these secrets. Raises KeysError where another host has others."""
    await agree(dsn, f"{kept.service_secret} {kept.encryption_key}", setting="headwater.secrets", file_name=FILE_NAME)


def _read_older(path: Path) -> InstallationSecrets | None:
    """Read the secrets out of the stand-in's keys, where an older version put them; None where they aren't there.

    Raises:
        SettingsError: the file is damaged. Fresh secrets would hide that, and what the old ones encrypt.
    """
    if not path.exists():
        return None
    found = _read(path)
    if found is None and not _is_of_keys_alone(path):
        raise SettingsError(f"{path}: the keys are damaged; restore the file, or delete it to have new ones made")
    return found


def _is_of_keys_alone(path: Path) -> bool:
    document = _read_document(path)
    return "address_key" in document and "encryption_key" not in document


def _read(path: Path) -> InstallationSecrets | None:
    document = _read_document(path)
    service_secret, encryption_key = document.get("service_secret"), document.get("encryption_key")
    if not (isinstance(service_secret, str) and isinstance(encryption_key, str) and service_secret and encryption_key):
        return None
    return InstallationSecrets(service_secret, encryption_key)


def _read_document(path: Path) -> dict[str, Any]:
    try:
        document = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}
