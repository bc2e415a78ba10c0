"""A process of its own for tests of the store: `serve URL NAME`, `die URL` or `hold URL`."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence

from bot.clock import SystemClock
from bot.storage import ProcessLock, SqlStore, open_store
from tests.storing import CLAIM, TOKEN, TOKEN_UNTIL, asked, granted


async def serve(url: str, name: str) -> None:
    """Ask for many at once whenever told to, until the end of the input; the prices granted and refused."""
    async with open_store(url, SystemClock(), busy_timeout_s=60) as store:
        _say("ready")
        while line := await asyncio.to_thread(sys.stdin.readline):
            guild, count, prices = line.split(maxsplit=2)
            _say(json.dumps(await ask(store, name, int(guild), int(count), json.loads(prices))))


async def ask(store: SqlStore, name: str, guild: int, count: int, prices: Sequence[int]) -> tuple[list[int], list[int]]:
    """Ask for `count` at once in one server."""
    wanted = [
        asked(f"{name}-{guild}-{number}", guild=guild, price=prices[number % len(prices)]) for number in range(count)
    ]
    answers = await asyncio.gather(*(granted(store, each) for each in wanted))
    outcome: tuple[list[int], list[int]] = ([], [])
    for each, answer in zip(wanted, answers, strict=True):
        outcome[not answer].append(each.price)
    return outcome


async def die(url: str) -> None:
    """Admit one and be killed at the very moment that it is granted, with nothing closed."""
    async with open_store(url, SystemClock()) as store:
        await store.admit(asked(), token=TOKEN, token_until=TOKEN_UNTIL, claim=CLAIM)
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
        case ["serve", url, name]:
            asyncio.run(serve(url, name))
        case ["die", url]:
            asyncio.run(die(url))
        case ["hold", url]:
            hold(url)
