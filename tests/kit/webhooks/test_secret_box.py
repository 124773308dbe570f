from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.core.errors import Unavailable
from headwater.core.secret_box import SecretBox
from headwater.core.settings import SettingsError, load_settings

OLD, NEW = bytes(range(32)), bytes(range(32, 64))


@given(st.text(max_size=100).filter(lambda text: text.isprintable()), st.text(max_size=20))
def test_opens_what_it_sealed_and_shows_nothing(text: str, context: str) -> None:
    box = SecretBox([OLD])
    sealed = box.seal(text, context=context)
    assert box.open(sealed, context=context) == text
    assert sealed != box.seal(text, context=context)


@pytest.mark.parametrize("place", range(0, 60, 7))
def test_a_changed_byte_is_noticed(place: int) -> None:
    box = SecretBox([OLD])
    sealed = box.seal("whsec_something", context="endpoint 1")
    changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
    with pytest.raises(Unavailable) as caught:
        box.open(changed, context="endpoint 1")
    assert caught.value.code == "secret_unreadable"


@pytest.mark.parametrize("sealed", ["", "v1", "v1.a.b", "v2.x.y", "v1.630dcd29.", "plain text"])
def test_what_was_never_sealed_is_unreadable(sealed: str) -> None:
    with pytest.raises(Unavailable):
        SecretBox([OLD]).open(sealed, context="")


def test_a_secret_does_not_open_in_another_row() -> None:
    box = SecretBox([OLD])
    with pytest.raises(Unavailable):
        box.open(box.seal("secret", context="endpoint 1"), context="endpoint 2")


def test_keys_can_be_rotated() -> None:
    sealed = SecretBox([OLD]).seal("secret", context="c")
    assert SecretBox([NEW, OLD]).open(sealed, context="c") == "secret"
    with pytest.raises(Unavailable):
        SecretBox([NEW]).open(sealed, context="c")
    assert SecretBox([NEW]).open(SecretBox([NEW, OLD]).seal("secret", context="c"), context="c") == "secret"


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_key_is_read_from_the_settings(encode: object) -> None:
    text = ",".join(encode(key).decode().rstrip("=") for key in (NEW, OLD))  # type: ignore[operator]  # both are callable
    box = SecretBox.from_settings(load_settings(_env_file=None, encryption_key=text))
    assert box.open(SecretBox([OLD]).seal("secret", context="c"), context="c") == "secret"


@pytest.mark.parametrize("key", [None, "", "short", base64.b64encode(b"x" * 31).decode(), "no base64 !"])
def test_a_wrong_key_stops_the_start_by_name(key: str | None) -> None:
    with pytest.raises(SettingsError, match=r"^ENCRYPTION_KEY: "):
        SecretBox.from_settings(load_settings(_env_file=None, encryption_key=key))
