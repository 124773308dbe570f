"""Settings of Auth, under the names and with the values that Supabase's `config.toml` gives them in `[auth]`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

_DURATION_PART = re.compile(r"(\d{1,18}(?:\.\d{1,18})?)(ns|us|µs|ms|s|m|h)")
_UNIT_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


class ConfigError(Exception):
    """A value in `config.toml` is wrong; the message is one line that names it."""


def parse_duration(text: str) -> timedelta:
    """Read a duration as Go and Supabase write it: `300ms`, `1.5h`, `24h0m0s`. Raises ValueError for other texts."""
    parts = _DURATION_PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"invalid duration {text!r}")
    return timedelta(seconds=sum(float(number) * _UNIT_SECONDS[unit] for number, unit in parts))


def _read_duration(value: Any) -> Any:
    return parse_duration(value) if isinstance(value, str) else value


Duration = Annotated[timedelta, BeforeValidator(_read_duration)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class RateLimits(_Section):
    """How often something may be asked for; 0 stops it.

    Twelve times what hosted Supabase begins with, since on one machine everybody may come from the same address.
    """

    email_sent: int = Field(default=360, ge=0, description="E-mails an hour, of the whole project.")
    sms_sent: int = Field(default=360, ge=0, description="Text messages an hour, of the whole project.")
    anonymous_users: int = Field(default=360, ge=0, description="Anonymous sign-ins an hour, of one address.")
    token_refresh: int = Field(default=1800, ge=0, description="Sign-ins and refreshes in five minutes, of an address.")
    sign_in_sign_ups: int = Field(default=360, ge=0, description="Sign-ups and requests for codes in five minutes.")
    token_verifications: int = Field(default=360, ge=0, description="Codes and links tried in five minutes.")


class Template(_Section):
    """Subject and text of one kind of e-mail."""

    subject: str | None = None
    content_path: str | None = None
    content: str | None = Field(None, description="The text itself; read from content_path where that is given.")


class Email(_Section):
    """Sign-up and sign-in by e-mail."""

    # The tools' newer name for it is `enabled`.
    enable_signup: bool = Field(True, validation_alias=AliasChoices("enable_signup", "enabled"))
    double_confirm_changes: bool = True
    enable_confirmations: bool = False
    secure_password_change: bool = False
    max_frequency: Duration = timedelta(seconds=1)
    otp_length: int = Field(default=6, ge=6, le=10)
    otp_expiry: int = Field(default=3600, gt=0, le=86_400, description="Seconds.")
    template: dict[str, Template] = Field(default_factory=dict)


class Sms(_Section):
    """Sign-up and sign-in by phone. No message is ever sent: codes come from `test_otp`."""

    enable_signup: bool = False
    enable_confirmations: bool = False
    max_frequency: Duration = timedelta(seconds=5)
    test_otp: dict[str, str] = Field(default_factory=dict)


class Sessions(_Section):
    """When a session ends by itself."""

    timebox: Duration | None = None
    inactivity_timeout: Duration | None = None


class FactorKind(_Section):
    """Whether a kind of second factor may be added and asked for."""

    enroll_enabled: bool = True
    verify_enabled: bool = True


class Mfa(_Section):
    """Second factors."""

    max_enrolled_factors: int = Field(default=10, ge=0)
    totp: FactorKind = FactorKind()


class AuthConfig(_Section):
    """What `[auth]` says, and the address under which Auth is reached."""

    external_url: str = Field("http://127.0.0.1:8000/auth/v1", description="Where Auth is reached, for links in mail.")
    site_url: str = "http://127.0.0.1:8000"
    additional_redirect_urls: list[str] = Field(default_factory=list)
    jwt_expiry: int = Field(default=3600, ge=1, le=604_800, description="Seconds that an access token is valid.")
    jwt_issuer: str | None = Field(None, description="Issuer in tokens; unset = external_url.")
    enable_refresh_token_rotation: bool = True
    refresh_token_reuse_interval: int = Field(default=10, ge=0, description="Seconds.")
    enable_signup: bool = True
    enable_anonymous_sign_ins: bool = False
    enable_manual_linking: bool = False
    minimum_password_length: int = Field(default=6, ge=6, le=72)
    password_requirements: Literal[
        "", "letters_digits", "lower_upper_letters_digits", "lower_upper_letters_digits_symbols"
    ] = ""
    rate_limit: RateLimits = RateLimits()
    email: Email = Email()
    sms: Sms = Sms()
    sessions: Sessions = Sessions()
    mfa: Mfa = Mfa()
    audience: str = "authenticated"
    bcrypt_cost: int = Field(default=10, ge=4, le=15, description="Each step doubles the time that a password takes.")

    @property
    def issuer(self) -> str:
        """Issuer named in tokens."""
        return self.jwt_issuer or self.external_url
