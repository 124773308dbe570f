"""What Auth compares with the clock, after that clock was ahead or behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from headwater.local.auth.accounts.one_time_tokens import is_late
from headwater.local.auth.accounts.sessions import RefreshToken
from headwater.local.auth.sign_in.flows import Flow

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
AHEAD = [timedelta(hours=2), timedelta(days=2), timedelta(days=400)]
BEHIND = [timedelta(hours=-3), timedelta(days=-2)]


@pytest.mark.parametrize("leap", [*AHEAD, *BEHIND], ids=str)
def test_a_code_sent_by_a_wrong_clock_holds_no_longer_than_its_hour(leap: timedelta) -> None:
    assert is_late(NOW + leap, now=NOW, seconds=3600)
    assert not is_late(NOW, now=NOW, seconds=3600)
    # Two gateways may differ by some seconds.
    assert not is_late(NOW + timedelta(seconds=5), now=NOW, seconds=3600)


@pytest.mark.parametrize("leap", AHEAD, ids=str)
def test_a_used_refresh_token_isnt_taken_again_for_as_long_as_the_clock_was_ahead(leap: timedelta) -> None:
    used = RefreshToken(1, "token", uuid4(), uuid4(), "", True, NOW + leap)
    assert not used.may_be_reused(NOW, 10)


@pytest.mark.parametrize("leap", AHEAD, ids=str)
def test_a_sign_in_begun_by_a_wrong_clock_has_ended(leap: timedelta) -> None:
    begun = Flow(uuid4(), None, "challenge", "plain", "magiclink", "magiclink", NOW + leap, None)
    assert begun.has_ended(NOW)
