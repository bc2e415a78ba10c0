"""Tells members that a video of theirs is over: once, in the way they chose, whatever dies in between."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

from bot.domain.card import Shown
from bot.domain.errors import StoreError
from bot.domain.notices import BY_DM, NONCE_LIFE, TRIED, Notice, too_early, tried, unsaid
from bot.ports import Clock, Messenger, NoticeStore, TryLater
from bot.service.bell import Bell

log = logging.getLogger(__name__)

MOST_SEEN = 500
"""Notices looked at in one round, the newest first."""
AT_ONCE = 16
"""Members told at the same time."""
SCAN_S = 30.0
"""Seconds between two looks when nobody wakes it: for what was left by a crash, or could not be sent."""
GAP_S = 0.25
"""Seconds between two looks, where many end at once: one look finds many of them."""
MOST_BACKOFF_S = 600.0
"""Seconds. The longest pause between two tries of one notice."""


class Notices:
    """Tells what is to be told. `tick` does all that is due and returns; `run` does the same for ever.

    Before a notice is sent, that is noted. One that may have been sent is looked for in Discord before it is sent
    again, so that a crash at any moment leaves the member with one at most.
    """

    def __init__(self, store: NoticeStore, messenger: Messenger, clock: Clock) -> None:
        self._store = store
        self._messenger = messenger
        self._clock = clock
        self._bell = Bell()
        self._paused: dict[str, tuple[int, float]] = {}

    def wake(self) -> None:
        """A card shows how its generation ended: look at once."""
        self._bell.ring()

    async def run(self) -> None:
        """Tell what is due, when it is due, until cancelled."""
        while True:
            self._bell.hush()
            try:
                await self.tick()
            except StoreError as trouble:
                log.error("cannot read whom to tell: %s", trouble)  # noqa: TRY400  # the sentence says all
            await asyncio.sleep(GAP_S)
            await self._bell.wait(SCAN_S)

    async def tick(self) -> None:
        """Tell all that is due now. Raises StoreError where it cannot be read."""
        now = self._clock.now()
        rows = [row for row in await self._store.owed(MOST_SEEN) if not too_early(row.generation)]
        ends = {row.generation.id: why for row in rows if (why := unsaid(row, now)) is not None}
        if ends:
            await self._store.end_notices(ends)
        owed = [row for row in rows if row.generation.id not in ends]
        self._paused = {row.generation.id: p for row in owed if (p := self._paused.get(row.generation.id)) is not None}
        due = [row for row in owed if self._is_due(row.generation.id)]
        for start in range(0, len(due), AT_ONCE):
            await self._tell_all(due[start : start + AT_ONCE])

    def _is_due(self, generation_id: str) -> bool:
        _, until = self._paused.get(generation_id, (0, 0.0))
        return self._clock.monotonic() >= until

    async def _tell_all(self, rows: Sequence[Shown]) -> None:
        """One member's trouble is their own: it is logged, and tried again later."""
        results = await asyncio.gather(*map(self._tell, rows), return_exceptions=True)
        for row, result in zip(rows, results, strict=True):
            if result is None:
                continue
            if not isinstance(result, Exception):
                raise result
            log.error("its member could not be told", exc_info=result, extra={"generation": row.generation.id})
            self._pause(row.generation.id, None)

    async def _tell(self, shown: Shown) -> None:
        generation = shown.generation
        notice = Notice(generation.notice or "")
        try:
            if notice not in TRIED and not await self._store.note_notice(generation.id, notice, tried(notice)):
                return
            told = await self._messenger.tell(shown, by_dm=notice in BY_DM, look=self._may_be_sent(shown, notice))
            if isinstance(told, TryLater):
                log.info("its member is told later: %s", told.why, extra={"generation": generation.id})
                self._pause(generation.id, told.after_s)
                return
            await self._store.end_notices({generation.id: told})
        except StoreError as trouble:
            log.error("cannot note whom was told: %s", trouble, extra={"generation": generation.id})  # noqa: TRY400  # the sentence says all
            self._pause(generation.id, None)
            return
        if told is not Notice.TOLD:
            log.info("its member is not told: %s", told, extra={"generation": generation.id})

    def _may_be_sent(self, shown: Shown, notice: Notice) -> bool:
        """Whether an earlier try, also one that a restored backup knows nothing of, may stand in Discord."""
        ended = shown.generation.finished_at
        age = timedelta() if ended is None else self._clock.now() - ended
        return notice in TRIED or not timedelta() <= age <= NONCE_LIFE

    def _pause(self, generation_id: str, after_s: float | None) -> None:
        tries, _ = self._paused.get(generation_id, (0, 0.0))
        pause = min(max(2.0 ** min(tries + 1, 16), after_s or 0.0), MOST_BACKOFF_S)
        self._paused[generation_id] = (tries + 1, self._clock.monotonic() + pause)
