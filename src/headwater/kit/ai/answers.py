"""What asking a language model gives: an answer with its cost and sources, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel

from headwater.core.errors import Unavailable
from headwater.kit.ai.providers import Source

Output = TypeVar("Output", bound=str | BaseModel)


class NoProvider(Unavailable):
    """No provider is set up that could answer: callers go on with what they can do without one."""

    default_code = "no_ai_provider"


class ProvidersFailed(Unavailable):
    """Every provider was slow, wrong or down; `details` says which and how."""

    default_code = "ai_providers_failed"


@dataclass(frozen=True)
class Usage:
    """What one question cost."""

    task: str
    provider: str
    model: str
    input_tokens: int
    output_tokens: int
    workspace_id: UUID | None


@dataclass(frozen=True)
class Answer(Generic[Output]):
    """What was answered, by whom, resting on which pages, and what it cost."""

    output: Output
    provider: str
    model: str
    sources: tuple[Source, ...]
    usage: Usage
