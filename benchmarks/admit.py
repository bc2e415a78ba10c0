"""How many requests a second the store admits: `python -m benchmarks.admit [COUNT]`, on SQLite with full sync."""

import asyncio
import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from benchmarks.figure import Figure, Found
from bot.clock import SystemClock
from bot.domain.generation import Generation, GenerationRequest, Kind
from bot.domain.period import Span
from bot.domain.quota import Caps, Limit, Scope
from bot.ports import Claim
from bot.storage import SqlStore, Stores, open_database

COUNT = 1000
AT_ONCE = 20
"""Requests on their way at once, as in a busy server."""
PLENTY = 10**9


async def admitted_a_second(store: SqlStore, count: int, label: str, claim: Claim) -> float:
    """Admit `count` requests, and tell how many were done in a second."""
    clock = SystemClock()
    request = GenerationRequest(Kind.TEXT, "a calm sea at dawn", "ray-v2", 5, "720p", expand_prompt=True)
    numbers = iter(range(count))

    async def worker() -> None:
        for number in numbers:
            now = clock.now()
            generation = Generation(f"{label}{number:08d}", f"{label}:{number}", 1, 2, 3, request, 1, now, now)
            await store.admit(generation, token="t" * 200, token_until=now + timedelta(minutes=15), claim=claim)

    start = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return count / (time.perf_counter() - start)


async def limit_everything(stores: Stores) -> None:
    """Set every kind of limit that can hold for a member, and give bonus credits."""
    now = SystemClock().now()
    for scope, subject in ((Scope.SERVER, 0), (Scope.DEFAULT, 0), (Scope.ROLE, 4), (Scope.MEMBER, 3)):
        await stores.purse.set_limit(1, scope, subject, Limit(PLENTY, Span.MONTH), by=0, why="", now=now)
    await stores.purse.grant(1, 3, PLENTY, None, by=0, why="", now=now)


async def measure(count: int = COUNT) -> Found:
    """Both figures."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_database(f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}", SystemClock()) as stores:
            unlimited = Claim(most_waiting_member=PLENTY, most_waiting_server=PLENTY)
            bare = await admitted_a_second(stores.store, count, "a", unlimited)
            await limit_everything(stores)
            limited = replace(unlimited, role_ids=(4,), timezone="Europe/Berlin", caps=Caps(PLENTY, PLENTY))
            held = await admitted_a_second(stores.store, count, "b", limited)
    name = "admissions a second, each on the disk"
    return Found([Figure(f"{name}, no limits", None, bare), Figure(f"{name}, every kind of limit", None, held)])


if __name__ == "__main__":
    print(asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)).text())
