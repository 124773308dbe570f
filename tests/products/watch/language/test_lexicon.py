"""The word lists: read as sections of lines, without lines that say nothing that another doesn't."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from headwater.products.watch.language import lexicon
from headwater.products.watch.language.lexicon import read_joined, read_sections, read_words
from headwater.products.watch.language.words import stem_word

FOLDER = Path(lexicon.__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))


@pytest.mark.parametrize("name", NAMES)
def test_each_section_has_lines_and_no_line_ends_in_a_space(name: str) -> None:
    sections = read_sections(name)
    assert sections
    for lines in sections.values():
        assert lines
        assert not [line for line in lines if line != line.rstrip()]


def test_comments_and_headings_are_no_words() -> None:
    assert read_words("numbers")["numbers"][:2] == ["0:", "zero"]
    assert read_joined("weight")["grave"].startswith("(?<!")
    assert not any(line.startswith(("#", "[anywhere")) for lines in read_sections("noise").values() for line in lines)


def test_no_group_of_synonyms_lies_within_another() -> None:
    sections = read_sections("synonyms")
    groups = [
        (frozenset(stem_word(word.lower().replace("_", " ")) for word in line.split()), line)
        for line in (*sections["english"], *sections["abroad"])
    ]
    assert not [(one, other) for (few, one), (many, other) in combinations(groups, 2) if few <= many or many <= few]
