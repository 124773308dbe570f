"""The page of settings."""

from __future__ import annotations

import types
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from generating.markdown import code, end_page, make_table, start_page
from headwater.catalogue import list_modules
from headwater.core.settings import Settings
from headwater.local.settings import PlaneSettings

_ABOUT = (
    "Read once at the start, from the environment or from a file `.env` in the working folder; the environment wins."
    " A wrong value stops the start with one line that names it. Lists are separated by commas. Unset values are shown"
    " as an empty default."
)
_ABOUT_PLANE = "Without SUPABASE_URL; with it these have no effect."
_PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false", Path: "path", SecretStr: "secret"}


def write_settings() -> str:
    """Return the page."""
    lines = start_page("Settings", _ABOUT) + _make_table(Settings)
    for module in list_modules():
        if module.settings:
            lines += [f"## {module.name.capitalize()}", "", *_make_table(module.settings)]
    lines += ["## The local data plane", "", _ABOUT_PLANE, "", *_make_table(PlaneSettings)]
    return end_page(lines)


def _make_table(kind: type[BaseSettings]) -> list[str]:
    rows = (
        (code(_find_name(name, field)), _describe_type(field), _describe_default(field), field.description or "")
        for name, field in kind.model_fields.items()
    )
    return make_table(("name", "type", "default", "what"), rows)


def list_names() -> list[str]:
    """Return the names of all settings, as the environment spells them; every spelling of those that have several."""
    kinds = [Settings, PlaneSettings, *(module.settings for module in list_modules() if module.settings)]
    return [one for kind in kinds for name, field in kind.model_fields.items() for one in _list_spellings(name, field)]


def _find_name(name: str, field: FieldInfo) -> str:
    return _list_spellings(name, field)[0]


def _list_spellings(name: str, field: FieldInfo) -> list[str]:
    alias = field.validation_alias
    if not isinstance(alias, AliasChoices):
        return [name.upper()]
    return [str(one) for one in alias.choices if str(one).isupper()]


def _describe_type(field: FieldInfo) -> str:
    bounds = [
        f"{word} {getattr(one, sign)}"
        for one in field.metadata
        for sign, word in (("ge", "from"), ("gt", "above"), ("le", "to"), ("lt", "below"))
        if getattr(one, sign, None) is not None
    ]
    return " ".join([_name_type(field.annotation), *bounds])


def _name_type(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in {Union, types.UnionType}:
        return _name_type(next(one for one in arguments if one is not type(None)))
    if origin is Annotated:
        return _name_type(arguments[0])
    if origin is Literal:
        return ", ".join(code(one) for one in arguments)
    if origin is list:
        return "list"
    return _PLAIN[annotation]


def _describe_default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None or value is PydanticUndefined:
        return ""
    if isinstance(value, SecretStr):
        return code(value.get_secret_value())
    if isinstance(value, list):
        return code(",".join(value))
    return code(str(value).lower() if isinstance(value, bool) else value)
