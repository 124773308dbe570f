"""The real adapters against the simulated provider, in every way that it can fail."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import BaseModel

from headwater.core.settings import load_settings
from headwater.demo.models import DemoModels, open_models
from headwater.kit.ai import Ai, ProvidersFailed, find_providers


class Summary(BaseModel):
    summary: str


@pytest.fixture
async def models() -> AsyncIterator[DemoModels]:
    async with open_models() as opened:
        yield opened


@pytest.fixture
async def ai(models: DemoModels) -> AsyncIterator[Ai]:
    settings = load_settings(_env_file=None, openai_api_key="key", openai_base_url=models.url, ai_timeout_seconds=1.0)
    opened = Ai(find_providers(settings))
    yield opened
    await opened.close()


async def ask(ai: Ai) -> Summary:
    data = {"old": "Pro: $20 a month", "new": "Pro: $24 a month"}
    answer = await ai.ask(task="test", instructions="Summarise the change.", data=data, output=Summary)
    return answer.output


async def test_an_answer_in_the_form_asked_for(ai: Ai, models: DemoModels) -> None:
    assert (await ask(ai)).summary
    assert models.asked[0].key == "key"


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("failing", "http 500"),
        ("unavailable", "http 503"),
        ("rate_limited", "http 429"),
        ("out_of_quota", "http 429"),
        ("unauthorized", "http 401"),
        ("wrong_json", "wrong answer"),
        ("wrong_shape", "wrong answer"),
        ("empty", "wrong answer"),
        ("garbage", "wrong answer"),
        ("refusal", "wrong answer"),
        ("held", "timeout"),
        ("down", "unreachable"),
    ],
)
async def test_each_failure_is_told_and_over_when_it_is_over(
    ai: Ai, models: DemoModels, mode: str, reason: str
) -> None:
    await models.set_mode(mode)
    with pytest.raises(ProvidersFailed) as caught:
        await ask(ai)
    assert caught.value.details == {"openai": reason}
    await models.set_mode("normal")
    assert (await ask(ai)).summary
