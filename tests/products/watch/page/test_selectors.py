"""Selectors: what is fast on any page is taken; what looks at all of the page for each element is refused."""

from __future__ import annotations

import pytest
from tests.products.watch.factories import LAMP, SOURCES, House, Member

from headwater.products.watch.page.selectors import check_selector

NESTED = "*:not(:has(*:not(:has(*))))"


@pytest.mark.parametrize(
    "selector",
    [
        "main .price",
        r".md\:flex > p",
        'a[href=":has("]',
        ":not(.a, .b)",
        "li:nth-child(2n+1)",
        ":is(.a, .b) p",
        "div:not(.a):not(.b)",
    ],
)
def test_ordinary_selectors_are_taken(selector: str) -> None:
    assert check_selector(selector) == selector


@pytest.mark.parametrize(
    ("selector", "reason"),
    [
        (":has(a)", "uses :has"),
        ("p:HAS(a)", "uses :has"),
        (r":h\61s(a)", "backslash"),
        (r":\68 as(a)", "backslash"),
        (":nth-child(2n+1 of .a)", "counts with `of`"),
        (":nth-last-child( odd OF .b)", "counts with `of`"),
        (r":nth-child(2n+1 \6f f .a)", "counts with `of`"),
        (":not(:is(.a))", "nests :is"),
        (":where(b:not(:is(a)))", "nests :not"),
        ("a " * 30, "more than 24 parts"),
        ("x" * 301, "at most 300"),
        ("p:/**/has(a)", "a comment"),
        ("@@@", "no CSS selector"),
    ],
)
def test_what_costs_more_than_the_page_is_refused(selector: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check_selector(selector)


async def test_the_api_says_why_and_past_it_the_check_does(house: House, ada: Member) -> None:
    body = {"url": ada.page_url(LAMP), "config": {"watch_selectors": [":has(a)"]}}
    refused = await ada.post(SOURCES, body, expect=422)
    assert "uses :has()" in str(refused)
    source = await ada.watch(LAMP)
    for name in ("watch_selectors", "ignore_selectors"):
        await house.owner.execute(
            "update public.monitored_sources set config = jsonb_build_object($2::text, jsonb_build_array($3::text)),"
            " current_content_id = null, etag = null, last_modified = null, body_hash = null where id = $1::uuid",
            source,
            name,
            NESTED,
        )
        check = await ada.check(source)
        assert (check["outcome"], check["reason"]) == ("unusable", "unusable: bad_config")
        found = await ada.read(source)
        assert name in found["last_error"]
        assert "uses :has()" in found["last_error"]
