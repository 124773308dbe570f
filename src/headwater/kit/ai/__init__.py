"""Language models and embeddings, from whichever providers the settings name, or none.

The names are imported when they are first used: a process that only embeds texts needs no client of any provider.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headwater.kit.ai.answers import Answer, NoProvider, ProvidersFailed, Usage
    from headwater.kit.ai.chat import Ai
    from headwater.kit.ai.embeddings import AsyncEmbedder, Embedder, FolderEmbedder, HashingEmbedder
    from headwater.kit.ai.openai_embedder import OpenAIEmbedder, find_embedder
    from headwater.kit.ai.providers import Provider, Source, find_providers

__all__ = [
    "Ai",
    "Answer",
    "AsyncEmbedder",
    "Embedder",
    "FolderEmbedder",
    "HashingEmbedder",
    "NoProvider",
    "OpenAIEmbedder",
    "Provider",
    "ProvidersFailed",
    "Source",
    "Usage",
    "find_embedder",
    "find_providers",
]

_MODULES = {
    "answers": ("Answer", "NoProvider", "ProvidersFailed", "Usage"),
    "chat": ("Ai",),
    "embeddings": ("AsyncEmbedder", "Embedder", "FolderEmbedder", "HashingEmbedder"),
    "openai_embedder": ("OpenAIEmbedder", "find_embedder"),
    "providers": ("Provider", "Source", "find_providers"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import the module of a public name (PEP 562)."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
