"""The house of `bot.ports` on SQL: says of each call whether it reads or writes, and leaves the words to others."""

from datetime import datetime

from bot.domain.house import Block, GuildSettings
from bot.ports import Change, Door
from bot.storage import audit, house_rules
from bot.storage.audit import Act
from bot.storage.engine import Database

MOST_KEPT = 10_000
"""Servers whose settings are kept in memory."""


class SqlHouse:
    """`bot.ports.House`; every method is documented there.

    Settings are kept once they were read: each card is drawn by them, several times a video. Nobody else changes them
    while a bot runs, since only one runs on a database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[int, GuildSettings] = {}
        self._changes = 0

    async def door(self, guild_id: int, user_id: int, now: datetime) -> Door:
        return await self._database.read(house_rules.door, guild_id, user_id, now)

    async def settings(self, guild_id: int) -> GuildSettings:
        kept = self._kept.get(guild_id)
        if kept is not None:
            return kept
        changes = self._changes
        found = await self._database.read(house_rules.settings, guild_id)
        if changes == self._changes:  # else it may be what stood there before
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[guild_id] = found
        return found

    async def change_settings(self, after: GuildSettings, *, by: int, why: str, now: datetime) -> GuildSettings:
        try:
            return await self._database.write(house_rules.change_settings, Act(after.guild_id, by, why, now), after)
        finally:  # also where nobody knows whether it was written
            self._changes += 1
            self._kept.pop(after.guild_id, None)

    async def block(self, block: Block) -> Block | None:
        return await self._database.write(house_rules.block, block)

    async def unblock(self, guild_id: int, user_id: int, *, by: int, why: str, now: datetime) -> Block | None:
        return await self._database.write(house_rules.unblock, Act(guild_id, by, why, now), user_id)

    async def block_of(self, guild_id: int, user_id: int, now: datetime) -> Block | None:
        return await self._database.read(house_rules.block_of, guild_id, user_id, now)

    async def blocks(self, guild_id: int, now: datetime) -> list[Block]:
        return await self._database.read(house_rules.blocks_of, guild_id, now)

    async def words(self, guild_id: int) -> list[str]:
        return await self._database.read(house_rules.words_of, guild_id)

    async def change_word(self, guild_id: int, word: str, *, forbid: bool, by: int, now: datetime) -> bool:
        act = Act(guild_id, by, "", now)
        return await self._database.write(house_rules.change_word, act, word, forbid=forbid)

    async def audit(self, guild_id: int, limit: int) -> list[Change]:
        return await self._database.read(audit.recent, guild_id, limit)

    async def note_change(self, change: Change) -> None:
        await self._database.write(audit.note, change)
