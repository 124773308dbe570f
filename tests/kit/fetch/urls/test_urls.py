"""One spelling for the same page. Pure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.core.errors import InvalidInput
from headwater.kit.fetch.urls.normalising import complete_url, host_of, normalise_url

SAME = [
    ("http://Example.ORG", "http://example.org/"),
    ("http://example.org:80/a", "http://example.org/a"),
    ("https://example.org:443/a#part", "https://example.org/a"),
    ("https://example.org./a", "https://example.org/a"),
    ("https://example.org/%61%2Db", "https://example.org/a-b"),
    ("https://example.org/a?utm_source=x&b=1&gclid=2", "https://example.org/a?b=1"),
    ("https://user:word@example.org/a", "https://example.org/a"),
    ("https://[2001:DB8::1]:443/", "https://[2001:db8::1]/"),
    ("https://example.org/?a=", "https://example.org/?a="),
    ("https://example.org/caf\u00e9", "https://example.org/caf%c3%a9"),
    ("https://example.org/100%", "https://example.org/100%25"),
]
DIFFERENT = [
    ("http://example.org/", "https://example.org/"),
    ("https://example.org/a", "https://example.org/A"),
    ("https://example.org/a", "https://example.org/a/"),
    ("https://example.org/?a=1&b=2", "https://example.org/?b=2&a=1"),
    ("https://example.org:8443/", "https://example.org/"),
    ("https://example.org/a%2Fb", "https://example.org/a/b"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_page_are_one(one: str, other: str) -> None:
    assert normalise_url(complete_url(one)) == normalise_url(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_pages_that_may_differ_stay_apart(one: str, other: str) -> None:
    assert normalise_url(one) != normalise_url(other)


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("example.org/news", "https://example.org/news"),
        ("  HTTP://example.org ", "http://example.org"),
        ("example.org:8080", "https://example.org:8080"),
    ],
)
def test_what_people_type_becomes_an_address(typed: str, completed: str) -> None:
    assert complete_url(typed) == completed


@pytest.mark.parametrize(
    "typed", ["", "http://", "ftp://x.org", "file:///etc/passwd", "http://x:99999/", "http://[::1"]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        complete_url(typed)
    assert refused.value.code == "invalid_url"


@given(st.text(max_size=60))
def test_whatever_is_typed_is_refused_or_has_one_spelling(typed: str) -> None:
    try:
        url = complete_url(typed)
    except InvalidInput:
        return
    once = normalise_url(url)
    assert normalise_url(once) == once
    assert host_of(url)
