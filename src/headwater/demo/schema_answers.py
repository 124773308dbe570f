"""Fills a JSON schema from a prompt, as a model with structured output would (the common part of JSON Schema)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from headwater.demo.answers import Prompt, write_answer, write_reason, write_summary
from headwater.demo.web.catalogue import Listing

Schema = Mapping[str, Any]
MAX_ITEMS = 5
DATE = "2026-11-21"
ADDRESS_NAMES = frozenset({"url", "link", "href", "source_url", "feed_url"})
TEXT_NAMES = re.compile(r"summary|answer|text|message|content|description|headline|body|reply")
REASON_NAMES = re.compile(r"reason|why|rationale|explanation|because|note")
QUERY_NAMES = re.compile(r"query|question|search|topic|intent")
TITLE_NAMES = re.compile(r"title|name|label|heading")


def find_schema(text: str) -> Schema | None:
    """Find a JSON schema that was written into the prompt itself, as for models without structured output."""
    for start in (match.start() for match in re.finditer(r"\{", text)):
        try:
            value, _ = json.JSONDecoder().raw_decode(text[start:])
        except ValueError:
            continue
        if isinstance(value, dict) and ("properties" in value or "$ref" in value):
            return value
    return None


def fill_schema(schema: Schema, prompt: Prompt) -> Any:
    """Return a value that fits the schema and answers the prompt."""
    return _Filler(schema, prompt).fill(schema, name="", listing=None)


class _Filler:
    """Walks one schema; `listing` is the page that the present object is about."""

    def __init__(self, root: Schema, prompt: Prompt) -> None:
        self._root = root
        self._prompt = prompt

    def fill(self, schema: Schema, *, name: str, listing: Listing | None) -> Any:
        """Return a value for one part of the schema."""
        schema = self._resolve(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._choose(list(schema["enum"]), listing=listing)
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = next((known for known in kind if known != "null"), "null")
        if kind == "object" or "properties" in schema:
            properties: Mapping[str, Schema] = schema.get("properties", {})
            return {key: self.fill(part, name=key, listing=listing) for key, part in properties.items()}
        if kind == "array":
            return self._fill_array(schema, name=name, listing=listing)
        if kind in {"integer", "number"}:
            return self._fill_number(schema, whole=kind == "integer")
        if kind == "boolean":
            return bool(self._prompt.added or self._prompt.removed or self._prompt.search(1))
        if kind == "null":
            return None
        return self._fill_text(schema, name=name.lower(), listing=listing)

    def _resolve(self, schema: Schema) -> Schema:
        """Follow `$ref`, and of several alternatives take the first that is not null."""
        while True:
            if "$ref" in schema:
                target: Any = self._root
                for step in str(schema["$ref"]).removeprefix("#/").split("/"):
                    target = target[step]
                schema = target
            elif alternatives := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
                real = [part for part in alternatives if part.get("type") != "null"]
                schema = real[0] if real else {"type": "null"}
            else:
                return schema

    def _fill_array(self, schema: Schema, *, name: str, listing: Listing | None) -> list[Any]:
        part: Schema = schema.get("items", {"type": "string"})
        least, most = schema.get("minItems", 0), schema.get("maxItems", MAX_ITEMS)
        resolved = self._resolve(part)
        about_pages = ADDRESS_NAMES & set(resolved.get("properties", {})) or name.lower().rstrip("s") in ADDRESS_NAMES
        if about_pages:
            found = self._prompt.search(most)
            return [self.fill(part, name=name.rstrip("s"), listing=page) for page in found]
        return [self.fill(part, name=name, listing=listing) for _ in range(max(least, min(1, most)))]

    def _fill_number(self, schema: Schema, *, whole: bool) -> int | float:
        low = float(schema.get("minimum", schema.get("exclusiveMinimum", 0)))
        high = float(schema.get("maximum", schema.get("exclusiveMaximum", max(1.0, low))))
        value = low + (high - low) * 0.8
        return round(value) if whole else round(value, 2)

    def _fill_text(self, schema: Schema, *, name: str, listing: Listing | None) -> str:
        shaped = {
            "uri": "http://example.com/",
            "date": DATE,
            "date-time": f"{DATE}T09:00:00Z",
            "email": "a@example.com",
        }
        if name in ADDRESS_NAMES:
            value = listing.url if listing else shaped["uri"]
        elif schema.get("format") in shaped:
            value = listing.url if listing and schema["format"] == "uri" else shaped[schema["format"]]
        else:
            value = self._write(name, listing)
        return value[: schema.get("maxLength", len(value))]

    def _write(self, name: str, listing: Listing | None) -> str:
        if listing is not None:
            if REASON_NAMES.search(name):
                return write_reason(self._prompt, listing)
            if name in {"kind", "type"}:
                return listing.kind
            return listing.title if TITLE_NAMES.search(name) else listing.text.partition("\n")[0]
        if QUERY_NAMES.search(name):
            return " ".join(self._prompt.user.split())[:200]
        if TEXT_NAMES.search(name) or not name:
            return write_summary(self._prompt)
        return write_answer(self._prompt)

    def _choose(self, values: list[Any], *, listing: Listing | None) -> Any:
        """Choose the value that the page or the prompt names, else the middle one."""
        if listing is not None and listing.kind in values:
            return listing.kind
        words = self._prompt.user.lower()
        named = [value for value in values if isinstance(value, str) and value.lower() in words]
        return named[0] if named else values[len(values) // 2]
