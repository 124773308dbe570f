"""An AI provider, which knows the pages of the simulated web."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from headwater.demo.models import DemoModels, open_models
from headwater.demo.web import DemoWeb
from headwater.kit.demo import Opening, System


def _open(opening: Opening) -> AbstractAsyncContextManager[DemoModels]:
    port, control_port = opening.ports
    web = opening.neighbours["web"]
    find_listings = web.list_catalogue if isinstance(web, DemoWeb) else tuple
    return open_models(port=port, control_port=control_port, find_listings=find_listings)


def _point_at(models: DemoModels) -> dict[str, str]:
    return {"OPENAI_API_KEY": "sk-demo", "OPENAI_BASE_URL": models.url}


system = System(
    name="models",
    open=_open,
    needs=("web",),
    settings=_point_at,
    addresses=lambda models: {"perplexity": models.perplexity_url},
)
