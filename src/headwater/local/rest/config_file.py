"""Reads the settings of the engine that Supabase's `config.toml` has: its part `[api]`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from headwater.local.rest.config import RestConfig


class ApiConfigError(Exception):
    """A value in `config.toml` is wrong; the message is one line that names it."""


class _Api(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    schemas: list[str] = Field(default_factory=lambda: ["public"], min_length=1)
    extra_search_path: list[str] = Field(default_factory=lambda: ["public", "extensions"])
    max_rows: int = Field(1_000, ge=1)


def read_rest_config(config_toml: Path | None = None) -> RestConfig:
    """Return the engine's configuration: what `[api]` says where there is a file, what a new project has where not.

    Raises:
        ApiConfigError: the file or a value in it is wrong.
    """
    values: Any = {}
    if config_toml is not None and config_toml.exists():
        try:
            values = tomllib.loads(config_toml.read_text("utf-8")).get("api", {})
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ApiConfigError(f"{config_toml}: {error}") from error
    try:
        found = _Api.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ApiConfigError(f"{'.'.join(['api', *map(str, first['loc'])])}: {first['msg']}") from None
    return RestConfig(
        schemas=tuple(found.schemas),
        extra_search_path=tuple(found.extra_search_path),
        max_rows=found.max_rows,
        roles_told_guesses=frozenset({"service_role"}),
        # Calls of other origins are the gateway's affair.
        cors_origins=None,
    )
