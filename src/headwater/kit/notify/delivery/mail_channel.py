"""Delivers by e-mail: prepared first, marked in the database, and only then handed over."""

from __future__ import annotations

from headwater.core.clock import monotonic
from headwater.kit.jobs import JobContext
from headwater.kit.notify.delivery.deliveries import Result, mark_sending
from headwater.kit.notify.delivery.loading import Delivery, list_digest_events
from headwater.kit.notify.delivery.tools import NotifyTools
from headwater.kit.notify.mail.message import Mail, MailFailed, MailSender
from headwater.kit.notify.mail.rendering import Footer, Rendered, render_digest, render_event, render_verification
from headwater.kit.notify.planning.planning import NO_ADDRESS, Recipient
from headwater.kit.signed_links import LinkClaims

NO_SENDER = "No mail server is set up."
GONE = "The recipient is no member any more."
NOTHING_LEFT = "Nothing is left to be sent."


async def deliver_mail(context: JobContext, tools: NotifyTools, delivery: Delivery) -> Result:
    """Send the e-mail of a delivery; never raises for what the mail server does."""
    recipient = delivery.recipient
    reason = find_reason_against(tools, delivery, recipient)
    if reason is not None or tools.mail_sender is None or recipient is None:
        return Result("suppressed", reason or GONE)
    mail = await _compose(context, tools, delivery, recipient)
    if mail is None:
        return Result("suppressed", NOTHING_LEFT)
    started = monotonic()
    result = await _send(context, tools.mail_sender, delivery, mail)
    spent = round((monotonic() - started) * 1000)
    return Result(result.outcome, result.response, result.status_code, spent)


def find_reason_against(tools: NotifyTools, delivery: Delivery, recipient: Recipient | None) -> str | None:
    """Say why nothing may be sent, by what holds now and not when it was planned; None when it may."""
    if tools.mail_sender is None:
        return NO_SENDER
    if recipient is None:
        return GONE
    if delivery.purpose == "verification":
        # It goes to an address that isn't verified, but only as long as that address is still wanted.
        return None if delivery.address and delivery.address == recipient.address else NO_ADDRESS
    return recipient.reason_against_mail


async def _send(context: JobContext, sender: MailSender, delivery: Delivery, mail: Mail) -> Result:
    try:
        async with sender.open(mail) as opened:
            async with context.raw_transaction() as connection:
                await mark_sending(connection, delivery, address=mail.recipient, at=context.clock.now())
            receipt = await opened.hand_over()
    except MailFailed as failure:
        return Result(failure.outcome, failure.response, failure.status_code)
    return Result("sent", receipt.response, receipt.status_code)


async def _compose(context: JobContext, tools: NotifyTools, delivery: Delivery, recipient: Recipient) -> Mail | None:
    claims = LinkClaims(delivery.workspace_id, recipient.user_id, recipient.address)
    now = context.clock.now()
    unsubscribe_url: str | None = tools.links.make_link("unsubscribe", claims, at=now)
    page_link = tools.make_page_link if tools.has_pages else None
    settings_url = page_link("/settings/notifications") if page_link else None
    footer = Footer(settings_url=settings_url, unsubscribe_url=unsubscribe_url)
    rendered: Rendered
    if delivery.purpose == "verification":
        unsubscribe_url = None
        verify_url = tools.links.make_link("verify", claims, at=now)
        rendered = render_verification(address=recipient.address, verify_url=verify_url)
    elif delivery.purpose == "digest":
        async with context.raw_transaction() as connection:
            events = await list_digest_events(connection, delivery.id)
        if not events:
            return None
        rendered = render_digest(events, title="Your digest", zone=recipient.zone, footer=footer, page_link=page_link)
    elif delivery.event is not None:
        own = tools.kinds.mail_folders.get(delivery.event.kind)
        rendered = render_event(delivery.event, zone=recipient.zone, footer=footer, page_link=page_link, templates=own)
    else:
        return None
    return Mail(
        id=delivery.id,
        sender=tools.mail_from,
        recipient=recipient.address,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        at=now,
        unsubscribe_url=unsubscribe_url,
    )
