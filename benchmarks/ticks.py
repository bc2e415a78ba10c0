"""What the past costs a round of all loops: `python -m benchmarks.ticks`.

One database has a million finished generations, the other a thousand. Both are open at the same time and are asked in
turn, so that a busy machine slows both. Each has a thousand open generations whose next question is not due yet.
"""

import asyncio
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

from benchmarks import past, seeding
from benchmarks.figure import Figure, Found, share
from benchmarks.stage import Card
from bot.app import App, assembled
from bot.clock import SystemClock
from bot.settings import Settings
from tests.wire.local_discord import CHANNEL
from tests.wire.world import API_KEY, TOKEN

MANY, FEW, OPEN = 1_000_000, 1_000, 1_000
ROUNDS = 300
_NOWHERE = "http://127.0.0.1:9"
"""Nothing is sent: nothing is due."""


async def opened(stack: AsyncExitStack, folder: Path, count: int) -> App:
    """The bot, put together over so many finished generations."""
    database = folder / f"{count}.db"
    await past.copied(count, database)
    now = SystemClock().now()
    cards = (Card(10 + number, CHANNEL, "", {}) for number in range(OPEN))
    seeding.write(database, (seeding.opened(n, f"luma_{n}", card, now, dead=True) for n, card in enumerate(cards)))
    settings = Settings.model_validate(
        {
            "discord": {"token": TOKEN},
            "relay": {"api_key": API_KEY, "base_url": _NOWHERE},
            "database": {"url": f"sqlite+aiosqlite:///{database}"},
            "poller": {"first_poll_s": 3600},
            "media": {"folder": str(folder / f"videos{count}")},
        }
    )
    app = await stack.enter_async_context(assembled(settings))
    await app.poller.load()
    return app


async def took_s(app: App) -> float:
    """Seconds of a round of all that is done again and again."""
    app.poller.wake()
    began = time.perf_counter()
    await app.settle()
    return time.perf_counter() - began


async def measure(many: int = MANY) -> Found:
    """The medians' ratio."""
    with tempfile.TemporaryDirectory() as name:
        async with AsyncExitStack() as stack:
            large, small = [await opened(stack, Path(name), count) for count in (many, FEW)]
            pairs = [(await took_s(large), await took_s(small)) for _ in range(ROUNDS)]
    of_large, of_small = share([each for each, _ in pairs], 0.5), share([each for _, each in pairs], 0.5)
    return Found(
        [Figure(f"a round with {many:,} finished ÷ with {FEW:,}", 1.2, of_large / of_small)],
        [f"a round: {of_large * 1000:.1f} ms with {many:,} finished, {of_small * 1000:.1f} ms with {FEW:,}"],
    )


if __name__ == "__main__":
    print(asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else MANY)).text())
