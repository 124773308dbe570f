"""What feeds and sitemaps list, as passages: an entry by its identity, an address by itself."""

from __future__ import annotations

from headwater.kit.feeds.parsing import Feed
from headwater.kit.feeds.sitemaps import list_addresses
from headwater.kit.text.normalising import hash_text, normalise_text
from headwater.products.watch.page.passages import MAX_PASSAGES, Passage


def list_entry_passages(feed: Feed) -> tuple[Passage, ...]:
    """Each entry as a passage; its identity is a hint, so that an edit of an entry is a rewording of it."""
    passages: list[Passage] = []
    for entry in feed.entries:
        text = (
            f"{entry.title}. {entry.text}"
            if entry.text and entry.title and entry.text != entry.title
            else entry.title or entry.text
        )
        if not text:
            continue
        clean = normalise_text(text)
        passages.append(
            Passage(
                text=clean, hash=hash_text(clean), ordinal=len(passages), tag="entry", hints=(f"id:{entry.identity}",)
            )
        )
    return tuple(passages)


def list_address_passages(text: str) -> tuple[Passage, ...]:
    """Each address of a sitemap as a passage, sorted: their order says nothing. At most `MAX_PASSAGES`."""
    addresses = sorted(list_addresses(text))
    return tuple(
        Passage(text=address, hash=hash_text(address), ordinal=ordinal, tag="address", hints=(f"id:{address}",))
        for ordinal, address in enumerate(addresses[:MAX_PASSAGES])
    )
