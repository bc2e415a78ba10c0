"""What stands around the bot in these tests: a local Discord, a sandbox relay, and the settings that name them."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from bot.clock import SystemClock
from sandbox.relay_server import RelayServer
from sandbox.tasks import Pace
from tests.storing import rows
from tests.wire.bot_process import BotProcess, run_bot
from tests.wire.config import ROOMY, Section, write_config
from tests.wire.local_discord import LocalDiscord

TOKEN = "a-bot.token-of.the-wire"
API_KEY = "a-relay-key-of-the-wire"
PROMPT = "a lighthouse that whispers to the herring"

T = TypeVar("T")

QUICK = {"first_poll_s": 0.1, "min_interval_s": 0.1, "max_interval_s": 0.2}
"""The section `poller`; intervals in seconds."""

QUICK_FILMS = Pace(queued_s=0.3, dreaming_s=0.3)


@dataclass
class World:
    """The surroundings, and every life of the bot in them."""

    folder: Path
    local: LocalDiscord
    relay: RelayServer
    lives: list[BotProcess] = field(default_factory=list)

    def config(self, *, discord: Section | None = None, relay: Section | None = None, poller: Section = QUICK) -> Path:
        """The file of settings, written; what is named replaces or adds values in its section."""
        addresses = {"api_url": self.local.api_url, "gateway_url": self.local.gateway_url}
        return write_config(
            self.folder / "config.toml",
            database=self.folder / "bot.db",
            videos=self.folder / "videos",
            discord={"token": TOKEN, **addresses, **(discord or {})},
            relay={"api_key": API_KEY, "base_url": self.relay.base_url, **(relay or {})},
            poller=poller,
            limits=ROOMY,
        )

    @asynccontextmanager
    async def process(
        self, config: Path | None = None, environ: Mapping[str, str] | None = None
    ) -> AsyncIterator[BotProcess]:
        """The bot, started; it need not get far."""
        async with run_bot(config or self.config(), environ) as bot:
            self.lives.append(bot)
            yield bot

    @asynccontextmanager
    async def bot(
        self, config: Path | None = None, environ: Mapping[str, str] | None = None
    ) -> AsyncIterator[BotProcess]:
        """The bot, started and connected, so that members can act; cards are shown once it is READY, 2 s later."""
        before = len(self.local.gateway.identifies)
        async with self.process(config, environ) as bot:
            await self.local.until(lambda: len(self.local.gateway.identifies) > before)
            yield bot

    async def until_relay(self, condition: Callable[[RelayServer], T]) -> T:
        """Wait until it is true of the relay; what it brings."""
        return await self.local.changes.until(lambda: condition(self.relay), told=False)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database holds."""
        return rows(self.folder / "bot.db", query)

    def indiscretions(self) -> list[str]:
        """What no log may hold, and a life of the bot wrote: the names of it."""
        tokens = {f"the token of {each.id}": each.token for each in self.local.interactions.all.values()}
        named = {"discord.token": TOKEN, "relay.api_key": API_KEY, "a prompt": PROMPT, "a traceback": "Traceback"}
        written = "".join(bot.output for bot in self.lives)
        return [name for name, text in (named | tokens).items() if text in written]


@asynccontextmanager
async def surroundings(folder: Path, *, pace: Pace | None) -> AsyncIterator[World]:
    """A local Discord and a relay, both within the test's own process."""
    local = LocalDiscord(SystemClock().now, token=TOKEN)
    async with local.serving(), RelayServer(api_key=API_KEY, pace=pace, render=False) as relay:
        yield World(folder, local, relay)
