"""Function words, and small words that turn a meaning round."""

from __future__ import annotations

from headwater.products.watch.language.lexicon import read_sections, read_words

STOPWORDS = frozenset(word for words in read_words("stopwords").values() for word in words)
NEGATIONS = frozenset(read_words("turns")["negations"])
# Function words of which one for another still turns a meaning; "only" does so by coming or going.
WEIGHTY = tuple(frozenset(line.split()) for line in read_sections("turns")["weighty"])
