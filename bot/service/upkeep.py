"""The small round of chores: lost answers, dead tokens, and uncertain ones that nobody spoke for within a day."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.domain.generation import Generation
from bot.domain.turns import places
from bot.ports import Board, Clock, Privacy, Store
from bot.service.intake import Intake

log = logging.getLogger(__name__)

HELD_FOR = timedelta(days=1)
"""How long the credits of an uncertain generation are held while nobody says what became of it."""
EVERY_S = 30.0
"""Seconds between two rounds."""
MOST_SEEN = 1000
"""Uncertain ones that are kept an eye on."""
MOST_AT_ONCE = 100
"""Rows changed in one round."""


class Upkeep:
    """Does the chores, one round at a time."""

    def __init__(
        self,
        store: Store,
        board: Board,
        intake: Intake,
        privacy: Privacy,
        clock: Clock,
        *,
        retention: timedelta,
        on_change: Callable[[], None],
        on_places: Callable[[Mapping[str, int]], None],
        on_settled: Callable[[Generation], None],
    ) -> None:
        """`retention` is how long prompts and links are kept.

        `on_places` is told places in line that are new, `on_settled` an uncertain one that another process settled.
        """
        self._store = store
        self._board = board
        self._intake = intake
        self._privacy = privacy
        self._retention = retention
        self._clock = clock
        self._on_change = on_change
        self._on_places = on_places
        self._on_settled = on_settled
        self._places: dict[str, int] = {}
        self._uncertain: set[str] = set()

    async def round(self) -> None:
        """Do each chore once. Raises StoreError."""
        await self._intake.find_lost_answers(self._board)
        await self._store.erase_tokens(self._clock.now())
        await self._give_up_uncertain()
        await self._notice_settled()
        await self._tell_places()
        if erased := await self._privacy.erase_old(self._clock.now() - self._retention, MOST_AT_ONCE):
            log.info("erased the prompts and links of %d old videos", erased)

    async def _give_up_uncertain(self) -> None:
        now = self._clock.now()
        rows = await self._store.uncertain_before(now - HELD_FOR, MOST_AT_ONCE)
        for row in rows:
            if await self._store.save(row, row.lost(now)):
                log.warning("lost: nobody said within a day what became of it", extra={"generation": row.id})
        if rows:
            self._on_change()

    async def _tell_places(self) -> None:
        """Tell places that changed since the last round. A card that was just answered shows its place already."""
        found = places(*await self._store.line())
        self._on_places({each: place for each, place in found.items() if self._places.get(each, place) != place})
        self._places = found

    async def _notice_settled(self) -> None:
        """Take up what the operator settled from a terminal: this process saw it as uncertain the last time."""
        still = {row.id for row in await self._store.uncertain_before(self._clock.now() + timedelta(days=1), MOST_SEEN)}
        for generation_id in self._uncertain - still:
            shown = await self._store.get(generation_id)
            if shown is not None:
                self._on_settled(shown.generation)
        self._uncertain = still
