"""Signed webhooks: the signatures of Standard Webhooks, secrets at rest, sending and what an answer means."""

from headwater.core.secret_box import SecretBox
from headwater.kit.webhooks.sending import WebhookResult, classify_answer, make_body, send_webhook
from headwater.kit.webhooks.signing import (
    BadSignature,
    VerifiedMessage,
    generate_secret,
    read_secret,
    sign,
    sign_headers,
    verify,
)

__all__ = [
    "BadSignature",
    "SecretBox",
    "VerifiedMessage",
    "WebhookResult",
    "classify_answer",
    "generate_secret",
    "make_body",
    "read_secret",
    "send_webhook",
    "sign",
    "sign_headers",
    "verify",
]
