"""Variables of the systems that Headwater follows: other spellings, and names that mean nothing any more."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

_ENVIRONMENTS = {"dev": "development", "local": "development", "testing": "test", "prod": "production"}
_LOG_LEVELS = {"warn": "warning", "critical": "error", "fatal": "error", "trace": "debug", "notset": "debug"}


class CompatibleSettings(BaseSettings):
    """What the environments of earlier systems set. They start unchanged; `list_unused` says what has no effect."""

    postgres_database: str | None = Field(None, description="Another spelling of POSTGRES_DB.")
    celery_broker_url: SecretStr | None = Field(
        None, description="Accepted from earlier systems, has no effect: jobs are kept in Postgres."
    )
    debug: str | None = Field(
        None, description="Accepted from earlier systems, has no effect: use LOG_LEVEL and ENVIRONMENT."
    )
    content_processor_url: str | None = Field(
        None, description="Accepted from earlier systems, has no effect: the workers process content."
    )
    notification_service_url: str | None = Field(
        None, description="Accepted from earlier systems, has no effect: the workers send notifications."
    )

    def list_unused(self) -> dict[str, str]:
        """Return the variables that are set and have no effect, each with what does its work now."""
        instead = {
            "celery_broker_url": "jobs are kept in Postgres and run by `headwater work`",
            "debug": "LOG_LEVEL and ENVIRONMENT say how much is logged",
            "content_processor_url": "content is processed by `headwater work`",
            "notification_service_url": "notifications are sent by `headwater work`",
        }
        return {name.upper(): reason for name, reason in instead.items() if getattr(self, name) is not None}


def read_environment_name(value: object) -> object:
    """Return the name of the environment as the settings know it: `Prod` is `production`."""
    if not isinstance(value, str):
        return value
    name = value.strip().lower()
    return _ENVIRONMENTS.get(name, name)


def read_log_level(value: object) -> object:
    """Return the level as the settings know it: `WARN` is `warning`."""
    if not isinstance(value, str):
        return value
    name = value.strip().lower()
    return _LOG_LEVELS.get(name, name)


def read_database_url(url: str) -> str:
    """Return an address that every driver here takes.

    SQLAlchemy names its driver in the scheme (`postgresql+asyncpg://`) and asyncpg's TLS mode `ssl`; libpq's own name
    for it is `sslmode`.
    """
    parts = urlsplit(url)
    scheme, _, driver = parts.scheme.partition("+")
    if not driver:
        return url
    query = [("sslmode" if name == "ssl" else name, value) for name, value in parse_qsl(parts.query)]
    return urlunsplit(parts._replace(scheme=scheme, query=urlencode(query)))
