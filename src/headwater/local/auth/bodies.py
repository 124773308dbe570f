"""Bodies of requests. A member that is null or absent means the same, as in Supabase Auth."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from headwater.core.text import clean_json


def _bound_depth(value: Any) -> Any:
    # Cleaning would let through what Supabase Auth refuses; here only the depth counts.
    clean_json(value)
    return value


Metadata = Annotated[dict[str, Any], BeforeValidator(_bound_depth)]


class Body(BaseModel):
    """A JSON object whose unknown members are passed over."""

    model_config = ConfigDict(strict=True, extra="ignore", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _drop_nulls(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: member for name, member in value.items() if member is not None}
        return value


class ProofKey(Body):
    """The challenge of a proof key (PKCE, RFC 7636), where the caller uses one."""

    code_challenge: str = ""
    code_challenge_method: str = ""


class SignUp(ProofKey):
    """POST /signup."""

    email: str = ""
    phone: str = ""
    password: str = ""
    data: Metadata = Field(default_factory=dict)
    channel: str = ""


class PasswordGrant(Body):
    """POST /token?grant_type=password."""

    email: str = ""
    phone: str = ""
    password: str = ""


class RefreshGrant(Body):
    """POST /token?grant_type=refresh_token."""

    refresh_token: str = ""


class CodeGrant(Body):
    """POST /token?grant_type=pkce."""

    auth_code: str = ""
    code_verifier: str = ""


class Otp(ProofKey):
    """POST /otp and POST /magiclink."""

    email: str = ""
    phone: str = ""
    create_user: bool = True
    data: Metadata = Field(default_factory=dict)
    channel: str = ""


class Recover(ProofKey):
    """POST /recover."""

    email: str = ""


class Resend(ProofKey):
    """POST /resend."""

    type: str = ""
    email: str = ""
    phone: str = ""


class Verify(Body):
    """POST /verify."""

    type: str = ""
    token: str = ""
    token_hash: str = ""
    email: str = ""
    phone: str = ""
    redirect_to: str = ""


class UserUpdate(ProofKey):
    """PUT /user."""

    email: str = ""
    phone: str = ""
    password: str | None = None
    nonce: str = ""
    data: Metadata | None = None
    app_metadata: Metadata | None = None
    channel: str = ""


class EnrollFactor(Body):
    """POST /factors."""

    friendly_name: str = ""
    factor_type: str = ""
    issuer: str = ""


class VerifyFactor(Body):
    """POST /factors/{id}/verify."""

    model_config = ConfigDict(strict=False, extra="ignore", hide_input_in_errors=True)

    challenge_id: UUID = UUID(int=0)
    code: str = ""


class AdminUser(Body):
    """POST /admin/users and PUT /admin/users/{id}."""

    id: str = ""
    aud: str = ""
    role: str = ""
    email: str = ""
    phone: str = ""
    password: str | None = None
    password_hash: str = ""
    email_confirm: bool = False
    phone_confirm: bool = False
    user_metadata: Metadata | None = None
    app_metadata: Metadata | None = None
    ban_duration: str = ""


class AdminDelete(Body):
    """DELETE /admin/users/{id}."""

    should_soft_delete: bool = False


class AdminFactor(Body):
    """PUT /admin/users/{id}/factors/{id}."""

    friendly_name: str = ""


class GenerateLink(Body):
    """POST /admin/generate_link."""

    type: str = ""
    email: str = ""
    new_email: str = ""
    password: str = ""
    data: Metadata = Field(default_factory=dict)
    redirect_to: str = ""


class Invite(Body):
    """POST /invite."""

    email: str = ""
    data: Metadata = Field(default_factory=dict)
