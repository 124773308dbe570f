"""Turning texts into vectors of length one: the two Protocols, and the embedders that run in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from headwater.core.errors import InvalidInput, Unavailable
from headwater.kit.ai.hashing import HashingEmbedder, Vectors

__all__ = ["AsyncEmbedder", "Embedder", "FolderEmbedder", "HashingEmbedder", "Vectors", "normalise_rows"]


class Embedder(Protocol):
    """Embeds in this process, without waiting for anybody."""

    @property
    def name(self) -> str:
        """Name the model, so that vectors of different ones are never compared."""
        ...

    @property
    def dimensions(self) -> int:
        """Say how long the vectors are."""
        ...

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Return one row of length one (float32) a text."""
        ...


class AsyncEmbedder(Protocol):
    """Embeds here or elsewhere; every embedder is one."""

    @property
    def name(self) -> str:
        """Name the model, so that vectors of different ones are never compared."""
        ...

    @property
    def dimensions(self) -> int:
        """Say how long the vectors are."""
        ...

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row of length one (float32) a text."""
        ...


class FolderEmbedder:
    """A static model2vec model in a folder of this machine (`pip install model2vec`), read at the first use."""

    def __init__(self, folder: Path) -> None:
        if not (folder / "config.json").is_file():
            raise InvalidInput(f"{folder.name} is no folder with a model2vec model.", hint="Set EMBEDDING_MODEL.")
        self._folder = folder
        self.name = f"model2vec:{folder.name}"

    @cached_property
    def dimensions(self) -> int:
        """Say how long the vectors are."""
        return int(self._model.dim)

    @cached_property
    def _model(self) -> Any:
        try:
            library = import_module("model2vec")
        except ImportError as error:
            raise Unavailable("model2vec isn't installed.", hint="pip install model2vec") from error
        return library.StaticModel.from_pretrained(str(self._folder))

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Return one row of length one (float32) a text."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return normalise_rows(self._model.encode(list(texts)))

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Do the same beside the event loop."""
        return await asyncio.to_thread(self.embed_texts, texts)


def normalise_rows(rows: Any) -> Vectors:
    """Return float32 rows of length one; a row of zeros becomes the first axis, since it has no direction."""
    vectors = np.array(rows, dtype=np.float32, ndmin=2)
    norms = np.linalg.norm(vectors, axis=1)
    vectors[norms == 0, 0] = 1.0
    norms[norms == 0] = 1.0
    scaled: Vectors = (vectors / norms[:, None]).astype(np.float32)
    return scaled
