"""Thousands of small pages, for measuring."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from headwater.demo.web import BenchWeb, open_bench
from headwater.kit.demo import Opening, System

PAGES = 300


def make_bench(*, pages: int = PAGES, hosts: int = 1) -> System[BenchWeb]:
    """Make the system with that many pages, spread over that many hosts."""

    def open_at(opening: Opening) -> AbstractAsyncContextManager[BenchWeb]:
        control_port, port, *_ = opening.ports
        return open_bench(pages=pages, hosts=hosts, port=port, control_port=control_port)

    return System(name="bench", open=open_at, ports=1 + hosts)


system = make_bench()
