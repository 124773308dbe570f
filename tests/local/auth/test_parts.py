"""The parts of Auth by themselves: limits, letters, addresses, QR codes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from headwater.core.clock import MovableClock
from headwater.embedded.shared_limits import SharedLimiter
from headwater.kit.controls import PostgresState, RateLimiter, SharedState, Valkey
from headwater.local.auth import AuthConfig, MemoryLimiter
from headwater.local.auth.accounts.contacts import check_email, check_phone
from headwater.local.auth.errors import AuthError
from headwater.local.auth.outgoing import AuthEmail, render_email
from headwater.local.auth.sign_in.qr import draw_svg, encode


async def test_the_limiter_lets_a_burst_through_and_then_a_trickle() -> None:
    clock = MovableClock()
    limiter = MemoryLimiter(clock=clock)

    async def take(key: str = "a") -> bool:
        return await limiter.take(key, limit=5, period=timedelta(minutes=5)) is None

    assert [await take() for _ in range(7)] == [True] * 5 + [False] * 2
    assert await take("b")
    clock.advance(timedelta(minutes=1))
    assert [await take() for _ in range(2)] == [True, False]
    clock.advance(timedelta(minutes=5))
    assert [await take() for _ in range(6)] == [True] * 5 + [False]
    wait = await limiter.take("a", limit=5, period=timedelta(minutes=5))
    assert wait is not None
    assert 0 < wait <= 60
    assert await limiter.take("z", limit=0, period=timedelta(minutes=5)) == 300


async def test_the_limiter_forgets_the_least_busy() -> None:
    limiter = MemoryLimiter(max_keys=100)
    await asyncio.gather(*(limiter.take(str(n), limit=1, period=timedelta(hours=1)) for n in range(1000)))
    assert len(limiter._arrivals) == 100


@pytest.mark.parametrize("kept_in", ["valkey", "postgres"])
async def test_processes_share_a_limit(valkey_url: str, dsn: str, kept_in: str) -> None:
    doors: list[SharedState] = [Valkey(valkey_url) if kept_in == "valkey" else PostgresState(dsn) for _ in range(2)]
    limiters = [SharedLimiter(RateLimiter(door)) for door in doors]
    taken = [await limiters[n % 2].take("auth:token:a", limit=4, period=timedelta(hours=1)) for n in range(6)]
    assert taken[:4] == [None] * 4
    assert all(wait is not None and 0 < wait <= 900 for wait in taken[4:])
    assert await limiters[0].take("auth:token:a", limit=0, period=timedelta(hours=1)) == 3600
    for door in doors:
        await door.close()


async def test_without_valkey_people_sign_in_and_nothing_is_sent(unused_tcp_port: int) -> None:
    away = Valkey(f"redis://127.0.0.1:{unused_tcp_port}/0")
    limiter = SharedLimiter(RateLimiter(away))
    assert await limiter.take("auth:token:a", limit=1, period=timedelta(hours=1)) is None
    assert await limiter.take("auth:email_sent", limit=1, period=timedelta(hours=1)) is not None
    await away.close()


VALUES: dict[str, Any] = {
    "SiteURL": "https://app.example.com",
    "ConfirmationURL": "https://app.example.com/auth/v1/verify?token=a&type=signup",
    "Token": "123456",
    "Email": "ada@example.com",
    "NewEmail": "<b>new@example.com</b>",
    "Data": {"name": "<script>alert(1)</script>", "team": {"title": "A & B"}},
}


@pytest.mark.parametrize(
    "kind", ["confirmation", "invite", "magic_link", "recovery", "email_change", "reauthentication"]
)
def test_letters_of_every_kind(kind: str) -> None:
    subject, text, html = render_email(AuthEmail(kind, "ada@example.com", VALUES), AuthConfig())
    assert "123456" in text
    assert "123456" in html
    assert ("verify?token=a&type=signup" in text) == (kind != "reauthentication")
    assert "{{" not in subject + text + html
    assert "<b>new" not in html


def test_templates_of_the_project() -> None:
    template = {
        "subject": "Hello {{ .Data.name }}\r\nBcc: x",
        "content": "<p>{{ .Data.name }} {{.Data.team.title}} {{ .No }}</p>",
    }
    config = AuthConfig.model_validate({"email": {"template": {"invite": template}}})
    subject, text, html = render_email(AuthEmail("invite", "ada@example.com", VALUES), config)
    assert "\n" not in subject
    assert html == "<p>&lt;script&gt;alert(1)&lt;/script&gt; A &amp; B </p>"
    assert text == "<script>alert(1)</script> A & B"


@pytest.mark.parametrize(
    "email", ["ada@example.com", "a.b+c@sub.example.co", "x@localhost", "o'neil@example.com", "ADA@EXAMPLE.COM"]
)
def test_addresses(email: str) -> None:
    assert check_email(email) == email.lower()


NO_ADDRESSES = ["", "a", "@", "a@", "@b", "a@b@c", "a b@c.test", "a@b..test", ".a@b.test", "a@-b.test", "a@b.test\n"]
NO_ADDRESSES += ["ä@b.test", f"{'x' * 65}@b.test", f"a@{'x' * 64}.test", "a@b.test,c@d.test", "<a@b.test>"]


@pytest.mark.parametrize("email", NO_ADDRESSES)
def test_no_addresses(email: str) -> None:
    with pytest.raises(AuthError):
        check_email(email)


def test_numbers() -> None:
    assert check_phone("+49 151 234") == "49151234"
    for phone in ("", "0151", "49-151", "+", "1" * 16, "٤٩١٥١", "1"):
        with pytest.raises(AuthError):
            check_phone(phone)


@pytest.mark.parametrize(("length", "side"), [(1, 21), (17, 21), (18, 25), (230, 53), (231, 57), (2953, 177)])
def test_qr_codes_have_the_size_of_the_standard(length: int, side: int) -> None:
    grid = encode(b"x" * length)
    assert {len(row) for row in grid} == {len(grid)} == {side}
    # The three finder patterns, and the module that is always dark.
    for row, column in ((0, 0), (0, side - 7), (side - 7, 0)):
        assert [grid[row][column + step] for step in range(7)] == [True] * 7
        assert [grid[row + 1][column + step] for step in range(7)] == [True, *[False] * 5, True]
        assert grid[row + 3][column + 3]
    assert grid[side - 8][8]


QR_OF_A = [
    "#######..#.##.#######",
    "#.....#..###..#.....#",
    "#.###.#.##.##.#.###.#",
    "#.###.#..#.#..#.###.#",
    "#.###.#...#.#.#.###.#",
    "#.....#.....#.#.....#",
    "#######.#.#.#.#######",
    "........##.##........",
    "###.########.##...#..",
    "#.##....#.....#...##.",
    ".#.####..##.#...#...#",
    ".#.##...##....#...#..",
    "..##.##.#...#.#.#.#.#",
    "........#..#.#.#.#.#.",
    "#######.#.##.###.####",
    "#.....#.######.###...",
    "#.###.#.##.#.###.##.#",
    "#.###.#..##...#...##.",
    "#.###.#.##..#...#...#",
    "#.....#.#.....#...##.",
    "#######.###.#.#.#.###",
]


def test_a_qr_code_module_by_module() -> None:
    """Version 1 of "A" at level L with mask 0, as an independent encoder draws it and an independent reader reads."""
    rows = ["".join("#" if dark else "." for dark in row) for row in encode(b"A")]
    assert rows == QR_OF_A


def test_qr_codes_end_somewhere() -> None:
    with pytest.raises(ValueError, match="too long"):
        encode(b"x" * 2954)
    assert draw_svg("otpauth://totp/x").startswith("<svg ")
