"""Lexical embeddings without a model: word and character n-grams hashed into a fixed number of dimensions.

The "hashing trick" of Weinberger et al. (2009), with signs, over words, pairs of words and character n-grams. The whole
batch is worked on as one array of code points, so that no Python loop runs over characters.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
_Codes = NDArray[np.uint64]
_Indexes = NDArray[np.intp]

# An odd base has an inverse modulo 2**64, so a word's hash is cut out of the running sum by one multiplication.
_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 2**64)
_BATCH_CHARACTERS = 60_000
_BORDER = "\x00"
_GRAMS = (3, 4)
_GRAM_WEIGHT = 0.35
_PAIR_WEIGHT = 0.7
# Short words are mostly grammar; a word of six letters or more counts in full.
_FULL_WORD = 6.0


class HashingEmbedder:
    """The default embedder: needs no key, no model and no network, and gives the same vectors everywhere.

    It sees shared words and spellings, not meaning: two texts that say the same in other words look different to it.
    """

    def __init__(self, dimensions: int = 384) -> None:
        self.dimensions = dimensions
        self.name = f"hashing-{dimensions}-v1"

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Return one row of length one (float32) a text; a text without letters or digits gets the first axis."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float64)
        start = 0
        for batch in _cut_batches(texts):
            vectors[start : start + len(batch)] = _embed_batch(batch, dimensions=self.dimensions)
            start += len(batch)
        norms = np.sqrt((vectors * vectors).sum(axis=1))
        vectors[norms == 0, 0] = 1.0
        norms[norms == 0] = 1.0
        unit: Vectors = (vectors / norms[:, None]).astype(np.float32)
        return unit

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Do the same for callers that take any embedder, beside the event loop where the texts are long."""
        if sum(map(len, texts)) <= _BATCH_CHARACTERS:
            return self.embed_texts(texts)
        return await asyncio.to_thread(self.embed_texts, texts)


def _cut_batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    characters = 0
    for text in texts:
        normal = unicodedata.normalize("NFKC", text).lower().replace(_BORDER, " ")
        if batch and characters + len(normal) > _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
        batch.append(normal)
        characters += len(normal) + 1
    if batch:
        yield batch


def _embed_batch(texts: Sequence[str], *, dimensions: int) -> NDArray[np.float64]:
    codes, rows = _read_codes(texts)
    sums = _running_sums(codes)
    buckets: list[_Codes] = []
    owners: list[_Indexes] = []
    weights: list[NDArray[np.float64]] = []
    for hashes, row, weight in (*_hash_words(codes, rows, sums), *_hash_grams(codes, rows, sums)):
        buckets.append(_mix(hashes))
        owners.append(row)
        weights.append(weight)
    mixed = np.concatenate(buckets)
    column = ((mixed >> np.uint64(33)) % np.uint64(dimensions)).astype(np.intp)
    sign = 1.0 - 2.0 * (mixed & np.uint64(1)).astype(np.float64)
    flat = np.concatenate(owners) * dimensions + column
    size = len(texts) * dimensions
    totals = np.bincount(flat, weights=np.concatenate(weights) * sign, minlength=size)
    return totals.astype(np.float64).reshape(len(texts), dimensions)


def _read_codes(texts: Sequence[str]) -> tuple[_Codes, _Indexes]:
    """Return all texts as one array in which each run of other characters is one zero, and the text each place
    belongs to.
    """
    # The replaced surrogates can't be encoded; what replaces them only has to be the same each time.
    joined = (_BORDER + _BORDER.join(texts) + _BORDER).encode("utf-32-le", errors="replace")
    raw = np.frombuffer(joined, dtype="<u4")
    # The first border belongs to no text, and the others end the text before them.
    rows = np.maximum(np.cumsum(raw == 0) - 1, 0)
    rows[1:] = np.where(raw[1:] == 0, rows[1:] - 1, rows[1:])
    known = _alphanumeric()
    letters = known[np.minimum(raw, len(known) - 1)]
    keep = letters.copy()
    keep[1:] |= letters[:-1]
    keep[0] = True
    codes = np.where(letters, raw, 0)[keep].astype(np.uint64)
    return codes, np.minimum(rows[keep], len(texts) - 1)


@cache
def _alphanumeric() -> NDArray[np.bool_]:
    """Say of each code point of the basic plane whether words are made of it; the last entry is for the rest."""
    table = np.fromiter(
        (chr(code).isalnum() or unicodedata.category(chr(code))[0] == "M" for code in range(0x10000)),
        dtype=np.bool_,
        count=0x10000,
    )
    table[-1] = True
    return table


def _running_sums(codes: _Codes) -> _Codes:
    """Return the running polynomial sums, one longer than `codes`, modulo 2**64."""
    powers = _powers(len(codes), _BASE)
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum((codes + np.uint64(1)) * powers, out=sums[1:])
    return sums


def _powers(length: int, base: int) -> _Codes:
    size = 1 << max(length - 1, 0).bit_length()
    return _all_powers(base, size)[:length]


@cache
def _all_powers(base: int, size: int) -> _Codes:
    powers = np.full(size, base, dtype=np.uint64)
    powers[0] = 1
    return np.cumprod(powers, dtype=np.uint64)


def _hash_pieces(sums: _Codes, start: _Indexes, end: _Indexes) -> _Codes:
    hashes: _Codes = (sums[end] - sums[start]) * _powers(len(sums), _INVERSE)[start]
    return hashes


def _hash_words(codes: _Codes, rows: _Indexes, sums: _Codes) -> list[tuple[_Codes, _Indexes, NDArray[np.float64]]]:
    inside = (codes != 0).astype(np.int8)
    edges = np.diff(inside, prepend=np.int8(0), append=np.int8(0))
    start, end = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    if not len(start):
        return [(codes[:0], rows[:0], np.zeros(0))]
    weight = np.minimum((end - start) / _FULL_WORD, 1.0)
    row = rows[start]
    together = row[1:] == row[:-1]
    pairs = _hash_pieces(sums, start[:-1], end[1:])[together]
    pair_weight = (np.maximum(weight[1:], weight[:-1]) * _PAIR_WEIGHT)[together]
    return [(_hash_pieces(sums, start, end), row, weight), (pairs, row[:-1][together], pair_weight)]


def _hash_grams(codes: _Codes, rows: _Indexes, sums: _Codes) -> list[tuple[_Codes, _Indexes, NDArray[np.float64]]]:
    found = []
    for size in _GRAMS:
        count = len(codes) - size + 1
        if count <= 0:
            continue
        first = np.arange(count)
        # The border before a word counts as its beginning; a piece that reaches into the next word says little.
        inner = np.ones(count, dtype=np.bool_)
        for offset in range(1, size - 1):
            inner &= codes[offset : offset + count] != 0
        start = first[inner]
        # One more power of the base keeps pieces of words apart from words that are spelt the same.
        hashes = _hash_pieces(sums, start, start + size) + np.uint64(size)
        row = rows[start + 1]
        found.append((hashes, row, np.full(len(start), _GRAM_WEIGHT)))
    return found


def _mix(hashes: _Codes) -> _Codes:
    """Spread the bits (the finaliser of splitmix64)."""
    mixed = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    spread: _Codes = mixed ^ (mixed >> np.uint64(31))
    return spread
