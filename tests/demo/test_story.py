"""The story of the demo can be told on the simulated web, and its steps are what they say."""

from __future__ import annotations

import aiohttp
import pytest
from selectolax.lexbor import LexborHTMLParser

from headwater.demo import World
from headwater.demo.story import STORY, WATCHED, Step


async def read_watched(world: World, client: aiohttp.ClientSession, page: str) -> tuple[str, list[str]]:
    async with client.get(world.web.page_url(page)) as response:
        assert response.status == 200
        html = await response.text()
    main = LexborHTMLParser(html).css_first("main")
    return html, sorted((main.text(separator=" ") if main is not None else html).split())


@pytest.mark.parametrize("step", STORY, ids=lambda step: step.says)
async def test_a_step_shows_on_the_page_that_is_watched(
    world: World, client: aiohttp.ClientSession, step: Step
) -> None:
    assert step.watched in {watched.page for watched in WATCHED}
    html, words = await read_watched(world, client, step.watched)
    await world.call("web", step.action, **step.arguments)
    html_after, words_after = await read_watched(world, client, step.watched)
    assert html_after != html
    if step.alerts:
        assert words_after != words
        assert world.web.list_changes()[-1].matters
    elif step.action == "set_mode":
        assert (await read_watched(world, client, step.watched)) == (html, words)
    else:
        assert not world.web.list_changes()[-1].matters


async def test_the_story_goes_from_its_beginning_to_its_end(world: World) -> None:
    for step in STORY:
        await world.call("web", step.action, **step.arguments)
    assert sum(step.alerts for step in STORY) >= 5
    assert sum(not step.alerts for step in STORY) >= 3
