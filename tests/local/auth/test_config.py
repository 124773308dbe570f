"""Configuration from Supabase's config.toml and the operator's settings."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from headwater.core.settings import Settings, load_settings
from headwater.local.auth import AuthConfig, ConfigError, read_auth_config
from headwater.local.auth.config import parse_duration
from headwater.local.auth.config_file import find_left_out
from headwater.local.auth.sign_in.redirects import is_allowed
from headwater.local.settings import load_plane_settings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1s", timedelta(seconds=1)),
        ("1m30s", timedelta(seconds=90)),
        ("1.5h", timedelta(minutes=90)),
        ("24h0m0s", timedelta(days=1)),
        ("300ms", timedelta(milliseconds=300)),
    ],
)
def test_durations(text: str, expected: timedelta) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize("text", ["", "5", "s", "1d", "-1s", "1s ", "1 s", "one second"])
def test_no_durations(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


def read_config(file: Path | None, settings: Settings | None = None, **plane: Any) -> AuthConfig:
    """Read the configuration that AUTH_CONFIG, the settings of the platform and those of the plane make."""
    settings = settings or load_settings()
    return read_auth_config(settings, load_plane_settings(settings, _env_file=None, auth_config=file, **plane))


def write_config(folder: Path, text: str) -> Path:
    path = folder / "supabase" / "config.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def test_the_config_file_of_a_project(tmp_path: Path) -> None:
    (tmp_path / "supabase" / "templates").mkdir(parents=True)
    (tmp_path / "supabase" / "templates" / "invite.html").write_text("<p>{{ .ConfirmationURL }}</p>")
    path = write_config(
        tmp_path,
        """
        project_id = "x"
        [auth]
        site_url = "https://app.example.com"
        jwt_expiry = 7200
        enable_anonymous_sign_ins = true
        minimum_password_length = 8
        [auth.rate_limit]
        email_sent = 2
        [auth.email]
        enable_confirmations = true
        max_frequency = "1m0s"
        otp_length = 8
        [auth.email.template.invite]
        subject = "Come in"
        content_path = "./supabase/templates/invite.html"
        [auth.sms.test_otp]
        4152127777 = "123456"
        [auth.sessions]
        timebox = "24h"
        [auth.external.github]
        enabled = false
        """,
    )
    config = read_config(path, load_settings(port=8000))
    assert (config.site_url, config.jwt_expiry, config.email.otp_length) == ("https://app.example.com", 7200, 8)
    assert config.email.enable_confirmations
    assert config.email.max_frequency == timedelta(minutes=1)
    assert config.email.template["invite"].content == "<p>{{ .ConfirmationURL }}</p>"
    assert config.sms.test_otp == {"4152127777": "123456"}
    assert config.sessions.timebox == timedelta(days=1)
    assert config.external_url == "http://127.0.0.1:8000/auth/v1"
    assert config.issuer == config.external_url


def test_values_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = """
    [auth]
    site_url = "env(APP_ADDRESS)"
    jwt_secret = "env(NOT_NEEDED_HERE)"
    [auth.external.github]
    enabled = true
    secret = "env(NOT_NEEDED_EITHER)"
    """
    path = write_config(tmp_path, text)
    with pytest.raises(ConfigError, match=r"auth\.site_url: the environment has no APP_ADDRESS"):
        read_config(path)
    monkeypatch.setenv("APP_ADDRESS", "https://app.example.com")
    assert read_config(path).site_url == "https://app.example.com"


def test_what_is_left_out_is_named() -> None:
    values = {
        "external": {"github": {"enabled": True}, "apple": {"enabled": False}},
        "hook": {"send_email": {"enabled": True}},
        "captcha": {"enabled": True},
        "mfa": {"totp": {"enroll_enabled": True}, "phone": {"enroll_enabled": True}},
        "sms": {"enable_signup": True, "twilio": {"enabled": True}},
        "email": {"smtp": {"enabled": False}},
    }
    assert find_left_out(values) == ["captcha", "external.github", "hook.send_email", "sms.twilio", "mfa.phone"]
    assert find_left_out({"external": "nonsense", "sms": 5}) == []


def test_settings_win_over_the_file(tmp_path: Path) -> None:
    path = write_config(tmp_path, "[auth]\nenable_signup = true\n[auth.email]\nenable_confirmations = true\n")
    config = read_config(path, signups_enabled=False, mail_autoconfirm=True)
    assert (config.enable_signup, config.email.enable_confirmations) == (False, False)
    assert read_config(tmp_path / "none.toml").enable_signup is True


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("[auth", "config.toml"),
        ("auth = 5", "auth: must be a table"),
        ("[auth]\nemail = 5", "auth.email: must be a table"),
        ("[auth.email]\ntemplate = 5", "auth.email.template: must be a table of tables"),
        ("[auth.email]\ntemplate.invite = 5", "auth.email.template: must be a table of tables"),
        ("[auth]\njwt_expiry = 0", "auth.jwt_expiry"),
        ('[auth.email]\nmax_frequency = "soon"', "auth.email.max_frequency"),
        ("[auth]\nminimum_password_length = 2", "auth.minimum_password_length"),
        ('[auth.email.template.invite]\ncontent_path = "gone.html"', "auth.email.template.invite.content_path"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, text: str, name: str) -> None:
    with pytest.raises(ConfigError, match=name) as caught:
        read_config(write_config(tmp_path, text))
    assert "\n" not in str(caught.value) or name == "config.toml"


@pytest.mark.parametrize(
    ("given", "address", "allowed"),
    [
        ({}, "http://127.0.0.1:8000/new-password", True),
        ({}, "http://localhost:8000/new-password", True),
        ({}, "http://localhost:9000/", False),
        ({}, "https://elsewhere.example.com/", False),
        ({"public_url": "https://headwater.example.com"}, "https://headwater.example.com/new-password", True),
        ({"public_url": "https://headwater.example.com"}, "http://localhost:8000/", False),
        ({"dashboard_url": "https://app.example.com"}, "https://app.example.com/watch/alerts/1", True),
        ({"dashboard_url": "https://app.example.com"}, "http://127.0.0.1:8000/", True),
        ({"allowed_origins": ["https://app.example.com"]}, "https://app.example.com/new-password", True),
        ({"allowed_origins": ["https://app.example.com"]}, "https://app.example.com.evil.test/", False),
        ({"allowed_origins": ["*"]}, "https://app.example.com/", False),
    ],
)
def test_links_lead_to_wherever_the_dashboard_is(given: dict[str, Any], address: str, allowed: bool) -> None:
    config = read_config(None, load_settings(_env_file=None, port=8000, **given))
    assert is_allowed(address, config) == allowed


def test_links_lead_to_the_dashboard_by_themselves() -> None:
    assert read_config(None, load_settings(_env_file=None, port=8000)).site_url == "http://127.0.0.1:8000"
    apart = load_settings(_env_file=None, public_url="https://api.example.com", dashboard_url="https://app.example.com")
    assert read_config(None, apart).site_url == "https://app.example.com"


def test_redirects_of_the_file_are_kept(tmp_path: Path) -> None:
    path = write_config(tmp_path, '[auth]\nadditional_redirect_urls = ["myapp://open/**"]\n')
    config = read_config(path, load_settings(_env_file=None, port=8000))
    assert is_allowed("myapp://open/here", config)
    assert is_allowed("http://localhost:8000/new-password", config)
    wrong = write_config(tmp_path, '[auth]\nadditional_redirect_urls = "myapp://open"\n')
    with pytest.raises(ConfigError, match=r"auth\.additional_redirect_urls"):
        read_config(wrong)
