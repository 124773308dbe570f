"""A worker as a process of its own that dies at a step of a delivery, as `kill -9` would have it.

Arguments: dsn, SMTP port, the step, and the offset of the clock in seconds.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from headwater.core.clock import SystemClock
from headwater.core.database.database import Database
from headwater.core.resources import Resources
from headwater.kit.controls import RateLimiter
from headwater.kit.fetch import AddressPolicy, Fetcher, Response
from headwater.kit.jobs import run_until_idle
from headwater.kit.notify import NotifyTools, jobs
from headwater.kit.notify.mail.message import Mail, OpenMail, Receipt
from headwater.kit.notify.mail.smtp import SmtpSender
from headwater.kit.signed_links import LinkSigner
from headwater.kit.webhooks import SecretBox


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class DyingSender:
    """The real sender, in a process that dies before or after one of its steps."""

    real: SmtpSender
    step: str
    name: str = "dying"

    @asynccontextmanager
    async def open(self, mail: Mail) -> AsyncIterator[OpenMail]:
        async with self.real.open(mail) as opened:
            if self.step == "accepted":
                die()
            yield DyingMail(opened, self.step)


@dataclass(frozen=True)
class DyingMail:
    real: OpenMail
    step: str

    async def hand_over(self) -> Receipt:
        if self.step == "marked":
            die()
        receipt = await self.real.hand_over()
        if self.step == "handed over":
            die()
        return receipt


class DyingFetcher(Fetcher):
    """The real fetcher, in a process that dies before or after a request."""

    step = ""

    async def request(self, *arguments: Any, **options: Any) -> Response:
        if self.step == "before posting":
            die()
        answer = await super().request(*arguments, **options)
        if self.step == "posted":
            die()
        return answer


async def main(dsn: str, port: str, step: str, offset: str) -> None:
    database, clock = Database(dsn), SystemClock(timedelta(seconds=float(offset)))
    fetcher = DyingFetcher(
        user_agent="Headwater/test (+https://example.com)", policy=AddressPolicy.allowing(["127.0.0.1"])
    )
    fetcher.step = step
    resources = Resources()
    resources.provide(
        NotifyTools,
        NotifyTools(
            mail_sender=DyingSender(SmtpSender("127.0.0.1", int(port), "none"), step),
            mail_from="Headwater <alerts@headwater.test>",
            fetcher=fetcher,
            secret_box=SecretBox([bytes(range(32))]),
            limiter=RateLimiter(None),
            links=LinkSigner(b"a secret of the tests", public_url="https://headwater.test"),
        ),
    )
    await run_until_idle(database, resources, jobs=jobs, clock=clock)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
