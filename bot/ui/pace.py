"""Keeps the bot's own requests under Discord's global limit, because discord.py waits only after a 429."""

import asyncio
import math
from collections.abc import Awaitable, Callable

PER_SECOND = 46
"""Requests a second by bot token: Discord allows 50, and what is caught up with, syncs and the log need some."""
CATCH_UP_S = 0.05
"""Seconds of unused turns that may be taken at once, so that late wake-ups of a busy loop do not slow the pace."""


class Pace:
    """Hands out turns evenly, first come, first served. A waiter that is cancelled leaves no gap behind."""

    def __init__(
        self,
        per_second: float = PER_SECOND,
        *,
        monotonic: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Take the event loop's own time, which its sleeps go by, unless another is given."""
        self._monotonic = monotonic or (lambda: asyncio.get_running_loop().time())
        self._interval = 1 / per_second
        self._sleep = sleep
        self._queue = asyncio.Lock()  # asyncio's locks are granted in the order of asking
        self._next_turn = -math.inf

    async def turn(self) -> None:
        """Wait for the right to send one request."""
        async with self._queue:
            early = self._next_turn - self._monotonic()
            if early > 0:
                await self._sleep(early)
            earliest = self._monotonic() - CATCH_UP_S
            self._next_turn = max(self._next_turn, earliest) + self._interval
