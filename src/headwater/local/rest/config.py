"""The engine's settings, with PostgREST's names and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from headwater.local.rest.identifiers import QualifiedName


@dataclass(frozen=True, slots=True)
class RestConfig:
    """What an operator decides. Every `pgrst.…` setting of the role overrides its field here."""

    schemas: tuple[str, ...] = ("public",)
    extra_search_path: tuple[str, ...] = ("public", "extensions")
    anon_role: str | None = "anon"
    pre_request: QualifiedName | None = None
    pre_config: QualifiedName | None = None
    root_function: QualifiedName | None = None
    max_rows: int | None = None
    aggregates_enabled: bool = False
    plan_enabled: bool = False
    transaction_override: bool = False
    rollback_all: bool = False
    hoisted_settings: tuple[str, ...] = (
        "statement_timeout",
        "plan_filter.statement_cost_limit",
        "default_transaction_isolation",
    )
    app_settings: tuple[tuple[str, str], ...] = ()
    role_claim: str = "role"
    openapi_mode: str = "follow-privileges"
    openapi_proxy_uri: str | None = None
    openapi_security: bool = False
    legacy_target_names: bool = True
    verbose_errors: bool = True
    server_timing: bool = False
    trace_header: str | None = None
    cors_origins: tuple[str, ...] | None = ()
    in_database_config: bool = True
    settings_role: str | None = "authenticator"
    channel: str | None = "pgrst"
    # Whose counts may be the planner's guess; None = everybody's, as PostgREST has it. Others are counted exactly: the
    # guess is made from the statistics of all rows, those that row-level security hides from the caller as well.
    roles_told_guesses: frozenset[str] | None = None
    max_body_bytes: int = 32 * 1024 * 1024
    max_query_bytes: int = 1024 * 1024
    version: str = "16.0"
    plan_cache_size: int = 2000


def split_names(text: str) -> tuple[str, ...]:
    """Split a comma-separated list of names."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def read_switch(text: str) -> bool:
    """Read a yes or no as the setting files of PostgREST spell it."""
    return text.strip().lower() in ("true", "on", "yes", "1")


def read_qualified(text: str) -> QualifiedName | None:
    """Read `schema.name` or a bare name."""
    if not text:
        return None
    schema, dot, name = text.partition(".")
    return QualifiedName(schema, name) if dot else QualifiedName("", text)


TRANSACTION_ENDS = {
    "commit": (False, False),
    "commit-allow-override": (True, False),
    "rollback": (False, True),
    "rollback-allow-override": (True, True),
}


def read_role_claim(text: str) -> str:
    """Read the claim's name, written `$.role` or `.role`."""
    return text.strip().removeprefix("$").removeprefix(".").strip('"') or "role"


SETTING_NAMES = tuple(
    f"pgrst.{name}"
    for name in (
        "db_schemas", "db_extra_search_path", "db_hoisted_tx_settings", "db_aggregates_enabled", "db_plan_enabled",
        "openapi_security_active", "server_timing_enabled", "url_use_legacy_target_names", "db_anon_role",
        "openapi_mode", "server_trace_header", "openapi_server_proxy_uri", "db_pre_request", "db_root_spec",
        "db_max_rows", "db_tx_end", "jwt_role_claim_key", "client_error_verbosity", "server_cors_allowed_origins",
    )
)  # fmt: skip


def apply_settings(config: RestConfig, settings: Mapping[str, str]) -> RestConfig:
    """Return the configuration with the settings found in the database; unknown names are left alone."""
    changes: dict[str, object] = {}
    names = {"db_schemas": "schemas", "db_extra_search_path": "extra_search_path",
             "db_hoisted_tx_settings": "hoisted_settings"}  # fmt: skip
    switches = {"db_aggregates_enabled": "aggregates_enabled", "db_plan_enabled": "plan_enabled",
                "openapi_security_active": "openapi_security", "server_timing_enabled": "server_timing",
                "url_use_legacy_target_names": "legacy_target_names"}  # fmt: skip
    texts = {"db_anon_role": "anon_role", "openapi_mode": "openapi_mode", "server_trace_header": "trace_header",
             "openapi_server_proxy_uri": "openapi_proxy_uri"}  # fmt: skip
    functions = {"db_pre_request": "pre_request", "db_root_spec": "root_function", "db_pre_config": "pre_config"}
    for key, value in settings.items():
        if key in names:
            changes[names[key]] = split_names(value)
        elif key in switches:
            changes[switches[key]] = read_switch(value)
        elif key in texts:
            changes[texts[key]] = value or None
        elif key in functions:
            changes[functions[key]] = read_qualified(value)
        elif key == "db_max_rows":
            changes["max_rows"] = int(value) if value.strip().isdecimal() else None
        elif key == "db_tx_end" and value in TRANSACTION_ENDS:
            changes["transaction_override"], changes["rollback_all"] = TRANSACTION_ENDS[value]
        elif key == "jwt_role_claim_key":
            changes["role_claim"] = read_role_claim(value)
        elif key == "client_error_verbosity":
            changes["verbose_errors"] = value != "minimal"
        elif key == "server_cors_allowed_origins":
            changes["cors_origins"] = split_names(value)
    if not changes.get("schemas", config.schemas):
        changes.pop("schemas")
    return replace(config, **changes)  # type: ignore[arg-type]
