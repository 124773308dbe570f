from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from headwater.core.errors import InvalidInput, Unavailable, UpstreamFailed
from headwater.core.settings import SettingsError, load_settings
from headwater.demo.models import DemoModels, open_models
from headwater.kit.ai import FolderEmbedder, HashingEmbedder, OpenAIEmbedder, find_embedder
from headwater.kit.fetch import Fetcher

MODEL = "text-embedding-3-small"


@pytest.fixture
async def models() -> AsyncIterator[DemoModels]:
    async with open_models() as opened:
        yield opened


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    opened = Fetcher(user_agent="Headwater/test (+https://example.com)")
    yield opened
    await opened.close()


def embedder_at(models: DemoModels, fetcher: Fetcher, *, timeout: float = 5.0) -> OpenAIEmbedder:
    return OpenAIEmbedder(fetcher, base_url=models.url, api_key="key", model=MODEL, timeout=timeout)


async def test_texts_are_embedded_in_batches_and_in_order(models: DemoModels, fetcher: Fetcher) -> None:
    embedder = embedder_at(models, fetcher)
    texts = [f"passage number {number} about prices" for number in range(300)]
    together = await embedder.embed(texts)
    assert together.shape == (300, 1536)
    assert together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert len(models.list_requests("embeddings")) == 3
    assert np.allclose(together[211], (await embedder.embed([texts[211]]))[0], atol=1e-6)


async def test_texts_without_content_are_not_sent(models: DemoModels, fetcher: Fetcher) -> None:
    embedder = embedder_at(models, fetcher)
    assert (await embedder.embed([])).shape == (0, 1536)
    rows = await embedder.embed(["", "words \x00 and \ud800 more", "  \n"])
    assert rows[0][0] == rows[2][0] == 1
    assert len(models.list_requests("embeddings")[0].body["input"]) == 1


@pytest.mark.parametrize(
    "mode", ["failing", "rate_limited", "unauthorized", "wrong_shape", "garbage", "down", "held", "unavailable"]
)
async def test_failures_are_one_error(models: DemoModels, fetcher: Fetcher, mode: str) -> None:
    await models.set_mode(mode)
    with pytest.raises(UpstreamFailed) as caught:
        await embedder_at(models, fetcher, timeout=0.5).embed(["text"])
    assert caught.value.code == "embedding_failed"
    await models.set_mode("normal")


async def test_the_embedder_is_chosen_by_the_settings(fetcher: Fetcher, tmp_path: Path) -> None:
    assert isinstance(find_embedder(load_settings(_env_file=None), fetcher=fetcher), HashingEmbedder)
    named = load_settings(_env_file=None, embedding_model=MODEL, openai_api_key="k")
    assert find_embedder(named, fetcher=fetcher).name == f"openai:{MODEL}"
    (tmp_path / "config.json").write_text("{}")
    folder = load_settings(_env_file=None, embedding_model=str(tmp_path))
    assert isinstance(find_embedder(folder, fetcher=fetcher), FolderEmbedder)
    with pytest.raises(SettingsError, match="EMBEDDING_MODEL"):
        find_embedder(load_settings(_env_file=None, embedding_model=MODEL), fetcher=fetcher)


def test_a_folder_without_its_library_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(Unavailable) as caught:
        FolderEmbedder(tmp_path).embed_texts(["text"])
    assert caught.value.hint == "pip install model2vec"
    with pytest.raises(InvalidInput):
        FolderEmbedder(tmp_path / "elsewhere")


async def test_hashing_answers_the_same_way_as_the_others() -> None:
    embedder = HashingEmbedder()
    one, other = await asyncio.gather(embedder.embed(["text"]), embedder.embed(["text"]))
    assert np.array_equal(one, other)
