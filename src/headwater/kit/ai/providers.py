"""The chat providers that the settings name, each as a model of pydantic-ai made at its first use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from headwater.core.settings import Settings
from headwater.kit.fetch import Fetcher

if TYPE_CHECKING:
    from pydantic_ai.models import Model
    from pydantic_ai.profiles import ModelProfile

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


def find_providers(settings: Settings, *, fetcher: Fetcher | None = None) -> tuple[Provider, ...]:
    """Return the providers that have what they need, in the order in which they are asked.

    They call through `fetcher`; without one each opens its own, which `Ai.close` closes.
    """
    timeout = settings.ai_timeout_seconds
    found: list[Provider] = []
    if key := settings.perplexity_api_key:
        way = _Way(fetcher, settings.perplexity_base_url, key.get_secret_value(), timeout)
        make = partial(_make_perplexity, settings.perplexity_model, way)
        found.append(Provider("perplexity", make, timeout, searches=True, output_mode="native"))
    if key := settings.openai_api_key:
        way = _Way(fetcher, settings.openai_base_url, key.get_secret_value(), timeout)
        found.append(
            Provider("openai", partial(_make_openai, settings.openai_model, way), timeout, output_mode="native")
        )
    if key := settings.groq_api_key:
        way = _Way(fetcher, _end_with(settings.groq_base_url, "/openai/v1"), key.get_secret_value(), timeout)
        found.append(Provider("groq", partial(_make_compatible, "groq", settings.groq_model, way), timeout))
    if settings.ollama_base_url:
        way = _Way(fetcher, _end_with(settings.ollama_base_url, "/v1"), _NO_KEY, timeout)
        found.append(Provider("ollama", partial(_make_ollama, settings.ollama_model, way), timeout))
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


@dataclass(frozen=True)
class _Way:
    fetcher: Fetcher | None
    base_url: str
    key: str = field(repr=False)
    timeout: float

    def open(self) -> Any:
        import httpx2
        from openai import AsyncOpenAI

        from headwater.kit.ai.transport import FetcherTransport

        # Asking again is decided by the caller's order of providers, not hidden inside one of them.
        return AsyncOpenAI(
            base_url=self.base_url,
            api_key=self.key,
            max_retries=0,
            timeout=self.timeout,
            http_client=httpx2.AsyncClient(transport=FetcherTransport(self.fetcher)),
        )


def _end_with(address: str, path: str) -> str:
    """Return the address of the API, whether the setting names it or only its server."""
    address = address.rstrip("/")
    return address if address.endswith("/v1") else f"{address}{path}"


def _make_openai(model: str, way: _Way) -> Model:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    return OpenAIChatModel(model, provider=OpenAIProvider(openai_client=way.open()))


def _make_compatible(name: str, model: str, way: _Way) -> Model:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    return OpenAIChatModel(model, provider=OpenAICompatibleProvider(name, openai_client=way.open()))


def _make_ollama(model: str, way: _Way) -> Model:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.ollama import OllamaProvider

    return OpenAIChatModel(model, provider=OllamaProvider(openai_client=way.open()), profile=_with_older_limit)


def _make_perplexity(model: str, way: _Way) -> Model:
    from openai.types.chat import ChatCompletion
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    class PerplexityModel(OpenAIChatModel):
        """Keeps the pages that an answer rests on."""

        def _process_provider_details(self, response: ChatCompletion) -> dict[str, Any] | None:
            extra = response.model_extra or {}
            kept = {name: extra[name] for name in ("citations", "search_results") if extra.get(name)}
            return {**(super()._process_provider_details(response) or {}), **kept}

    provider = OpenAICompatibleProvider("perplexity", openai_client=way.open())
    profile = OpenAIModelProfile(supports_json_schema_output=True, openai_chat_supports_max_completion_tokens=False)
    return PerplexityModel(model, provider=provider, profile=profile)


def _with_older_limit(known: ModelProfile) -> ModelProfile:
    """Name the limit on the answer `max_tokens`, as servers do that follow OpenAI's interface of before 2025."""
    from pydantic_ai.profiles import merge_profile
    from pydantic_ai.profiles.openai import OpenAIModelProfile

    return merge_profile(known, OpenAIModelProfile(openai_chat_supports_max_completion_tokens=False))
