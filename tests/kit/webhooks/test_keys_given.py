"""Keys and signatures that are missing, of another length or of other signs are refused, however they are given."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from headwater.core.settings import Settings, SettingsError
from headwater.kit.webhooks import BadSignature, SecretBox, generate_secret, sign_headers, verify

GOOD = bytes(range(32))


@pytest.mark.parametrize("keys", [[], [b""], [GOOD[:31]], [GOOD + b"x"], [GOOD, b"short"], [b"short", GOOD]])
def test_key_of_another_length_is_refused(keys: list[bytes]) -> None:
    with pytest.raises(SettingsError):
        SecretBox(keys)


@pytest.mark.parametrize("given", [None, "", ",", "x", "not base64!", base64.b64encode(GOOD).decode() + ","])
def test_setting_of_another_form_is_refused(settings: Settings, given: str | None) -> None:
    secret = None if given is None else SecretStr(given)
    with pytest.raises(SettingsError):
        SecretBox.from_settings(settings.model_copy(update={"encryption_key": secret}))


def test_second_key_opens_what_it_sealed_and_the_first_one_seals() -> None:
    old, new = GOOD, bytes(reversed(GOOD))
    sealed = SecretBox([old]).seal("secret", context="a")
    both = SecretBox([new, old])
    assert both.open(sealed, context="a") == "secret"
    assert SecretBox([new]).open(both.seal("secret", context="a"), context="a") == "secret"


@pytest.mark.parametrize("form", ["v1,{}!", "v1,!{}", "v1, {}\n", "v2,{}", "{}", "v1{}", "v1,"])
def test_signature_of_another_form_is_refused(form: str) -> None:
    secret, moment = generate_secret(), datetime(2026, 3, 1, tzinfo=UTC)
    headers = sign_headers([secret], id="m", timestamp=moment, body=b"{}")
    signature = headers["webhook-signature"].removeprefix("v1,")
    assert verify([secret], headers=headers, body=b"{}", now=moment).id == "m"
    with pytest.raises(BadSignature):
        verify([secret], headers={**headers, "webhook-signature": form.format(signature)}, body=b"{}", now=moment)
