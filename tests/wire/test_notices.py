"""The word to a member on the wire: what SimCord does not know of nonces, and of replies to what is gone."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import discord
import pytest
from discord.http import Route

from bot.domain.card import Card, CardState, Shown
from bot.domain.notices import Notice
from bot.service.preferences import PreferenceBook
from bot.storage.stores import open_database
from bot.ui.notifying import DiscordMessenger
from bot.ui.pace import Pace
from tests.clock import ManualClock
from tests.wire.local_discord import CHANNEL, GUILD, LocalDiscord
from tests.wire.test_board import NOW, TOKEN, completed


@dataclass
class Wire:
    """One who tells, and the Discord at the other end."""

    local: LocalDiscord
    clock: ManualClock
    messenger: DiscordMessenger

    def shown(self, name: str = "gen0001") -> Shown:
        """A completed generation and its card."""
        message_id = self.local.answer(TOKEN)
        card = Card(CardState.LIVE, channel_id=CHANNEL, message_id=message_id, first_message_id=message_id)
        return Shown(replace(completed(self.clock.now()), id=name), card)

    def sent(self) -> int:
        return len([each for each in self.local.messages.values() if each.get("message_reference")])


@pytest.fixture
async def wire(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Wire]:
    client = discord.Client(intents=discord.Intents(guilds=True), max_messages=None)
    clock = ManualClock(NOW)
    local = LocalDiscord(clock.now)
    async with (
        local.serving() as address,
        client,
        open_database(f"sqlite:///{tmp_path / 'dreamreel.db'}", clock) as stores,
    ):
        monkeypatch.setattr(Route, "BASE", address)
        await client.login("bot-token")
        client._connection._add_guild_from_data({"id": str(GUILD), "name": "a server", "premium_tier": 2})  # type: ignore[typeddict-item]  # all that matters of it
        client._ready.set()
        book = PreferenceBook(stores.preferences, clock)
        yield Wire(local, clock, DiscordMessenger(client, book, stores.house, Pace()))


async def test_a_word_said_twice_within_minutes_is_one_message(wire: Wire) -> None:
    """The nonce of a notice is the same at each try, and no other notice has it."""
    shown = wire.shown()
    for _ in range(2):
        assert await wire.messenger.tell(shown, by_dm=False, look=False) is Notice.TOLD
    assert wire.sent() == 1
    await wire.messenger.tell(wire.shown("gen0002"), by_dm=False, look=False)
    assert wire.sent() == 2


async def test_later_it_is_found_in_the_channel(wire: Wire) -> None:
    shown = wire.shown()
    await wire.messenger.tell(shown, by_dm=False, look=False)
    wire.clock.advance(timedelta(hours=1).total_seconds())
    assert await wire.messenger.tell(shown, by_dm=False, look=True) is Notice.TOLD
    assert wire.sent() == 1


@pytest.mark.parametrize("look", [False, True])
async def test_a_card_that_was_deleted_is_not_spoken_of(wire: Wire, *, look: bool) -> None:
    shown = wire.shown()
    wire.local.book.delete(shown.card.message_id or 0)
    assert await wire.messenger.tell(shown, by_dm=False, look=look) is Notice.NO_CARD
    assert wire.sent() == 0
