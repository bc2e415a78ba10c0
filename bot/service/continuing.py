"""Goes on by itself where a member asked for several parts: each is admitted, charged and shown as it starts.

The row of a part is the record that its message is about to be sent, so after a crash the message is looked for. Until
it is noted, nothing is sent to the relay.

Where a chain is stopped, that a word is owed about it is noted with the stop itself, and taken out once it is said. So
the word survives a crash, though not the reason in full: the next life says that no part follows, and not why.
"""

import asyncio
import logging

from bot.domain.card import Card, CardState, GoneReason, Shown
from bot.domain.errors import NotAccepting, Refusal, StoreError
from bot.ports import Board, Gone, Members, NoEdit, Posted, Store, TryLater
from bot.service.bell import Bell
from bot.service.intake import Intake

log = logging.getLogger(__name__)

MOST_AT_ONCE = 20
"""Parts that are started in one round."""
SCAN_S = 10.0
"""Seconds between two rounds, when nobody wakes the service."""
GAP_S = 0.1
"""Seconds between two rounds, where many are completed at once."""
_FORGOTTEN = Refusal("it was stopped in an earlier life")


class Continuing:
    """Starts the next part of each chain. `round` does all that is due and returns; `run` does the same for ever."""

    def __init__(self, store: Store, board: Board, members: Members, intake: Intake) -> None:
        self._store = store
        self._board = board
        self._members = members
        self._intake = intake
        self._whys: dict[str, Refusal | None] = {}
        self._bell = Bell()

    def wake(self) -> None:
        """Look at once for completed parts."""
        self._bell.ring()

    async def run(self) -> None:
        """Start what is due, when it is due, for ever."""
        while True:
            self._bell.hush()
            try:
                await self.round()
            except StoreError as trouble:
                log.error("cannot read which parts are to follow: %s", trouble)  # noqa: TRY400  # the sentence says all
            await asyncio.sleep(GAP_S)
            await self._bell.wait(SCAN_S)

    async def round(self) -> None:
        """Show the parts that have no message yet, then start those that are due. Raises StoreError."""
        unposted = await self._store.unposted(MOST_AT_ONCE)
        due = await self._store.to_continue(MOST_AT_ONCE)
        untold = await self._store.untold_stops(MOST_AT_ONCE)
        # Each waits for Discord, which may hold up one channel and no other.
        async with asyncio.TaskGroup() as group:
            for part in unposted:
                group.create_task(self._post(part, tried=True))
            for part in due:
                group.create_task(self._go_on(part))
            for part in untold:
                group.create_task(self._tell(part, look=True))

    async def _go_on(self, part: Shown) -> None:
        try:
            await self._start_next(part)
        except NotAccepting:
            return  # the bot is stopping: its next life goes on
        except Refusal as why:
            await self._stop(part, why)
        except StoreError as trouble:
            self._left_for_later(part, trouble)

    async def _start_next(self, part: Shown) -> None:
        """Raises a Refusal where the next part is turned away, and StoreError."""
        gone = part.card.state is CardState.GONE
        present = None if gone else await self._members.find(part.generation)
        if isinstance(present, TryLater):
            log.info("its next part starts later: %s", present.why, extra={"generation": part.generation.id})
            return
        if present is None:
            await self._stop(part, None)
            return
        fresh = await self._intake.admit_next(part.generation, present)
        if fresh is not None:
            await self._post(Shown(fresh, Card(channel_id=fresh.channel_id)), tried=False)

    async def _stop(self, part: Shown, why: Refusal | None) -> None:
        """End the chain, by compare-and-set, and tell why. Below a card that is gone nobody could be told."""
        about = part.generation.id
        gone = part.card.state is CardState.GONE
        log.info("no next part (%s)", type(why).__name__ if why else "gone", extra={"generation": part.generation.id})
        try:
            stopped = await self._store.stop_chain(about, untold=not gone)
        except StoreError as trouble:
            self._left_for_later(part, trouble)
            return
        if stopped is not None and not gone:
            self._whys[about] = why
            await self._tell(part, look=False)

    async def _tell(self, part: Shown, *, look: bool) -> None:
        """With `look` it may have been said before, by this life or the one before it."""
        about, why = part.generation.id, self._whys.get(part.generation.id, _FORGOTTEN)
        gone = part.card.state is CardState.GONE
        try:
            trouble = None if gone else await self._members.tell_stopped(part, why, look=look)
            if trouble is None:
                await self._store.stop_told(about)
                self._whys.pop(about, None)
        except StoreError as error:
            self._left_for_later(part, error)
        else:
            if trouble is not None:
                log.info("why it ended is told later: %s", trouble.why, extra={"generation": about})

    async def _post(self, part: Shown, *, tried: bool) -> None:
        """Send its card, unless an earlier try did, and let it become due."""
        try:
            await self._show(part, tried=tried)
        except StoreError as trouble:
            self._left_for_later(part, trouble)

    async def _show(self, part: Shown, *, tried: bool) -> None:
        generation = part.generation
        before = await self._store.get(generation.request.parent_id or "")
        replies_to = None if before is None else before.card.message_id
        shown = await self._intake.first_look(generation, part.card)
        outcome = await self._board.post(shown, replies_to, tried=tried)
        match outcome:
            case Posted(message_id):
                await self._intake.attach(generation.id, message_id)
            case Gone(reason):
                await self._intake.withdraw(generation.id, reason)
            case NoEdit():
                await self._intake.withdraw(generation.id, GoneReason.REJECTED)
            case TryLater(why):
                log.info("its card is sent later: %s", why, extra={"generation": generation.id})

    def _left_for_later(self, part: Shown, trouble: StoreError) -> None:
        log.error("left for later: %s", trouble, extra={"generation": part.generation.id})
