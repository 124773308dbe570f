"""The AI provider by its real clients: OpenAI's, Groq's and Perplexity's shapes, whole, streamed and wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import numpy as np
import openai
import pytest
from groq import AsyncGroq
from openai.types.chat import ChatCompletionMessageParam

from headwater.demo import DemoModels, DemoWeb
from tests.fixtures.waiting import wait_until

ASKED: list[ChatCompletionMessageParam] = [{"role": "user", "content": "tell me when Acme changes its prices"}]
DIFF = (
    "===== b0rder begin diff\n- The Team plan costs $20 per seat and month.\n"
    "+ The Team plan costs $24 per seat and month.\n"
    "+ Non-profit organisations receive forty percent off.\n===== b0rder end diff"
)


@pytest.fixture
async def openai_client(models: DemoModels) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(api_key="sk-demo", base_url=models.url, max_retries=0, timeout=5) as client:
        yield client


async def test_a_diff_becomes_two_sentences(models: DemoModels, openai_client: openai.AsyncOpenAI) -> None:
    answer = await openai_client.chat.completions.create(
        model="gpt-5-mini", messages=[{"role": "system", "content": "Summarise."}, {"role": "user", "content": DIFF}]
    )
    text = answer.choices[0].message.content
    assert text is not None
    assert "from $20 to $24" in text
    assert "New: “Non-profit organisations receive forty percent off”." in text
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 10
    (asked,) = models.list_requests("/chat/completions")
    assert asked.key == "sk-demo"
    assert asked.body["messages"][1]["content"] == DIFF


async def test_the_same_question_has_the_same_answer(openai_client: openai.AsyncOpenAI) -> None:
    answers = [await openai_client.chat.completions.create(model="gpt-5-mini", messages=ASKED) for _ in range(2)]
    assert answers[0].choices == answers[1].choices
    assert answers[0].id == answers[1].id


async def test_a_stream_says_the_same_as_the_whole(openai_client: openai.AsyncOpenAI) -> None:
    whole = await openai_client.chat.completions.create(model="gpt-5-mini", messages=ASKED)
    stream = await openai_client.chat.completions.create(
        model="gpt-5-mini", messages=ASKED, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage == whole.usage


async def test_perplexity_cites_pages_that_exist(
    models: DemoModels, web: DemoWeb, client: aiohttp.ClientSession
) -> None:
    async with openai.AsyncOpenAI(api_key="pplx", base_url=models.perplexity_url, max_retries=0) as perplexity:
        answer = await perplexity.chat.completions.create(model="sonar", messages=ASKED)
    extra = answer.model_extra or {}
    assert extra["citations"][0] == web.page_url("/acme/pricing")
    assert [result["url"] for result in extra["search_results"]] == extra["citations"]
    assert "[1]" in (answer.choices[0].message.content or "")
    assert answer.usage is not None
    assert (answer.usage.model_extra or {})["search_context_size"] == "low"
    for url in extra["citations"]:
        async with client.get(url) as response:
            assert response.status == 200


async def test_groq_has_its_own_path(models: DemoModels) -> None:
    async with AsyncGroq(api_key="gsk", base_url=models.perplexity_url, max_retries=0) as groq:
        answer = await groq.chat.completions.create(
            model="llama-3.3-70b-versatile", messages=[{"role": "user", "content": DIFF}]
        )
    assert "$24" in (answer.choices[0].message.content or "")
    assert models.asked[0].path == "/openai/v1/chat/completions"


async def test_embeddings_are_near_for_near_texts(openai_client: openai.AsyncOpenAI) -> None:
    texts = ["The team plan costs 20 dollars", "The team plan costs 24 dollars", "Gusts of wind on Sunday"]
    answer = await openai_client.embeddings.create(model="text-embedding-3-small", input=texts)
    plain = await openai_client.embeddings.create(
        model="text-embedding-3-small", input=texts[0], encoding_format="float", dimensions=256
    )
    vectors = np.array([item.embedding for item in answer.data])
    assert vectors.shape == (3, 1536)
    assert len(plain.data[0].embedding) == 256
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    nearness = vectors @ vectors.T
    assert nearness[0, 1] > 0.7
    assert nearness[0, 2] < 0.3
    with pytest.raises(openai.BadRequestError):
        await openai_client.embeddings.create(model="text-embedding-3-small", input=[])


async def test_models_are_listed(openai_client: openai.AsyncOpenAI) -> None:
    assert "gpt-5-mini" in [model.id async for model in openai_client.models.list()]


@pytest.mark.parametrize(
    ("mode", "error", "code"),
    [
        ("rate_limited", openai.RateLimitError, "rate_limit_exceeded"),
        ("out_of_quota", openai.RateLimitError, "insufficient_quota"),
        ("failing", openai.InternalServerError, None),
        ("unavailable", openai.InternalServerError, None),
        ("unauthorized", openai.AuthenticationError, "invalid_api_key"),
    ],
)
async def test_errors_have_the_vendors_shape(
    models: DemoModels,
    openai_client: openai.AsyncOpenAI,
    mode: str,
    error: type[openai.APIStatusError],
    code: str | None,
) -> None:
    await models.set_mode(mode, times=1, seconds=9)
    with pytest.raises(error) as raised:
        await openai_client.chat.completions.create(model="gpt-5-mini", messages=ASKED)
    assert raised.value.code == code
    assert raised.value.response.headers.get("retry-after") == ("9" if mode == "rate_limited" else None)
    await openai_client.chat.completions.create(model="gpt-5-mini", messages=ASKED)


async def test_down_and_held(models: DemoModels, openai_client: openai.AsyncOpenAI) -> None:
    await models.set_mode("down")
    with pytest.raises(openai.APIConnectionError):
        await openai_client.models.list()
    await models.set_mode("held")
    asking = asyncio.ensure_future(openai_client.chat.completions.create(model="gpt-5-mini", messages=ASKED))
    await wait_until(lambda: models.waiting, what="the question to be held")
    assert not asking.done()
    await models.set_mode("normal")
    assert (await asking).choices


async def test_refusal_emptiness_and_garbage(models: DemoModels, openai_client: openai.AsyncOpenAI) -> None:
    await models.set_mode("refusal", times=1)
    refused = await openai_client.chat.completions.create(model="gpt-5-mini", messages=ASKED)
    assert refused.choices[0].message.refusal
    await models.set_mode("empty", times=1)
    empty = await openai_client.chat.completions.create(model="gpt-5-mini", messages=ASKED)
    assert empty.choices[0].message.content == ""
    await models.set_mode("garbage", times=1)
    garbage = await openai_client.chat.completions.create(model="gpt-5-mini", messages=ASKED)
    assert isinstance(garbage, str)


async def test_no_key_and_no_sense_are_refused(models: DemoModels, client: aiohttp.ClientSession) -> None:
    url = f"{models.url}/chat/completions"
    async with client.post(url, json={"model": "m", "messages": ASKED}) as response:
        assert response.status == 401
    headers = {"Authorization": "Bearer k"}
    async with client.post(url, json={"model": "m"}, headers=headers) as response:
        assert response.status == 400
        assert (await response.json())["error"]["type"] == "invalid_request_error"
    async with client.post(url, data=b"{", headers=headers) as response:
        assert response.status == 400
