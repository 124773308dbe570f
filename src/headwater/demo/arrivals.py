"""What has arrived outside since the demo began: e-mails and webhooks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from headwater.demo.mail import DemoMail
from headwater.demo.receiver import DemoReceiver

_LOOK_AGAIN_SECONDS = 0.2


@dataclass
class Arrivals:
    """Counts and prints what arrives. `report` prints a line, with rich's markup."""

    mail: DemoMail
    receiver: DemoReceiver
    report: Callable[[str], None]
    mails: int = 0
    hooks: int = 0

    def show_new(self) -> None:
        """Print the e-mails and webhooks that arrived since the last call."""
        for message in self.mail.list_messages()[self.mails :]:
            self.report(f"  [green]e-mail[/green]  to {', '.join(message.recipients)}: {message.subject}")
            self.mails += 1
        for delivery in self.receiver.list_deliveries()[self.hooks :]:
            self.report(f"  [cyan]webhook[/cyan] {delivery.payload.get('type', '?')}, with a valid signature")
            self.hooks += 1

    async def keep_showing(self) -> None:
        """Print what arrives until the task is cancelled."""
        while True:
            self.show_new()
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    async def await_each(self, expected: int, *, seconds: float) -> bool:
        """Wait until so many of each have arrived, for so long at most; returns whether they have."""
        try:
            async with asyncio.timeout(seconds):
                while min(self.mails, self.hooks) < expected:
                    await asyncio.sleep(_LOOK_AGAIN_SECONDS)
                    self.show_new()
        except TimeoutError:
            return False
        return True
