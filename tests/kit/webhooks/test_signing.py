from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from headwater.core.clock import now
from headwater.core.errors import InvalidInput
from headwater.kit.webhooks.signing import BadSignature, generate_secret, sign, sign_headers, verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MOMENT = datetime(2021, 2, 25, 11, 45, 30, tzinfo=UTC)
BODY = b'{"test": 2432232314}'


def test_signs_the_published_example() -> None:
    moment = datetime.fromtimestamp(1614265330, UTC)
    signature = sign(SECRET, id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=moment, body=BODY)
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.text(max_size=200), st.text(alphabet="abc_123", min_size=1, max_size=30))
def test_the_reference_library_accepts_what_we_sign(body: str, message_id: str) -> None:
    secret = generate_secret()
    raw = body.encode()
    headers = sign_headers([secret], id=message_id, timestamp=now(), body=raw)
    Webhook(secret).verify(raw, headers, json_parse=False)


@given(st.binary(max_size=200))
def test_we_accept_what_the_reference_library_signs(body: bytes) -> None:
    text = body.decode("latin-1")
    headers = {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(MOMENT.timestamp())),
        "Webhook-Signature": Webhook(SECRET).sign("msg_1", MOMENT, text),
    }
    message = verify([SECRET], headers=headers, body=text.encode(), now=MOMENT)
    assert (message.id, message.sent_at) == ("msg_1", MOMENT)


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_only_the_signed_bytes_pass(signed: bytes, received: bytes) -> None:
    headers = sign_headers([SECRET], id="m", timestamp=MOMENT, body=signed)
    if signed == received:
        assert verify([SECRET], headers=headers, body=received, now=MOMENT).id == "m"
    else:
        with pytest.raises(BadSignature):
            verify([SECRET], headers=headers, body=received, now=MOMENT)


def test_both_secrets_hold_while_one_is_rotated() -> None:
    old, new = generate_secret(), generate_secret()
    headers = sign_headers([new, old], id="m", timestamp=MOMENT, body=BODY)
    for secret in (old, new):
        assert verify([secret], headers=headers, body=BODY, now=MOMENT).id == "m"
    signed_by_old = sign_headers([old], id="m", timestamp=MOMENT, body=BODY)
    assert verify([new, old], headers=signed_by_old, body=BODY, now=MOMENT).id == "m"
    with pytest.raises(BadSignature):
        verify([new], headers=signed_by_old, body=BODY, now=MOMENT)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_stale_messages_are_refused(minutes: int) -> None:
    headers = sign_headers([SECRET], id="m", timestamp=MOMENT, body=BODY)
    with pytest.raises(BadSignature) as caught:
        verify([SECRET], headers=headers, body=BODY, now=MOMENT + timedelta(minutes=minutes))
    assert caught.value.code == "stale_signature"


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-id": "other"},
        {"webhook-id": ""},
        {"webhook-timestamp": "1614254731"},
        {"webhook-timestamp": "nan"},
        {"webhook-timestamp": "٣"},
        {"webhook-timestamp": "9" * 40},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,!!!"},
        {"webhook-signature": "v1,é"},
        {"webhook-signature": "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
    ],
)
def test_changed_headers_are_refused(changes: dict[str, str]) -> None:
    headers = sign_headers([SECRET], id="m", timestamp=MOMENT, body=BODY) | changes
    with pytest.raises(BadSignature):
        verify([SECRET], headers=headers, body=BODY, now=MOMENT)


def test_other_zones_sign_the_same_moment_and_naive_times_are_refused() -> None:
    elsewhere = MOMENT.astimezone(timezone(timedelta(hours=9)))
    assert sign(SECRET, id="m", timestamp=elsewhere, body=BODY) == sign(SECRET, id="m", timestamp=MOMENT, body=BODY)
    with pytest.raises(ValueError, match="aware"):
        sign(SECRET, id="m", timestamp=MOMENT.replace(tzinfo=None), body=BODY)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64 at all!", "x" * 200])
def test_bad_secrets_are_refused(secret: str) -> None:
    with pytest.raises(InvalidInput):
        sign(secret, id="m", timestamp=MOMENT, body=BODY)


def test_secrets_are_long_and_differ() -> None:
    made = {generate_secret() for _ in range(50)}
    assert len(made) == 50
    assert all(secret.startswith("whsec_") and len(secret) == 50 for secret in made)
