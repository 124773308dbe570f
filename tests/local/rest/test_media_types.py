"""Reading Accept and Content-Type: parameters, and headers that are made to take long."""

from __future__ import annotations

from headwater.kit.processes import ProcessPool
from headwater.local.rest.requests import media_types
from headwater.local.rest.requests.media_types import parse_accept

# What takes a header in one pass needs milliseconds, what takes the square of it many times as long as this. A header
# is four times as long as the server lets in, so that the square is seen on fast machines as well.
DEADLINE_SECONDS = 5.0
HEADER_BYTES = 4 * 65_536


async def test_a_header_of_spaces_is_read_in_one_pass() -> None:
    pool = ProcessPool(size=1, seconds=DEADLINE_SECONDS, preload=[media_types.__name__])
    try:
        for spaces in (" ", "\t", "; ", ";a "):
            header = "application/json" + spaces * (HEADER_BYTES // len(spaces)) + "x"
            (found,) = await pool.run(parse_accept, header)
            assert found == media_types.JSON
    finally:
        await pool.close()


def test_spaces_around_parameters_say_nothing() -> None:
    for text in ("; nulls = stripped", " ;nulls=stripped", '\t;\tnulls\t=\t"stripped"'):
        (found,) = parse_accept(f"application/vnd.pgrst.object+json{text}")
        assert (found.kind, found.stripped) == ("object", True)
