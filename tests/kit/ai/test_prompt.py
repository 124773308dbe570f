from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from headwater.kit.ai.prompt import CUT_MARK, bound_sections, cut_middle, frame_data, make_border

SECTIONS = st.dictionaries(st.sampled_from(["page", "old", "new"]), st.text(max_size=300), min_size=1)


@given(SECTIONS, st.integers(0, 400))
def test_sections_stay_within_the_limit(sections: dict[str, str], limit: int) -> None:
    bounded = bound_sections(sections, limit=limit)
    assert bounded.keys() == sections.keys()
    assert sum(map(len, bounded.values())) <= limit


@given(SECTIONS)
def test_short_sections_stay_whole(sections: dict[str, str]) -> None:
    bounded = bound_sections(sections, limit=10_000)
    assert bounded == {name: text.replace("\x00", "") for name, text in sections.items()}


@given(SECTIONS)
def test_no_section_holds_its_border(sections: dict[str, str]) -> None:
    border = make_border(sections)
    assert border == make_border(dict(sections))
    assert frame_data(sections, border=border).count(border) == 2 * len(sections)


def test_cutting_keeps_beginning_and_end() -> None:
    cut = cut_middle("a" * 500 + "b" * 500, limit=100)
    assert len(cut) == 100
    assert CUT_MARK in cut
    assert cut.startswith("aaa")
    assert cut.endswith("bbb")
