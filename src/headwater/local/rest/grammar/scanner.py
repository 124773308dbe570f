"""A reader of text from left to right, and the names that all parts of the grammar share."""

from __future__ import annotations

import re
from typing import NoReturn

from headwater.local.rest import errors
from headwater.local.rest.grammar.tree import Field, JsonStep

NAME = re.compile(r"[\w $]+(?:-(?!>)[\w $]+)*")
IDENTIFIER = re.compile(r"[\w $]+")
QUOTED = re.compile(r'"((?:[^"\\]++|\\.)*+)"', re.S)
ESCAPED = re.compile(r"\\(.)", re.S)
JSON_KEY = re.compile(r"[^(\-:.,>)]+(?:-(?!>)[^(\-:.,>)]+)*")
JSON_INDEX = re.compile(r"-?[0-9]+(?=->|::|[.,)]|$)")
BLANK = re.compile(r"[ \t]*")
DEEPEST = 50


class Scanner:
    """Text and a position in it; `what` names the part of the request for errors, which show `shown`."""

    __slots__ = ("depth", "position", "shown", "text", "what")

    def __init__(self, text: str, what: str, *, shown: str | None = None) -> None:
        self.text = text
        self.what = what
        self.shown = text if shown is None else shown
        self.position = 0
        self.depth = 0

    def fail(self, expected: str) -> NoReturn:
        """Raise PGRST100, saying what was found and what could have stood there."""
        rest = self.text[self.position : self.position + 1]
        # PostgREST's parser quotes a sign differently where the end could have stood.
        sign = f"'{rest}'" if expected.endswith("end of input") else f'"{rest}"'
        found = f"unexpected {sign}" if rest else "unexpected end of input"
        raise errors.syntax_error(self.what, self.shown, self.position + 1, f"{found} expecting {expected}")

    def at_end(self) -> bool:
        """Say whether everything has been read."""
        return self.position >= len(self.text)

    def sees(self, token: str) -> bool:
        """Say whether a token stands here."""
        return self.text.startswith(token, self.position)

    def accept(self, token: str) -> bool:
        """Read over a token if it stands here."""
        if self.text.startswith(token, self.position):
            self.position += len(token)
            return True
        return False

    def expect(self, token: str) -> None:
        """Read over a token that must stand here."""
        if not self.accept(token):
            self.fail(f'"{token}"')

    def skip_blank(self) -> None:
        """Read over spaces and tabs."""
        if match := BLANK.match(self.text, self.position):
            self.position = match.end()

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Read what a pattern matches here."""
        match = pattern.match(self.text, self.position)
        if match:
            self.position = match.end()
        return match

    def enter(self) -> None:
        """Go one level deeper; raises where the nesting is beyond reason."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise errors.too_complex(f"more than {DEEPEST} levels")

    def leave(self) -> None:
        """Come back from a level."""
        self.depth -= 1


def unescape(text: str) -> str:
    r"""Undo the backslashes of a quoted text."""
    return ESCAPED.sub(r"\1", text) if "\\" in text else text


def read_name(scanner: Scanner) -> str:
    """Read a field or relation name, quoted or plain."""
    if scanner.sees('"'):
        match = scanner.take(QUOTED)
        if match:
            return unescape(match[1])
        scanner.fail("a closing quote")
    match = scanner.take(NAME)
    if not match:
        scanner.fail("field name (* or [a..z0..9_$])")
    text = match[0]
    return "-".join(part.strip() for part in text.split("-")) if " " in text else text


def read_json_path(scanner: Scanner) -> tuple[JsonStep, ...]:
    """Read the arrows after a field's name."""
    steps: list[JsonStep] = []
    while scanner.sees("->"):
        as_text = scanner.accept("->>") or not scanner.accept("->")
        if match := scanner.take(JSON_INDEX):
            steps.append(JsonStep(match[0], as_text, True))
        elif scanner.sees('"') and (match := scanner.take(QUOTED)):
            steps.append(JsonStep(unescape(match[1]), as_text))
        elif match := scanner.take(JSON_KEY):
            steps.append(JsonStep("-".join(part.strip() for part in match[0].split("-")), as_text))
        else:
            if scanner.accept("-"):
                scanner.fail("digit")
            scanner.fail('"-", digit or any non reserved character different from: .,>()')
    return tuple(steps)


def read_field(scanner: Scanner) -> Field:
    """Read a field with its path, and the blanks around it."""
    scanner.skip_blank()
    name = read_name(scanner)
    path = read_json_path(scanner)
    scanner.skip_blank()
    return Field(name, path)
