"""Turns events into the text and the HTML of e-mails. Templates are compiled once; all that others wrote is escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from headwater.kit.notify.events import Event

if TYPE_CHECKING:
    from jinja2 import Environment

DIGEST_LENGTH = 50
_FOLDER = Path(__file__).parent / "templates"
_CONTENT = "<!-- content -->"
_MARKS = {"added": "+ ", "removed": "- ", "quoted": "> "}
# Bidirectional overrides can make a line read as something else than it says.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


PageLink: TypeAlias = Callable[[str], str]


@dataclass(frozen=True)
class Rendered:
    """One message as it is read."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Footer:
    """The links at the end of a message."""

    settings_url: str | None = None
    unsubscribe_url: str | None = None


def render_event(event: Event, *, zone: ZoneInfo, footer: Footer, page_link: PageLink | None = None) -> Rendered:
    """Render the e-mail about one event, its times in the reader's zone.

    `page_link` gives the address of a page of the dashboard; without it the event's own address is all there is.
    """
    shown = _make_readable(event)
    page_url = _find_page(shown, page_link)
    return _render(
        "event", shown.title, preview=shown.summary, footer=footer, zone=zone, event=shown, page_url=page_url
    )


def render_digest(
    events: Sequence[Event], *, title: str, zone: ZoneInfo, footer: Footer, page_link: PageLink | None = None
) -> Rendered:
    """Render one e-mail about many events, the gravest first and at most `DIGEST_LENGTH` in full."""
    ranks = {"high": 0, "medium": 1, "low": 2}
    ordered = sorted(events, key=lambda event: (ranks[event.severity], -event.occurred_at.timestamp()))
    shown = [_make_readable(event) for event in ordered[:DIGEST_LENGTH]]
    noun = "update" if len(events) == 1 else "updates"
    subject = f"{title}: {len(events)} {noun}"
    preview = " · ".join(event.title for event in shown[:3])
    left_out = len(events) - len(shown)
    pages = [_find_page(event, page_link) for event in shown]
    entries = list(zip(shown, pages, strict=True))
    return _render("digest", subject, preview=preview, footer=footer, zone=zone, entries=entries, left_out=left_out)


def _find_page(event: Event, page_link: PageLink | None) -> str | None:
    return page_link(event.page) if page_link is not None and event.page else None


def render_verification(*, address: str, verify_url: str) -> Rendered:
    """Render the e-mail that asks whether an address belongs to whoever reads it."""
    subject = "Confirm this address for notifications"
    return _render(
        "verification", subject, preview=subject, footer=Footer(), zone=ZoneInfo("UTC"), address=address,
        verify_url=verify_url,
    )  # fmt: skip


def render_invitation(*, workspace: str, inviter: str, role: str, address: str, accept_url: str) -> Rendered:
    """Render the e-mail that invites an address to a workspace."""
    workspace, inviter = _drop_unseen(workspace), _drop_unseen(inviter)
    subject = f"{inviter} invites you to {workspace}"
    return _render(
        "invitation", subject, preview=subject, footer=Footer(), zone=ZoneInfo("UTC"), workspace=workspace,
        inviter=inviter, role=role, address=address, accept_url=accept_url,
    )  # fmt: skip


def render_page(*, title: str, text: str, button: str | None = None) -> str:
    """Render the small page behind a link of an e-mail."""
    page = _environment(escape=True).from_string((_FOLDER / "page.html").read_text())
    return page.render(title=title, text=text, button=button)


def _render(name: str, subject: str, *, preview: str, footer: Footer, zone: ZoneInfo, **values: Any) -> Rendered:
    context: Mapping[str, Any] = {
        "subject": subject,
        "preview": preview[:140],
        "settings_url": footer.settings_url,
        "unsubscribe_url": footer.unsubscribe_url,
        "zone": zone,
        **values,
    }
    html = _load_html(name).render(context)
    text = _load_text(name).render(context) + _load_text("footer").render(context)
    return Rendered(subject, re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", html)


def _make_readable(event: Event) -> Event:
    """Drop invisible characters, and links that a browser would run instead of open."""
    url = event.url if event.url and urlsplit(event.url).scheme in {"http", "https"} else None
    parts = tuple(replace(part, text=_drop_unseen(part.text), label=_drop_unseen(part.label)) for part in event.parts)
    return replace(event, title=_drop_unseen(event.title), summary=_drop_unseen(event.summary), parts=parts, url=url)


def _drop_unseen(text: str) -> str:
    return _UNSEEN.sub("", text.replace("\r\n", "\n"))


@cache
def _environment(*, escape: bool) -> Environment:
    from jinja2 import Environment, StrictUndefined, pass_context
    from markupsafe import Markup
    from markupsafe import escape as escape_html

    # Only plain text goes unescaped.
    environment = Environment(autoescape=escape, undefined=StrictUndefined, keep_trailing_newline=True)  # noqa: S701

    @pass_context
    def local_time(context: Mapping[str, Any], moment: datetime) -> str:
        local = moment.astimezone(context["zone"])
        return f"{local.day} {local:%B %Y, %H:%M %Z}"

    environment.filters["local_time"] = local_time
    environment.filters["lines"] = lambda text: Markup("<br>").join(escape_html(line) for line in text.split("\n"))
    environment.filters["marked"] = _mark_lines
    return environment


def _mark_lines(text: str, tone: str) -> str:
    mark = _MARKS.get(tone, "")
    return "\n".join(f"{mark}{line}" for line in text.split("\n"))


@cache
def _load_html(name: str) -> Any:
    from mjml import mjml2html

    frame = (_FOLDER / "frame.mjml").read_text()
    source = frame.replace(_CONTENT, (_FOLDER / f"{name}.mjml").read_text())
    return _environment(escape=True).from_string(mjml2html(source))


@cache
def _load_text(name: str) -> Any:
    return _environment(escape=False).from_string((_FOLDER / f"{name}.txt").read_text())
