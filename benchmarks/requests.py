"""Requests to Discord for each delivered video, the answer included: `python -m benchmarks.requests`.

Members ask for films that take 40 s, and the bots follow them at the same time, each before its own Discord. The floor
is 3: the answer, an edit for a state, and the video. What members who want to be told are sent besides, a message that
mentions them, is a row of its own. They have had a video before: the first brings a hint at the help.
"""

import asyncio
import sys
import tempfile
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import seeding
from benchmarks.figure import Figure, Found
from benchmarks.process import Process
from benchmarks.stage import MEMBERS, Stage, stage
from bot.domain.preferences import Notify

COUNT, PER_SECOND = 100, 5.0
QUEUED_S, DREAMING_S = 8, 32
WITHIN_S = 90.0
PACE = ("--queued", str(QUEUED_S), "--dreaming", str(DREAMING_S))


@dataclass(frozen=True, slots=True)
class Counted:
    """What delivering so many videos took."""

    videos: int
    requests: int
    by_bot: int
    polls: int

    def __str__(self) -> str:
        """The whole of it, for a note."""
        return (
            f"{self.videos} videos, {self.requests} requests to Discord ({self.by_bot} by bot token), {self.polls}"
            " questions to the relay"
        )


async def counted(
    place: Stage, count: int, bot: AbstractAsyncContextManager[Process], *, mentions: bool = False
) -> Counted:
    """Start a bot, have members ask, and count until all is delivered, and everybody mentioned who is to be."""
    async with bot as process:
        await place.connected(process)
        before = await place.tally()
        await place.crowd(count, PER_SECOND)
        done = await place.reaches("delivered", count, WITHIN_S) - before
        if mentions:
            done = await place.reaches("by bot", before["by bot"] + count, WITHIN_S) - before
        polls = (await place.relay_requests())["get"]
    return Counted(done["delivered"], done["requests"], done["by bot"], polls)


async def by_bot(folder: Path, count: int, notify: Notify) -> Counted:
    """A run of the bot, for members who want to be told so."""
    async with stage(folder, None, *PACE) as place:
        await seeding.prepared(folder / "bot.db")
        await seeding.regulars(folder / "bot.db", MEMBERS, notify)
        return await counted(place, count, place.bot(folder / "bot.db"), mentions=notify is Notify.MENTION)


async def by_baseline(folder: Path, count: int) -> Counted:
    """A run of the baseline."""
    async with stage(folder, None, *PACE) as place:
        return await counted(place, count, place.baseline([]))


async def measure(count: int = COUNT) -> Found:
    """All at the same time."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bot, telling, baseline = await asyncio.gather(
            by_bot(folder / "bot", count, Notify.NEVER),
            by_bot(folder / "telling", count, Notify.MENTION),
            by_baseline(folder / "baseline", count),
        )
    return Found(
        [
            Figure("Discord requests per delivered video", 4.0, _each(bot), "", _each(baseline)),
            Figure("the same, its member told by a mention", None, _each(telling), "", _each(baseline)),
        ],
        [f"films of {QUEUED_S + DREAMING_S} s: {bot}; told: {telling}; baseline: {baseline}"],
    )


def _each(counted: Counted) -> float:
    return counted.requests / max(1, counted.videos)


if __name__ == "__main__":
    print(asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)).text())
