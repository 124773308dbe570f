"""Structured logs and metrics. Every line carries the request, job and workspace that it belongs to."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry(auto_describe=True)

_SECRET_NAME = re.compile(r"(password|secret|token|api_?key|authorization|cookie|signature|dsn)", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]{0,19}://[^:/@\s]*:)[^/\s]+@", re.IGNORECASE)
_URL_PARAMETER = re.compile(r"([?&][\w.-]*(?:token|key|secret|password|signature)=)[^&#\s]+", re.IGNORECASE)
_BEARER = re.compile(r"(?i)\b(bearer\s+)[A-Za-z0-9._~+/=-]{8,}")
_KNOWN_KEYS = re.compile(r"\b(hw_[a-z]+_|sb_secret_|whsec_|eyJ|sk-|gsk_|pplx-|SG\.)[A-Za-z0-9._+/=-]{8,}")
# What is left of a secret at the end of a text that was cut.
_CUT_URL_PASSWORD = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]{0,19}://[^:/@\s]*:)[^/\s]*\Z", re.IGNORECASE)
_CUT_KEY = re.compile(
    r"\b((?:bearer|basic)\s{1,8}|hw_[a-z]+_|sb_secret_|whsec_|eyJ|sk-|gsk_|pplx-|SG\.)[A-Za-z0-9._~+/=-]{0,7}\Z",
    re.IGNORECASE,
)
MAX_TEXT = 2_048
MAX_LINES = 200
# What structlog calls a traceback.
_LINED = frozenset(("exception", "stack"))


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return the logger of a module; name it by `__name__`."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger


def configure_logging(*, level: str = "info", form: str = "console") -> None:
    """Send structured lines to standard error, with secrets redacted."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact_secrets,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")


def redact_secrets(_: Any, __: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """Replace values whose name or shape says that they are secret, however deep they are. A structlog processor."""
    return _redact_names(event)


def redact_text(value: Any) -> Any:
    """Replace passwords in addresses, bearer tokens and keys inside a text; other values pass unchanged.

    A text is cut to `MAX_TEXT` characters before that, so that what foreign text costs here is bounded.
    """
    if not isinstance(value, str):
        return value
    text = value[:MAX_TEXT]
    if len(value) > MAX_TEXT:
        text = _CUT_KEY.sub(r"\1***", _CUT_URL_PASSWORD.sub(r"\g<scheme>***", text))
    text = _URL_PASSWORD.sub(r"\g<scheme>***@", text)
    text = _URL_PARAMETER.sub(r"\1***", text)
    text = _BEARER.sub(r"\1***", text)
    text = _KNOWN_KEYS.sub(r"\1***", text)
    return f"{text}… ({len(value) - MAX_TEXT} more)" if len(value) > MAX_TEXT else text


def redact_lines(text: str) -> str:
    """Redact a traceback line by line: its last `MAX_LINES` lines say most, and each is bounded by itself."""
    return "\n".join(redact_text(line) for line in text.splitlines()[-MAX_LINES:])


def _redact_names(names: Mapping[Any, Any]) -> dict[Any, Any]:
    return {name: _redact_named(str(name)[:MAX_TEXT], value) for name, value in names.items()}


def _redact_named(name: str, value: Any) -> Any:
    if _SECRET_NAME.search(name):
        return "***"
    return redact_lines(value) if name in _LINED and isinstance(value, str) else _redact(value)


def _redact(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return _redact_names(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_redact(item) for item in value]
    # Renderers write anything else as its repr: errors, bytes and models hide secrets in theirs.
    shown = repr(value)
    redacted = redact_text(shown)
    return value if redacted == shown else redacted


@contextmanager
def bound(**names: Any) -> Iterator[None]:
    """Bind names (request_id, job_id, workspace_id, …) to every line logged inside."""
    with structlog.contextvars.bound_contextvars(**names):
        yield


def counter(name: str, description: str, labels: tuple[str, ...] = ()) -> Counter:
    """Register a counter; a metric is made once, at import."""
    return Counter(f"headwater_{name}", description, labels, registry=REGISTRY)


def gauge(name: str, description: str, labels: tuple[str, ...] = ()) -> Gauge:
    """Register a gauge."""
    return Gauge(f"headwater_{name}", description, labels, registry=REGISTRY)


def histogram(
    name: str,
    description: str,
    labels: tuple[str, ...] = (),
    buckets: tuple[float, ...] = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
) -> Histogram:
    """Register a histogram; the buckets are seconds unless the name says otherwise."""
    return Histogram(f"headwater_{name}", description, labels, registry=REGISTRY, buckets=buckets)
