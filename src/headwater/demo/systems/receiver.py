"""Somebody's receiver of webhooks, which checks signatures."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from headwater.core.clock import Clock
from headwater.demo.receiver import DemoReceiver, open_receiver
from headwater.kit.demo import Opening, System


def make_receiver(*, clock: Clock | None = None) -> System[DemoReceiver]:
    """Make the system; a receiver with a clock goes by that one."""

    def open_at(opening: Opening) -> AbstractAsyncContextManager[DemoReceiver]:
        port, control_port = opening.ports
        return open_receiver(port=port, control_port=control_port, clock=clock)

    return System(name="receiver", open=open_at)


system = make_receiver()
