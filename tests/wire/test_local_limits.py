"""The local Discord limits rates as Discord does, and keeps account of who does not keep to them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import discord
import pytest
from discord.http import Route

from bot.clock import SystemClock
from tests.clock import ManualClock
from tests.wire.local_discord import CHANNEL, Limits, LocalDiscord, Rate
from tests.wire.local_discord.limits import Limiter

EDIT = f"/channels/{CHANNEL}/messages/7"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def limiter(clock: ManualClock) -> Limiter:
    return Limiter(Limits(), clock.monotonic, lambda: clock.now().timestamp())


def refused(limiter: Limiter, method: str, path: str, times: int) -> int:
    """Of so many requests, those that are answered 429."""
    return sum(limiter.ask(method, path).refusal is not None for _ in range(times))


def test_a_channel_takes_five_edits_in_five_seconds_and_another_one_five_more(
    limiter: Limiter, clock: ManualClock
) -> None:
    assert refused(limiter, "PATCH", EDIT, 6) == 1
    assert refused(limiter, "PATCH", EDIT.replace("7", "8"), 1) == 1
    assert refused(limiter, "PATCH", f"/channels/{CHANNEL + 1}/messages/7", 5) == 0
    assert refused(limiter, "POST", f"/channels/{CHANNEL}/messages", 5) == 0
    clock.advance(5)
    assert refused(limiter, "PATCH", EDIT, 5) == 0


def test_every_answer_tells_what_is_left(limiter: Limiter, clock: ManualClock) -> None:
    limiter.ask("PATCH", EDIT)
    clock.advance(2)
    headers = limiter.ask("PATCH", EDIT).headers
    another = limiter.ask("PATCH", f"/channels/{CHANNEL + 1}/messages/7").headers

    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("5", "3")
    assert float(headers["X-RateLimit-Reset-After"]) == 3
    assert float(headers["X-RateLimit-Reset"]) == clock.now().timestamp() + 3
    assert headers["X-RateLimit-Bucket"] == another["X-RateLimit-Bucket"]


def test_the_bots_token_is_good_for_fifty_requests_a_second_and_interactions_are_free(
    limiter: Limiter, clock: ManualClock
) -> None:
    for number in range(60):
        assert refused(limiter, "POST", f"/interactions/{number}/token{number}/callback", 1) == 0
        assert refused(limiter, "PATCH", f"/webhooks/1000/token{number}/messages/@original", 1) == 0
    # Each in a channel of its own, so that only the limit on all of them is met.
    assert sum(refused(limiter, "PATCH", f"/channels/{number}/messages/7", 1) for number in range(60)) == 10
    assert {offence.scope for offence in limiter.offences} == {"global"}
    clock.advance(1)
    assert refused(limiter, "PATCH", "/channels/1/messages/7", 1) == 0


def test_an_interactions_token_is_good_for_five_requests_in_two_seconds_whatever_they_are(limiter: Limiter) -> None:
    assert refused(limiter, "PATCH", "/webhooks/1000/token/messages/@original", 4) == 0
    assert refused(limiter, "POST", "/webhooks/1000/token", 2) == 1
    assert refused(limiter, "POST", "/webhooks/1000/another", 1) == 0


def test_who_asks_again_before_the_time_is_told_from_who_asked_too_much_at_once(
    limiter: Limiter, clock: ManualClock
) -> None:
    refused(limiter, "PATCH", EDIT, 8)
    clock.advance(1)
    refused(limiter, "PATCH", EDIT, 1)
    clock.advance(4)
    refused(limiter, "PATCH", EDIT, 6)

    assert [offence.again for offence in limiter.offences] == [False] * 3 + [True] + [False]
    assert [offence.retry_after_s for offence in limiter.offences] == [5, 5, 5, 4, 5]


# On the wire


@pytest.fixture
async def local() -> AsyncIterator[LocalDiscord]:
    local = LocalDiscord(
        SystemClock().now, limits=Limits(bot=Rate(8, 0.4), routes={"PATCH /channels/*/messages/*": Rate(2, 0.3)})
    )
    async with local.serving():
        yield local


async def test_a_429_says_how_long_to_wait_in_its_headers_and_in_its_body(local: LocalDiscord) -> None:
    async with aiohttp.ClientSession() as http:
        answers = [await http.get(f"{local.api_url}/users/@me") for _ in range(9)]
        told = [(answer.status, answer.headers, await answer.json()) for answer in answers]

    assert [status for status, _, _ in told] == [200] * 8 + [429]
    _, headers, body = told[-1]
    assert (body["global"], headers["X-RateLimit-Global"], headers["X-RateLimit-Scope"]) == (True, "true", "global")
    assert 0 < body["retry_after"] <= 0.4
    assert headers["Retry-After"] == "1"
    assert (local.tally.counts["429"], local.tally.counts["invalid"]) == (1, 1)
    assert [seen.status for seen in local.seen] == [200] * 8 + [429]


async def test_discord_py_keeps_within_a_limit_that_it_is_told(
    local: LocalDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Route, "BASE", local.api_url)
    number = local.post()
    async with discord.Client(intents=discord.Intents.none()) as client:
        await client.login("any")
        message = client.get_partial_messageable(CHANNEL).get_partial_message(number)
        began = asyncio.get_running_loop().time()
        for words in "abcde":
            await message.edit(content=words)

    assert local.offences == []
    assert local.messages[number]["content"] == "e"
    assert asyncio.get_running_loop().time() - began >= 0.6
