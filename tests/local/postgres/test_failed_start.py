"""A start that failed lets go of the folder: whoever mends the cause starts again."""

from __future__ import annotations

from pathlib import Path

import pytest

from headwater.core.errors import Unavailable
from headwater.local.postgres import LocalPostgres


async def test_setting_that_was_wrong(tmp_path: Path) -> None:
    wrong = LocalPostgres(tmp_path / "postgres", port=0, durable=False, settings={"no_such_setting": "1"})
    with pytest.raises(Unavailable):
        await wrong.start()
    async with LocalPostgres(tmp_path / "postgres", port=0, durable=False) as another:
        assert another.dsn
