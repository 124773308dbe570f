"""Reads settings from the environment (and `.env`). The only reader of the environment."""

from __future__ import annotations

import os
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

Kind = TypeVar("Kind", bound=BaseSettings)


class SettingsError(Exception):
    """A setting is wrong; the message is one line that names it and says what it takes."""


# An empty variable is an unset one: compose files and hosters' forms pass on what nobody filled in.
READING = SettingsConfigDict(
    env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
)


def read_web_address(value: str) -> str:
    """Return an address without its last slash. Raises ValueError: it isn't one of the web."""
    if urlsplit(value).scheme not in {"http", "https"}:
        raise ValueError("must be an address that begins with http:// or https://")
    return value.rstrip("/")


WebAddress = Annotated[str, AfterValidator(read_web_address)]


class ModuleSettings(BaseSettings):
    """The settings of one room or product, which its `Module` names; read from the same environment as `Settings`."""

    model_config = READING


def read_settings(kind: type[Kind], **overrides: object) -> Kind:
    """Read settings of one kind from the environment.

    Raises:
        SettingsError: a value is wrong; the message names the setting on one line and never shows the value.
    """
    try:
        return kind(**overrides)  # type: ignore[arg-type]  # pydantic checks what mypy can't see here
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{name}: {reason}" if name else reason) from None


def inherited_environment() -> dict[str, str]:
    """Return a copy of this process's environment, for a child process that the doors start."""
    return dict(os.environ)
