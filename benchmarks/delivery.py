"""2,000 videos that complete at once: the time to deliver them all, and what it costs: `python -m benchmarks.delivery`.

Twice: while the interactions' tokens live, whose edits do not count against the bot's 50 requests a second, and with
dead tokens, when each delivery is a request by bot token. The time runs from the relay's completing them, not from the
bot's learning of it. Processor time is the bot's own alone, told apart by /proc: Discord and the relay are other
processes on the same machine.
"""

import asyncio
import sys
import tempfile
import time
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks import seeding
from benchmarks.figure import Figure, Found
from benchmarks.process import Process
from benchmarks.stage import Card, Stage, stage
from bot.clock import SystemClock

COUNT = 2_000
PER_SECOND = 50
"""Requests a second that Discord allows a bot: the floor is the time that so many need."""
AGE = timedelta(seconds=60)
"""How long the relay has worked on each when they complete: a usual time, so each is asked after every 6 s."""
WITHIN_S = 90.0
"""Seconds after which what is not delivered counts as such."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of one run, up to the last video, or to the end of the time where some are missing."""

    wanted: int
    videos: int
    took_s: float
    cpu_s: float
    requests: int
    refused: int

    @property
    def of_floor(self) -> float:
        """The time as a multiple of the floor. Where some are missing, they count as coming at the same rate."""
        return self.took_s * PER_SECOND / max(1, self.videos)

    def __str__(self) -> str:
        """The whole of it, for a note."""
        return (
            f"{self.videos:,} of {self.wanted:,} delivered in {self.took_s:.1f} s with {self.cpu_s:.1f} s of processor"
            f" time and {self.requests:,} requests to Discord, {self.refused:,} of them answered 429"
        )


async def delivered(place: Stage, count: int, bot: AbstractAsyncContextManager[Process]) -> Delivered:
    """Start the bot, let it get into its stride, complete all, and wait until they are shown."""
    async with bot as process:
        await place.connected(process)
        # Each was asked after once, on average: the bot is in the middle of its work.
        await place.asked(count)
        before = await place.tally()
        told, used = await place.finish_all(), process.cpu_s()
        after = await place.reaches("delivered", count, WITHIN_S)
        took_s, cpu_s = time.monotonic() - told, process.cpu_s() - used
    counted = after - before
    return Delivered(count, counted["delivered"], took_s, cpu_s, counted["requests"], counted["429"])


async def by_bot(folder: Path, count: int, *, dead: bool) -> Delivered:
    """A run of the bot."""
    async with stage(folder, None, "--by-hand") as place:
        cards, tasks = await _opened(place, count, dead=dead)
        database = folder / "bot.db"
        await seeding.prepared(database)
        born = SystemClock().now() - AGE + timedelta(seconds=10)  # it takes some time to get into its stride
        rows = (
            seeding.opened(number, task, card, born, dead=dead)
            for number, (card, task) in enumerate(zip(cards, tasks, strict=True))
        )
        seeding.write(database, rows)
        return await delivered(place, count, place.bot(database))


async def by_baseline(folder: Path, count: int, *, dead: bool) -> Delivered:
    """A run of the baseline."""
    async with stage(folder, None, "--by-hand") as place:
        cards, tasks = await _opened(place, count, dead=dead)
        return await delivered(place, count, place.baseline(list(zip(cards, tasks, strict=True))))


async def _opened(place: Stage, count: int, *, dead: bool) -> tuple[list[Card], list[str]]:
    return await place.cards(count, dead=dead), await place.order(count)


async def measure(count: int = COUNT) -> Found:
    """Both runs of both bots."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        live = await by_bot(folder / "live", count, dead=False)
        live_baseline = await by_baseline(folder / "live-baseline", count, dead=False)
        dead = await by_bot(folder / "dead", count, dead=True)
        dead_baseline = await by_baseline(folder / "dead-baseline", count, dead=True)
    all_at_once = f"{count:,} videos completing at once, time ÷ floor"
    return Found(
        [
            Figure(f"{all_at_once}, tokens alive", 0.35, live.of_floor, "", live_baseline.of_floor),
            Figure(f"{all_at_once}, tokens dead", 1.15, dead.of_floor, "", dead_baseline.of_floor),
            Figure(
                "processor time while it saturates the 50 requests a second",
                35.0,
                100 * dead.cpu_s / dead.took_s,
                "% of a core",
                100 * dead_baseline.cpu_s / dead_baseline.took_s,
            ),
        ],
        [
            f"tokens alive: {live}",
            f"tokens alive, baseline: {live_baseline}",
            f"tokens dead: {dead}",
            f"tokens dead, baseline: {dead_baseline}",
        ],
    )


if __name__ == "__main__":
    print(asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)).text())
