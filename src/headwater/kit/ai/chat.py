"""Asking a language model: providers in order, each with its own time limit and breaker, answers checked by schema."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, cast
from uuid import UUID

from headwater.core.clock import monotonic
from headwater.core.telemetry import counter, get_logger, histogram
from headwater.core.text import clean_json, clean_text
from headwater.kit.ai.answers import Answer, NoProvider, Output, ProvidersFailed, Usage
from headwater.kit.ai.prompt import bound_sections, frame_data, frame_instructions, make_border
from headwater.kit.ai.providers import Provider, Source, read_sources
from headwater.kit.controls import CircuitBreaker

if TYPE_CHECKING:
    from pydantic_ai import Agent
    from pydantic_ai.models import Model

logger = get_logger(__name__)
_REQUESTS = counter("ai_requests", "Requests to AI providers", ("provider", "task", "outcome"))
_TOKENS = counter("ai_tokens", "Tokens that AI providers counted", ("provider", "task", "direction"))
_SECONDS = histogram("ai_seconds", "Time that AI providers took", ("provider",))

DATA_LIMIT = 48_000
# Reasoning models count their thoughts here, so it is well above what an answer needs.
_OUTPUT_TOKENS = 4_000


class Ai:
    """Asks the providers in order until one answers in the form asked for."""

    def __init__(
        self,
        providers: Sequence[Provider],
        *,
        breaker: CircuitBreaker | None = None,
        record_usage: Callable[[Usage], Awaitable[None]] | None = None,
        data_limit: int = DATA_LIMIT,
    ) -> None:
        self._providers = tuple(providers)
        self._breaker = breaker or CircuitBreaker(None)
        self._record_usage = record_usage
        self._data_limit = data_limit
        self._models: dict[str, Model] = {}
        self._agents: dict[tuple[type, str], Agent[Any, Any]] = {}

    @property
    def is_configured(self) -> bool:
        """Say whether there is anybody to ask."""
        return bool(self._providers)

    async def ask(
        self,
        *,
        task: str,
        instructions: str,
        data: str | Mapping[str, str],
        output: type[Output],
        timeout: float | None = None,
        search: bool = False,
        workspace_id: UUID | None = None,
    ) -> Answer[Output]:
        """Ask for `output` (`str` or a pydantic model) about `data`, which is never read as instructions.

        `timeout` is the longest wait in seconds for all providers together. With `search`, providers that search the
        web come first; without, last.

        Raises:
            NoProvider: none is set up.
            ProvidersFailed: none answered in time and in the form asked for.
        """
        if not self._providers:
            raise NoProvider("No AI provider is set up.", hint="Set OPENAI_API_KEY, GROQ_API_KEY or OLLAMA_BASE_URL.")
        # The library takes a second to load, which must neither stop the event loop nor count as the provider's time.
        await asyncio.to_thread(import_module, "pydantic_ai.models.openai")
        question = _frame_question(instructions, data, limit=self._data_limit)
        deadline = None if timeout is None else monotonic() + timeout
        failures: dict[str, str] = {}
        for provider in sorted(self._providers, key=lambda one: one.searches != search):
            left = provider.timeout_seconds if deadline is None else deadline - monotonic()
            if left <= 0:
                failures[provider.name] = "no time left"
                continue
            permit = await self._breaker.admit(f"ai:{provider.name}")
            if not permit.allowed:
                failures[provider.name] = "failed lately"
                _REQUESTS.labels(provider.name, task, "skipped").inc()
                continue
            seconds = min(left, provider.timeout_seconds)
            reply = await self._ask_one(provider, question, output, task=task, seconds=seconds)
            outage = isinstance(reply, _Failure) and reply.is_outage
            await self._breaker.record(f"ai:{provider.name}", permit, succeeded=not outage)
            if isinstance(reply, _Failure):
                failures[provider.name] = reply.reason
                continue
            return await self._accept(provider, reply, task=task, workspace_id=workspace_id)
        raise ProvidersFailed("No AI provider answered.", details=failures)

    async def _ask_one(
        self, provider: Provider, question: _Question, output: type[Output], *, task: str, seconds: float
    ) -> _Reply[Output] | _Failure:
        started = monotonic()
        try:
            async with asyncio.timeout(seconds):
                reply: _Reply[Output] | _Failure = await self._run(provider, question, output)
        except Exception as error:  # noqa: BLE001  # whatever a provider or its library does wrong, the next one is asked
            reply = _read_failure(error)
        _SECONDS.labels(provider.name).observe(monotonic() - started)
        if isinstance(reply, _Failure):
            _REQUESTS.labels(provider.name, task, reply.reason.split(" ")[0]).inc()
            logger.warning("ai_provider_failed", provider=provider.name, task=task, reason=reply.reason)
        return reply

    async def _run(self, provider: Provider, question: _Question, output: type[Output]) -> _Reply[Output]:
        from pydantic_ai.usage import RunUsage, UsageLimits

        model = self._models.get(provider.name) or self._models.setdefault(provider.name, provider.make_model())
        spent = RunUsage()
        result = await self._find_agent(output, provider.output_mode).run(
            question.message,
            model=model,
            instructions=question.instructions,
            model_settings={"max_tokens": _OUTPUT_TOKENS},
            usage=spent,
            usage_limits=UsageLimits(request_limit=2),
        )
        return _Reply(
            output=_clean_output(cast(Output, result.output)),
            model=result.response.model_name or model.model_name,
            sources=read_sources(result.response.provider_details),
            input_tokens=spent.input_tokens,
            output_tokens=spent.output_tokens,
        )

    def _find_agent(self, output: type[Output], mode: str) -> Agent[Any, Any]:
        from pydantic_ai import Agent, NativeOutput, PromptedOutput

        known = self._agents.get((output, mode))
        if known is None:
            shape: Any = output
            if output is not str:
                shape = NativeOutput(output) if mode == "native" else PromptedOutput(output)
            known = self._agents[(output, mode)] = Agent(output_type=shape, retries=1)
        return known

    async def _accept(
        self, provider: Provider, reply: _Reply[Output], *, task: str, workspace_id: UUID | None
    ) -> Answer[Output]:
        _REQUESTS.labels(provider.name, task, "answered").inc()
        _TOKENS.labels(provider.name, task, "input").inc(reply.input_tokens)
        _TOKENS.labels(provider.name, task, "output").inc(reply.output_tokens)
        usage = Usage(task, provider.name, reply.model, reply.input_tokens, reply.output_tokens, workspace_id)
        if self._record_usage is not None:
            try:
                await self._record_usage(usage)
            except Exception as error:  # noqa: BLE001  # an answer that was paid for isn't thrown away over its bill
                logger.error("ai_usage_not_recorded", provider=provider.name, task=task, error=repr(error))
        return Answer(reply.output, provider.name, reply.model, reply.sources, usage)

    async def close(self) -> None:
        """Close the connections to the providers."""
        for model in self._models.values():
            client = getattr(model, "client", None)
            if client is not None:
                await client.close()
        self._models.clear()


@dataclass(frozen=True)
class _Question:
    instructions: str
    message: str


@dataclass(frozen=True)
class _Reply(Generic[Output]):
    output: Output
    model: str
    sources: tuple[Source, ...]
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class _Failure:
    reason: str
    # Whether the provider itself is at fault, so that the breaker should count it.
    is_outage: bool


def _frame_question(instructions: str, data: str | Mapping[str, str], *, limit: int) -> _Question:
    sections = bound_sections({"data": data} if isinstance(data, str) else data, limit=limit)
    border = make_border(sections)
    return _Question(frame_instructions(instructions, border=border), frame_data(sections, border=border))


def _clean_output(output: Output) -> Output:
    if isinstance(output, str):
        return cast(Output, clean_text(output))
    return type(output).model_validate(clean_json(output.model_dump()))


def _read_failure(error: Exception) -> _Failure:
    from pydantic_ai.exceptions import ModelAPIError, ModelHTTPError, UnexpectedModelBehavior, UsageLimitExceeded

    if isinstance(error, TimeoutError):
        return _Failure("timeout", is_outage=True)
    if isinstance(error, ModelHTTPError):
        # 400, 413 and 422 speak of this question; the others of the provider or of our key.
        return _Failure(f"http {error.status_code}", is_outage=error.status_code not in {400, 413, 422})
    if isinstance(error, UnexpectedModelBehavior | UsageLimitExceeded):
        return _Failure("wrong answer", is_outage=False)
    if isinstance(error, ModelAPIError | OSError):
        return _Failure("unreachable", is_outage=True)
    return _Failure(f"fault {type(error).__name__}", is_outage=True)
