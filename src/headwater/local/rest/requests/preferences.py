"""The `Prefer` header (RFC 7240) as PostgREST knows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

CHOICES: dict[str, tuple[str, ...]] = {
    "resolution": ("merge-duplicates", "ignore-duplicates"),
    "return": ("representation", "minimal", "headers-only"),
    "count": ("exact", "planned", "estimated"),
    "tx": ("commit", "rollback"),
    "missing": ("default", "null"),
    "handling": ("strict", "lenient"),
}
KNOWN = {f"{name}={value}": (name, value) for name, values in CHOICES.items() for value in values}


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the caller asked for; None where it did not say."""

    resolution: str | None = None
    returns: str | None = None
    count: str | None = None
    transaction: str | None = None
    missing: str | None = None
    handling: str | None = None
    timezone: str | None = None
    max_affected: int | None = None
    unknown: tuple[str, ...] = ()

    @property
    def is_strict(self) -> bool:
        """Say whether unknown preferences are an error."""
        return self.handling == "strict"

    @property
    def wants_count(self) -> bool:
        """Say whether the rows are to be counted by running the query."""
        return self.count in ("exact", "estimated")

    @property
    def wants_plan_count(self) -> bool:
        """Say whether the planner's guess of the rows is needed."""
        return self.count in ("planned", "estimated")

    def without_guesses(self) -> Preferences:
        """Return the preferences with an exact count in place of a planned or estimated one."""
        return replace(self, count="exact") if self.wants_plan_count else self


NO_PREFERENCES = Preferences()


def parse_preferences(headers: Sequence[str], *, transaction_override: bool) -> Preferences:
    """Read the values of all Prefer headers; the first of each kind counts."""
    if not headers:
        return NO_PREFERENCES
    chosen: dict[str, str] = {}
    unknown: list[str] = []
    timezone: str | None = None
    max_affected: int | None = None
    for part in ",".join(headers).split(","):
        text = part.strip()
        if known := KNOWN.get(text):
            chosen.setdefault(*known)
        elif text.startswith("timezone="):
            timezone = timezone or text[9:]
        elif text.startswith("max-affected="):
            if max_affected is None and text[13:].strip().isdecimal():
                max_affected = int(text[13:])
        else:
            unknown.append(text)
    return Preferences(
        resolution=chosen.get("resolution"),
        returns=chosen.get("return"),
        count=chosen.get("count"),
        transaction=chosen.get("tx") if transaction_override else None,
        missing=chosen.get("missing"),
        handling=chosen.get("handling"),
        timezone=timezone,
        max_affected=max_affected,
        unknown=tuple(unknown),
    )


def format_applied(
    preferences: Preferences,
    *,
    resolution: bool = False,
    returns: bool = False,
    missing: bool = False,
    max_affected: bool = False,
) -> str:
    """Return the `Preference-Applied` value; the switches say which preferences this kind of request obeys."""
    parts: list[str] = []
    if resolution and preferences.resolution:
        parts.append("resolution=" + preferences.resolution)
    if missing and preferences.missing:
        parts.append("missing=" + preferences.missing)
    if returns and preferences.returns:
        parts.append("return=" + preferences.returns)
    if preferences.count:
        parts.append("count=" + preferences.count)
    if preferences.transaction:
        parts.append("tx=" + preferences.transaction)
    if preferences.handling:
        parts.append("handling=" + preferences.handling)
    if preferences.timezone:
        parts.append("timezone=" + preferences.timezone)
    if max_affected and preferences.max_affected is not None and preferences.is_strict:
        parts.append(f"max-affected={preferences.max_affected}")
    return ", ".join(parts)
