"""What a verified token says about its bearer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID


class Claims(Mapping[str, Any]):
    """The claims of a verified token: a mapping that can't be changed, with names for those that everybody asks for."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Claims(role={self.role!r}, sub={self._values.get('sub')!r})"

    @property
    def role(self) -> str:
        """The database role that the token asks for; empty where it names none."""
        role = self._values.get("role")
        return role if isinstance(role, str) else ""

    @property
    def user_id(self) -> UUID | None:
        """The user, or None for a token that belongs to none (the keys of a project)."""
        subject = self._values.get("sub")
        try:
            return UUID(subject) if isinstance(subject, str) else None
        except ValueError:
            return None

    @property
    def session_id(self) -> UUID | None:
        """The session in which the token was issued, if it says so."""
        session = self._values.get("session_id")
        try:
            return UUID(session) if isinstance(session, str) else None
        except ValueError:
            return None

    @property
    def email(self) -> str | None:
        """The user's address, or None where there is none."""
        email = self._values.get("email")
        return email if isinstance(email, str) and email else None

    @property
    def expires_at(self) -> float | None:
        """When the token ends, in seconds since 1970, or None for a token without an end."""
        end = self._values.get("exp")
        return float(end) if isinstance(end, (int, float)) and not isinstance(end, bool) else None
