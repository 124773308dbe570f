"""Embeddings from anything that speaks OpenAI's `POST /embeddings`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from headwater.core.errors import UpstreamFailed
from headwater.core.settings import Settings, SettingsError
from headwater.core.text import clean_text
from headwater.kit.ai.embeddings import AsyncEmbedder, FolderEmbedder, HashingEmbedder, Vectors, normalise_rows
from headwater.kit.fetch import Fetcher, FetchFailed

_BATCH = 128
_LONGEST_TEXT = 20_000
_ANSWER_BYTES = 32 * 1024 * 1024


class OpenAIEmbedder:
    """Embeds at an OpenAI-compatible endpoint, in batches. The model is asked for `dimensions`, and held to them."""

    def __init__(
        self,
        fetcher: Fetcher,
        *,
        base_url: str,
        api_key: str,
        model: str,
        dimensions: int = 1536,
        timeout: float = 30.0,
    ) -> None:
        self.name = f"openai:{model}"
        self.dimensions = dimensions
        self._fetcher = fetcher
        self._url = f"{base_url.rstrip('/')}/embeddings"
        self._key = api_key
        self._model = model
        self._timeout = timeout

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row of length one (float32) a text; a text without content gets the first axis.

        Raises:
            UpstreamFailed: the endpoint can't be reached, refuses, or answers wrongly.
        """
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        # The API refuses empty inputs.
        filled = [index for index, text in enumerate(texts) if text.strip()]
        for start in range(0, len(filled), _BATCH):
            batch = filled[start : start + _BATCH]
            rows[batch] = await self._embed_batch([_clean(texts[index]) for index in batch])
        return normalise_rows(rows) if len(texts) else rows

    async def _embed_batch(self, texts: list[str]) -> Any:
        body = {"model": self._model, "input": texts, "dimensions": self.dimensions, "encoding_format": "float"}
        try:
            answer = await self._fetcher.request(
                "POST",
                self._url,
                headers={"Authorization": f"Bearer {self._key}"},
                json=body,
                timeout=self._timeout,
                max_bytes=_ANSWER_BYTES,
                trusted=True,
            )
            document: Any = answer.json() if answer.ok else None
        except FetchFailed as error:
            raise UpstreamFailed(f"The embedding endpoint failed: {error.message}", code="embedding_failed") from error
        if not answer.ok:
            raise UpstreamFailed(f"The embedding endpoint answered {answer.status}.", code="embedding_failed")
        try:
            found = sorted(document["data"], key=lambda item: item["index"])
            vectors = np.array([item["embedding"] for item in found], dtype=np.float32)
        except (KeyError, TypeError, ValueError) as error:
            raise UpstreamFailed("The embedding endpoint answered nonsense.", code="embedding_failed") from error
        if vectors.shape != (len(texts), self.dimensions) or not np.isfinite(vectors).all():
            raise UpstreamFailed("The embedding endpoint gave vectors of another size.", code="embedding_failed")
        return vectors


def find_embedder(settings: Settings, *, fetcher: Fetcher) -> AsyncEmbedder:
    """Return the embedder that EMBEDDING_MODEL names: a folder, a model at OPENAI_BASE_URL, or none: lexical hashing.

    Raises:
        SettingsError: it is neither a folder with a model nor usable without OPENAI_API_KEY.
    """
    name = settings.embedding_model
    if not name:
        return HashingEmbedder()
    folder = Path(name)
    if (folder / "config.json").is_file():
        return FolderEmbedder(folder)
    if settings.openai_api_key is None:
        raise SettingsError("EMBEDDING_MODEL: is no folder with a model2vec model; a model's name needs OPENAI_API_KEY")
    return OpenAIEmbedder(
        fetcher,
        base_url=settings.openai_base_url,
        api_key=settings.openai_api_key.get_secret_value(),
        model=name,
        timeout=settings.ai_timeout_seconds,
    )


def _clean(text: str) -> str:
    return clean_text(text[:_LONGEST_TEXT])
