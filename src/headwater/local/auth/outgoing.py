"""Letters that Auth sends: what they say, with the templates of `config.toml` where it has some."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from headwater.core.telemetry import get_logger
from headwater.local.auth.config import AuthConfig
from headwater.local.auth.errors import AuthError

logger = get_logger(__name__)
_PLACE = re.compile(r"\{\{-?\s*\.([A-Za-z_][\w.]*)\s*-?\}\}")
_TAG = re.compile(r"<[^>]+>")

# Subject, sentence, what the link says. The names are those of [auth.email.template.…].
_DEFAULTS: dict[str, tuple[str, str, str]] = {
    "confirmation": ("Confirm your email", "Follow this link to confirm your address", "Confirm your email"),
    "invite": ("You have been invited", "You have been invited to {{ .SiteURL }}", "Accept the invitation"),
    "magic_link": ("Your sign-in link", "Follow this link to sign in", "Sign in"),
    "recovery": ("Reset your password", "Follow this link to choose a new password", "Reset password"),
    "email_change": (
        "Confirm your new email",
        "Follow this link to change your address from {{ .Email }} to {{ .NewEmail }}",
        "Change email",
    ),
    "reauthentication": ("{{ .Token }} is your verification code", "Enter this code to go on", ""),
}


_FAILURES = {
    "confirmation": "Error sending confirmation email",
    "invite": "Error sending invite email",
    "magic_link": "Error sending magic link email",
    "recovery": "Error sending recovery email",
    "email_change": "Error sending email change email",
    "reauthentication": "Error sending reauthentication email",
}
# Longer than a mail server takes that is well, shorter than clients wait.
_LONGEST_SECONDS = 15.0


class Mailer(Protocol):
    """Delivers e-mails."""

    async def send(self, to: str, subject: str, text: str, html: str) -> None:
        """Send one e-mail, or keep it for sending where a crash can't lose it. Raises any exception when it can't."""
        ...


@dataclass(frozen=True)
class AuthEmail:
    """One e-mail to be rendered and sent: its kind, its receiver, and the values for its template."""

    kind: str
    to: str
    values: Mapping[str, Any] = field(repr=False)


def render_email(auth_email: AuthEmail, config: AuthConfig) -> tuple[str, str, str]:
    """Return subject, text and HTML. Values are escaped in the HTML, and line breaks can't reach the subject."""
    subject, sentence, link = _DEFAULTS[auth_email.kind]
    template = config.email.template.get(auth_email.kind)
    if template is not None and template.subject:
        subject = template.subject
    title = " ".join(_fill(subject, auth_email.values, escape=False).split())
    if template is not None and template.content:
        body = _fill(template.content, auth_email.values, escape=True)
        return title, html.unescape(_TAG.sub("", body)).strip(), body
    text = [_fill(sentence, auth_email.values, escape=False) + ":"]
    markup = [f"<h2>{html.escape(title)}</h2>", f"<p>{_fill(sentence, auth_email.values, escape=True)}:</p>"]
    if link:
        text.append(auth_email.values["ConfirmationURL"])
        markup.append(f'<p><a href="{html.escape(auth_email.values["ConfirmationURL"])}">{link}</a></p>')
        markup.append(f"<p>Or enter the code: <strong>{auth_email.values['Token']}</strong></p>")
        text.append(f"Or enter the code: {auth_email.values['Token']}")
    else:
        text.append(auth_email.values["Token"])
        markup.append(f"<p><strong>{auth_email.values['Token']}</strong></p>")
    return title, "\n\n".join(text) + "\n", "\n".join(markup) + "\n"


async def send_emails(auth_emails: list[AuthEmail], *, mailer: Mailer | None, config: AuthConfig) -> None:
    """Send what a request has caused, before it is answered: whoever is told that an e-mail is coming gets it.

    Without a mailer nothing is sent, and that is logged.

    Raises:
        AuthError: 500 when an e-mail wasn't accepted.
    """
    for auth_email in auth_emails:
        if mailer is None:
            logger.warning("auth_no_mailer", kind=auth_email.kind)
            continue
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                await mailer.send(auth_email.to, *render_email(auth_email, config))
        except Exception as error:  # whatever the mailer trips over, whoever asked is told
            logger.error("auth_email_failed", kind=auth_email.kind, reason=f"{type(error).__name__}: {error}")
            raise AuthError(500, "unexpected_failure", _FAILURES[auth_email.kind]) from error


def _fill(template: str, values: Mapping[str, Any], *, escape: bool) -> str:
    def replace(match: re.Match[str]) -> str:
        found: Any = values
        for name in match[1].split("."):
            found = found.get(name, "") if isinstance(found, Mapping) else ""
        return html.escape(str(found)) if escape else str(found)

    return _PLACE.sub(replace, template)
