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
_BODY = "<!-- body -->\n"
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


def render_event(
    event: Event, *, zone: ZoneInfo, footer: Footer, page_link: PageLink | None = None, templates: Path | None = None
) -> Rendered:
    """Render the e-mail about one event, its times in the reader's zone.

    `page_link` gives the address of a page of the dashboard; without it the event's own address is all there is.
    `templates` is the folder of the kind's own mail: `subject.txt`, `body.txt` and `body.html` with `event` in them;
    the links after the body, and the frame around it, are the same in every mail.
    """
    shown = _make_readable(event)
    page_url = _find_page(shown, page_link)
    subject = shown.title
    if templates is not None:
        subject = " ".join(_load_text("subject", templates).render(event=shown, zone=zone).split())
    return _render(
        "event",
        subject,
        preview=shown.summary,
        footer=footer,
        zone=zone,
        templates=templates,
        event=shown,
        page_url=page_url,
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


def _render(
    name: str,
    subject: str,
    *,
    preview: str,
    footer: Footer,
    zone: ZoneInfo,
    templates: Path | None = None,
    **values: Any,
) -> Rendered:
    context: Mapping[str, Any] = {
        "subject": subject,
        "preview": preview[:140],
        "settings_url": footer.settings_url,
        "unsubscribe_url": footer.unsubscribe_url,
        "zone": zone,
        **values,
    }
    html = _load_html(name, templates).render(context)
    text = _load_text(name, templates).render(context) + _load_text("footer").render(context)
    return Rendered(subject, re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", html)


def _make_readable(event: Event) -> Event:
    """Drop invisible characters, and links that a browser would run instead of open."""
    url = event.url if event.url and urlsplit(event.url).scheme in {"http", "https"} else None
    parts = tuple(replace(part, text=_drop_unseen(part.text), label=_drop_unseen(part.label)) for part in event.parts)
    title, summary, data = _drop_unseen(event.title), _drop_unseen(event.summary), _drop_unseen_in(event.data)
    return replace(event, title=title, summary=summary, parts=parts, url=url, data=data)


def _drop_unseen(text: str) -> str:
    return _UNSEEN.sub("", text.replace("\r\n", "\n"))


def _drop_unseen_in(value: Any) -> Any:
    if isinstance(value, str):
        return _drop_unseen(value)
    if isinstance(value, Mapping):
        return {_drop_unseen(name): _drop_unseen_in(one) for name, one in value.items()}
    return [_drop_unseen_in(one) for one in value] if isinstance(value, list) else value


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
def _load_html(name: str, templates: Path | None = None) -> Any:
    from mjml import mjml2html

    content = _read(_FOLDER, f"{name}.mjml")
    body = f"<mj-text>\n{_read(templates, 'body.html')}</mj-text>\n" if templates else None
    source = _read(_FOLDER, "frame.mjml").replace(_CONTENT, _fill_body(content, body, usual=f"{name}_body.mjml"))
    return _environment(escape=True).from_string(mjml2html(source))


@cache
def _load_text(name: str, templates: Path | None = None) -> Any:
    """Compile a text of ours with the body of `templates` in it, or their subject."""
    if name == "subject" and templates is not None:
        return _environment(escape=False).from_string(_read(templates, "subject.txt"))
    body = f"{_read(templates, 'body.txt')}\n" if templates else None
    content = _fill_body(_read(_FOLDER, f"{name}.txt"), body, usual=f"{name}_body.txt")
    return _environment(escape=False).from_string(content)


def _fill_body(content: str, body: str | None, *, usual: str) -> str:
    return content.replace(_BODY, _read(_FOLDER, usual) if body is None else body) if _BODY in content else content


def _read(folder: Path, name: str) -> str:
    return (folder / name).read_text("utf-8")
