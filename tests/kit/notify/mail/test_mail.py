"""E-mails as they are written and handed over."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import formataddr
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from headwater.core.settings import load_settings
from headwater.demo.mail import open_mail
from headwater.kit.fetch import Fetcher
from headwater.kit.notify.delivery.tools import find_mail_sender
from headwater.kit.notify.mail.message import Mail, MailFailed, MailSender, Receipt, clean_subject
from headwater.kit.notify.mail.sendgrid import SendGridSender, make_request
from headwater.kit.notify.mail.smtp import SmtpSender

MAIL = Mail(
    id=UUID(int=7),
    sender="Headwater <alerts@headwater.test>",
    recipient="ada@example.com",
    subject="Prices changed",
    text="From $20 to $24.\n.\nA line with a dot above, and an ü.",
    html="<p>From $20 to $24.</p>",
    at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    unsubscribe_url="https://headwater.test/unsubscribe?token=" + "x" * 200,
)


async def send(sender: MailSender, mail: Mail = MAIL) -> Receipt:
    async with sender.open(mail) as opened:
        return await opened.hand_over()


async def fail(sender: MailSender, mail: Mail = MAIL) -> MailFailed:
    with pytest.raises(MailFailed) as caught:
        await send(sender, mail)
    return caught.value


def parse(mail: Mail) -> Any:
    return message_from_bytes(mail.to_bytes(), policy=policy.default)


def test_a_mail_has_both_parts_and_its_headers() -> None:
    message = parse(MAIL)
    assert message["From"] == "Headwater <alerts@headwater.test>"
    assert message["Message-ID"] == "<00000000-0000-0000-0000-000000000007@headwater.test>"
    assert message["List-Unsubscribe"] == f"<{MAIL.unsubscribe_url}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n").strip() == MAIL.text
    # An address that is encoded as a word is none to the mail reader that should open it.
    assert f"List-Unsubscribe: <{MAIL.unsubscribe_url}>".encode() in MAIL.to_bytes()
    assert all(len(line) <= 998 for line in MAIL.to_bytes().split(b"\r\n"))


HOSTILE = st.text(alphabet=st.sampled_from('\r\n\x00\t :aBcü\u2028\u0085é日\u202e<>@,;"\\'), max_size=80)


@given(HOSTILE, HOSTILE)
def test_nothing_in_a_subject_or_a_name_becomes_a_header(subject: str, name: str) -> None:
    honest = set(parse(MAIL).keys())
    sender = formataddr((name.replace("\r", "").replace("\n", ""), "alerts@headwater.test"), "utf-8")
    mail = replace(MAIL, subject=f"{subject}\r\nBcc: victim@example.com\r\n\r\nbody", sender=sender)
    message = parse(mail)
    assert set(message.keys()) == honest
    assert message["Bcc"] is None
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


@given(st.text(max_size=400))
def test_a_subject_is_one_short_line(subject: str) -> None:
    line = clean_subject(subject)
    assert len(line) <= 180
    assert len(line.splitlines()) <= 1
    assert line.isprintable() or not subject.isprintable()


async def test_a_recipient_with_a_line_break_reaches_nobody() -> None:
    async with open_mail() as server:
        sender = SmtpSender("127.0.0.1", server.smtp_port, "none")
        failure = await fail(sender, replace(MAIL, recipient="ada@example.com>\r\nRCPT TO:<victim@example.com"))
        assert failure.outcome in {"dead", "failed"}
        assert server.mailbox.count == 0


async def test_the_dot_line_and_the_umlaut_arrive() -> None:
    async with open_mail() as server:
        receipt = await send(SmtpSender("127.0.0.1", server.smtp_port, "none"))
        assert receipt.status_code == 250
        (message,) = server.list_messages()
        assert message.text.strip() == MAIL.text


async def test_an_international_address() -> None:
    async with open_mail() as server:
        await send(SmtpSender("127.0.0.1", server.smtp_port, "none"), replace(MAIL, recipient="jürgen@example.com"))
        assert server.list_messages()[0].recipients == ("jürgen@example.com",)


async def test_encryption_and_a_password() -> None:
    async with open_mail(starttls=True, credentials=("user", "right")) as server:
        assert server.authority is not None
        context = ssl.create_default_context(cadata=server.authority.decode())
        context.check_hostname = False
        sender = SmtpSender("127.0.0.1", server.smtp_port, "starttls", "user", "right", context)
        await send(sender)
        assert server.list_messages()[0].secured
        wrong = await fail(replace(sender, password="wrong"))
        assert (wrong.outcome, wrong.status_code) == ("failed", 535)
        untrusted = await fail(replace(sender, tls_context=None))
        assert untrusted.outcome == "failed"
        assert server.mailbox.count == 1
        assert "right" not in repr(sender)


async def test_encryption_that_the_server_lacks_is_not_gone_without() -> None:
    async with open_mail() as server:
        failure = await fail(SmtpSender("127.0.0.1", server.smtp_port, "starttls"))
        assert failure.outcome == "failed"
        assert server.mailbox.count == 0


@pytest.mark.parametrize(
    ("mode", "outcome", "code"),
    [
        ("down", "failed", None),
        ("deferring", "failed", 451),
        ("refusing", "dead", 554),
        ("deferring_data", "failed", 451),
        ("dropping", "uncertain", None),
    ],
)
async def test_failures_of_the_mail_server(mode: str, outcome: str, code: int | None) -> None:
    async with open_mail() as server:
        await server.set_mode(mode)
        failure = await fail(SmtpSender("127.0.0.1", server.smtp_port, "none"))
        assert (failure.outcome, failure.status_code) == (outcome, code)


async def test_nothing_is_sent_before_it_is_handed_over() -> None:
    async with open_mail() as server:
        async with SmtpSender("127.0.0.1", server.smtp_port, "none").open(MAIL):
            pass
        assert server.mailbox.count == 0


@asynccontextmanager
async def open_sendgrid(status: int, *, cut: bool = False) -> AsyncIterator[tuple[SendGridSender, list[Any]]]:
    requests: list[Any] = []

    async def answer(request: web.Request) -> web.Response:
        requests.append((request.headers["Authorization"], await request.json()))
        if cut and request.transport is not None:
            request.transport.close()
        return web.Response(status=status, headers={"X-Message-Id": "abc"})

    app = web.Application()
    app.router.add_post("/v3/mail/send", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fetcher = Fetcher(user_agent="Headwater/test (+https://example.com)")
    host, port = runner.addresses[0][:2]
    try:
        yield SendGridSender(fetcher, "SG.key", f"http://{host}:{port}"), requests
    finally:
        await fetcher.close()
        await runner.cleanup()


async def test_sendgrid_takes_a_mail() -> None:
    async with open_sendgrid(202) as (sender, requests):
        assert await send(sender) == Receipt(202, "abc")
        ((authorization, body),) = requests
        assert authorization == "Bearer SG.key"
        assert body == make_request(MAIL)
        assert body["personalizations"] == [{"to": [{"email": "ada@example.com"}]}]
        assert body["from"] == {"email": "alerts@headwater.test", "name": "Headwater"}
        assert body["headers"]["Message-ID"] == MAIL.message_id
        assert "SG.key" not in repr(sender)


@pytest.mark.parametrize(
    ("status", "outcome"), [(400, "dead"), (401, "failed"), (413, "dead"), (429, "failed"), (500, "failed")]
)
async def test_sendgrid_refuses(status: int, outcome: str) -> None:
    async with open_sendgrid(status) as (sender, _):
        failure = await fail(sender)
        assert (failure.outcome, failure.status_code) == (outcome, status)


async def test_sendgrid_unheard_of_and_cut_off() -> None:
    async with open_sendgrid(202, cut=True) as (sender, requests):
        assert (await fail(sender)).outcome == "uncertain"
        assert len(requests) == 1
    nobody = SendGridSender(Fetcher(user_agent="Headwater/test (+https://example.com)"), "k", "http://127.0.0.1:9")
    assert (await fail(nobody)).outcome == "failed"
    await nobody.fetcher.close()


async def test_the_sender_is_chosen_by_the_settings() -> None:
    fetcher = Fetcher(user_agent="Headwater/test (+https://example.com)")
    assert find_mail_sender(load_settings(_env_file=None), fetcher=fetcher) is None
    smtp = find_mail_sender(load_settings(_env_file=None, smtp_host="mail.test", smtp_password="p"), fetcher=fetcher)
    assert smtp == SmtpSender("mail.test", 587, "starttls", None, "p")
    both = load_settings(_env_file=None, smtp_host="mail.test", sendgrid_api_key="k")
    assert isinstance(find_mail_sender(both, fetcher=fetcher), SendGridSender)
    await fetcher.close()
