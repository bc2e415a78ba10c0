"""The small round of chores: lost answers, dead tokens, and uncertain ones that nobody spoke for within a day."""

import logging
from collections.abc import Callable
from datetime import timedelta

from bot.ports import Board, Clock, Store
from bot.service.intake import Intake

log = logging.getLogger(__name__)

HELD_FOR = timedelta(days=1)
"""How long the credits of an uncertain generation are held while nobody says what became of it."""
EVERY_S = 30.0
"""Seconds between two rounds."""
MOST_AT_ONCE = 100
"""Rows changed in one round."""


class Upkeep:
    """Does the chores, one round at a time."""

    def __init__(
        self, store: Store, board: Board, intake: Intake, clock: Clock, *, on_change: Callable[[], None]
    ) -> None:
        self._store = store
        self._board = board
        self._intake = intake
        self._clock = clock
        self._on_change = on_change

    async def round(self) -> None:
        """Do each chore once. Raises StoreError."""
        await self._intake.find_lost_answers(self._board)
        await self._store.erase_tokens(self._clock.now())
        await self._give_up_uncertain()

    async def _give_up_uncertain(self) -> None:
        now = self._clock.now()
        rows = await self._store.uncertain_before(now - HELD_FOR, MOST_AT_ONCE)
        for row in rows:
            if await self._store.save(row, row.lost(now)):
                log.warning("lost: nobody said within a day what became of it", extra={"generation": row.id})
        if rows:
            self._on_change()
