"""Counts of what has happened, and those who wait for a count: each costs the same however much there is."""

import asyncio
import heapq
import itertools
from collections import Counter


class Tally:
    """Counts by name: `PATCH /channels/*/messages/*`, `429`, `delivered`, `interactions`; all that `counts` holds."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._waiting: dict[str, list[tuple[int, int, asyncio.Future[None]]]] = {}
        self._numbers = itertools.count()

    def add(self, name: str, count: int = 1) -> None:
        """Count, and wake those whose number is reached."""
        self.counts[name] += count
        waiting = self._waiting.get(name)
        while waiting and waiting[0][0] <= self.counts[name]:
            _, _, future = heapq.heappop(waiting)
            if not future.done():
                future.set_result(None)

    async def reaches(self, name: str, count: int, within_s: float) -> int:
        """Wait until there are so many; how many there are. Raises TimeoutError."""
        if self.counts[name] < count:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiting.setdefault(name, []), (count, next(self._numbers), future))
            async with asyncio.timeout(within_s):
                await future
        return self.counts[name]
