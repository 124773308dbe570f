"""What the engine takes from a Supabase `config.toml`."""

from __future__ import annotations

from pathlib import Path

import pytest

from headwater.local.rest import ApiConfigError, read_rest_config


def write_config(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_new_project_exposes_public_and_bounds_rows(tmp_path: Path) -> None:
    for config in (read_rest_config(), read_rest_config(tmp_path / "none.toml")):
        assert (config.schemas, config.extra_search_path, config.max_rows) == (
            ("public",),
            ("public", "extensions"),
            1_000,
        )


def test_the_api_part_is_followed(tmp_path: Path) -> None:
    text = '[api]\nport = 54321\nschemas = ["public", "own"]\nextra_search_path = ["tools"]\nmax_rows = 20\n'
    config = read_rest_config(write_config(tmp_path, text))
    assert (config.schemas, config.extra_search_path, config.max_rows) == (("public", "own"), ("tools",), 20)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[api]\nschemas = []\n", "api.schemas"),
        ("[api]\nmax_rows = 0\n", "api.max_rows"),
        ("[api]\nschemas = 'public'\n", "api.schemas"),
        ("api = 3\n", "api"),
        ("[api\n", "config.toml"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ApiConfigError, match=named):
        read_rest_config(write_config(tmp_path, text))
