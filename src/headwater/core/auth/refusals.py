"""Why a token is refused: the rule that it breaks, which each service puts into the words that its clients know."""

from __future__ import annotations

from enum import Enum

from headwater.core.errors import Unauthenticated


class Refusal(Enum):
    """The rule that a token breaks: the code that the API answers with, and the message."""

    TOO_LONG = "bad_token", "The token is too long."
    MALFORMED = "bad_token", "The token is malformed."
    UNSUPPORTED_ALGORITHM = "bad_token", "The token's algorithm isn't accepted."
    NO_KEY = "bad_token", "No key here verifies tokens of this algorithm."
    UNKNOWN_KEY = "unknown_key", "The token is signed with an unknown key."
    WRONG_SIGNATURE = "bad_token", "The token's signature doesn't hold."
    NO_CLAIMS = "bad_token", "The token holds no claims."
    WRONG_TYPE_OF_EXP = "bad_token", "The token's exp is no time."
    WRONG_TYPE_OF_NBF = "bad_token", "The token's nbf is no time."
    WRONG_TYPE_OF_IAT = "bad_token", "The token's iat is no time."
    WRONG_TYPE_OF_AUD = "wrong_audience", "The token's aud is no text or list of texts."
    NO_EXPIRY = "bad_token", "The token has no end."
    EXPIRED = "token_expired", "The token has expired."
    NOT_YET_VALID = "token_not_yet_valid", "The token isn't valid yet."
    ISSUED_IN_FUTURE = "token_not_yet_valid", "The token was issued in the future."
    UNKNOWN_ROLE = "unknown_role", "The token's role isn't known here."
    WRONG_ISSUER = "wrong_issuer", "The token comes from another issuer."
    WRONG_AUDIENCE = "wrong_audience", "The token is meant for another audience."
    NO_USER = "bad_token", "The token names no user."

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message


class TokenInvalid(Unauthenticated):
    """A token breaks a rule."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message, code=refusal.code)
        self.refusal = refusal
