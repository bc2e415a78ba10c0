"""Answers and memory while 10,000 generations are open: `python -m benchmarks.opened`.

The time of an answer is taken by Discord, from sending the interaction to hearing the answer. Memory is what the
process holds (VmRSS) after the same traffic at two sizes: the difference is what an open generation takes.
"""

import asyncio
import sys
import tempfile
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks import seeding
from benchmarks.figure import Figure, Found, share
from benchmarks.process import Process
from benchmarks.stage import Card, Stage, relay, stage
from bot.clock import SystemClock
from tests.wire.local_discord import GUILD

OPEN, FEW = 10_000, 1_000
COMMANDS, PER_SECOND = 300, 20.0
SETTLE_S = 5.0
"""Seconds that a bot gets to be in the middle of its work before anybody asks."""
AGES_S = 300.0
"""Seconds. What is open is of every age up to that: most clips take less."""
LIMIT_S = 3.0
"""Seconds after which Discord takes no answer; one that did not come counts as this."""
IN_A_SERVER = 8
"""As many as the defaults let one server have with the relay."""
_KB, _MB = 1000, 1_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one process at one size: seconds until each answer, and bytes of memory."""

    answers_s: list[float]
    missing: int
    resident: int

    def ms(self, part: float) -> float:
        """Milliseconds within which this part was answered."""
        return share(self.answers_s, part) * 1000

    def __str__(self) -> str:
        """The whole of it, for a note."""
        parts = ", ".join(f"p{part * 100:.0f} {self.ms(part):.1f} ms" for part in (0.5, 0.9, 0.99))
        return f"{parts}, {self.missing} of {len(self.answers_s)} never answered, {self.resident / _MB:.0f} MB"


async def seen(place: Stage, bot: AbstractAsyncContextManager[Process]) -> Seen:
    """Start a bot, have members ask, and look."""
    async with bot as process:
        await place.connected(process)
        await asyncio.sleep(SETTLE_S)
        await place.crowd(COMMANDS, PER_SECOND)
        await asyncio.sleep(LIMIT_S)
        answers = await place.answers()
        resident = process.resident()
    return Seen([LIMIT_S if took is None else took for took in answers], answers.count(None), resident)


async def by_bot(folder: Path, url: str, tasks: list[str]) -> Seen:
    """What is seen of the bot while these are open."""
    async with stage(folder, url) as place:
        cards = await place.cards(len(tasks))
        database = folder / "bot.db"
        await seeding.prepared(database)
        now = SystemClock().now()
        step = timedelta(seconds=AGES_S / len(tasks))
        rows = (
            seeding.opened(n, task, card, now - n * step, guild_id=GUILD + n // IN_A_SERVER)
            for n, (task, card) in enumerate(_pairs(tasks, cards))
        )
        seeding.write(database, rows)
        return await seen(place, place.bot(database))


async def by_baseline(folder: Path, url: str, tasks: list[str]) -> Seen:
    """What is seen of the baseline while these are open."""
    async with stage(folder, url) as place:
        cards = await place.cards(len(tasks))
        return await seen(place, place.baseline([(card, task) for task, card in _pairs(tasks, cards)]))


def _pairs(tasks: list[str], cards: list[Card]) -> list[tuple[str, Card]]:
    return list(zip(tasks, cards, strict=True))


async def measure(count: int = OPEN, few: int = FEW) -> Found:
    """Both bots at both sizes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with relay("--by-hand") as url, stage(folder / "orders", url) as place:
            tasks = await place.order(count)
            bot = [await by_bot(folder / f"bot{size}", url, tasks[:size]) for size in (few, count)]
            baseline = [await by_baseline(folder / f"baseline{size}", url, tasks[:size]) for size in (few, count)]
    small, large = bot
    a_bit, all_ = baseline
    return Found(
        [
            Figure(f"answer with {count:,} open, p50", 10.0, large.ms(0.5), "ms", all_.ms(0.5)),
            Figure(f"answer with {count:,} open, p99", 50.0, large.ms(0.99), "ms", all_.ms(0.99)),
            Figure(
                "memory per open generation",
                5.0,
                _each(small, large, count - few),
                "KB",
                _each(a_bit, all_, count - few),
            ),
            Figure(f"memory with {count:,} open", 200.0, large.resident / _MB, "MB", all_.resident / _MB),
        ],
        [
            f"with {few:,} open: {small}; baseline: {a_bit}",
            f"with {count:,} open: {large}; baseline: {all_}",
        ],
    )


def _each(small: Seen, large: Seen, more: int) -> float:
    return (large.resident - small.resident) / more / _KB


if __name__ == "__main__":
    print(asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else OPEN)).text())
