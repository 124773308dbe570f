"""The mail server by a real client: every mode, encryption, credentials, and the pages to read it."""

from __future__ import annotations

import asyncio
import ssl
from email.message import EmailMessage

import aiohttp
import aiosmtplib
import pytest

from headwater.demo import DemoMail, open_mail
from tests.fixtures.waiting import wait_until


def write_mail(
    *, to: str = "ada@example.com", subject: str = "Größe changed", message_id: str = "<1@example.com>"
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Headwater <alerts@example.org>"
    mail["To"] = to
    mail["Subject"] = subject
    mail["Message-ID"] = message_id
    mail["List-Unsubscribe"] = "<https://example.org/u/1>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content("The price is 24 € now.\n")
    mail.add_alternative("<p>The price is <b>24 €</b> now.</p>", subtype="html")
    return mail


async def send(demo: DemoMail, mail: EmailMessage) -> None:
    await aiosmtplib.send(mail, hostname="127.0.0.1", port=demo.smtp_port, timeout=5, start_tls=False)


async def test_a_message_is_kept_as_it_was_sent(mail: DemoMail) -> None:
    await send(mail, write_mail())
    (message,) = await mail.wait_for(1)
    assert message.subject == "Größe changed"
    assert message.sender == "alerts@example.org"
    assert message.recipients == ("ada@example.com",)
    assert message.text == "The price is 24 € now.\n"
    assert "<b>24 €</b>" in message.html
    assert message.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    assert b"Message-ID: <1@example.com>" in message.raw
    assert not message.secured


async def test_waiting_for_the_nth_message_of_an_address(mail: DemoMail) -> None:
    waiting = asyncio.ensure_future(mail.wait_for(2, to="Bob@example.com"))
    for number, to in enumerate(["bob@example.com", "ada@example.com", "bob@example.com"]):
        assert not waiting.done()
        await send(mail, write_mail(to=to, message_id=f"<{number}@example.com>"))
    assert [message.message_id for message in await waiting] == ["<0@example.com>", "<2@example.com>"]
    assert (mail.mailbox.count, mail.mailbox.distinct) == (3, 3)
    with pytest.raises(TimeoutError):
        await mail.wait_for(4, timeout=0.01)


async def test_down_refuses_and_comes_back_on_the_same_port(mail: DemoMail) -> None:
    port = mail.smtp_port
    await mail.set_mode("down")
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await send(mail, write_mail())
    await mail.set_mode("up")
    await send(mail, write_mail())
    assert mail.smtp_port == port
    assert mail.mailbox.count == 1


async def test_greylisting_and_then_accepting(mail: DemoMail) -> None:
    await mail.set_mode("deferring", times=1)
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await send(mail, write_mail())
    assert refused.value.recipients[0].code == 451
    await send(mail, write_mail())
    assert mail.mailbox.count == 1


@pytest.mark.parametrize(("mode", "code"), [("deferring_data", 451), ("refusing", 554)])
async def test_refusals(mail: DemoMail, mode: str, code: int) -> None:
    await mail.set_mode(mode)
    with pytest.raises((aiosmtplib.SMTPDataError, aiosmtplib.SMTPRecipientsRefused)) as refused:
        await send(mail, write_mail())
    assert str(code) in str(refused.value)
    assert mail.mailbox.count == 0
    assert mail.refused[0][0] == "ada@example.com"


async def test_an_address_that_does_not_exist(mail: DemoMail) -> None:
    mail.reject("nobody@example.com")
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await send(mail, write_mail(to="Nobody@example.com"))
    assert refused.value.recipients[0].code == 550
    await send(mail, write_mail())
    assert mail.mailbox.count == 1


async def test_a_dropped_connection_leaves_the_sender_in_doubt(mail: DemoMail) -> None:
    await mail.set_mode("dropping", times=1)
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await send(mail, write_mail())
    await send(mail, write_mail())
    assert (mail.mailbox.count, mail.mailbox.distinct) == (2, 1)


async def test_a_held_message_is_taken_on_release(mail: DemoMail) -> None:
    await mail.set_mode("held", times=1)
    sending = asyncio.ensure_future(send(mail, write_mail()))
    await wait_until(lambda: mail.waiting, what="the message to be held")
    assert not sending.done()
    assert mail.mailbox.count == 0
    await mail.set_mode("up")
    await sending
    assert mail.mailbox.count == 1


async def test_starttls_and_credentials() -> None:
    async with open_mail(starttls=True, credentials=("user", "secret")) as demo:
        assert demo.authority is not None
        trust = ssl.create_default_context(cadata=demo.authority.decode())
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=demo.smtp_port, timeout=5, start_tls=False)
        async with client:
            with pytest.raises(aiosmtplib.SMTPException):
                await client.send_message(write_mail())
        async with aiosmtplib.SMTP(
            hostname="127.0.0.1", port=demo.smtp_port, timeout=5, start_tls=True, tls_context=trust
        ) as secured:
            with pytest.raises(aiosmtplib.SMTPAuthenticationError):
                await secured.login("user", "wrong")
            await secured.login("user", "secret")
            await secured.send_message(write_mail())
        (message,) = await demo.wait_for(1)
        assert message.secured


async def test_pages_and_json(mail: DemoMail, client: aiohttp.ClientSession) -> None:
    await send(mail, write_mail(subject="<script>alert(1)</script>"))
    async with client.get(f"{mail.control_url}/_inbox") as response:
        page = await response.text()
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    async with client.get(f"{mail.control_url}/_inbox.json", params={"to": "ada@example.com"}) as response:
        (listed,) = await response.json()
    assert listed["text"] == "The price is 24 € now.\n"
    async with client.get(f"{mail.control_url}/_inbox/{listed['id']}") as response:
        assert "The price is" in await response.text()
    async with client.get(f"{mail.control_url}/_inbox/{listed['id']}.json") as response:
        assert (await response.json())["headers"]["list-unsubscribe"] == ["<https://example.org/u/1>"]
    async with client.get(f"{mail.control_url}/_inbox/00.json") as response:
        assert response.status == 404
