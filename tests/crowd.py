"""Eight processes that ask at once for the last credits: `python -m tests.crowd [ROUNDS]` plays many rounds."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from bot.domain.period import Span
from bot.domain.quota import Limit, Scope
from bot.storage import Stores, open_database
from tests.clock import ManualClock
from tests.storing import MEMBER, NOW, new_database

ROOT = Path(__file__).parents[1]
PROCESSES = 8
REQUESTS = 25
"""Of each process in each round: 200 together."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The prices of what was granted and refused in one round, and how many credits there were."""

    limit: int
    granted: Sequence[int]
    refused: Sequence[int]

    def check(self) -> None:
        """Not one credit too many, and nothing refused that fitted to the end. Raises AssertionError."""
        left = self.limit - sum(self.granted)
        assert left >= 0, self
        assert all(price > left for price in self.refused), self
        assert len(self.granted) + len(self.refused) == PROCESSES * REQUESTS, self


class Crowd:
    """The processes, each with a store of its own on the one database; they stay for all rounds."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._stack = ExitStack()
        self._processes: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Self:
        for number in range(PROCESSES):
            command = [sys.executable, "-m", "tests.contract.store_process", "serve", self._url, f"p{number}"]
            process = subprocess.Popen(  # noqa: S603  # our own file and arguments
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            self._processes.append(self._stack.enter_context(process))
        for process in self._processes:
            assert _line(process) == "ready"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.kill()
        self._stack.close()

    def ask(self, guild: int, prices: Sequence[int]) -> tuple[list[int], list[int]]:
        """Let every process ask for as many at once, at these prices in turn: what was granted, what refused."""
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write(f"{guild} {REQUESTS} {json.dumps(prices)}\n")
            process.stdin.flush()
        answers = [json.loads(_line(process)) for process in self._processes]
        granted, refused = zip(*answers, strict=True)
        return [*chain.from_iterable(granted)], [*chain.from_iterable(refused)]


async def play(stores: Stores, crowd: Crowd, number: int) -> Outcome:
    """One round in a server of its own: the pool, a member's limit, or bonus credits run out, at mixed prices too."""
    guild, limit = 1_000 + number, 1 + (number * 7) % 40
    set_limit = partial(stores.purse.set_limit, guild, by=1, why="a round", now=NOW)
    match number % 3:
        case 0:
            await set_limit(Scope.SERVER, 0, Limit(limit, Span.DAY))
        case 1:
            await set_limit(Scope.DEFAULT, 0, Limit(limit, Span.MONTH))
        case _:
            await set_limit(Scope.MEMBER, MEMBER, Limit(limit // 2, Span.WEEK))
            await stores.purse.grant(guild, MEMBER, limit - limit // 2, None, by=1, why="a round", now=NOW)
    granted, refused = await asyncio.to_thread(crowd.ask, guild, (1,) if number % 2 else (1, 2, 3))
    return Outcome(limit, granted, refused)


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


async def play_rounds(url: str, rounds: int) -> None:
    """Play and check so many. Raises AssertionError at the first that is not exact."""
    # Opened here first: to turn a new file to its journal, SQLite wants to be alone with it, and waits for nobody.
    async with open_database(url, ManualClock(NOW), busy_timeout_s=60) as stores:
        with Crowd(url) as crowd:
            for number in range(rounds):
                (await play(stores, crowd, number)).check()


if __name__ == "__main__":
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with TemporaryDirectory() as folder:
        asyncio.run(play_rounds(new_database(Path(folder)), total))
    sys.stdout.write(f"{total} rounds of {PROCESSES * REQUESTS} requests: each was exact\n")
