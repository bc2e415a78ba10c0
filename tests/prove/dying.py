"""How a bot is killed at a point: by its launcher where only that sees the instant, else from outside by its id."""

import asyncio
import random

from tests.prove import mortal
from tests.prove.kill_points import FROM_OUTSIDE, Kill, Point
from tests.prove.surroundings import Surroundings
from tests.wire.bot_process import BotProcess
from tests.wire.local_discord import Fault

DIES_WITHIN_S = 60.0
"""Seconds. Traffic passes every point several times a second."""
_MOST_WAIT_S = 0.3
"""Seconds that a POST without an answer, or half an upload, may last until the kill."""


def runs_through(kill: Kill) -> tuple[str, ...]:
    """The module that runs the bot: its own, where it is killed from outside."""
    return ("bot",) if kill.point in FROM_OUTSIDE else (mortal.__name__, kill.point.value, str(kill.passage))


async def die(kill: Kill, bot: BotProcess, around: Surroundings) -> str | None:
    """Kill it at its point; what tells whose step it died of: a generation's id, its relay's or its message's.

    None where it is told by the relay's bills. Raises TimeoutError where the point is never passed.
    """
    async with asyncio.timeout(DIES_WITHIN_S):
        match kill.point:
            case Point.UNANSWERED:
                await _unanswered(kill, bot, around)
                return None
            case Point.UPLOADING:
                return await _uploading(kill, bot, around)
        bot.process.send_signal(mortal.ARM)
        await bot.ended()
    last = bot.lines[-1] if bot.lines else ""
    return last.rpartition(": ")[2] if last.startswith(mortal.DIED) else None


async def _unanswered(kill: Kill, bot: BotProcess, around: Surroundings) -> None:
    await around.relay.hold_next_answer()
    await around.relay.until_held()
    await asyncio.sleep(dice(kill).uniform(0, _MOST_WAIT_S))  # any instant of the wait for an answer will do
    await end(bot)


async def _uploading(kill: Kill, bot: BotProcess, around: Surroundings) -> str:
    """Kill it with a video half in Discord. What it sent already may still come to be shown, or is cut off there."""
    local = around.local
    held = None
    while held is None or not held.read:
        if held is not None:
            held.release()  # an edit that brings no file
            await local.until(lambda: not local.uploading)
        local.fail(Fault(method="PATCH", hold=True))
        await local.until(lambda: local.uploading)
        (held,) = local.uploading
    chance = dice(kill)
    await asyncio.sleep(chance.uniform(0, _MOST_WAIT_S))  # any instant of the upload will do
    await end(bot)
    (held.release if chance.choice((False, True)) else held.abort)()
    await local.until(lambda: not local.uploading)
    return held.path.rpartition("/")[2]


async def end(bot: BotProcess) -> None:
    """Kill it now. One that has ended by itself is left at that, to be found out by its exit code."""
    if bot.process.returncode is None:
        await bot.kill()


def dice(kill: Kill) -> random.Random:
    """What is left to chance in one kill."""
    return random.Random(f"{kill.seed}:death")  # noqa: S311  # a repeatable choice, no secret
