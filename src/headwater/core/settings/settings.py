"""The settings of the platform, under the names that users of the earlier systems know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import quote, urlsplit

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from headwater.core.settings.compatible import (
    CompatibleSettings,
    read_database_url,
    read_environment_name,
    read_log_level,
)
from headwater.core.settings.providers import ProviderSettings
from headwater.core.settings.reading import READING, read_settings, read_web_address

# `bulk` is for long work: with its own slots it holds up nothing short.
QUEUES = ("fetch", "ai", "deliver", "rollup", "maintain", "bulk")


class Settings(CompatibleSettings, ProviderSettings):
    """What every part of the platform shares, under the names that users of the earlier systems know."""

    model_config = READING

    environment: Literal["development", "test", "staging", "production"] = Field(
        "development", description="`production`, and `staging` likewise, refuse development conveniences."
    )
    host: str = Field("127.0.0.1", description="Address that the gateway listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port that the gateway listens on; 0 takes a free one.")
    public_url: str | None = Field(None, description="Address under which users reach the gateway, for links in mail.")
    dashboard_url: str | None = Field(
        None,
        description="Address of the dashboard, for links in mail; unset = PUBLIC_URL, where the gateway serves it.",
    )
    data_folder: Path = Field(
        Path(".headwater"),
        validation_alias=AliasChoices("HEADWATER_DATA", "data_folder"),
        description="Where the embedded servers, generated keys and stored files live.",
    )
    allowed_origins: Annotated[list[str], NoDecode] = Field(
        default_factory=lambda: ["*"],
        description="Origins that browsers may call from, separated by commas. Unset = all, or in production and"
        " staging those of PUBLIC_URL and DASHBOARD_URL.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least severe line logged.")
    log_format: Literal["console", "json"] = Field("console", description="How log lines are written.")
    sentry_dsn: SecretStr | None = Field(None, description="Where errors are reported (extra `telemetry`).")
    otel_exporter_otlp_endpoint: str | None = Field(
        None, description="Where OpenTelemetry traces are sent (extra `telemetry`)."
    )
    metrics_token: SecretStr | None = Field(
        None, description="Bearer token that `/metrics` asks for; unset = only loopback callers."
    )

    database_url: SecretStr | None = Field(
        None, description="Postgres 15 to 18, direct or session mode. Unset = the embedded server."
    )
    postgres_host: str | None = Field(
        None, description="With the other POSTGRES_ names: used when DATABASE_URL is unset."
    )
    postgres_port: int = Field(5432, ge=1, le=65535, description="Port for POSTGRES_HOST.")
    postgres_user: str = Field("postgres", description="User for POSTGRES_HOST.")
    postgres_password: SecretStr = Field(SecretStr(""), description="Password for POSTGRES_HOST.")
    postgres_db: str | None = Field(None, description="Database for POSTGRES_HOST; unset = `postgres`.")
    database_pool_size: int = Field(10, ge=1, le=200, description="Connections a process keeps to Postgres.")

    redis_url: SecretStr | None = Field(
        None, description="Valkey or Redis. Unset = the embedded server, or Postgres where that doesn't run."
    )
    redis_host: str | None = Field(None, description="With the other REDIS_ names: used when REDIS_URL is unset.")
    redis_port: int = Field(6379, ge=1, le=65535, description="Port for REDIS_HOST.")
    redis_password: SecretStr | None = Field(None, description="Password for REDIS_HOST.")
    redis_db: int = Field(0, ge=0, description="Database number for REDIS_HOST.")

    supabase_url: str | None = Field(None, description="A Supabase project. Unset = the local data plane.")
    supabase_anon_key: SecretStr | None = Field(None, description="Publishable or anon key of the project.")
    supabase_service_role_key: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_SERVICE_KEY", "supabase_service_role_key"),
        description="Secret or service key of the project; SUPABASE_SERVICE_KEY is taken too.",
    )
    supabase_jwt_secret: SecretStr | None = Field(
        None, description="Legacy HS256 secret of the project; unset = only keys of its JWKS are accepted."
    )
    supabase_jwt_audience: str = Field("authenticated", description="Audience that user tokens must carry.")

    headwater_url: str | None = Field(
        None, description="Installation that the command line calls; unset = the one on this machine."
    )
    headwater_api_key: SecretStr | None = Field(None, description="API key that the command line calls with.")
    service_secret: SecretStr | None = Field(
        None, description="Shared by our own services for calls among them; generated for the embedded mode."
    )
    encryption_key: SecretStr | None = Field(
        None, description="32 bytes in base64 that encrypt secrets at rest; generated for the embedded mode."
    )

    fetch_allowed_hosts: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="Hosts (`name` or `name:port`) that may be fetched although their address is private.",
    )
    fetch_user_agent: str = Field(
        "Headwater/0.1 (+https://headwater.example/bot)", description="User-Agent of every fetch, with a contact URL."
    )
    fetch_host_interval_seconds: float = Field(
        1.0, ge=0, le=600, description="Least time between two requests to one host."
    )

    worker_metrics_port: int | None = Field(
        None, ge=1, le=65535, description="Port on HOST at which a worker serves its metrics; unset = none."
    )
    worker_queues: Annotated[list[str], NoDecode] = Field(
        default_factory=lambda: list(QUEUES), description=f"Queues a worker serves: {', '.join(QUEUES)}."
    )
    worker_concurrency: int = Field(8, ge=1, le=500, description="Jobs that one worker runs at once in each queue.")
    reading_processes: int = Field(
        2, ge=1, le=64, description="Processes in which each gateway and worker reads and compares foreign pages."
    )
    reading_seconds: float = Field(
        15.0, ge=0.1, le=300, description="Deadline for reading one page or comparing two versions of it."
    )

    @field_validator("allowed_origins", "fetch_allowed_hosts", "worker_queues", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        if value.lstrip().startswith("["):
            try:
                return json.loads(value)
            except ValueError:
                raise ValueError("must be a list separated by commas, or in JSON") from None
        return [part.strip() for part in value.split(",") if part.strip()]

    @field_validator("environment", mode="before")
    @classmethod
    def _read_environment_name(cls, value: object) -> object:
        return read_environment_name(value)

    @field_validator("log_level", mode="before")
    @classmethod
    def _read_log_level(cls, value: object) -> object:
        return read_log_level(value)

    @field_validator("worker_queues")
    @classmethod
    def _know_queues(cls, value: list[str]) -> list[str]:
        unknown = sorted(set(value) - set(QUEUES))
        if unknown:
            raise ValueError(f"unknown queue {unknown[0]!r}; there are {', '.join(QUEUES)}")
        return value

    @field_validator("database_url")
    @classmethod
    def _check_database_scheme(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            value = SecretStr(read_database_url(value.get_secret_value()))
        return _require_scheme(value, {"postgres", "postgresql"}, "postgresql://user:password@host:5432/name")

    @field_validator("redis_url")
    @classmethod
    def _check_redis_scheme(cls, value: SecretStr | None) -> SecretStr | None:
        return _require_scheme(value, {"redis", "rediss", "unix"}, "redis://host:6379/0")

    @field_validator(
        "supabase_url",
        "public_url",
        "dashboard_url",
        "ollama_base_url",
        "headwater_url",
    )
    @classmethod
    def _check_web_address(cls, value: str | None) -> str | None:
        return read_web_address(value) if value is not None else None

    @model_validator(mode="after")
    def _refuse_half_a_project(self) -> Self:
        if self.supabase_url and self.resolved_database_url is None:
            raise ValueError(
                "DATABASE_URL: must be set beside SUPABASE_URL, to the connection string that the project's dashboard"
                " shows under Connect, as direct connection or session pooler"
            )
        if self.postgres_db and self.postgres_database and self.postgres_db != self.postgres_database:
            raise ValueError("POSTGRES_DATABASE: must be the same as POSTGRES_DB, or one of both unset")
        return self

    @model_validator(mode="after")
    def _refuse_conveniences(self) -> Self:
        if not self.is_production:
            return self
        if "allowed_origins" in self.model_fields_set and "*" in self.allowed_origins:
            raise ValueError(f"ALLOWED_ORIGINS: must name the origins when ENVIRONMENT is {self.environment}")
        if self.mail_to_console:
            raise ValueError("MAIL_TO_CONSOLE: is for development alone")
        return self

    @property
    def is_production(self) -> bool:
        """Say whether production's rules hold."""
        return self.environment in {"production", "staging"}

    @property
    def resolved_allowed_origins(self) -> list[str]:
        """Return the origins that browsers may call from; `*` is all."""
        if not self.is_production or "allowed_origins" in self.model_fields_set:
            return self.allowed_origins
        addresses = [urlsplit(url) for url in (self.public_url, self.dashboard_url) if url]
        return sorted({f"{address.scheme}://{address.netloc}" for address in addresses})

    @property
    def resolved_database_url(self) -> str | None:
        """Return the Postgres address from DATABASE_URL or the POSTGRES_ names, or None for the embedded server."""
        if self.database_url:
            return self.database_url.get_secret_value()
        if self.postgres_host is None:
            return None
        password = quote(self.postgres_password.get_secret_value(), safe="")
        user = quote(self.postgres_user, safe="")
        name = quote(self.postgres_db or self.postgres_database or "postgres", safe="")
        return f"postgresql://{user}:{password}@{self.postgres_host}:{self.postgres_port}/{name}"

    @property
    def resolved_redis_url(self) -> str | None:
        """Return the Valkey address from REDIS_URL or the REDIS_ names, or None for the embedded server."""
        if self.redis_url:
            return self.redis_url.get_secret_value()
        if self.redis_host is None:
            return None
        password = f":{quote(self.redis_password.get_secret_value(), safe='')}@" if self.redis_password else ""
        return f"redis://{password}{self.redis_host}:{self.redis_port}/{self.redis_db}"

    @property
    def resolved_public_url(self) -> str:
        """Return the address that links in messages begin with."""
        # What listens on every address is reached at one of them.
        host = "localhost" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104  # compared, not bound
        return self.public_url or f"http://{host}:{self.port}"


def _require_scheme(value: SecretStr | None, schemes: set[str], example: str) -> SecretStr | None:
    if value is not None and urlsplit(value.get_secret_value()).scheme not in schemes:
        raise ValueError(f"must look like {example}")
    return value


def load_settings(**overrides: object) -> Settings:
    """Read the settings of the platform. Raises SettingsError as `read_settings` does."""
    return read_settings(Settings, **overrides)
