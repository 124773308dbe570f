"""The OpenAPI document that the dashboard's client is generated from."""

from __future__ import annotations

import json

from generating.endpoints import make_app


def write_openapi() -> str:
    """Return the document as JSON, with its keys in the order of the code."""
    return json.dumps(make_app().openapi(), indent=2, ensure_ascii=False) + "\n"
