"""The tables as the code sees them are those of the migrated database."""

from __future__ import annotations

import psycopg
import pytest

from headwater.products.watch.tables import metadata

_COLUMNS = """
select column_name, is_nullable = 'YES', column_default is not null
from information_schema.columns
where table_schema = 'public' and table_name = %s
"""


@pytest.mark.parametrize("name", [table.name for table in metadata.sorted_tables])
def test_no_table_has_drifted(dsn: str, name: str) -> None:
    with psycopg.connect(dsn) as connection:
        found = {row[0]: row[1:] for row in connection.execute(_COLUMNS, [name])}
    table = metadata.tables[f"public.{name}"]
    declared = {column.name: (bool(column.nullable), column.server_default is not None) for column in table.columns}
    assert declared == found
