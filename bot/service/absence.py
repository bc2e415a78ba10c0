"""Knows since when the relay has been silent, and which cards say so: members are told, and told when it is over."""

import logging
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace

from bot.domain.card import Shown
from bot.domain.generation import WITH_RELAY, GenerationState
from bot.ports import Clock

log = logging.getLogger(__name__)

AWAY_AFTER_S = 60.0
"""Seconds of silence, of whatever is asked, after which members are told."""
MISSED_FOR_S = 30.0
"""Seconds from the first unanswered request to the last: a single one proves nothing, however long ago it was."""
KNOWN_FOR_S = 600.0
"""Seconds after which a silence says nothing any more: while anything is open, the relay is asked twice as often."""

OPEN = WITH_RELAY | {GenerationState.WAITING}
"""States in which a card says so."""


class Absence:
    """Whether the relay is away. Fed by every request to it; its age goes by the monotonic clock.

    A rate limit is an answer. What one task meets may be that task's own, as long as others are asked after too.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since: float | None = None
        self._last = 0.0
        self._whose = ""
        self._heard = False
        self._said: set[str] = set()
        self._turn = ""

    @property
    def away(self) -> bool:
        """Whether nothing has been heard for so long that it is worth a word."""
        if self._since is None or self._whose:
            return False
        now = self._clock.monotonic()
        missed = self._last - self._since >= MISSED_FOR_S
        return missed and now - self._since >= AWAY_AFTER_S and now - self._last < KNOWN_FOR_S

    @property
    def in_question(self) -> bool:
        """Whether any card may say something else than is so."""
        return self.away or bool(self._said)

    def heard(self) -> None:
        """The relay answered, whatever it said."""
        if self.away:
            log.warning("the relay answers again, after %.0f s", self._clock.monotonic() - (self._since or 0.0))
        self._since, self._heard = None, True

    def unheard(self, task_id: str = "") -> None:
        """It did not. `task_id` is the task it was asked after, where that is not the only one."""
        self._last = self._clock.monotonic()
        if self._since is None:
            self._since, self._whose = self._last, task_id
        elif task_id != self._whose:
            self._whose = ""

    def on(self, shown: Shown) -> Shown:
        """The same, with what its card is to say of the relay now."""
        return replace(shown, away=self.away and shown.generation.state in OPEN)

    def drawn(self, shown: Shown) -> None:
        """Its card says so now, or does not; or nothing can be changed about it any more."""
        if shown.away:
            self._said.add(shown.generation.id)
        else:
            self._said.discard(shown.generation.id)

    def may_say(self, generation_ids: Iterable[str]) -> None:
        """These cards were drawn by an earlier life, and nobody knows what they say."""
        self._said.update(generation_ids)

    def untrue_on(self, generation_ids: Iterable[str], most: int) -> list[str]:
        """Of all open ones, at most so many whose cards are to be drawn again; others the next time.

        Until something was heard or missed for long enough, nobody knows what is true.
        """
        away = self.away
        if not away and not self._heard:
            return []
        wanted = sorted(each for each in generation_ids if (each in self._said) != away)
        if not wanted and not away:
            self._said.clear()
        after = bisect_right(wanted, self._turn)
        chosen = [*wanted[after:], *wanted[:after]][:most]
        self._turn = chosen[-1] if chosen else ""
        return chosen
