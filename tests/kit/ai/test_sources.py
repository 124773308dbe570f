"""The pages that an answer names: each once, with its title where it has one, whatever else stands beside."""

from __future__ import annotations

from typing import Any

import pytest

from headwater.kit.ai import Source
from headwater.kit.ai.providers import read_sources


@pytest.mark.parametrize(
    ("details", "sources"),
    [
        (None, []),
        ({}, []),
        ({"search_results": None, "citations": None}, []),
        ({"search_results": [{"url": "u", "title": "T"}]}, [Source("u", "T")]),
        ({"search_results": [{"url": "u"}, {"url": "v", "title": None}]}, [Source("u", ""), Source("v", "")]),
        ({"search_results": [{"url": "u", "title": "T"}, {"url": "u", "title": "S"}]}, [Source("u", "T")]),
        ({"search_results": [{"title": "T"}, {"url": 5}, "u", None]}, []),
        ({"citations": ["u", 5, None, "v", "u"]}, [Source("u"), Source("v")]),
        ({"search_results": [{"url": "u", "title": "T"}], "citations": ["u", "v"]}, [Source("u", "T"), Source("v")]),
    ],
)
def test_pages_that_an_answer_names(details: dict[str, Any] | None, sources: list[Source]) -> None:
    assert list(read_sources(details)) == sources
