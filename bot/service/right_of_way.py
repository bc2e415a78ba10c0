"""Who goes first when there is more to do than one process can: members who wait for an answer, before questions.

A question to the relay that comes some milliseconds later costs nobody anything, an answer does. With thousands of
videos at the relay there are always questions under way, and each answer would wait for all of them at each of its
steps.
"""

from collections.abc import Callable

from bot.ports import Clock

LONGEST_S = 0.5
"""Seconds after which nobody gives way to an answer any more: what takes longer waits for something else."""

Answered = Callable[[], bool]


class RightOfWay:
    """Knows who waits for an answer just now."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: list[tuple[float, Answered]] = []

    def take(self, answered: Answered) -> None:
        """Somebody has asked; `answered` tells whether they have been answered since."""
        self._waiting.append((self._clock.monotonic(), answered))

    @property
    def taken(self) -> bool:
        """Whether somebody waits for an answer."""
        if self._waiting:
            since = self._clock.monotonic() - LONGEST_S
            self._waiting = [(at, answered) for at, answered in self._waiting if at > since and not answered()]
        return bool(self._waiting)
