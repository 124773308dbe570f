"""The chat providers that the settings name, each as a model of pydantic-ai made at its first use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from headwater.core.settings import Settings

if TYPE_CHECKING:
    from pydantic_ai.models import Model

# Local servers want no key, but the client wants one to be there.
_NO_KEY = "none"


@dataclass(frozen=True)
class Source:
    """A page that a searching provider says it used."""

    url: str
    title: str = ""


@dataclass(frozen=True)
class Provider:
    """One provider: how its model is made, how long to wait for it (seconds), and what it can do."""

    name: str
    make_model: Callable[[], Model]
    timeout_seconds: float = 20.0
    searches: bool = False
    output_mode: Literal["native", "prompted"] = "prompted"


def find_providers(settings: Settings) -> tuple[Provider, ...]:
    """Give the providers that have what they need, in the order in which they are asked."""
    timeout = settings.ai_timeout_seconds
    found: list[Provider] = []
    if key := settings.perplexity_api_key:
        make = _perplexity(settings.perplexity_model, settings.perplexity_base_url, key.get_secret_value(), timeout)
        found.append(Provider("perplexity", make, timeout, searches=True, output_mode="native"))
    if key := settings.openai_api_key:
        make = _openai(settings.openai_model, settings.openai_base_url, key.get_secret_value(), timeout)
        found.append(Provider("openai", make, timeout, output_mode="native"))
    if key := settings.groq_api_key:
        make = _groq(settings.groq_model, settings.groq_base_url, key.get_secret_value(), timeout)
        found.append(Provider("groq", make, timeout))
    if settings.ollama_base_url:
        make = _ollama(settings.ollama_model, settings.ollama_base_url, timeout)
        found.append(Provider("ollama", make, timeout))
    return tuple(found)


def read_sources(details: Mapping[str, Any] | None) -> tuple[Source, ...]:
    """Read the pages from what Perplexity sends beside its answer (`search_results`, older: `citations`)."""
    sources: dict[str, Source] = {}
    for result in (details or {}).get("search_results") or ():
        if isinstance(result, Mapping) and isinstance(url := result.get("url"), str):
            sources.setdefault(url, Source(url, str(result.get("title") or "")))
    for url in (details or {}).get("citations") or ():
        if isinstance(url, str):
            sources.setdefault(url, Source(url))
    return tuple(sources.values())


def _make_client(base_url: str, key: str, timeout: float) -> Any:
    from openai import AsyncOpenAI

    # Asking again is decided by the caller's order of providers, not hidden inside one of them.
    return AsyncOpenAI(base_url=base_url, api_key=key, max_retries=0, timeout=timeout)


def _openai(model: str, base_url: str, key: str, timeout: float) -> Callable[[], Model]:
    def make() -> Model:
        from pydantic_ai.models.openai import OpenAIChatModel
        from pydantic_ai.providers.openai import OpenAIProvider

        return OpenAIChatModel(model, provider=OpenAIProvider(openai_client=_make_client(base_url, key, timeout)))

    return make


def _perplexity(model: str, base_url: str, key: str, timeout: float) -> Callable[[], Model]:
    def make() -> Model:
        from openai.types.chat import ChatCompletion
        from pydantic_ai.models.openai import OpenAIChatModel
        from pydantic_ai.profiles import ModelProfile
        from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

        class PerplexityModel(OpenAIChatModel):
            """Keeps the pages that an answer rests on."""

            def _process_provider_details(self, response: ChatCompletion) -> dict[str, Any] | None:
                extra = response.model_extra or {}
                kept = {name: extra[name] for name in ("citations", "search_results") if extra.get(name)}
                return {**(super()._process_provider_details(response) or {}), **kept}

        client = _make_client(base_url, key, timeout)
        profile = ModelProfile(supports_json_schema_output=True)
        return PerplexityModel(
            model, provider=OpenAICompatibleProvider("perplexity", openai_client=client), profile=profile
        )

    return make


def _groq(model: str, base_url: str, key: str, timeout: float) -> Callable[[], Model]:
    def make() -> Model:
        from groq import AsyncGroq
        from pydantic_ai.models.groq import GroqModel
        from pydantic_ai.providers.groq import GroqProvider

        client = AsyncGroq(base_url=base_url, api_key=key, max_retries=0, timeout=timeout)
        return GroqModel(model, provider=GroqProvider(groq_client=client))

    return make


def _ollama(model: str, base_url: str, timeout: float) -> Callable[[], Model]:
    def make() -> Model:
        from pydantic_ai.models.openai import OpenAIChatModel
        from pydantic_ai.providers.ollama import OllamaProvider

        address = base_url if base_url.rstrip("/").endswith("/v1") else f"{base_url.rstrip('/')}/v1"
        client = _make_client(address, _NO_KEY, timeout)
        return OpenAIChatModel(model, provider=OllamaProvider(openai_client=client))

    return make
