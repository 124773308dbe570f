"""A plain embedder for the rules' tests: hashed counts of three and four letters, normalised."""

from __future__ import annotations

from zlib import crc32

import numpy as np


def embed_ngrams(texts: list[str]) -> np.ndarray:
    """(n, 384) float32 vectors of unit length."""
    vectors = np.zeros((len(texts), 384), dtype=np.float32)
    for row, text in enumerate(texts):
        lowered = text.lower()
        for size in (3, 4):
            for start in range(len(lowered) - size + 1):
                vectors[row, crc32(lowered[start : start + size].encode()) % 384] += 1.0
        vectors[row] /= max(float(np.linalg.norm(vectors[row])), 1e-9)
    return vectors
