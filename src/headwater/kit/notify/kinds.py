"""The kinds of events that modules declare, each with its defaults and, where a module brings them, its own mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from headwater.kit.notify.events import CHANNELS, Channel, Event, Part, Severity

if TYPE_CHECKING:
    from headwater.kit.module import Module

#: The files of a mail; a folder of templates holds all of them.
MAIL_FILES = ("subject.txt", "body.txt", "body.html")

_KEY = re.compile(r"[a-z_]+\.[a-z_]+")


@dataclass(frozen=True, kw_only=True)
class EventKind:
    """One kind of event; a module makes its events by `describe`.

    Attributes:
        key: `<module>.<what>`, such as `watch.alert`. Webhook endpoints choose by it; it never changes.
        title: how people call it: `A change that matters`.
        severity: of an event that says nothing else.
        channels: of members who never set preferences of their own; webhook endpoints choose for themselves.
        once_per: what members are notified of once. `subject`: a thing, however often it is described.
            `occurrence`: something that happened to it, such as one failed check; the caller names it.
        page: path of the dashboard's page of the subject, with `{id}` in the place of its id.
    """

    key: str
    title: str
    severity: Severity = "medium"
    channels: frozenset[Channel] = CHANNELS
    once_per: Literal["subject", "occurrence"] = "subject"
    page: str | None = None

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise ValueError(f"{self.key!r}: the key of a kind reads <module>.<what>")

    @property
    def name(self) -> str:
        """Return the key without the module: `alert`, which the folder of its mail is called by."""
        return self.key.partition(".")[2]

    def describe(
        self,
        subject_id: UUID,
        *,
        title: str,
        occurred_at: datetime,
        occurrence_id: UUID | None = None,
        summary: str = "",
        parts: tuple[Part, ...] = (),
        url: str | None = None,
        severity: Severity | None = None,
        data: Mapping[str, Any] | None = None,
        to_users: frozenset[UUID] | None = None,
    ) -> Event:
        """Return the event about `subject_id`; `Event` says what the rest means.

        Raises:
            ValueError: `occurrence_id` is missing where the kind is once per occurrence, or given where it isn't.
        """
        if (occurrence_id is None) != (self.once_per == "subject"):
            raise ValueError(f"{self.key}: members are notified once per {self.once_per}")
        return Event(
            kind=self.key,
            id=subject_id if occurrence_id is None else uuid5(NAMESPACE_URL, f"{self.key}:{occurrence_id}"),
            title=title,
            occurred_at=occurred_at,
            summary=summary,
            parts=parts,
            url=url,
            page=self.page.format(id=subject_id) if self.page else None,
            severity=severity or self.severity,
            data=data or {},
            to_users=to_users,
            default_channels=self.channels,
        )


@dataclass(frozen=True)
class EventKinds:
    """Every kind that the installed modules declare, by its key, and the folders of those with a mail of their own."""

    by_key: Mapping[str, EventKind] = field(default_factory=dict)
    mail_folders: Mapping[str, Path] = field(default_factory=dict)

    @classmethod
    def collect(cls, modules: Iterable[Module]) -> EventKinds:
        """Gather what `modules` declare.

        Raises:
            ValueError: a kind isn't its module's or is declared twice; a mail is of an unknown kind or lacks a file.
        """
        by_key: dict[str, EventKind] = {}
        mail_folders: dict[str, Path] = {}
        for module in modules:
            own = {kind.name: kind for kind in module.event_kinds}
            for kind in module.event_kinds:
                if kind.key in by_key or kind.key != f"{module.name}.{kind.name}":
                    raise ValueError(f"{module.name}: {kind.key} is another module's kind, or declared twice")
                by_key[kind.key] = kind
            for folder in _list_mail_folders(module.mail_templates):
                if folder.name not in own:
                    raise ValueError(f"{module.name}: {folder.name} is a mail of an unknown kind of event")
                missing = [name for name in MAIL_FILES if not (folder / name).is_file()]
                if missing:
                    raise ValueError(f"{module.name}: the mail {folder.name} lacks {', '.join(missing)}")
                mail_folders[own[folder.name].key] = folder
        return cls(by_key, mail_folders)


def _list_mail_folders(folder: Path | None) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir()) if folder else []
