"""A process of its own for tests of the store: `admit URL NAME COUNT LIMIT`, `die URL` or `hold URL`."""

import asyncio
import os
import signal
import sys

from bot.clock import SystemClock
from bot.domain.errors import LimitReached
from bot.domain.quota import Allowance
from bot.storage import ProcessLock, open_store
from tests.storing import TOKEN, TOKEN_UNTIL, asked


async def admit(url: str, name: str, count: int, limit: int) -> int:
    """Ask for many at once; how many were granted."""
    allowance = Allowance("server:11", "2026-11-22", limit)
    async with open_store(url, SystemClock(), busy_timeout_s=60) as store:
        _say("ready")
        sys.stdin.readline()

        async def one(number: int) -> bool:
            generation = asked(f"{name}-{number}")
            try:
                await store.admit(generation, token=TOKEN, token_until=TOKEN_UNTIL, allowances=[allowance])
            except LimitReached:
                return False
            return True

        return sum(await asyncio.gather(*(one(number) for number in range(count))))


async def die(url: str) -> None:
    """Admit one and be killed at the very moment that it is granted, with nothing closed."""
    async with open_store(url, SystemClock()) as store:
        await store.admit(asked(), token=TOKEN, token_until=TOKEN_UNTIL)
        os.kill(os.getpid(), signal.SIGKILL)


def hold(url: str) -> None:
    """Hold the lock until told, or killed."""
    with ProcessLock(url):
        _say("held")
        sys.stdin.readline()


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["admit", url, name, count, limit]:
            _say(str(asyncio.run(admit(url, name, int(count), int(limit)))))
        case ["die", url]:
            asyncio.run(die(url))
        case ["hold", url]:
            hold(url)
