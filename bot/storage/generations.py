"""The store of `bot.ports` on SQL: says of each call whether it reads or writes, and leaves the words to others."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from bot.domain.card import GoneReason, Shown
from bot.domain.errors import StoreError
from bot.domain.generation import Generation
from bot.domain.quota import Allowance
from bot.ports import Admitted, Clock, Followed, Restored, VideoMatch
from bot.storage import cards, facts, progress, questions, restored
from bot.storage.engine import Database, file_of, is_sqlite, name_of, url_of
from bot.storage.migrate import migrate

BUSY_TIMEOUT_S = 5.0
"""Seconds that a write waits for another process, such as a backup, before it is refused."""


class SqlStore:
    """`bot.ports.Store`; every method is documented there. Open one with `open_store`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def admit(
        self,
        generation: Generation,
        *,
        token: str,
        token_until: datetime,
        allowances: Sequence[Allowance] = (),
    ) -> Admitted:
        return await self._database.write_first(progress.admit, generation, token, token_until, allowances)

    async def attach(self, generation_id: str, message_id: int) -> bool:
        return await self._database.write(cards.attach, generation_id, message_id)

    async def save(self, before: Generation, after: Generation) -> bool:
        return await self._database.write(progress.save, before, after)

    async def late_id(self, generation_id: str, relay_id: str, now: datetime) -> Generation | None:
        return await self._database.write(progress.late_id, generation_id, relay_id, now)

    async def relink(self, generation_id: str, video_url: str) -> None:
        await self._database.write(progress.relink, generation_id, video_url)

    async def get(self, generation_id: str) -> Shown | None:
        return await self._database.read(questions.get, generation_id)

    async def waiting(self, limit: int) -> list[Generation]:
        return await self._database.read(questions.waiting, limit)

    async def followed(self, expired_after: datetime) -> list[Followed]:
        return await self._database.read(questions.followed, expired_after)

    async def uncertain_before(self, moment: datetime, limit: int) -> list[Generation]:
        return await self._database.read(questions.uncertain_before, moment, limit)

    async def sweep(self, now: datetime) -> list[str]:
        return await self._database.write(progress.sweep, now)

    async def settle_restored(self, now: datetime) -> Restored | None:
        return await self._database.write(restored.settle_restored, now)

    async def unattached(self, limit: int) -> list[Shown]:
        return await self._database.read(questions.unattached, limit)

    async def unshown(self, now: datetime, limit: int) -> list[Shown]:
        return await self._database.read(questions.unshown, now, limit)

    async def note_shown(self, generation_id: str, version: int, message_id: int, *, forget_token: bool) -> None:
        await self._database.write(cards.note_shown, generation_id, version, message_id, forget_token=forget_token)

    async def note_gone(self, generation_id: str, reason: GoneReason) -> None:
        await self._database.write(cards.note_gone, generation_id, reason)

    async def note_try(self, generation_id: str, next_try_at: datetime) -> None:
        await self._database.write(cards.note_try, generation_id, next_try_at)

    async def note_repost(self, generation_id: str, now: datetime) -> None:
        await self._database.write(cards.note_repost, generation_id, now)

    async def erase_tokens(self, now: datetime) -> int:
        return await self._database.write(cards.erase_tokens, now)

    async def completed(self, guild_id: int, user_id: int, words: Iterable[str], limit: int) -> list[VideoMatch]:
        return await self._database.read(questions.completed, guild_id, user_id, words, limit)

    async def by_message(self, guild_id: int, message_id: int) -> Generation | None:
        return await self._database.read(questions.by_message, guild_id, message_id)

    async def note(self, key: str, value: str) -> None:
        await self._database.write(facts.note, key, value)

    async def noted(self, key: str) -> str | None:
        return await self._database.read(facts.noted, key)


@asynccontextmanager
async def open_store(url: str, clock: Clock, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> AsyncIterator[SqlStore]:
    """The store at a database URL, brought up to date; closed at the end, after what has begun.

    Raises StoreBusy where another process does not let go within `busy_timeout_s` seconds, StoreDamaged for a file
    that cannot be read or is not ours, and StoreError for whatever else makes it unusable.
    """
    where = url_of(url)
    if is_sqlite(where) and file_of(where) is None:
        raise StoreError(
            f"{name_of(where)} does not name a file: in memory, videos that were paid for would be forgotten"
        )
    await migrate(url, busy_timeout_s=busy_timeout_s)
    database = Database(where, clock, busy_timeout_s=busy_timeout_s)
    try:
        yield SqlStore(database)
    finally:
        await database.close()
