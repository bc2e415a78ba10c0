"""The small round of chores: lost answers, dead tokens, old prompts, and uncertain ones that a day or a word ended."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.domain.generation import Generation
from bot.domain.turns import places
from bot.ports import Board, Clock, Privacy, Store
from bot.service.absence import Absence
from bot.service.intake import Intake
from bot.service.lost_answers import LostAnswers

log = logging.getLogger(__name__)

HELD_FOR = timedelta(days=1)
"""How long the credits of an uncertain generation are held while nobody says what became of it."""
PICTURE_LIFE = timedelta(days=1)
"""How long the picture of an open window is kept: Discord's links to what was attached live for about a day."""
EVERY_S = 30.0
"""Seconds between two rounds."""
AWAY = "relay.away"
"""The key of the note that cards may say that the relay is away."""
MOST_TOLD = 200
"""Cards that are drawn again for it in one round: a thousand take two and a half minutes."""
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
        redraw: Callable[[Mapping[str, int | None]], None],
        is_followed: Callable[[str], bool],
        on_settled: Callable[[Generation], None],
        newly_late: Callable[[], list[str]] = list,
        absence: Absence | None = None,
    ) -> None:
        """`retention` is how long prompts and links are kept.

        `redraw` is told whose cards are to be drawn again although nothing was saved about them, with their places in
        line. `is_followed` tells whether the poller asks after a video, and `on_settled` is told one that it should:
        another process settled it. `newly_late` names those that take longer than usual, `absence` knows of the relay.
        """
        self._store = store
        self._lost_answers = LostAnswers(store, board, intake, clock)
        self._privacy = privacy
        self._retention = retention
        self._clock = clock
        self._on_change = on_change
        self._redraw = redraw
        self._is_followed = is_followed
        self._on_settled = on_settled
        self._newly_late = newly_late
        self._absence = absence or Absence(clock)
        self._noted: bool | None = None
        self._places: dict[str, int] = {}
        self._uncertain_since: dict[str, float] = {}

    async def round(self) -> None:
        """Do each chore once. Raises StoreError."""
        await self._lost_answers.find()
        await self._store.erase_tokens(self._clock.now())
        await self._store.drop_pictures(self._clock.now() - PICTURE_LIFE)
        await self._give_up_uncertain()
        await self._take_up_settled()
        await self._tell_places()
        if not self._absence.away:  # until it is back, a card says that instead
            self._redraw(dict.fromkeys(self._newly_late()))
        await self._tell_absence()
        if erased := await self._privacy.erase_old(self._clock.now() - self._retention, MOST_AT_ONCE):
            log.info("erased the prompts and links of %d old videos", erased)

    async def _give_up_uncertain(self) -> None:
        """Give up what was uncertain for a day by the monotonic clock, from the age it had when it was first seen."""
        now, moment = self._clock.now(), self._clock.monotonic()
        seen = await self._store.uncertain_before(now + HELD_FOR, MOST_SEEN)
        ages = {row.id: max(0.0, (now - row.changed_at).total_seconds()) for row in seen}
        self._uncertain_since = {each: self._uncertain_since.get(each, moment - age) for each, age in ages.items()}
        rows = [row for row in seen if moment - self._uncertain_since[row.id] >= HELD_FOR.total_seconds()]
        for row in rows[:MOST_AT_ONCE]:
            if await self._store.save(row, row.lost(now)):
                log.warning("lost: nobody said within a day what became of it", extra={"generation": row.id})
        if rows:
            self._on_change()

    async def _tell_places(self) -> None:
        """Tell places that changed since the last round. A card that was just answered shows its place already."""
        found = places(*await self._store.line())
        self._redraw({each: place for each, place in found.items() if self._places.get(each, place) != place})
        self._places = found

    async def _tell_absence(self) -> None:
        """Have open cards say whether the relay is away, some in each round. A note of it outlives the process."""
        remembered = self._noted is None and bool(await self._store.noted(AWAY))
        self._noted = remembered if self._noted is None else self._noted
        if not remembered and not self._absence.in_question:
            await self._note_absence(told=False)
            return
        open_ids = [*self._places, *await self._store.with_relay()]
        if remembered:
            self._absence.may_say(open_ids)
        await self._note_absence(told=True)
        due = self._absence.untrue_on(open_ids, MOST_TOLD)
        self._redraw({each: self._places.get(each) for each in due})

    async def _note_absence(self, *, told: bool) -> None:
        if told == self._noted:
            return
        if told:
            log.warning("the relay does not answer: cards say so")
        await self._store.note(AWAY, "told" if told else "")
        self._noted = told

    async def _take_up_settled(self) -> None:
        """Have followed what the operator settled from a terminal.

        Told by what the relay has and nobody follows, not by what was uncertain before: the verdict may come sooner
        than this process looks. Any other verdict only needs showing, and the publisher looks for that itself.
        """
        for generation_id in await self._store.with_relay():
            if not self._is_followed(generation_id):
                shown = await self._store.get(generation_id)
                if shown is not None:
                    self._on_settled(shown.generation)
