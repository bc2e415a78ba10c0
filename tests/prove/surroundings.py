"""What stands around a bot that is killed again and again, and outlives it: Discord, the relay, and its own file."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.clock import SystemClock
from bot.domain.period import Span
from bot.domain.quota import Limit, Scope
from bot.storage.stores import open_database
from tests.prove import neighbours, witness
from tests.prove.ledgers import DEFAULT_LIMIT, MEMBER_AT_ONCE, MEMBER_WAITING, SERVER_AT_ONCE, SERVER_WAITING
from tests.prove.neighbours import Neighbours
from tests.prove.relay_side import API_KEY, RelaySide, relay_beside
from tests.prove.traffic import CHANNELS, PICTURES, picture_route
from tests.prove.witness import File
from tests.wire.bot_process import BotProcess, run_bot
from tests.wire.config import write_config
from tests.wire.local_discord import GUILD, Limits, LocalDiscord

TOKEN = "a-bot.token-that.is-proved"


@dataclass(frozen=True)
class Surroundings:
    """They outlive every bot.

    The local Discord lives in this process, not in one of its own: every check looks at all its messages and
    interactions, and an upload is caught in its middle, while the bot is a process of its own all the same.
    """

    folder: Path
    local: LocalDiscord
    relay: RelaySide
    neighbours: Neighbours

    @property
    def database(self) -> Path:
        return self.folder / "bot.db"

    def config(self, cap: int) -> Path:
        """The bot's settings, written; `cap` is what the server may spend a day, in credits."""
        return write_config(
            self.folder / "config.toml",
            database=self.database,
            videos=self.database.with_name(f"{self.database.name}.videos"),
            discord={"token": TOKEN, "api_url": self.local.api_url, "gateway_url": self.local.gateway_url},
            relay={"api_key": API_KEY, "base_url": self.relay.url},
            poller={"first_poll_s": 0.1, "min_interval_s": 0.1, "max_interval_s": 0.2},
            prices={"credits": 1, "extend_credits": 2},
            limits={
                "server_credits_a_day": cap,
                "member_at_once": MEMBER_AT_ONCE,
                "server_at_once": SERVER_AT_ONCE,
                "member_waiting": MEMBER_WAITING,
                "server_waiting": SERVER_WAITING,
            },
        )

    @asynccontextmanager
    async def life(self, cap: int, through: Sequence[str]) -> AsyncIterator[BotProcess]:
        """One life of the bot; `through` is the module that runs it, with what that is told."""
        async with run_bot(self.config(cap), through=through) as bot:
            yield bot

    async def left_behind(self) -> File:
        """What a dead bot left, once nothing of it is on any wire."""
        await self.local.until(lambda: self.local.gateway.connected == 0)
        await asyncio.sleep(0.05)  # what it sent before lies in buffers, and nobody tells when the last is read
        return witness.left_behind(self.database, self.folder / "left.db")


@asynccontextmanager
async def surroundings(folder: Path) -> AsyncIterator[Surroundings]:
    """Empty channels, a relay with no bills, and a database with another server's video in it."""
    local = LocalDiscord(SystemClock().now, token=TOKEN, limits=Limits(), channels=CHANNELS, lean=True)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(local.serving(more=[picture_route()]))
        relay = await stack.enter_async_context(relay_beside(PICTURES, f"{local.rest.origin}/pictures/"))
        yield Surroundings(folder, local, relay, await _prepared(folder / "bot.db"))


async def _prepared(database: Path) -> Neighbours:
    clock = SystemClock()
    async with open_database(f"sqlite+aiosqlite:///{database}", clock) as stores:
        await neighbours.move_in(stores, clock.now())
        a_day = Limit(DEFAULT_LIMIT, Span.DAY)
        await stores.purse.set_limit(GUILD, Scope.DEFAULT, 0, a_day, by=1, why="", now=clock.now())
    witness.watch(database)
    return Neighbours.as_of(File(database))
