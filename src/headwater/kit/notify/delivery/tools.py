"""What sending needs, opened once a process."""

from __future__ import annotations

from dataclasses import dataclass, field

from headwater.core.settings import Settings
from headwater.kit.controls import RateLimiter
from headwater.kit.fetch import Fetcher
from headwater.kit.notify.kinds import EventKinds
from headwater.kit.notify.mail.console import ConsoleSender
from headwater.kit.notify.mail.message import MailSender
from headwater.kit.notify.mail.sendgrid import SendGridSender
from headwater.kit.notify.mail.smtp import SmtpSender
from headwater.kit.signed_links import LinkSigner
from headwater.kit.webhooks import SecretBox


@dataclass(frozen=True)
class SendingRates:
    """How many messages a workspace may send: so many a second, and so many at once before that counts."""

    mails_per_second: float = 20.0
    mails_at_once: float = 500.0
    webhooks_per_second: float = 50.0
    webhooks_at_once: float = 1_000.0


@dataclass(frozen=True)
class NotifyTools:
    """The mail server (None: e-mail is not sent), the way out, the keys, the limits and the kinds of events."""

    mail_sender: MailSender | None
    mail_from: str
    fetcher: Fetcher
    secret_box: SecretBox
    limiter: RateLimiter
    links: LinkSigner
    rates: SendingRates = SendingRates()
    dashboard_url: str | None = None
    has_pages: bool = True
    kinds: EventKinds = field(default_factory=EventKinds)

    def make_page_link(self, path: str) -> str:
        """Return the address of a page of the dashboard, which the gateway serves unless it was deployed apart."""
        return f"{self.dashboard_url or self.links.public_url}{path}"

    @classmethod
    def from_settings(
        cls,
        settings: Settings,
        *,
        fetcher: Fetcher,
        limiter: RateLimiter,
        public_url: str | None = None,
        has_pages: bool = True,
        kinds: EventKinds | None = None,
    ) -> NotifyTools:
        """Choose the mail server by the settings: SendGrid where there is a key, else SMTP, else the console.

        `public_url` is where links in mail lead to, when the gateway took another port than the settings say;
        `has_pages` whether a dashboard is there for them to lead to; `kinds` what the installed modules declare.

        Raises:
            SettingsError: ENCRYPTION_KEY is missing or wrong.
        """
        return cls(
            mail_sender=find_mail_sender(settings, fetcher=fetcher),
            mail_from=settings.mail_from,
            fetcher=fetcher,
            secret_box=SecretBox.from_settings(settings),
            limiter=limiter,
            links=LinkSigner.from_settings(settings, public_url=public_url),
            dashboard_url=settings.dashboard_url,
            has_pages=has_pages,
            kinds=kinds or EventKinds(),
        )


def find_mail_sender(settings: Settings, *, fetcher: Fetcher) -> MailSender | None:
    """Return the mail server that the settings name, or None."""
    if settings.sendgrid_api_key is not None:
        key = settings.sendgrid_api_key.get_secret_value()
        return SendGridSender(fetcher, key, settings.sendgrid_base_url)
    if settings.smtp_host:
        password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
        return SmtpSender(
            settings.smtp_host, settings.smtp_port, settings.smtp_security, settings.smtp_username or None, password
        )
    return ConsoleSender() if settings.mail_to_console else None
