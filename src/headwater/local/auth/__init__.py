"""Supabase Auth for one machine: sign-up, sign-in, sessions and second factors over `/auth/v1`, on any Postgres."""

from headwater.local.auth.app import create_auth_app
from headwater.local.auth.config import AuthConfig, ConfigError
from headwater.local.auth.config_file import read_auth_config
from headwater.local.auth.limits import Limiter, MemoryLimiter
from headwater.local.auth.outgoing import Mailer
from headwater.local.auth.schema import install_auth_schema

__all__ = [
    "AuthConfig",
    "ConfigError",
    "Limiter",
    "Mailer",
    "MemoryLimiter",
    "create_auth_app",
    "install_auth_schema",
    "read_auth_config",
]
