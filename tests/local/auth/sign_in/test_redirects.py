"""Where links may lead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.local.auth import AuthConfig
from headwater.local.auth.sign_in.redirects import add_fragment, add_query, is_allowed

CONFIG = AuthConfig.model_validate(
    {
        "site_url": "https://app.example.com",
        "additional_redirect_urls": [
            "https://*.example.org/**",
            "myapp://callback",
            "http://localhost:5173",
            "https://preview-?.example.net/*",
        ],
    }
)


@pytest.mark.parametrize(
    "address",
    [
        "https://app.example.com",
        "https://app.example.com/any/path?x=1#y",
        "https://a.example.org/deep/path",
        "myapp://callback",
        "myapp://callback#x",
        "http://localhost:5173",
        "https://preview-7.example.net/x",
    ],
)
def test_redirects_that_are_allowed(address: str) -> None:
    assert is_allowed(address, CONFIG)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://app.example.com",
        "https://app.example.com:8443/",
        "https://app.example.com.evil.example/",
        "https://evil.example/https://app.example.com",
        "https://app.example.com@evil.example/",
        "https://user@app.example.com/",
        "https://app.example.com\\@evil.example/",
        "https://app.example.com\r\nset-cookie: a=b",
        "//app.example.com/",
        "/relative",
        "javascript:alert(1)//https://app.example.com",
        "data:text/html,x",
        "https://a.b.example.org/x",
        "https://2130706433/",
        "https://10.0.0.1/",
        "myapp://other",
        "http://localhost:5174",
        "https://preview-77.example.net/x",
        "https://preview-7.example.net/x/y",
        "https://[::1",
    ],
)
def test_redirects_that_are_refused(address: str) -> None:
    assert not is_allowed(address, CONFIG)


def test_loopback_sites_take_any_port() -> None:
    config = AuthConfig(site_url="http://127.0.0.1:3000")
    assert is_allowed("http://127.0.0.1:49152/callback", config)
    assert not is_allowed("http://127.0.0.2:3000/callback", config)


@given(st.text(max_size=60))
def test_no_text_breaks_the_redirect_check(address: str) -> None:
    assert is_allowed(address, CONFIG) in {True, False}
    assert is_allowed(f"https://{address}", CONFIG) in {True, False}


def test_query_and_fragment_are_added() -> None:
    assert add_query("https://a.test/x?b=1&code=old#f", code="a b") == "https://a.test/x?b=1&code=a+b#f"
    assert add_fragment("https://a.test/x?b=1#old", error="a&b") == "https://a.test/x?b=1#error=a%26b&sb="
