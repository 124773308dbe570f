"""Addresses of databases."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit


def normalise_dsn(dsn: str) -> str:
    """Return `dsn` with the scheme `postgresql`, which every driver here takes."""
    return urlunsplit(urlsplit(dsn)._replace(scheme="postgresql"))
