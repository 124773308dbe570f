"""Media types: reading Accept and Content-Type, and the vendored types of PostgREST."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

PLAN_OPTIONS = ("analyze", "verbose", "settings", "buffers", "wal")
KNOWN_TYPES = {
    "application/json", "application/geo+json", "text/csv", "text/plain", "text/xml", "application/openapi+json",
    "application/x-www-form-urlencoded", "application/octet-stream", "*/*",
}  # fmt: skip
PARAMETER = re.compile(r';\s*([A-Za-z0-9-]+)\s*=\s*(?:"([^"]*)"|([A-Za-z0-9|-]+))')
TYPE = re.compile(r"([A-Za-z0-9.*]+)/([A-Za-z0-9.*+-]+)")


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type; `kind` is its plain name or one of `object`, `array`, `plan` for the vendored ones."""

    kind: str
    stripped: bool = False
    plan_format: str = ""
    plan_options: tuple[str, ...] = ()
    plan_for: MediaType | None = None
    custom: bool = False

    @property
    def name(self) -> str:
        """Return the name as it is sent."""
        if self.kind == "object":
            return "application/vnd.pgrst.object+json" + (";nulls=stripped" if self.stripped else "")
        if self.kind == "array":
            return "application/vnd.pgrst.array+json;nulls=stripped"
        if self.kind == "plan" and self.plan_for:
            options = "; options=" + "|".join(self.plan_options) if self.plan_options else ""
            return f'application/vnd.pgrst.plan+{self.plan_format}; for="{self.plan_for.name}"{options}'
        return self.kind

    @property
    def content_type(self) -> str:
        """Return the Content-Type header's value."""
        if self.custom or self.kind == "application/octet-stream":
            return self.name
        return self.name + "; charset=utf-8"


JSON = MediaType("application/json")
ANY = MediaType("*/*")
OPENAPI = MediaType("application/openapi+json")
CSV = MediaType("text/csv")
GEOJSON = MediaType("application/geo+json")
FORM = MediaType("application/x-www-form-urlencoded")
OCTETS = MediaType("application/octet-stream")
TEXT = MediaType("text/plain")
XML = MediaType("text/xml")


@lru_cache(maxsize=512)
def parse_media_type(text: str) -> MediaType:
    """Read one media type with its parameters; an unknown one keeps its text."""
    match = TYPE.match(text)
    if not match:
        return MediaType(text, custom=True)
    name = match[0].lower()
    parameters = {key.lower(): quoted or plain for key, quoted, plain in PARAMETER.findall(text[match.end() :])}
    if name in KNOWN_TYPES:
        return MediaType(name)
    stripped = parameters.get("nulls") == "stripped"
    if name in ("application/vnd.pgrst.object+json", "application/vnd.pgrst.object"):
        return MediaType("object", stripped=stripped)
    if name in ("application/vnd.pgrst.array+json", "application/vnd.pgrst.array"):
        return MediaType("array", stripped=True) if stripped else JSON
    if name in (
        "application/vnd.pgrst.plan",
        "application/vnd.pgrst.plan+text",
        "application/vnd.pgrst.plan+json",
    ):
        chosen = parameters.get("options", "").split("|")
        return MediaType(
            "plan",
            plan_format="json" if name.endswith("+json") else "text",
            plan_options=tuple(option for option in PLAN_OPTIONS if option in chosen),
            plan_for=parse_media_type(parameters.get("for", "application/json")),
        )
    return MediaType(text, custom=True)


QUALITY = re.compile(r";\s*q\s*=\s*([0-9.]+)\s*", re.I)


@lru_cache(maxsize=512)
def parse_accept(header: str) -> tuple[MediaType, ...]:
    """Read an Accept header: the types by falling quality, and as written within the same quality."""
    weighted: list[tuple[float, int, int, MediaType]] = []
    for index, part in enumerate(split_outside_quotes(header)):
        quality = QUALITY.search(part)
        try:
            weight = float(quality[1]) if quality else 1.0
        except ValueError:
            weight = 0.0
        text = QUALITY.sub("", part).strip()
        vagueness = text.split(";", 1)[0].count("*")
        weighted.append((-weight, vagueness, index, parse_media_type(text)))
    return tuple(item[3] for item in sorted(weighted, key=lambda item: item[:3]))


def split_outside_quotes(header: str) -> list[str]:
    """Split a header at the commas that no quotes hold."""
    return [part.strip() for part in re.findall(r'(?:[^,"]|"[^"]*"?)+', header) if part.strip()]
