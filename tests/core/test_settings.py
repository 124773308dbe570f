"""Every variable is read under its name, and a wrong one stops the start with a line that doesn't show it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from headwater.catalogue import list_modules
from headwater.core.settings import (
    QUEUES,
    Settings,
    SettingsError,
    inherited_environment,
    load_settings,
    read_settings,
)
from headwater.local.settings import PlaneSettings, load_plane_settings
from tests.core.setting_values import UNSEEN, VARIABLES, WRONG

KINDS: tuple[type[BaseSettings], ...] = (
    Settings,
    PlaneSettings,
    *(module.settings for module in list_modules() if module.settings),
)


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable of ours is set, and no `.env` lies about."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def name_variable(field: str) -> str:
    """Return the variable of a field."""
    return "HEADWATER_DATA" if field == "data_folder" else field.upper()


def test_every_setting_is_in_the_table() -> None:
    fields = [field for kind in KINDS for field in kind.model_fields]
    assert sorted(name_variable(field) for field in fields) == sorted(VARIABLES)


@pytest.mark.parametrize("variable", VARIABLES)
def test_variable_is_read(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    given, expected = VARIABLES[variable]
    monkeypatch.setenv(variable, given)
    # These say something only together with another.
    monkeypatch.setenv("DATABASE_URL", VARIABLES["DATABASE_URL"][0])
    if variable == "ENVIRONMENT":
        monkeypatch.setenv("ALLOWED_ORIGINS", "https://a.example.com")
    field = "data_folder" if variable == "HEADWATER_DATA" else variable.lower()
    (kind,) = [kind for kind in KINDS if field in kind.model_fields]
    found = getattr(read_settings(kind), field)
    assert (found.get_secret_value() if isinstance(found, SecretStr) else found) == expected


def test_without_any_variable_everything_has_a_default() -> None:
    settings = load_settings()
    assert (settings.resolved_database_url, settings.resolved_redis_url) == (None, None)
    assert settings.worker_queues == list(QUEUES)
    assert settings.resolved_public_url == "http://127.0.0.1:8000"


def test_every_setting_says_what_it_is_for() -> None:
    fields = [one for kind in KINDS for one in kind.model_fields.items()]
    assert [name for name, field in fields if not (field.description or "").endswith(".")] == []


def test_env_file_is_read_and_the_environment_goes_before_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=9001\nHOST=192.0.2.1\nSOMETHING_ELSE=1\n", "utf-8")
    monkeypatch.setenv("PORT", "9002")
    settings = load_settings()
    assert (settings.port, settings.host) == (9002, "192.0.2.1")


@pytest.mark.parametrize("variable", WRONG)
def test_wrong_value_names_the_variable_and_is_not_shown(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, WRONG[variable])
    (kind,) = [kind for kind in KINDS if variable.lower() in kind.model_fields]
    with pytest.raises(SettingsError) as refused:
        read_settings(kind)
    message = str(refused.value)
    assert message.startswith(f"{variable}: ")
    assert "\n" not in message
    assert UNSEEN not in message
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_wrong_queue_is_named_with_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKER_QUEUES", "fetch,nonsense")
    with pytest.raises(SettingsError, match=r"^WORKER_QUEUES: .*nonsense.*maintain"):
        load_settings()


def test_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose files and forms of hosters pass on what nobody filled in."""
    bare_settings = load_settings()
    bare_plane = load_plane_settings(bare_settings)
    for name in VARIABLES:
        monkeypatch.setenv(name, "")
    assert load_settings() == bare_settings
    assert load_plane_settings(bare_settings) == bare_plane


def test_project_without_its_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPABASE_URL", "https://project.supabase.co")
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        load_settings()
    monkeypatch.setenv("POSTGRES_HOST", "db.example.com")
    assert load_settings().supabase_url == "https://project.supabase.co"


def test_half_a_bucket_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_BACKEND", "s3")
    monkeypatch.setenv("STORAGE_S3_BUCKET", "files")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", UNSEEN)
    with pytest.raises(SettingsError, match="AWS_SECRET_ACCESS_KEY") as refusal:
        load_plane_settings(load_settings())
    assert UNSEEN not in str(refusal.value)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", UNSEEN)
    assert load_plane_settings(load_settings()).storage_backend == "s3"


