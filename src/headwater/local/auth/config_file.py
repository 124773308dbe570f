"""Reads the settings of Auth: Supabase's `config.toml`, where a project has one, under the operator's settings."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from headwater.core.settings import Settings, inherited_environment
from headwater.core.telemetry import get_logger
from headwater.local.auth.config import AuthConfig, ConfigError
from headwater.local.settings import PlaneSettings

logger = get_logger(__name__)
_FROM_ENVIRONMENT = re.compile(r"env\(([A-Za-z_][A-Za-z0-9_]*)\)")
# What this server leaves out; a `*` stands for every section there.
_LEFT_OUT = (
    *("captcha", "external.*", "hook.*", "third_party.*", "web3.*", "oauth_server", "passkey", "email.smtp"),
    *("sms.twilio", "sms.twilio_verify", "sms.messagebird", "sms.textlocal", "sms.vonage", "mfa.phone"),
    "mfa.web_authn",
)
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})
_TABLES = ("rate_limit", "email", "sms", "sessions", "mfa")


def read_auth_config(settings: Settings, plane_settings: PlaneSettings) -> AuthConfig:
    """Read `[auth]` of the `config.toml` of AUTH_CONFIG, where there is one, under what the operator's settings say.

    What the file turns on and this server leaves out is logged.

    Raises:
        ConfigError: the file or a value in it is wrong.
    """
    values: dict[str, Any] = {}
    config_toml = plane_settings.auth_config
    if config_toml is not None and config_toml.exists():
        try:
            values = tomllib.loads(config_toml.read_text("utf-8")).get("auth", {})
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(f"{config_toml}: {error}") from error
        _check_tables(values)
        for name in find_left_out(values):
            logger.warning("auth_setting_left_out", setting=f"auth.{name}", file=str(config_toml))
        _drop_left_out(values)
        values = _fill_in_environment(values, "auth")
        _read_templates(values, config_toml.parent)
    _apply_settings(values, settings, plane_settings)
    try:
        return AuthConfig.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ConfigError(f"auth.{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _check_tables(values: Any) -> None:
    if not isinstance(values, dict):
        raise ConfigError("auth: must be a table")
    for name in _TABLES:
        if not isinstance(values.get(name, {}), dict):
            raise ConfigError(f"auth.{name}: must be a table")
    templates = values.get("email", {}).get("template", {})
    if not isinstance(templates, dict) or not all(isinstance(template, dict) for template in templates.values()):
        raise ConfigError("auth.email.template: must be a table of tables")


def find_left_out(values: dict[str, Any]) -> list[str]:
    """Return the sections that are turned on and that this server doesn't have."""
    found: list[str] = []
    for pattern in _LEFT_OUT:
        *parents, last = pattern.split(".")
        section: Any = values
        for name in parents:
            section = section.get(name, {}) if isinstance(section, dict) else {}
        section = section if isinstance(section, dict) else {}
        names = list(section) if last == "*" else [last]
        found += [".".join([*parents, name]) for name in names if _is_on(section.get(name))]
    return found


def _is_on(section: Any) -> bool:
    return isinstance(section, dict) and bool(section.get("enabled") or section.get("enroll_enabled"))


def _drop_left_out(values: dict[str, Any]) -> None:
    """Forget what isn't read, so that the secrets it names needn't be there."""
    for name in ("captcha", "external", "hook", "third_party", "web3", "oauth_server", "passkey"):
        values.pop(name, None)
    for name in ("signing_keys_path", "jwt_secret", "publishable_key", "secret_key", "anon_key", "service_role_key"):
        values.pop(name, None)
    sms = values.get("sms", {})
    for name in [name for name, value in sms.items() if isinstance(value, dict) and name != "test_otp"]:
        del sms[name]
    values.get("email", {}).pop("smtp", None)


def _fill_in_environment(value: Any, name: str) -> Any:
    """Replace `env(NAME)` by the variable's value, as Supabase's tools do."""
    if isinstance(value, dict):
        return {key: _fill_in_environment(member, f"{name}.{key}") for key, member in value.items()}
    if isinstance(value, list):
        return [_fill_in_environment(member, name) for member in value]
    found = _FROM_ENVIRONMENT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    environment = inherited_environment()
    if found[1] not in environment:
        raise ConfigError(f"{name}: the environment has no {found[1]}")
    return environment[found[1]]


def _apply_settings(values: dict[str, Any], settings: Settings, plane_settings: PlaneSettings) -> None:
    """Lay the operator's settings over the file: those that were set win, the others fill what it leaves open."""
    values["external_url"] = f"{settings.resolved_public_url}/auth/v1"
    values["audience"] = settings.supabase_jwt_audience
    values.setdefault("site_url", settings.dashboard_url or settings.resolved_public_url)
    redirects = values.setdefault("additional_redirect_urls", [])
    if isinstance(redirects, list):
        values["additional_redirect_urls"] = [*redirects, *list_redirects(settings)]
    email = values.setdefault("email", {})
    for name, section, key, value in (
        ("signups_enabled", values, "enable_signup", plane_settings.signups_enabled),
        ("mail_autoconfirm", email, "enable_confirmations", not plane_settings.mail_autoconfirm),
    ):
        if name in plane_settings.model_fields_set or key not in section:
            section[key] = value


def list_redirects(settings: Settings) -> list[str]:
    """Return where links may lead to besides the site itself: wherever the dashboard is opened from."""
    named = [origin for origin in settings.resolved_allowed_origins if origin != "*"]
    origins = [settings.dashboard_url or "", settings.resolved_public_url, *named]
    parts = urlsplit(settings.resolved_public_url)
    if parts.hostname in _LOOPBACK:
        # The same machine under another of its names.
        origins += [f"{parts.scheme}://{name}:{parts.port}" for name in sorted(_LOOPBACK) if parts.port]
    return [pattern for origin in dict.fromkeys(filter(None, origins)) for pattern in (origin, f"{origin}/**")]


def _read_templates(values: dict[str, Any], folder: Path) -> None:
    for kind, template in values.get("email", {}).get("template", {}).items():
        given = template.get("content_path")
        if given is None:
            continue
        # Supabase's own tools take these paths from the folder above `supabase/`.
        candidates = [folder.parent / given, folder / given]
        found = next((path for path in candidates if path.is_file()), None)
        if found is None:
            raise ConfigError(f"auth.email.template.{kind}.content_path: there is no file {given}")
        template["content"] = found.read_text("utf-8")
