"""Logs never carry a secret, whatever shape it comes in; metrics are ours alone."""

from __future__ import annotations

import json
import logging
import string
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import generate_latest

from headwater.core.telemetry import (
    MAX_LINES,
    MAX_TEXT,
    REGISTRY,
    bound,
    configure_logging,
    counter,
    get_logger,
    histogram,
    redact_secrets,
    redact_text,
)

_SECRETS = st.text(string.ascii_letters + string.digits + "_-", min_size=12, max_size=60)
# Of other signs than secrets, so that a text never holds a secret by chance.
_WORDS = st.text("éüß ,", max_size=20)


@pytest.fixture
def logging_restored() -> Iterator[None]:
    """Leave the configuration of logging as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


@settings(deadline=None)
@given(secret=_SECRETS, before=_WORDS, after=_WORDS, form=st.sampled_from([
    "Bearer {}", "bearer {}", "BEARER  {}", "hw_live_{}", "hw_test_{}", "sb_secret_{}", "whsec_{}", "eyJ{}",
    "postgresql://user:{}@host:5432/name", "redis://:{}@cache/0", "https://someone:{}@example.com/feed",
    "redis://:with@{}@cache/0", "https://example.com/feed.xml?page=1&token={}", "https://api.example.com/?apikey={}#top",
    "sk-{}", "gsk_{}", "pplx-{}", "SG.{}",
    "Authorization: Bearer {}", "could not reach amqps://u:{}@mq.example.com:5671",
]))  # fmt: skip
def test_secret_in_a_text_is_blotted(secret: str, before: str, after: str, form: str) -> None:
    blotted = redact_text(f"{before} {form.format(secret)} {after}")
    assert secret not in blotted
    assert "***" in blotted
    assert blotted.startswith(before)
    assert blotted.endswith(after)


@settings(deadline=None)
@given(secret=st.one_of(_SECRETS, st.integers(min_value=10**12), st.lists(_SECRETS, min_size=1)), name=st.sampled_from([
    "password", "smtp_password", "SERVICE_SECRET", "api_key", "apikey", "apiKey", "access_token", "Authorization",
    "set_cookie", "webhook_signature", "sentry_dsn", "refresh_token",
]))  # fmt: skip
def test_value_under_a_secret_name_is_blotted(secret: Any, name: str) -> None:
    event = redact_secrets(None, "info", {"event": "something", name: secret})
    assert event == {"event": "something", name: "***"}


@settings(deadline=None)
@given(secret=_SECRETS, depth=st.integers(1, 4), as_list=st.booleans())
def test_secret_deep_inside_a_value_is_blotted(secret: str, depth: int, as_list: bool) -> None:
    value: Any = {"authorization": secret, "url": f"postgresql://u:{secret}@db/app"}
    for _ in range(depth):
        value = [value, f"Bearer {secret}"] if as_list else {"inner": value, "note": f"hw_live_{secret}"}
    assert secret not in json.dumps(redact_secrets(None, "info", {"event": "x", "request": value}), default=repr)


@settings(deadline=None)
@given(secret=_SECRETS)
def test_secret_in_an_error_or_bytes_is_blotted(secret: str) -> None:
    shown = redact_secrets(
        None,
        "info",
        {"event": "x", "error": ValueError(f"postgresql://u:{secret}@db"), "raw": f"Bearer {secret}".encode()},
    )
    assert secret not in repr(shown)


@settings(deadline=None)
@given(text=st.text())
def test_blotting_twice_changes_nothing_more(text: str) -> None:
    assert redact_text(redact_text(text)) == redact_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/path?page=2",
        "user@example.com wrote to other@example.com",
        "http://127.0.0.1:8000/health",
        "the bearer of news",
        "2026-11-21T09:00:00+00:00",
        "a token was refused",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact_text(text) == text


@pytest.mark.parametrize("value", [None, 1, 2.5, True])
def test_other_values_pass_unchanged(value: Any) -> None:
    assert redact_text(value) is value


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.usefixtures("logging_restored")
def test_lines_carry_what_is_bound_and_no_secret(capsys: pytest.CaptureFixture[str], form: str) -> None:
    configure_logging(level="info", form=form)
    logger = get_logger("tests")
    with bound(request_id="r-1", workspace_id="w-1"):
        logger.info("called", url="https://u:hunter22hunter@example.com", api_key="hw_live_abcdefgh12345")
        logger.debug("unseen")
        try:
            raise ValueError("postgresql://u:hunter22hunter@db/app")
        except ValueError:
            logger.exception("crashed")
    logger.info("after")
    lines = capsys.readouterr().err
    assert "hunter22hunter" not in lines
    assert "abcdefgh12345" not in lines
    assert "unseen" not in lines
    assert "ValueError" in lines
    if form == "json":
        first, crash, after = (json.loads(line) for line in lines.splitlines())
        assert (first["request_id"], first["workspace_id"], first["level"]) == ("r-1", "w-1", "info")
        assert first["timestamp"].endswith("Z")
        assert "Traceback" in crash["exception"]
        assert "request_id" not in after


def test_metrics_are_kept_in_our_own_registry() -> None:
    hits = counter("test_hits", "Hits of a test", ("kind",))
    seconds = histogram("test_seconds", "Seconds of a test")
    try:
        hits.labels("a").inc()
        seconds.observe(0.3)
        written = generate_latest(REGISTRY).decode()
        assert 'headwater_test_hits_total{kind="a"} 1.0' in written
        assert 'headwater_test_seconds_bucket{le="0.5"} 1.0' in written
    finally:
        REGISTRY.unregister(hits)
        REGISTRY.unregister(seconds)


@pytest.mark.parametrize("form", [
    "postgresql://user:{}@host:5432/name", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxredis://:{}@cache/0", "Bearer {}",
    "hw_live_{}", "sb_secret_{}", "eyJ{}", "sk-{}", "https://example.com/feed.xml?token={}", "redis://:with@{}@cache/0",
])  # fmt: skip
def test_a_secret_that_a_cut_divides_is_blotted(form: str) -> None:
    secret = "Zq7" * 40
    text = form.format(secret)
    inside = text.index(secret)
    for kept in (1, 3, 7, 8, 60, 119):
        blotted = redact_text(f"{' ' * (MAX_TEXT - inside - kept)}{text}{'é' * 5_000}")
        assert "Z" not in blotted
        assert len(blotted) < MAX_TEXT + 50


def test_long_texts_are_cut_and_say_so() -> None:
    assert redact_text("a" * MAX_TEXT) == "a" * MAX_TEXT
    assert redact_text("a" * 50_000) == f"{'a' * MAX_TEXT}… ({50_000 - MAX_TEXT} more)"


def test_a_traceback_keeps_its_last_lines_and_each_is_blotted() -> None:
    lines = [f"line {number} Bearer abcdefgh{number:08}" for number in range(MAX_LINES + 50)]
    shown = redact_secrets(None, "", {"exception": "\n".join((*lines, "b" * 10_000))})["exception"].splitlines()
    assert len(shown) == MAX_LINES
    assert shown[-2] == f"line {MAX_LINES + 49} Bearer ***"
    assert shown[-1].startswith("bbb")
    assert len(shown[-1]) < MAX_TEXT + 50
