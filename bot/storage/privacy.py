"""The privacy of `bot.ports` on SQL: says of each call whether it reads or writes, and leaves the words to others."""

from datetime import datetime

from bot.ports import Clock
from bot.storage import erasure, export
from bot.storage.engine import Database
from bot.storage.pseudonyms import Pseudonyms


class SqlPrivacy:
    """`bot.ports.Privacy`; every method is documented there."""

    def __init__(self, database: Database, pseudonyms: Pseudonyms, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._pseudonyms = pseudonyms

    async def export(self, user_id: int, guild_id: int) -> dict[str, object]:
        return await self._database.read(export.export, self._pseudonyms, user_id, guild_id)

    async def forget(self, user_id: int, guild_id: int, now: datetime) -> tuple[int, int]:
        return await self._database.write(erasure.forget, self._pseudonyms, user_id, guild_id, now)

    async def erase_old(self, before: datetime, limit: int) -> int:
        return await self._database.write(erasure.erase_old, self._pseudonyms, before, limit, self._clock.now())
