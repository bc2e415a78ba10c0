"""The whole bot over the wire within the test's own process, on a clock that the test sets."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta

from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.app import App, assembled
from bot.clock import SystemClock
from bot.loading import load
from bot.ui.connect import point_at
from tests.wire.world import TOKEN, World


class SetClock(SystemClock):
    """The machine's clock, which somebody sets wrong: `off` by so much."""

    def __init__(self) -> None:
        self.off = timedelta()

    def now(self) -> datetime:
        return super().now() + self.off


@asynccontextmanager
async def living(world: World, clock: SetClock) -> AsyncIterator[App]:
    """The bot, started and READY; ended as by SIGTERM."""
    settings = load(world.config())
    stop = asyncio.Event()
    with _addresses_put_back():
        point_at(settings.discord.api_url, settings.discord.gateway_url)
        async with assembled(settings, clock=clock) as app:
            running = asyncio.create_task(app.run(TOKEN, stop))
            await app.client.ready.wait()
            try:
                yield app
            finally:
                stop.set()
                await running


@contextmanager
def _addresses_put_back() -> Iterator[None]:
    """discord.py keeps the addresses of the wire in class attributes, for the whole process."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
