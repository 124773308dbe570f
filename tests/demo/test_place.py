"""The demo's own place: a folder beside the real one's, and no server that is there for real."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from headwater.core.settings import Settings, SettingsError, load_settings
from headwater.demo.account import read_or_make_password
from headwater.demo.place import choose_demo_folder, place_demo


@pytest.mark.parametrize(
    ("real", "demo"),
    [
        (".headwater", ".headwater-demo"),
        ("/srv/headwater", "/srv/headwater-demo"),
        (".headwater-demo", ".headwater-demo"),
    ],
)
def test_the_folder_is_beside_the_real_one(real: str, demo: str) -> None:
    assert choose_demo_folder(Path(real)) == Path(demo)
    assert place_demo(load_settings(data_folder=Path(real))).data_folder == Path(demo)


@pytest.mark.parametrize(
    ("setting", "value", "variable"),
    [
        ("database_url", "postgresql://someone@db.example.com/real", "DATABASE_URL"),
        ("postgres_host", "db.example.com", "POSTGRES_HOST"),
        ("redis_url", "redis://cache.example.com", "REDIS_URL"),
        ("redis_host", "cache.example.com", "REDIS_HOST"),
        ("public_url", "https://headwater.example.com", "PUBLIC_URL"),
        ("dashboard_url", "https://watch.example.com", "DASHBOARD_URL"),
        ("sendgrid_api_key", "SG.real", "SENDGRID_API_KEY"),
        ("smtp_username", "postmaster", "SMTP_USERNAME"),
    ],
)
def test_servers_that_are_real_are_refused_by_name(setting: str, value: str, variable: str) -> None:
    settings: Settings = load_settings(**{setting: value})
    with pytest.raises(SettingsError, match=f"^{variable}: ") as refused:
        place_demo(settings)
    assert value not in str(refused.value)


def test_a_project_is_refused() -> None:
    real = load_settings(supabase_url="https://a.supabase.co", database_url="postgresql://someone@a.example.com/real")
    with pytest.raises(SettingsError):
        place_demo(real)


def test_the_password_can_be_typed_and_stays(tmp_path: Path) -> None:
    made = read_or_make_password(tmp_path / "demo.password")
    assert re.fullmatch(r"[a-z]+-[a-z]+-\d\d", made)
    assert len(made) <= 20
    assert read_or_make_password(tmp_path / "demo.password") == made
    assert (tmp_path / "demo.password").stat().st_mode & 0o077 == 0
