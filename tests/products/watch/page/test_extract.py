"""A body to a page: what is kept, what is dropped, which charset, and what cannot be read."""

from __future__ import annotations

import pytest

from headwater.products.watch.page.extract import ExtractionFailed, Page, extract_page

SHOP = """<!DOCTYPE html><html lang="en-GB"><head><title> Kettle  shop </title>
<script>var price = 99</script></head><body>
<nav><a href="/">Home</a></nav><div class="cookie-banner">We use cookies. <button>Accept</button></div>
<main><h1>Copper kettle</h1><p>A kettle for <b>life</b>.</p>
<table><tr><th>Size</th><th>Price</th></tr><tr><td>1 litre</td><td>$20</td></tr></table>
<dl><dt>Availability</dt><dd>In stock</dd><dt>Version</dt><dd>2.4.1</dd></dl>
<ul><li>Made by hand</li><li>Ten years of warranty</li></ul><button>Sold out</button><button>Share</button>
<div class="card popular"><h3>Deluxe</h3><div class="price">$40</div></div>
<div class="views-row">Opens at 9:00</div>
<p hidden>Not for you</p><p style="display: none">Nor this</p></main>
<aside class="related"><ul><li><a href="/x">Teapot</a></li></ul></aside>
<footer>© 2025 Kettle shop</footer></body></html>"""


def read(html: str | bytes, **options: object) -> Page:
    body = html.encode() if isinstance(html, str) else html
    content_type = str(options.pop("content_type", "text/html; charset=utf-8"))
    return extract_page(body, content_type=content_type, url="https://example.com/", **options)  # type: ignore[arg-type]


def texts(page: Page) -> list[str]:
    return [passage.text for passage in page.passages]


def test_tables_lists_terms_and_states_are_kept_and_furniture_is_not() -> None:
    page = read(SHOP)
    assert (page.title, page.language, page.kind, page.usable) == ("Kettle shop", "en", "html", True)
    assert texts(page) == [
        "Copper kettle",
        "A kettle for life.",
        "Size | Price",
        "1 litre | $20",
        "Availability: In stock",
        "Version: 2.4.1",
        "Made by hand",
        "Ten years of warranty",
        "Sold out",
        "Deluxe",
        "$40",
        "Opens at 9:00",
        "Teapot",
        "© 2025 Kettle shop",
    ]


def test_names_of_containers_count_only_where_the_element_looks_like_them() -> None:
    hints = {passage.text: passage.hints for passage in read(SHOP).passages}
    assert hints["$40"] == ()
    assert hints["Opens at 9:00"] == ()
    assert "related" in hints["Teapot"]


def test_a_box_labelled_advertisement_is_one_whatever_its_class() -> None:
    page = read(
        "<body><main><h1>News</h1><p>Text.</p><div class='zx1'><span>Advertisement</span><p>Boots!</p></div></main>"
    )
    assert {passage.text for passage in page.passages if "advert" in passage.hints} == {"Advertisement", "Boots!"}


def test_layout_tables_are_read_as_paragraphs_and_inner_ones_as_rows() -> None:
    page = read("<table><tr><td><h1>Old page</h1><p>One.<p>Two.<table><tr><td>A<td>1</table></table>")
    assert texts(page) == ["Old page", "One.", "Two.", "A | 1"]


def test_selectors_narrow_and_leave_out() -> None:
    assert texts(read(SHOP, watch_selectors=["table tr", ".popular"])) == [
        "Size | Price",
        "1 litre | $20",
        "Deluxe",
        "$40",
    ]
    assert "Deluxe" not in texts(read(SHOP, ignore_selectors=[".popular"]))
    assert read(SHOP, watch_selectors=["#nowhere"]).unusable_reason == "empty"
    with pytest.raises(ExtractionFailed) as failed:
        read(SHOP, watch_selectors=["p["])
    assert failed.value.reason == "bad_selector"


