"""Makes Discord agree with the store, again and again: whatever a card does not show yet is shown, once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bot.domain.card import LONGEST_PAUSE, CardState, Shown
from bot.domain.errors import StoreError
from bot.log import about
from bot.ports import Board, Clock, Gone, NoEdit, Posted, Showing, Store, TryLater
from bot.service.absence import OPEN, Absence
from bot.service.ages import Ages
from bot.service.bell import Bell
from bot.service.delivery import Delivery, Parcel

log = logging.getLogger(__name__)

TOO_OLD = timedelta(minutes=59)
"""Discord limits edits of messages over an hour old (error 30046); a minute is left for the edit itself."""
MOST_BACKOFF_S = 300.0
"""Seconds. The longest pause between two tries of one card."""
COPY_S = 10.0
"""Seconds between two looks whether a smaller copy is made, for a card that shows the link meanwhile."""
FETCH_TRIES = 4
"""Tries to fetch a finished video, over half a minute, before its card is shown with the link alone."""
SCAN_S = 5.0
"""Seconds between two looks for cards whose next try has come, when nobody wakes the publisher."""

GAP_S = 0.1
"""Seconds between two looks at the store: where thousands of cards change at once, one look finds many of them."""

_BUSY_SHARE = 0.75
"""The share of places that may be taken when more cards are looked for."""

MOST_REDRAWN = 4
"""Cards that are drawn again at once: a change of state waits behind no more than these."""

NOTE_AGAIN_S = 1.0
"""Seconds between two tries to note what became of a card while the database takes no write."""

LAST_EDITS_S = 5.0
"""Seconds that edits under way get when the bot ends because another part died."""


class Publisher:
    """Shows what the store knows. One task a message, so that a slow edit holds up nothing; the newest state wins.

    `tick` shows all that is due and returns when it is done; `run` does the same for ever. `on_end_shown` is called
    when a card shows how its generation ended.
    """

    def __init__(
        self,
        store: Store,
        board: Board,
        delivery: Delivery,
        clock: Clock,
        *,
        concurrency: int = 64,
        on_end_shown: Callable[[], None] = lambda: None,
        absence: Absence | None = None,
    ) -> None:
        self._store = store
        self._board = board
        self._delivery = delivery
        self._clock = clock
        self._ages = Ages(clock)
        self._absence = absence or Absence(clock)
        self._concurrency = concurrency
        self._on_end_shown = on_end_shown
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._meanwhile: set[str] = set()
        self._redraws: dict[str, int | None] = {}
        self._redrawn: set[str] = set()
        self._more = False
        self._stopping = False
        self._bell = Bell()

    def wake(self) -> None:
        """Look at once for cards that show less than the store knows."""
        self._bell.ring()

    def redraw(self, cards: Mapping[str, int | None]) -> None:
        """Draw cards of open generations again, of which nothing new was saved, with these places in line.

        A few at a time, so that they hold up no change of state.
        """
        self._redraws |= cards
        self._start_redraws()

    async def tick(self) -> None:
        """Show all that is due now, and wait until it is done."""
        while await self._start_due() or self._tasks:
            await asyncio.wait(set(self._tasks.values()))

    async def run(self) -> None:
        """Show what is due, when it is due, until stopped. When cancelled, edits under way get a few seconds.

        A change is looked for at once, unless there was a look just before it.
        """
        try:
            while not self._stopping:
                await self._round()
                await asyncio.sleep(GAP_S)
        finally:
            await self.stop(LAST_EDITS_S)

    async def _round(self) -> None:
        self._bell.hush()
        try:
            await self._start_due()
        except StoreError as trouble:
            log.error("cannot read what to show: %s", trouble)  # noqa: TRY400  # the sentence says all
        await self._bell.wait(SCAN_S)

    async def stop(self, within_s: float) -> None:
        """Start nothing more; give the edits under way that many seconds. What is cut off is shown next time."""
        self._stopping = True
        self._bell.ring()
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks.values()), timeout=within_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _start_due(self) -> int:
        free = self._concurrency - len(self._tasks)
        if self._stopping:
            return 0
        if free <= 0:
            self._more = True
            return 0
        # What was being shown when the look began may be shown by now, and its row was read before that.
        busy = set(self._tasks)
        rows = await self._store.unshown(self._clock.now(), self._concurrency)
        known = busy | self._tasks.keys()
        fresh = [row for row in rows if row.generation.id not in known][:free]
        # There may be others where the answer was cut off, and where one changed again while it is being shown.
        self._more = len(rows) > len(fresh) or len(rows) == self._concurrency
        for row in fresh:
            self._start(row.generation.id, self._publish(row))
        if self._more and self._roomy:
            self._bell.ring()
        return len(fresh)

    @property
    def _roomy(self) -> bool:
        """Whether there are enough free places to look for more: a look for each would read all that wait as often."""
        return len(self._tasks) <= self._concurrency * _BUSY_SHARE

    def _start(self, generation_id: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=f"card-{generation_id}")
        self._tasks[generation_id] = task
        task.add_done_callback(partial(self._done, generation_id))

    def _start_redraws(self) -> None:
        """One that is being shown waits until that is done."""
        for generation_id in [each for each in self._redraws if each not in self._tasks]:
            if self._stopping or len(self._redrawn) >= MOST_REDRAWN or len(self._tasks) >= self._concurrency:
                return
            self._redrawn.add(generation_id)
            self._start(generation_id, self._redraw(generation_id, self._redraws.pop(generation_id)))

    async def _redraw(self, generation_id: str, place: int | None) -> None:
        """What is due to be shown otherwise is left to that, and so is what is on its way to the relay."""
        try:
            shown = await self._store.get(generation_id)
            if shown is None or shown.pending or shown.generation.state not in OPEN:
                return
            shown = replace(shown, place=place)
            if shown.card.state is not CardState.LIVE or self._too_old(shown):
                self._absence.drawn(self._absence.on(shown))
            else:
                await self._edit(shown, None)
        except StoreError as trouble:
            log.error("its card is not drawn again: %s", trouble, extra={"generation": generation_id})  # noqa: TRY400  # the sentence says all

    def _done(self, generation_id: str, _: asyncio.Task[None]) -> None:
        self._tasks.pop(generation_id, None)
        self._redrawn.discard(generation_id)
        self._start_redraws()
        if self._more and self._roomy:
            self._bell.ring()

    async def _publish(self, shown: Shown) -> None:
        about(shown.generation.id)
        try:
            await self._show(shown)
        except StoreError as trouble:
            log.error("showing failed: %s", trouble, extra={"generation": shown.generation.id})  # noqa: TRY400  # the sentence says all
            await self._postpone(shown, None)
        except Exception:  # one card's trouble is its own, and it is tried again
            log.exception("showing failed", extra={"generation": shown.generation.id})
            await self._postpone(shown, None)

    async def _show(self, shown: Shown) -> None:
        parcel = await self._delivery.pack(shown, self._board.upload_limit(shown.generation.guild_id))
        if parcel.unreachable and shown.card.tries < FETCH_TRIES:
            await self._postpone(shown, None)
            return
        if parcel.coming:
            await self._show_meanwhile(parcel)
            return
        outcome = await self._place(parcel.shown, parcel.video)
        if outcome is NoEdit.TOO_LARGE:
            outcome = await self._place(replace(parcel.shown, copy=None), None)
        await self._note(parcel, outcome)

    async def _show_meanwhile(self, parcel: Parcel) -> None:
        """Show the link alone, once, until the smaller copy is made. The card stays due, also for a later life.

        A message too old for edits waits for its copy: it is replaced by another, and that is done once.
        """
        generation = parcel.shown.generation
        if generation.id not in self._meanwhile and not self._too_old(parcel.shown):
            outcome = await self._board.edit(parcel.shown, None)
            if isinstance(outcome, Gone | TryLater):
                await self._note(parcel, outcome)
                return
            self._meanwhile.add(generation.id)
        again_at = self._clock.now() + timedelta(seconds=COPY_S)
        await self._noted(generation.id, partial(self._store.note_try, generation.id, again_at))

    async def _place(self, shown: Shown, video: Path | None) -> Showing | None:
        """Edit the message, or send a new one where it is too old; None where an old card need not change."""
        outcome: Showing = NoEdit.TOO_OLD if self._too_old(shown) else await self._edit(shown, video)
        if outcome is not NoEdit.TOO_OLD:
            return outcome
        if not shown.generation.over:
            return None
        if shown.card.reposting_since is None:
            await self._store.note_repost(shown.generation.id, self._clock.now())
        return await self._board.repost(shown, video)

    async def _edit(self, shown: Shown, video: Path | None) -> Showing:
        shown = self._absence.on(shown)
        outcome = await self._board.edit(shown, video)
        if isinstance(outcome, Posted):
            self._absence.drawn(shown)
        return outcome

    def _too_old(self, shown: Shown) -> bool:
        if shown.card.reposting_since is not None:
            return True
        born = shown.card.reposted_at or shown.generation.created_at
        return self._ages.of(born) >= TOO_OLD

    async def _note(self, parcel: Parcel, outcome: Showing | None) -> None:
        generation, card = parcel.shown.generation, parcel.shown.card
        if not isinstance(outcome, TryLater):
            self._meanwhile.discard(generation.id)
        match outcome:
            case Posted(message_id):
                await self._note_shown(parcel.shown, message_id)
            case None:
                await self._note_shown(parcel.shown, card.message_id or 0)
            case Gone(reason):
                log.warning("its card is not shown: %s", reason, extra={"generation": generation.id})
                await self._noted(generation.id, lambda: self._store.note_gone(generation.id, reason))
                await self._delivery.unpack(generation.id)
            case TryLater(why, after_s):
                log.info("its card is shown later: %s", why, extra={"generation": generation.id})
                await self._postpone(parcel.shown, after_s)
            case NoEdit():
                log.error("Discord takes its card in no form", extra={"generation": generation.id})
                await self._postpone(parcel.shown, None)

    async def _note_shown(self, shown: Shown, message_id: int) -> None:
        generation = shown.generation
        note = partial(
            self._store.note_shown, generation.id, generation.version, message_id, forget_token=generation.over
        )
        if await self._noted(generation.id, note) and generation.over:
            log.info("its card says %s", generation.state, extra={"generation": generation.id})
            await self._delivery.unpack(generation.id)
            self._on_end_shown()

    async def _postpone(self, shown: Shown, after_s: float | None) -> None:
        backoff = min(2.0 ** min(shown.card.tries + 1, 16), MOST_BACKOFF_S)
        pause = min(max(backoff, after_s or 0.0), LONGEST_PAUSE.total_seconds())
        note = partial(self._store.note_try, shown.generation.id, self._clock.now() + timedelta(seconds=pause))
        await self._noted(shown.generation.id, note)

    async def _noted(self, generation_id: str, note: Callable[[], Awaitable[None]]) -> bool:
        """Note it, again and again while the database takes no write, until the bot stops. Whether it was noted.

        A card of which nothing was noted is due at once: its message would be edited again and again instead.
        """
        level = logging.ERROR
        while True:
            try:
                await note()
            except StoreError as trouble:
                log.log(level, "cannot note what became of its card: %s", trouble, extra={"generation": generation_id})
                level = logging.DEBUG
            else:
                return True
            if self._stopping:
                return False
            await asyncio.sleep(NOTE_AGAIN_S)
