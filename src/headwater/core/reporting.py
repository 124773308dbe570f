"""Where faults and traces go besides the log: Sentry by DSN, OpenTelemetry by endpoint (extra `telemetry`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from headwater.core.extras import is_installed
from headwater.core.settings import Settings, SettingsError
from headwater.core.telemetry import redact_text

if TYPE_CHECKING:
    from fastapi import FastAPI

_INSTALL = "needs the extra: pip install 'headwater[telemetry]'"


@contextmanager
def reporting(settings: Settings, *, service: str) -> Iterator[None]:
    """Report faults and traces of this process while the block runs. Raises SettingsError."""
    start_reporting(settings, service=service)
    try:
        yield
    except Exception as error:
        report_fault(error)
        raise
    finally:
        stop_reporting(settings)


def start_reporting(settings: Settings, *, service: str) -> None:
    """Begin to report faults (SENTRY_DSN) and traces (OTEL_EXPORTER_OTLP_ENDPOINT) of this process; unset = neither.

    Raises:
        SettingsError: one is set and its library isn't installed.
    """
    if settings.sentry_dsn is not None:
        _require("sentry_sdk", "SENTRY_DSN")
        _start_sentry(settings.sentry_dsn.get_secret_value(), environment=settings.environment, service=service)
    if settings.otel_exporter_otlp_endpoint is not None:
        _require("opentelemetry.sdk", "OTEL_EXPORTER_OTLP_ENDPOINT")
        _start_tracing(settings.otel_exporter_otlp_endpoint, service=service)


def trace_requests(app: FastAPI, settings: Settings) -> None:
    """Make a span of each request, where traces are sent at all."""
    if settings.otel_exporter_otlp_endpoint is not None:
        from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

        FastAPIInstrumentor.instrument_app(app, excluded_urls="health,metrics")


def stop_reporting(settings: Settings) -> None:
    """Send what is still waiting to be sent; called at the end of a process."""
    if settings.sentry_dsn is not None:
        import sentry_sdk

        sentry_sdk.flush(timeout=5)
    if settings.otel_exporter_otlp_endpoint is not None:
        from opentelemetry import trace

        shutdown = getattr(trace.get_tracer_provider(), "shutdown", None)
        if shutdown is not None:
            shutdown()


def report_fault(error: BaseException) -> None:
    """Report a fault of ours, if reporting was started."""
    if is_installed("sentry_sdk"):
        import sentry_sdk

        if sentry_sdk.get_client().is_active():
            sentry_sdk.capture_exception(error)


def _require(module: str, name: str) -> None:
    if not is_installed(module):
        raise SettingsError(f"{name}: {_INSTALL}")


def _start_sentry(dsn: str, *, environment: str, service: str) -> None:
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        server_name=service,
        send_default_pii=False,
        include_local_variables=False,
        # Faults are handed over by name; hooks into every library would report what is handled as well.
        default_integrations=False,
        before_send=_redact_event,
    )


def _redact_event(event: Any, _: Any) -> Any:
    """Redact secrets in every text of an event."""
    if isinstance(event, dict):
        return {name: _redact_event(value, None) for name, value in event.items()}
    if isinstance(event, list):
        return [_redact_event(value, None) for value in event]
    return redact_text(event)


def _start_tracing(endpoint: str, *, service: str) -> None:
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"headwater-{service}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")))
    trace.set_tracer_provider(provider)