def test_patterns_to_ignore_are_words_or_expressions() -> None:
    page = read(SHOP, ignore_patterns=["made by hand", r"/\$\d+/"])
    assert "Made by hand" not in texts(page)
    assert "1 litre |" in texts(page)
    for pattern in ("/(/", "/(a+)+$/"):
        body = "<p>" + "a" * 1200 + "b</p>"
        if pattern == "/(/":
            with pytest.raises(ExtractionFailed) as failed:
                read(body, ignore_patterns=[pattern])
            assert failed.value.reason == "bad_pattern"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<p>Café öffnet</p>".encode("latin-1"), "text/html; charset=iso-8859-1"),
        ("<p>Café öffnet</p>".encode(), "text/html; charset=iso-8859-1"),
        ("\ufeff<p>Café öffnet</p>".encode("utf-16"), "text/html"),
        (b"\xef\xbb\xbf" + "<p>Café öffnet</p>".encode(), "text/html; charset=latin-1"),
        ("<meta charset='windows-1252'><p>Café öffnet</p>".encode("cp1252"), "text/html"),
        ("<p>Café öffnet</p>".encode(), "text/html; charset=no-such-thing"),
    ],
)
def test_charset_comes_from_mark_header_meta_or_guess(body: bytes, content_type: str) -> None:
    assert texts(read(body, content_type=content_type)) == ["Café öffnet"]


def test_japanese_charsets_are_read() -> None:
    assert texts(read("<meta charset=shift_jis><p>営業時間</p>".encode("cp932"), content_type="text/html")) == [
        "営業時間"
    ]


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("", "empty"),
        ("<div id=root></div><script>app()</script>", "empty"),
        ("<title>Just a moment...</title><p>Checking your browser before you go on.</p>", "captcha"),
        ("<title>503 Service Unavailable</title><h1>Service unavailable</h1>", "error_page"),
        ("<h1>404 Not Found</h1><p>nginx</p>", "error_page"),
        ("<h1>We'll be back soon</h1><p>The site is down for maintenance.</p>", "maintenance"),
        ("<h1>Sign in</h1><form><p>Name and password, please.</p><input type=password></form>", "login_wall"),
        ("<p>You need to enable JavaScript to run this app.</p>", "needs_browser"),
        (
            "<h1>Before you go on</h1><p>We and 212 partners use cookies and process personal data.</p>"
            "<p>See our privacy notice.</p><p>Accept all or choose.</p>",
            "consent_wall",
        ),
        (
            "<h1>Bevor es weitergeht</h1><p>Wir verarbeiten personenbezogene Daten und nutzen Cookies.</p>"
            "<p>Mehr im Datenschutz. Wenn Sie zustimmen, helfen Sie uns.</p>",
            "consent_wall",
        ),
        ("<h1>Prices</h1><p>Tea costs two euros.</p><div class='row'><p class='ite", "truncated"),
    ],
)
def test_pages_that_say_nothing_are_unusable(html: str, reason: str) -> None:
    page = read(html)
    assert (page.usable, page.unusable_reason) == (False, reason)


def test_a_long_text_about_captchas_is_a_text() -> None:
    assert read(
        "<h1>How captchas work</h1>" + "<p>Are you human? So asks every captcha, error 503 or not.</p>" * 20
    ).usable


def test_a_short_page_that_says_what_is_closed_is_a_page() -> None:
    rules = "".join(f"<li>Rule {number} of the pool</li>" for number in range(6))
    assert read(f"<h1>The pool</h1><ul>{rules}</ul><p>It is closed for repairs in August.</p>").usable


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"%PDF-1.7 \x00\x00", "not_text"),
        (b"\x00\x01\x02\x03" * 50, "not_text"),
        (b"x" * 5_000_001, "too_large"),
        (b"<i></i>" * 400_000, "too_many_nodes"),
        (b"<div>" * 20_000 + b"deep", "too_deep"),
    ],
)
def test_what_cannot_be_read_is_classified(body: bytes, reason: str) -> None:
    with pytest.raises(ExtractionFailed) as failed:
        read(body)
    assert failed.value.reason == reason
    assert failed.value.status == 422


def test_deep_but_bearable_nesting_keeps_its_text() -> None:
    assert texts(read("<div>" * 3_000 + "found" + "</div>" * 3_000)) == ["found"]


def test_plain_text_and_json_become_passages() -> None:
    assert texts(
        read(
            "First paragraph with lines that are about as long as\n"
            "lines in a letter are, which is to say not short.\n\nSecond.",
            content_type="text/plain",
        )
    ) == [
        "First paragraph with lines that are about as long as lines in a letter are, which is to say not short.",
        "Second.",
    ]
    page = read('{"plan": {"price": 20, "tags": ["a", "b"]}}', content_type="application/json")
    assert (page.kind, texts(page)) == ("json", ["plan.price: 20", "plan.tags: a", "plan.tags: b"])


def test_a_feed_is_known_by_its_root_whatever_the_header_says() -> None:
    item = "<item><guid>1</guid><title>Hello world</title></item>"
    body = f"<?xml version='1.0'?><rss><channel><title>T</title>{item}</channel></rss>"
    assert read(body, content_type="text/plain").kind == "feed"
