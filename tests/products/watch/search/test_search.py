"""Which pages say something like this: by meaning with a model, by words without one, to whom and how much."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
from tests.fixtures.simulated import SimulatedWorld
from tests.products.watch.factories import LAMP, NEWS, PRICING, SOURCES, STATUS, House, Member, open_house

from headwater.core.clock import MovableClock
from headwater.core.database.database import Database
from headwater.core.settings import Settings
from headwater.demo.systems import models
from headwater.kit.ai import AsyncEmbedder
from headwater.products.watch.jobs import prepare_search
from headwater.products.watch.search import searching
from headwater.products.watch.search.indexing import make_indexes
from headwater.products.watch.search.searching import put_question, read_terms, search_pages

SEARCH = f"{SOURCES}/search"
MODEL = "text-embedding-3-small"


@pytest.fixture
async def model_house(settings: Settings, world: SimulatedWorld, clock: MovableClock) -> AsyncIterator[House]:
    """An installation with a model of embeddings: the simulated provider."""
    given = {
        "openai_api_key": "sk-of-this-test",
        "openai_base_url": (await world.open(models.system)).url,
        "embedding_model": MODEL,
    }
    read = Settings.model_validate({**settings.model_dump(exclude_unset=True), **given})
    async with open_house(read, world, clock=clock) as opened:
        yield opened


@pytest.fixture
async def bob(model_house: House) -> Member:
    """Somebody in the installation with a model."""
    return await model_house.add_member(email="bob@example.com")


async def test_without_a_model_nothing_is_kept_and_words_are_found(house: House, ada: Member) -> None:
    sources = {page: await ada.watch(page) for page in (PRICING, LAMP, STATUS)}
    assert await house.count("public.content_embeddings") == 0
    passage = await house.owner.fetchval(
        "select split_part(content, e'\n', 3) from public.scraped_contents where monitored_source_id = $1",
        sources[LAMP],
    )
    found = await ada.get(SEARCH, q=f'"{passage}"')
    assert found["by"] == "words"
    assert [(one["source_id"], one["passage"], one["score"]) for one in found["matches"]] == [
        (sources[LAMP], passage, 1.0)
    ]
    assert (await ada.get(SEARCH, q=f'"{passage}" -"{passage}"'))["matches"] == []


async def test_other_workspaces_and_deleted_sources_are_not_found(house: House, ada: Member) -> None:
    source = await ada.watch(LAMP)
    eve = await house.add_member(email="eve@example.com")
    word = (await ada.get(f"{SOURCES}/{source}/versions"))[0]["title"].split()[0]
    assert len((await ada.get(SEARCH, q=word))["matches"]) == 1
    assert (await eve.get(SEARCH, q=word))["matches"] == []
    await eve.get(SEARCH, q=word, workspace_id=str(ada.person.workspace_id), expect=404)
    await ada.delete(f"{SOURCES}/{source}")
    assert (await ada.get(SEARCH, q=word))["matches"] == []


async def test_a_question_needs_a_word_and_a_caller(house: House, ada: Member) -> None:
    assert (await ada.get(SEARCH, q='-""', expect=422))["code"] == "nothing_to_search"
    assert (await house.http.get(SEARCH, params={"q": "lamp"})).status_code == 401


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("Free  returns", ["free", "returns"], []),
        ('"free returns" -paid', ["free returns"], ["paid"]),
        ('-"sold out" e-mail', ["e-mail"], ["sold out"]),
        ('"open', ["open"], []),
    ],
)
def test_terms_are_read_as_search_engines_do(text: str, wanted: list[str], unwanted: list[str]) -> None:
    assert read_terms(text) == (wanted, unwanted)


async def test_signs_of_patterns_stand_for_themselves(ada: Member) -> None:
    await ada.watch(LAMP)
    for text in ("%", "_____________________", "\\"):
        assert (await ada.get(SEARCH, q=text))["matches"] == []


async def test_with_a_model_pages_are_found_by_meaning(model_house: House, bob: Member) -> None:
    sources = {page: await bob.watch(page) for page in (PRICING, LAMP, NEWS)}
    passage = await model_house.owner.fetchval(
        "select split_part(content, e'\n', 3) from public.scraped_contents where monitored_source_id = $1",
        sources[LAMP],
    )
    # Reversed, no page has these words in this order; the simulated model goes by words and their pieces.
    found = await bob.get(SEARCH, q=" ".join(reversed(passage.split())), limit=2)
    assert found["by"] == "meaning"
    assert len(found["matches"]) <= 2
    best = found["matches"][0]
    assert (best["source_id"], best["passage"]) == (sources[LAMP], passage)
    assert best["score"] == pytest.approx(1.0, abs=0.01)
    eve = await model_house.add_member(email="eve@example.com")
    assert (await eve.get(SEARCH, q=passage))["matches"] == []


async def test_each_text_is_embedded_once_whatever_becomes_of_the_check(model_house: House, bob: Member) -> None:
    source = await bob.watch()
    for kind in ("clock", "price", "clock"):
        model_house.world.web.change(PRICING, kind)
        await bob.check(source)
    asked = [text for one in model_house.world.models.asked if "input" in one.body for text in one.body["input"]]
    assert len(asked) == len(set(asked)) > 0
    await bob.delete(f"{SOURCES}/{source}")
    await bob.watch(f"{bob.page_url(PRICING)}?utm_source=letter")
    assert len([one for one in model_house.world.models.asked if "input" in one.body]) > 0
    again = [text for one in model_house.world.models.asked if "input" in one.body for text in one.body["input"]]
    assert len(again) == len(set(again))


async def test_comparison_measures_likeness_in_the_database(model_house: House, bob: Member) -> None:
    source = await bob.watch()
    model_house.world.web.change(PRICING, "price")
    assert (await bob.check(source))["outcome"] == "changed"
    (alert,) = await bob.alerts()
    assert "$" in alert["summary"]


async def test_search_falls_back_to_words_and_catches_up_when_the_model_is_back(
    model_house: House, bob: Member
) -> None:
    await model_house.world.models.set_mode("down")
    source = await bob.watch(LAMP)
    word = (await bob.get(f"{SOURCES}/{source}/versions"))[0]["title"].split()[0]
    found = await bob.get(SEARCH, q=word)
    assert (found["by"], len(found["matches"])) == ("words", 1)
    assert await model_house.count("public.content_embeddings") == 0
    await model_house.world.models.set_mode("normal")
    await prepare_search(model_house.worker)
    await model_house.work()
    found = await bob.get(SEARCH, q=word)
    assert (found["by"], len(found["matches"])) == ("meaning", 1)
    await prepare_search(model_house.worker)
    assert await model_house.work() == []


async def test_an_index_is_made_outside_checks_when_a_large_workspace_searches(
    model_house: House, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = await bob.watch(LAMP)
    indexes = "indexdef like '%hnsw%' and tablename = 'content_embeddings'"
    found = await bob.get(SEARCH, q="lamp")
    assert found["matches"]
    assert await model_house.count("pg_indexes", indexes) == 0
    await prepare_search(model_house.worker)
    assert await model_house.work() == []
    monkeypatch.setattr(searching, "EXACT_BELOW", 1)
    assert await bob.get(SEARCH, q="lamp") == found
    await prepare_search(model_house.worker)
    assert [run.kind for run, _ in await model_house.work()] == ["watch.index_vectors"]
    assert await model_house.count("pg_indexes", indexes) == 1
    assert [one["source_id"] for one in (await bob.get(SEARCH, q="lamp"))["matches"]] == [source]
    question = await put_question("lamp", embedder=find_embedder(model_house))
    assert "_idx" in await explain_search(model_house, bob, question, monkeypatch)


def find_embedder(house: House) -> AsyncEmbedder:
    """Return the model of the gateway."""
    return house.gateway.get(AsyncEmbedder)  # type: ignore[type-abstract]  # the registry takes a protocol as a key


async def explain_search(
    house: House, member: Member, question: searching.Question, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Return the plan of a search; few rows would make the planner read them all."""
    async with house.gateway.get(Database).raw(member.person.identity) as connection:
        await connection.execute("set local enable_seqscan = off; set local enable_sort = off")
        plans: list[str] = []

        class Explaining:
            def __getattr__(self, name: str) -> object:
                return getattr(connection, name)

            async def fetch(self, statement: str, *values: object) -> list[asyncpg.Record]:
                plans.extend(row[0] for row in await connection.fetch(f"explain {statement}", *values))
                return []

        await search_pages(
            Explaining(),
            question,
            workspace_id=member.person.workspace_id,
            limit=5,
        )
    return "\n".join(plans)


async def test_an_interrupted_index_is_made_again(model_house: House, bob: Member) -> None:
    await bob.watch(LAMP)
    database = model_house.worker.get(Database)
    await model_house.owner.execute(
        "insert into headwater.searched_models (model_name, dimensions) values ($1, 1536)", f"openai:{MODEL}"
    )
    await make_indexes(database)
    await model_house.owner.execute(
        "update pg_index set indisvalid = false where indexrelid in"
        " (select indexname::regclass from pg_indexes where indexdef like '%hnsw%')"
    )
    await model_house.owner.execute("update headwater.searched_models set indexed_at = null")
    await make_indexes(database)
    assert await model_house.count(
        "pg_index",
        "indisvalid and indexrelid in (select indexname::regclass from pg_indexes where indexdef like '%hnsw%')",
    )


async def read_passage(house: House, source_id: str) -> str:
    """Read the third passage of a source's one version."""
    found: str = await house.owner.fetchval(
        "select split_part(content, e'\n', 3) from public.scraped_contents where monitored_source_id = $1", source_id
    )
    return found
