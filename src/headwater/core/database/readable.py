"""Rows that can't be read: left out, logged and counted, so that one of them never fails the others.

Constraints refuse what readers choke on. What is older than they are, or was written past them, is met here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Annotated, Any, TypeVar

import orjson
from pydantic import BaseModel, BeforeValidator, ValidationError

from headwater.core.telemetry import counter, get_logger

logger = get_logger(__name__)
_LEFT_OUT = counter("unreadable_rows", "Rows that were left out because they can't be read", ("kind",))
_PROBLEMS_TOLD = 5

_Row = TypeVar("_Row")
_Read = TypeVar("_Read")


def leave_out(kind: str, *, key: object, error: Exception) -> None:
    """Report a row that is left out, for the operator: a line of the log and a count. Its values aren't told."""
    _LEFT_OUT.labels(kind).inc()
    problem = _name_problems(error) if isinstance(error, ValidationError) else type(error).__name__
    logger.error("row_left_out", kind=kind, key=str(key), problem=problem)


def count_left_out() -> dict[str, int]:
    """Return how many rows this process left out since it began, by kind."""
    samples = (sample for metric in _LEFT_OUT.collect() for sample in metric.samples if sample.name.endswith("_total"))
    return {sample.labels["kind"]: int(sample.value) for sample in samples if sample.value}


def read_each(rows: Iterable[_Row], read: Callable[[_Row], _Read], *, kind: str, key: str) -> list[_Read]:
    """Read rows one by one. What can't be read is left out; `key` names the column that tells which one it was."""
    found: list[_Read] = []
    for row in rows:
        try:
            found.append(read(row))
        except Exception as error:  # noqa: BLE001  # whatever one row holds, the others are read; it is reported
            leave_out(kind, key=_find_key(row, key), error=error)
    return found


def readable_list(model: type[BaseModel]) -> Any:
    """Return the type of an answer that lists `model`: rows that aren't one are left out, the others are answered."""

    def validate_each(value: Any) -> Any:
        rows = value if isinstance(value, list) else []
        return (
            read_each(rows, partial(model.model_validate, from_attributes=True), kind=model.__name__, key="id")
            if rows
            else value
        )

    return Annotated[list[model], BeforeValidator(validate_each)]  # type: ignore[valid-type]  # the model is a value


def read_json(text: str | bytes) -> Any:
    """Read JSON of the database; None for what is nested deeper than the parser goes."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        leave_out("json", key="", error=error)
        return None


def _find_key(row: object, key: str) -> object:
    return row.get(key, "") if isinstance(row, Mapping) else getattr(row, key, "")


def _name_problems(error: ValidationError) -> str:
    told = error.errors(include_url=False, include_input=False, include_context=False)[:_PROBLEMS_TOLD]
    return ", ".join(f"{'.'.join(map(str, one['loc']))}: {one['type']}" for one in told)
