"""How long a start takes, with all that a long life leaves behind: `python -m benchmarks.start`.

The time runs from starting the process to its first question to the relay.
"""

import asyncio
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from benchmarks import past, seeding
from benchmarks.figure import Figure, Found, share
from benchmarks.stage import Card, Stage, relay, stage
from bot.clock import SystemClock
from tests.wire.local_discord import CHANNEL

FINISHED, OPEN, STARTS = 1_000_000, 10_000, 3
AGE = timedelta(seconds=60)
LOOK_S = 0.01


async def first_question_s(place: Stage, database: Path) -> float:
    """Seconds until the relay is asked. It does not know the films: that makes no difference to the first question."""
    before = (await place.relay_requests())["get"]
    began = time.monotonic()
    async with place.bot(database):
        for _ in range(round(30 / LOOK_S)):
            if (await place.relay_requests())["get"] > before:
                return time.monotonic() - began
            await asyncio.sleep(LOOK_S)
    raise TimeoutError("the relay was never asked")


async def measure(finished: int = FINISHED) -> Found:
    """The median of some starts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = folder / "bot.db"
        await past.copied(finished, database)
        born = SystemClock().now() - AGE
        cards = (Card(10 + number, CHANNEL, "", {}) for number in range(OPEN))
        seeding.write(database, (seeding.opened(n, f"luma_{n}", card, born, dead=True) for n, card in enumerate(cards)))
        size = database.stat().st_size
        async with relay("--by-hand") as url, stage(folder / "stage", url) as place:
            times = [await first_question_s(place, database) for _ in range(STARTS)]
    return Found(
        [Figure(f"start to first question, {OPEN:,} open and {finished:,} finished", 2.0, share(times, 0.5), "s")],
        [f"starts: {', '.join(f'{each:.2f} s' for each in times)}; the database is {size / 1_000_000:,.0f} MB"],
    )


if __name__ == "__main__":
    print(asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else FINISHED)).text())
