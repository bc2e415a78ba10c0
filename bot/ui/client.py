"""The client: as little of Discord as the bot needs, with its commands, its buttons and its services."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import discord

from bot.ui.buttons import DYNAMIC_ITEMS, taken
from bot.ui.services import Services
from bot.ui.sync import Notes, known_ids, sync_if_changed
from bot.ui.translator import Translator
from bot.ui.tree import DreamreelTree

log = logging.getLogger(__name__)

GUILDS_QUIET_S = 0.5
"""Seconds without a further server after which the bot is ready; discord.py waits for 2. A server that comes later is
known as unavailable until then, and its cards are shown later."""

Register = Callable[[DreamreelTree, Services], None]


class DreamreelClient(discord.Client):
    """One gateway connection, which serves up to 2,500 servers.

    Beyond that Discord wants shards: `discord.AutoShardedClient` is the same class but for its base, and asks
    Discord where to connect (`/gateway/bot`) instead of using the address that `connect.point_at` sets.

    `ready` is set by the first READY and stays set. `command_ids` are Discord's ids of the commands that are typed.
    """

    def __init__(self, services: Services, register: Register, notes: Notes) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=GUILDS_QUIET_S,
        )
        self.services = services
        self.ready = asyncio.Event()
        self.tree = DreamreelTree(self)
        self.command_ids: dict[str, int] = {}
        self._notes = notes
        register(self.tree, services)

    @property
    def connected(self) -> bool:
        """Whether events come in: the bot was ready once, and its connection to the gateway is open."""
        return self.ready.is_set() and not self.is_closed() and self.ws.open

    async def setup_hook(self) -> None:
        """Run by the login, before the gateway: nothing here may wait for READY."""
        self.add_dynamic_items(*DYNAMIC_ITEMS)
        await self.tree.set_translator(Translator())
        await sync_if_changed(self.tree, self._notes, self.application_id)
        self.command_ids = await known_ids(self._notes, self.application_id)

    async def on_ready(self) -> None:
        """Note the first READY; a new session brings another."""
        if not self.ready.is_set():
            log.info("ready, in %d servers", len(self.guilds))
        self.ready.set()

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Pass on what discord.py leaves lying: it knows only the windows that it opened since this process started."""
        await taken(interaction)
