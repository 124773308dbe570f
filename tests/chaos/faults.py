"""What goes wrong: processes killed and stopped by their ids, a mail server and a receiver that misbehave."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from headwater.demo.mail import DemoMail
from headwater.demo.receiver import DemoReceiver
from tests.cli.installation import Installation

#: What the command line of each kind of process says of it. The tree itself is killed by whoever runs it.
PROCESSES = {
    "worker": "work --ready-file",
    "gateway": "serve gateway",
    "postgres": "bin/postgres -D",
    "valkey": "valkey-server",
}
MAIL_MODES = ("down", "deferring", "deferring_data", "slow", "dropping")
RECEIVER_MODES = ("down", "failing", "unavailable", "slow", "dropping")


@dataclass(slots=True)
class Faults:
    """Does one fault after another to an installation, and counts them."""

    installation: Installation
    mail: DemoMail
    receiver: DemoReceiver
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)

    async def strike(self) -> None:
        """Do one fault, chosen by chance."""
        kind = self.chance.choice(("kill", "kill", "stop", "mail", "receiver"))
        if kind in {"kill", "stop"}:
            await self.strike_process(self.chance.choice(list(PROCESSES)), stop=kind == "stop")
        elif kind == "mail":
            await self._misbehave("mail", self.mail, self.chance.choice(MAIL_MODES))
        else:
            await self._misbehave("receiver", self.receiver, self.chance.choice(RECEIVER_MODES))

    async def strike_process(self, name: str, *, stop: bool = False) -> None:
        """Kill a process of the installation as `kill -9` does, or stop it for some seconds."""
        pids = self.installation.list_processes(doing=PROCESSES[name])
        if not pids:
            return
        # The postmaster is the oldest of the processes that name its folder.
        pid = min(pids) if name == "postgres" else self.chance.choice(sorted(pids))
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP if stop else signal.SIGKILL)
            self.done[f"{'stop' if stop else 'kill'} {name}"] += 1
            if stop:
                await asyncio.sleep(self.chance.uniform(1, 15))
                os.kill(pid, signal.SIGCONT)

    async def _misbehave(self, name: str, system: DemoMail | DemoReceiver, mode: str) -> None:
        self.done[f"{name} {mode}"] += 1
        await system.set_mode(mode, seconds=2)
        try:
            await asyncio.sleep(self.chance.uniform(1, 8))
        finally:
            await system.set_mode("up")
