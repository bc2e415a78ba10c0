"""Looks for the messages that answered a request and were never noted: a crash in between leaves such rows."""

import asyncio
import logging
from datetime import timedelta

from bot.domain.card import GoneReason, Shown
from bot.domain.errors import StoreError
from bot.ports import Board, Clock, Gone, Store, TryLater
from bot.service.intake import Intake

log = logging.getLogger(__name__)

ANSWER_GRACE = timedelta(seconds=30)
"""How long an answer may be on its way before its message is looked for: an interaction must be answered in 3 s."""
MOST_UNATTACHED = 200
"""Unattached generations looked at in one round."""
SIDE_BY_SIDE = 8
"""Questions to Discord at once: one that takes long holds up seven others at the most."""


class LostAnswers:
    """Finds them by the interaction's token, and where that is dead by what stands in the channel.

    Where there is none, nobody was shown anything, and the generation is cancelled. Those that follow by themselves
    answer nobody: `Continuing` looks for their messages.
    """

    def __init__(self, store: Store, board: Board, intake: Intake, clock: Clock) -> None:
        self._store = store
        self._board = board
        self._intake = intake
        self._clock = clock
        self._places = asyncio.Semaphore(SIDE_BY_SIDE)

    async def find(self) -> None:
        """Settle all that are old enough and of which Discord says something clear. Raises StoreError."""
        now = self._clock.now()
        unattached = await self._store.unattached(MOST_UNATTACHED)
        async with asyncio.TaskGroup() as group:
            for shown in unattached:
                if abs(now - shown.generation.created_at) >= ANSWER_GRACE:  # a clock set back does not put this off
                    group.create_task(self._settle(shown))

    async def _settle(self, shown: Shown) -> None:
        about = {"generation": shown.generation.id}
        async with self._places:
            answer = await self._look(shown)
        try:
            match answer:
                case TryLater(why):
                    log.info("its message is looked for again: %s", why, extra=about)
                case None:
                    await self._intake.withdraw(shown.generation.id, GoneReason.UNANSWERED)
                case Gone(reason):
                    await self._intake.withdraw(shown.generation.id, reason)
                case message_id:
                    log.info("found its message again", extra=about)
                    await self._intake.attach(shown.generation.id, message_id)
        except StoreError as trouble:
            log.error("its message is found later: %s", trouble, extra=about)  # noqa: TRY400  # the sentence says all

    async def _look(self, shown: Shown) -> int | Gone | TryLater | None:
        card = shown.card
        if card.token is not None and card.token_until is not None and self._clock.now() < card.token_until:
            return await self._board.find_answer(shown)
        return await self._board.find_in_channel(shown)
