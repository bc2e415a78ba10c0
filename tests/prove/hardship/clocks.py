"""A clock that is set a day forward, back, a day further back and back again, while members ask for videos."""

import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.service.upkeep import EVERY_S
from tests.prove.hardship.members import LONG_S, all_say, asks, states
from tests.wire.local_discord import Fault, headline_of
from tests.wire.world import World

SetClock = Callable[[int], Awaitable[None]]
"""Sets the bot's clock so many days off."""
Chores = Callable[[], Awaitable[None]]
"""Comes back when the bot has done a round of its chores by its present clock."""
DAYS = (0, 1, 0, -1, 0)
_CARD = "###"
"""How a card begins; a notice that a video is done does not."""


@dataclass(frozen=True, slots=True)
class Days:
    """What a clock that was set came to: videos charged to each day, and how they ended."""

    charged: dict[str, int]
    states: dict[str, int]
    again: int

    def __str__(self) -> str:
        days = ", ".join(f"{day}: {count}" for day, count in sorted(self.charged.items()))
        return f"clock set to {DAYS} days off: {self.states}, {self.again} in a new message; credits by day: {days}"


async def live_through(world: World, set_clock: SetClock, chores: Chores) -> Days:
    """On each day: what was open goes on, two more are asked for, one card's edit fails at first. None expires.

    The bot runs meanwhile, and the relay's pace must be None: here the films are moved on.
    """
    world.relay.fault("submit", "cut_after")
    uncertain = await asks(world, 1)
    await all_say(world, uncertain, "Uncertain")
    unfinished: list[int] = []
    for day in DAYS:
        await set_clock(day)
        await chores()
        world.relay.move_all("completed")
        await _shown(world, unfinished)
        unfinished = await asks(world, 2)
        await all_say(world, unfinished, "Queued")
        await _put_off(world, unfinished[0])
    world.relay.move_all("completed")
    await _shown(world, unfinished)
    await chores()
    assert "Uncertain" in headline_of(world.local.messages[uncertain[0]])
    assert states(world) == {"completed": 2 * len(DAYS), "uncertain": 1}
    cards = [message for message in world.local.messages.values() if headline_of(message).startswith(_CARD)]
    again = len(cards) - (1 + 2 * len(DAYS))
    assert again <= 2  # what was asked for while the clock was behind looks a day old once it is right
    return Days(charged_once(world), dict(states(world)), again)


async def _shown(world: World, cards: list[int]) -> None:
    """Wait until each video is shown, by its card or by a message that refers to it."""
    for card in cards:
        await world.local.changes.until(partial(_is_shown, world, card), LONG_S, told=False)


def _is_shown(world: World, card: int) -> bool:
    named = [
        message
        for number, message in world.local.messages.items()
        if card in {number, int((message.get("message_reference") or {}).get("message_id", 0))}
    ]
    return sum("Completed" in headline_of(message) for message in named) == 1


async def _put_off(world: World, card: int) -> None:
    """Let the next edit of a card fail, so that it is tried again at a time that the clock now names."""
    relay_id = world.rows(f"SELECT relay_id FROM generations WHERE message_id = {card}")[0][0]  # noqa: S608  # a number
    world.local.fail(
        Fault(429, method="PATCH", headers={"Retry-After": "1"}, extra={"retry_after": 1, "global": False})
    )
    world.relay.move(relay_id, "dreaming")
    await world.local.changes.until(lambda: world.rows("SELECT 1 FROM generations WHERE tries > 0"), told=False)


def charged_once(world: World) -> dict[str, int]:
    """The credits spent by day, after a look that each video was charged once, to the day on which it was asked for."""
    charges = world.rows(
        "SELECT id, created_at, period, share.credits FROM generations LEFT JOIN spent share "
        "ON share.generation_id = id AND share.scope = 'bot'"
    )
    assert len(charges) == len({name for name, *_ in charges})
    spent: Counter[str] = Counter()
    for _, at, day, credits_ in charges:
        assert day == datetime.fromtimestamp(at / 1e6, UTC).date().isoformat()
        spent[day] += credits_
    assert spent == dict(world.rows("SELECT period, used FROM spending WHERE scope = 'bot' AND used > 0"))
    return dict(spent)


async def by_faketime(world: World, library: Path) -> Days:
    """The same for `dreamreel run` itself: libfaketime sets all of its clocks but the monotonic one."""
    told = world.folder / "time"
    told.write_text("+0", "utf-8")
    environ = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(told),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }

    async def set_clock(days: int) -> None:
        told.write_text(f"{days:+}d", "utf-8")

    async def chores() -> None:
        """A token that has died is put into the database: each round of chores erases such."""
        with closing(sqlite3.connect(world.folder / "bot.db", timeout=30)) as connection, connection:
            connection.execute("UPDATE generations SET token = 'dead', token_until = 1 WHERE state = 'uncertain'")
        gone = "SELECT 1 FROM generations WHERE state = 'uncertain' AND token IS NULL"
        await world.local.changes.until(lambda: world.rows(gone), 2 * EVERY_S, told=False)

    async with world.bot(environ=environ) as bot:
        await bot.says("ready, in")
        days = await live_through(world, set_clock, chores)
        await bot.stop()
    assert states(world) == days.states
    return days
