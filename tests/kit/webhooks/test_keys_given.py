"""Keys that are missing, too short or too long are refused, whichever way they are given."""

from __future__ import annotations

import base64

import pytest
from pydantic import SecretStr

from headwater.core.settings import Settings, SettingsError
from headwater.kit.webhooks import SecretBox

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
