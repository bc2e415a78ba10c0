"""Wakes a loop that waits: each background service looks again when it is rung for, or when its time has come."""

import asyncio


class Bell:
    """Rung by whoever has changed something; heard by one loop."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Have the loop look at once, or again at once where it is looking just now."""
        self._rung.set()

    def hush(self) -> None:
        """What was rung for so far is about to be looked at."""
        self._rung.clear()

    async def wait(self, most_s: float) -> None:
        """Wait until it is rung, at most so many seconds."""
        try:
            async with asyncio.timeout(most_s):
                await self._rung.wait()
        except TimeoutError:
            return
