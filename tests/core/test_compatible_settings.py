"""The environments of earlier systems start unchanged, and the variables in them mean what they meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from headwater.core.settings import Settings, SettingsError, inherited_environment, load_settings

# As deployments of a FastAPI and Supabase team print them: workers on Celery, microservices, a crawler on Fargate.
CELERY = {
    "ENVIRONMENT": "production",
    "DEBUG": "False",
    "DATABASE_URL": "postgresql+asyncpg://app:p%40ss@db.example.com:5432/app?ssl=require",
    "REDIS_URL": "redis://cache.example.com:6379/0",
    "CELERY_BROKER_URL": "redis://cache.example.com:6379/1",
    "SUPABASE_URL": "https://project.supabase.co",
    "SUPABASE_ANON_KEY": "anon",
    "SUPABASE_SERVICE_ROLE_KEY": "service",
    "SUPABASE_JWT_SECRET": "legacy",
    "ALLOWED_ORIGINS": '["https://app.example.com", "https://admin.example.com"]',
    "LOG_LEVEL": "INFO",
    "HOST": "0.0.0.0",
    "PORT": "8000",
}
SEPARATE_VARIABLES = {
    "ENVIRONMENT": "staging",
    "POSTGRES_HOST": "db",
    "POSTGRES_PORT": "5432",
    "POSTGRES_DATABASE": "listening",
    "POSTGRES_USER": "app",
    "POSTGRES_PASSWORD": "secret",
    "REDIS_HOST": "cache",
    "REDIS_PORT": "6379",
    "REDIS_PASSWORD": "secret",
    "LOG_LEVEL": "WARN",
}
NO_REDIS = {
    "ENVIRONMENT": "development",
    "DATABASE_URL": "postgresql://app:secret@db:5432/app",
    "SUPABASE_URL": "http://localhost:54321",
    "SUPABASE_SERVICE_KEY": "service",
    "OPENAI_API_KEY": "sk",
    "PERPLEXITY_API_KEY": "pplx",
}
MICROSERVICES = {
    "SUPABASE_URL": "https://project.supabase.co",
    "SUPABASE_SERVICE_KEY": "service",
    "DISCOVERY_SERVICE_URL": "http://discovery:8001",
    "CONTENT_PROCESSOR_URL": "http://content:8002",
    "NOTIFICATION_SERVICE_URL": "http://notification:8003",
}
FARGATE = {
    "ENVIRONMENT": "production",
    "SUPABASE_URL": "https://project.supabase.co",
    "SUPABASE_SERVICE_ROLE_KEY": "service",
    "AWS_REGION": "eu-central-1",
    "S3_BUCKET": "images",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing but what a test sets, and no `.env`."""
    for name in inherited_environment():
        if name.lower() in Settings.model_fields or name.startswith(("SUPABASE_", "POSTGRES_", "REDIS_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def load(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> Settings:
    """Load the settings of a whole environment."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def test_a_deployment_with_celery(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, CELERY)
    assert settings.resolved_database_url == "postgresql://app:p%40ss@db.example.com:5432/app?sslmode=require"
    assert settings.resolved_allowed_origins == ["https://app.example.com", "https://admin.example.com"]
    assert (settings.log_level, settings.environment) == ("info", "production")
    assert set(settings.list_unused()) == {"CELERY_BROKER_URL", "DEBUG"}


def test_a_deployment_with_separate_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, SEPARATE_VARIABLES)
    assert settings.resolved_database_url == "postgresql://app:secret@db:5432/listening"
    assert settings.resolved_redis_url == "redis://:secret@cache:6379/0"
    assert (settings.environment, settings.is_production, settings.log_level) == ("staging", True, "warning")


def test_a_deployment_without_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, NO_REDIS)
    assert settings.resolved_redis_url is None
    assert settings.supabase_service_role_key is not None
    assert settings.supabase_service_role_key.get_secret_value() == "service"
    assert settings.list_unused() == {}


@pytest.mark.parametrize("environment", [MICROSERVICES, FARGATE], ids=["microservices", "fargate"])
def test_a_project_without_its_database_is_the_one_refusal(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    with pytest.raises(SettingsError) as refused:
        load(monkeypatch, environment)
    assert str(refused.value).startswith("DATABASE_URL: ")
    assert "Connect" in str(refused.value)
    assert "\n" not in str(refused.value)
    monkeypatch.setenv("DATABASE_URL", "postgresql://postgres:secret@db.project.supabase.co:5432/postgres")
    unused = load_settings().list_unused()
    assert set(unused) == {"CONTENT_PROCESSOR_URL", "NOTIFICATION_SERVICE_URL"} & set(environment)


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("postgresql+asyncpg://u:p@db/app", "postgresql://u:p@db/app"),
        ("postgresql+psycopg://u:p@db:6543/app?sslmode=require", "postgresql://u:p@db:6543/app?sslmode=require"),
        ("postgres://u:p@db/app", "postgres://u:p@db/app"),
        ("postgresql://u:p@db/app?application_name=a%20b", "postgresql://u:p@db/app?application_name=a%20b"),
    ],
)
def test_addresses_that_name_a_driver(monkeypatch: pytest.MonkeyPatch, given: str, taken: str) -> None:
    assert load(monkeypatch, {"DATABASE_URL": given}).resolved_database_url == taken


def test_two_names_of_one_database_that_disagree_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"POSTGRES_HOST": "db", "POSTGRES_DB": "one", "POSTGRES_DATABASE": "other"}
    with pytest.raises(SettingsError, match=r"^POSTGRES_DATABASE: .*POSTGRES_DB"):
        load(monkeypatch, given)


@pytest.mark.parametrize(("given", "taken"), [("Prod", "production"), ("dev", "development"), ("local", "development")])
def test_names_of_environments(monkeypatch: pytest.MonkeyPatch, given: str, taken: str) -> None:
    assert load(monkeypatch, {"ENVIRONMENT": given}).environment == taken