@pytest.mark.parametrize("environment", ["production", "staging"])
def test_production_names_its_origins(monkeypatch: pytest.MonkeyPatch, environment: str) -> None:
    monkeypatch.setenv("ENVIRONMENT", environment)
    assert load_settings().resolved_allowed_origins == []
    monkeypatch.setenv("PUBLIC_URL", "https://app.example.com/base")
    assert load_settings().resolved_allowed_origins == ["https://app.example.com"]
    monkeypatch.setenv("ALLOWED_ORIGINS", "*")
    with pytest.raises(SettingsError, match=r"^ALLOWED_ORIGINS: "):
        load_settings()
    monkeypatch.setenv("ALLOWED_ORIGINS", "https://other.example.com")
    assert load_settings().resolved_allowed_origins == ["https://other.example.com"]
    monkeypatch.setenv("KEYLESS", "anon")
    with pytest.raises(SettingsError, match=r"^KEYLESS: "):
        load_plane_settings(load_settings())


def test_postgres_names_stand_in_for_the_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_HOST", "db")
    assert load_settings().resolved_database_url == "postgresql://postgres:@db:5432/postgres"
    for name, value in {"PORT": "5433", "USER": "a/b", "PASSWORD": "p@ss:w/rd%", "DB": "my app"}.items():
        monkeypatch.setenv(f"POSTGRES_{name}", value)
    assert load_settings().resolved_database_url == "postgresql://a%2Fb:p%40ss%3Aw%2Frd%25@db:5433/my%20app"
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/app")
    assert load_settings().resolved_database_url == "postgresql://elsewhere/app"


def test_redis_names_stand_in_for_the_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_HOST", "cache")
    assert load_settings().resolved_redis_url == "redis://cache:6379/0"
    monkeypatch.setenv("REDIS_PASSWORD", "p@ss/")
    monkeypatch.setenv("REDIS_DB", "2")
    assert load_settings().resolved_redis_url == "redis://:p%40ss%2F@cache:6379/2"
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/1")
    assert load_settings().resolved_redis_url == "redis://elsewhere/1"


def test_secrets_are_not_in_the_text_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = [name for name in VARIABLES if name.endswith(("_KEY", "_PASSWORD", "_SECRET", "_TOKEN", "_DSN"))]
    assert len(secret) >= 10
    for name in secret:
        monkeypatch.setenv(name, UNSEEN)
    monkeypatch.setenv("DATABASE_URL", f"postgresql://u:{UNSEEN}@db/app")
    monkeypatch.setenv("REDIS_URL", f"redis://:{UNSEEN}@cache/0")
    for settings in (load_settings(), load_plane_settings(load_settings())):
        assert UNSEEN not in repr(settings) + str(settings) + repr(settings.model_dump()) + settings.model_dump_json()


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1


def test_children_get_a_copy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9000")
    inherited_environment().clear()
    assert inherited_environment()["PORT"] == "9000"


@pytest.mark.parametrize(
    ("command", "variable", "value"),
    [
        ("doctor", "PORT", "abc"),
        ("migrate", "DATABASE_URL", f"mysql://u:{UNSEEN}@db/app"),
        ("status", "REDIS_DB", "x"),
        ("up", "KEYLESS", UNSEEN),
        ("status", "KEYLESS", UNSEEN),
        ("doctor", "STORAGE_S3_ENDPOINT", UNSEEN),
        ("work", "UPLOAD_FILE_SIZE_LIMIT", UNSEEN),
        ("work", "KEEP_CHECKS_DAYS", UNSEEN),
        ("doctor", "KEEP_ACTIVITY_DAYS", UNSEEN),
    ],
)
def test_command_line_stops_with_one_line(tmp_path: Path, command: str, variable: str, value: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "headwater.cli", command],
        cwd=tmp_path,
        env={"PATH": os.defpath, variable: value, "HEADWATER_DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"headwater: {variable}: ")
    assert done.stderr.count("\n") == 1
    assert value not in done.stderr
    assert list(tmp_path.iterdir()) == []
