"""Structured output through pydantic-ai, in each of its ways, from a provider that is right and one that is wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Literal

import openai
import pytest
from pydantic import BaseModel, Field
from pydantic_ai import Agent, NativeOutput, PromptedOutput, ToolOutput
from pydantic_ai.exceptions import IncompleteToolCall, UnexpectedModelBehavior
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from headwater.demo import DemoModels, DemoWeb

QUESTION = "tell me when Northwind has an outage, from its status page"


class Found(BaseModel):
    """A page worth watching."""

    url: str
    title: str = Field(max_length=80)
    kind: Literal["website", "rss", "sitemap"]
    reason: str


class Discovery(BaseModel):
    """What was found."""

    refined_query: str
    monitorable_urls: list[Found] = Field(max_length=5)
    confidence: float = Field(ge=0, le=1)
    note: str | None = None


@pytest.fixture
async def model(models: DemoModels) -> AsyncIterator[OpenAIChatModel]:
    async with openai.AsyncOpenAI(api_key="k", base_url=models.url, max_retries=0) as client:
        yield OpenAIChatModel("gpt-5-mini", provider=OpenAIProvider(openai_client=client))


@pytest.mark.parametrize("shape", [NativeOutput, ToolOutput, PromptedOutput])
async def test_discovery_offers_pages_that_exist(web: DemoWeb, model: OpenAIChatModel, shape: Any) -> None:
    agent: Agent[None, Discovery] = Agent(model, output_type=shape(Discovery), instructions="Find pages.", retries=0)
    result = await agent.run(QUESTION)
    found = result.output.monitorable_urls
    assert found[0].url == web.page_url("/northwind/status")
    assert found[0].kind == "website"
    assert found[0].reason == "It speaks of Northwind, status."
    assert {page.url for page in found} <= {listing.url for listing in web.list_catalogue()}
    assert result.output.refined_query == QUESTION
    assert 0 <= result.output.confidence <= 1
    assert result.usage.input_tokens > 0


@pytest.mark.parametrize("shape", [NativeOutput, ToolOutput, PromptedOutput])
@pytest.mark.parametrize("mode", ["wrong_json", "wrong_shape"])
async def test_wrong_answers_are_wrong(models: DemoModels, model: OpenAIChatModel, shape: Any, mode: str) -> None:
    await models.set_mode(mode)
    agent: Agent[None, Discovery] = Agent(model, output_type=shape(Discovery), retries=0)
    with pytest.raises((UnexpectedModelBehavior, IncompleteToolCall)):
        await agent.run(QUESTION)


async def test_invented_addresses_look_right_and_do_not_exist(models: DemoModels, model: OpenAIChatModel) -> None:
    await models.set_mode("wrong_urls")
    result = await Agent(model, output_type=NativeOutput(Discovery)).run(QUESTION)
    assert result.output.monitorable_urls
    assert all(".example/" in page.url for page in result.output.monitorable_urls)


async def test_a_wrong_answer_is_put_right_at_the_second_asking(models: DemoModels, model: OpenAIChatModel) -> None:
    await models.set_mode("wrong_shape", times=1)
    result = await Agent(model, output_type=NativeOutput(Discovery), retries=1).run(QUESTION)
    assert result.output.monitorable_urls
    assert len(models.asked) == 2


async def test_a_streamed_tool_call(model: OpenAIChatModel) -> None:
    agent: Agent[None, Discovery] = Agent(model, output_type=ToolOutput(Discovery))
    async with agent.run_stream(QUESTION) as run:
        output = await run.get_output()
    assert output.monitorable_urls


async def test_plain_text(model: OpenAIChatModel) -> None:
    result = await Agent(model).run("Before: Free trial available.\nAfter: Free trial suspended.")
    assert result.output.startswith("Changed from available to suspended: ")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("before: It is in stock today.\nafter: It is out of stock today.", "Changed from in stock to out of stock: "),
        (
            "removed: Deprecations\nremoved: Version 1 ends on 30 June.",
            "Removed: “Version 1 ends on 30 June”. 1 more passage",
        ),
        ("before: Write to Ada, our lead.\nafter: Write to Bob, our lead.", "Changed from Ada to Bob: "),
        (
            '{"added": ["A new plan for schools."], "removed": []}',
            "New: “A new plan for schools”. Nothing else changed.",
        ),
        ("Zebras doze. Giraffes hum at dusk. Bring ear plugs.", "Zebras doze. Giraffes hum at dusk."),
    ],
)
async def test_summaries_name_what_changed(model: OpenAIChatModel, question: str, answer: str) -> None:
    assert (await Agent(model).run(question)).output.startswith(answer)
