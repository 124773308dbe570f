"""A name server on loopback that answers A questions as a test says, each answer with a time to live of zero."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import cast

_A = 1


@dataclass
class NameServer(asyncio.DatagramProtocol):
    """Answers by name: a list of answers, the last of which is repeated; unknown names don't exist."""

    answers: dict[str, list[list[str]]]
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one question (RFC 1035 §4)."""
        labels, position = [], 12
        while length := data[position]:
            labels.append(data[position + 1 : position + 1 + length].decode())
            position += length + 1
        question = data[12 : position + 5]
        (kind,) = struct.unpack("!H", data[position + 1 : position + 3])
        name = ".".join(labels).lower()
        addresses: list[str] = []
        if kind == _A and name in self.answers:
            self.asked.append(name)
            answers = self.answers[name]
            addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        flags = 0x8180 if name in self.answers else 0x8183
        header = data[:2] + struct.pack("!HHHHH", flags, 1, len(addresses), 0, 0)
        records = b"".join(
            struct.pack("!HHHIH", 0xC00C, _A, 1, 0, 4) + IPv4Address(address).packed for address in addresses
        )
        self._transport.sendto(header + question + records, addr)


@asynccontextmanager
async def serve_names(answers: dict[str, list[list[str]]]) -> AsyncIterator[NameServer]:
    """Run the name server while the block runs."""
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(lambda: NameServer(answers), local_addr=("127.0.0.1", 0))
    protocol.port = transport.get_extra_info("sockname")[1]
    try:
        yield protocol
    finally:
        transport.close()
