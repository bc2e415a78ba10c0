"""How many requests a second the store admits: `python -m benchmarks.admit [COUNT]`, on SQLite with full sync."""

import asyncio
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from bot.clock import SystemClock
from bot.domain.generation import Generation, GenerationRequest, Kind
from bot.domain.quota import Allowance
from bot.storage.generations import SqlStore, open_store

AT_ONCE = 20
"""Requests on their way at once, as in a busy server."""


async def admitted_a_second(store: SqlStore, count: int, label: str, allowances: tuple[Allowance, ...]) -> float:
    """Admit `count` requests, and tell how many were done in a second."""
    clock = SystemClock()
    request = GenerationRequest(Kind.TEXT, "a calm sea at dawn", "ray-v2", 5, "720p", expand_prompt=True)
    numbers = iter(range(count))

    async def worker() -> None:
        for number in numbers:
            now = clock.now()
            generation = Generation(f"{label}{number:08d}", f"{label}:{number}", 1, 2, 3, request, 1, now, now)
            await store.admit(
                generation, token="t" * 200, token_until=now + timedelta(minutes=15), allowances=allowances
            )

    start = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return count / (time.perf_counter() - start)


async def main(count: int) -> None:
    """Print both figures."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}", SystemClock()) as store:
            bare = await admitted_a_second(store, count, "a", ())
            limits = (Allowance("server:1", "2026-11-22", 10**9), Allowance("member:1:3", "2026-11-22", 10**9))
            held = await admitted_a_second(store, count, "b", limits)
    print(f"admit transactions a second: {bare:.0f} without allowances, {held:.0f} with two")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
