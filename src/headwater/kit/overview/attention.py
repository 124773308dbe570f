"""What waits for somebody: how many things, and the most urgent of them, by what the reader's role lets them do.

A module contributes by `Module(..., needs_attention=read_attention)`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.kit.overview.model import Counter, Item, Overview, Part

Role = Literal["viewer", "editor", "admin", "owner"]
ROLES: tuple[Role, ...] = ("viewer", "editor", "admin", "owner")


class Attention(Part):
    """What of one room or product waits for the reader. Things that they may not act on are left out."""

    count: int = Field(0, description="How many things wait; the same as the sum of the counters.")
    counters: list[Counter] = Field([], description="How many of each sort.")
    items: list[Item] = Field([], description="The most urgent, at most 8.")


@dataclass(frozen=True)
class AttentionQuery:
    """Who asks, in which workspace, and as what; `role` is what the credential allows, which a key may narrow."""

    workspace_id: UUID
    user_id: UUID
    role: Role

    def may(self, role: Role) -> bool:
        """Return whether the reader may do what takes `role`."""
        return ROLES.index(self.role) >= ROLES.index(role)


NeedsAttention: TypeAlias = Callable[[AsyncConnection, AttentionQuery], Awaitable[Attention]]
"""Reads what waits, as the caller: row-level security decides what is in it."""


@dataclass(frozen=True)
class Contribution:
    """What one room or product reads for the first page; unset = it has nothing of the kind."""

    name: str
    title: str
    read: Overview | None = None
    needs_attention: NeedsAttention | None = None
