"""The store of `bot.ports` on SQL: says of each call whether it reads or writes, and leaves the words to others."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from bot.domain.card import GoneReason, Shown
from bot.domain.generation import Generation, GenerationState
from bot.domain.turns import InLine
from bot.ports import Admitted, Claim, Clock, Ended, Followed, Restored, Sought, VideoMatch
from bot.storage import cards, continuing, facts, finding, history, progress, questions, restored
from bot.storage.engine import Database
from bot.storage.opening import BUSY_TIMEOUT_S, opened
from bot.storage.pseudonyms import Pseudonyms


class SqlStore:
    """`bot.ports.Store`; every method is documented there. Open one with `open_store`."""

    def __init__(self, database: Database, pseudonyms: Pseudonyms) -> None:
        self._database = database
        self._pseudonyms = pseudonyms

    async def admit(self, generation: Generation, *, token: str, token_until: datetime, claim: Claim) -> Admitted:
        self._database.require_room()
        return await self._database.write_first(
            progress.admit,
            generation,
            token=token,
            token_until=token_until,
            claim=claim,
            pseudonyms=self._pseudonyms,
        )

    async def admit_next(self, generation: Generation, *, claim: Claim) -> bool:
        self._database.require_room()
        return await self._database.write(continuing.admit_next, generation, claim=claim, pseudonyms=self._pseudonyms)

    async def stop_chain(self, generation_id: str, *, untold: bool = False) -> Generation | None:
        return await self._database.write_first(continuing.stop_chain, generation_id, untold=untold)

    async def untold_stops(self, limit: int) -> list[Shown]:
        return await self._database.read(continuing.untold_stops, limit)

    async def stop_told(self, generation_id: str) -> None:
        await self._database.write(continuing.stop_told, generation_id)

    async def to_continue(self, limit: int) -> list[Shown]:
        return await self._database.read(questions.to_continue, limit)

    async def attach(self, generation_id: str, message_id: int) -> bool:
        return await self._database.write(cards.attach, generation_id, message_id)

    async def save(self, before: Generation, after: Generation) -> bool:
        if after.state is GenerationState.SUBMITTING:
            self._database.require_room()  # a paid request follows, and what becomes of it must find room
        return await self._database.write(progress.save, before, after)

    async def advance(self, generation_id: str, step: Callable[[Generation], Generation | None]) -> Generation | None:
        return await self._database.write(progress.advance, generation_id, step)

    async def late_id(self, generation_id: str, relay_id: str, now: datetime) -> Generation | None:
        return await self._database.write(progress.late_id, generation_id, relay_id, now)

    async def relink(self, generation_id: str, video_url: str) -> None:
        await self._database.write(progress.relink, generation_id, video_url)

    async def get(self, generation_id: str) -> Shown | None:
        return await self._database.read(questions.get, generation_id)

    async def line(self) -> tuple[list[InLine], dict[tuple[int, int], int]]:
        return await self._database.read(questions.line)

    async def line_of(self, guild_id: int) -> tuple[list[InLine], dict[tuple[int, int], int]]:
        return await self._database.read(questions.line_of, guild_id)

    async def several(self, generation_ids: Sequence[str]) -> list[Generation]:
        return await self._database.read(questions.several, generation_ids)

    async def followed(self, expired_after: datetime) -> list[Followed]:
        return await self._database.read(questions.followed, expired_after)

    async def ended(self, limit: int) -> list[Ended]:
        return await self._database.read(history.ended, limit)

    async def with_relay(self) -> list[str]:
        return await self._database.read(questions.with_relay)

    async def uncertain_before(self, moment: datetime, limit: int) -> list[Generation]:
        return await self._database.read(questions.uncertain_before, moment, limit)

    async def sweep(self, now: datetime) -> list[str]:
        return await self._database.write(progress.sweep, now)

    async def settle_restored(self, now: datetime) -> Restored | None:
        return await self._database.write(restored.settle_restored, now)

    async def unattached(self, limit: int) -> list[Shown]:
        return await self._database.read(questions.unattached, limit)

    async def unposted(self, limit: int) -> list[Shown]:
        return await self._database.read(questions.unposted, limit)

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

    async def history(self, sought: Sought) -> list[Shown]:
        return await self._database.read(finding.history, sought)

    async def note_showing(self, generation_id: str, channel_id: int, message_id: int, now: datetime) -> None:
        await self._database.write(finding.note_showing, generation_id, channel_id, message_id, now)

    async def copies(self, generation_id: str) -> list[tuple[int, int]]:
        return await self._database.read(finding.copies, generation_id)

    async def note_film(self, generation_ids: Sequence[str], channel_id: int, message_id: int, now: datetime) -> None:
        await self._database.write(finding.note_film, generation_ids, channel_id, message_id, now)

    async def films(self, generation_id: str) -> list[tuple[int, int]]:
        return await self._database.read(finding.films_of, generation_id)

    async def keep_picture(self, interaction_id: int, url: str, now: datetime) -> None:
        await self._database.write_first(finding.keep_picture, interaction_id, url, now)

    async def picture(self, interaction_id: int) -> str | None:
        return await self._database.read(finding.picture, interaction_id)

    async def drop_pictures(self, before: datetime) -> int:
        return await self._database.write(finding.drop_pictures, before)

    async def note(self, key: str, value: str) -> None:
        await self._database.write(facts.note, key, value)

    async def noted(self, key: str) -> str | None:
        return await self._database.read(facts.noted, key)


@asynccontextmanager
async def open_store(url: str, clock: Clock, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> AsyncIterator[SqlStore]:
    """The store at a database URL, by itself: see `opening.opened`."""
    async with opened(url, clock, busy_timeout_s=busy_timeout_s) as (database, pseudonyms):
        yield SqlStore(database, pseudonyms)
