"""Reads what every room and product has to say, so that one that fails takes no other with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.translating import translate_error
from headwater.core.telemetry import get_logger
from headwater.kit.overview import Part

logger = get_logger(__name__)
AnyPart = TypeVar("AnyPart", bound=Part)


@dataclass(frozen=True)
class PartReader(Generic[AnyPart]):
    """Who has something to say, and how it is read."""

    name: str
    title: str
    read: Callable[[], Awaitable[AnyPart]]


async def read_parts(
    connection: AsyncConnection, readers: Sequence[PartReader[AnyPart]], *, empty: type[AnyPart]
) -> list[AnyPart]:
    """Read all parts; one that can't be read is `empty` with its problem. Raises what ends the connection."""
    try:
        async with connection.begin_nested():
            return [_name(await one.read(), one) for one in readers]
    except Exception as error:  # noqa: BLE001 - found again, logged and answered where each is read by itself
        logger.warning("page_parts_read_singly", error=repr(error))
    return [await _read_part(connection, one, empty) for one in readers]


async def _read_part(connection: AsyncConnection, reader: PartReader[AnyPart], empty: type[AnyPart]) -> AnyPart:
    try:
        async with connection.begin_nested():
            part = await reader.read()
    except Exception as error:  # one product's trouble is that part's alone
        # Without a database, though, there is nothing to show at all.
        if connection.invalidated or not connection.in_transaction():
            raise
        translated = translate_error(error)
        logger.exception("page_part_unreadable", part=reader.name)
        part = empty(problem=translated.message if translated else "This part can't be shown now.")
    return _name(part, reader)


def _name(part: AnyPart, reader: PartReader[AnyPart]) -> AnyPart:
    return part.model_copy(update={"name": reader.name, "title": reader.title})
