"""Verification of the tokens that Supabase Auth, hosted or local, issues: who is asking, proven by a signature."""

from headwater.core.auth.claims import Claims
from headwater.core.auth.jwks import JwksKeySource
from headwater.core.auth.keys import KeySource, StaticKeySource, VerificationKey, read_keys
from headwater.core.auth.refusals import Refusal, TokenInvalid
from headwater.core.auth.rules import ClaimRules
from headwater.core.auth.service_tokens import issue_service_token, verify_service_token
from headwater.core.auth.verifier import TokenVerifier, read_bearer

__all__ = [
    "ClaimRules",
    "Claims",
    "JwksKeySource",
    "KeySource",
    "Refusal",
    "StaticKeySource",
    "TokenInvalid",
    "TokenVerifier",
    "VerificationKey",
    "issue_service_token",
    "read_bearer",
    "read_keys",
    "verify_service_token",
]
