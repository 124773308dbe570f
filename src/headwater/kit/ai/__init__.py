"""Language models and embeddings, from whichever providers the settings name, or none."""

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
