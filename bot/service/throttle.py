"""Spreads what could be done at once: so many a second, with a few at a time."""

from bot.ports import Clock


class Throttle:
    """Lets `per_second` go, and after a pause at most `at_once` together."""

    def __init__(self, clock: Clock, *, per_second: float, at_once: int) -> None:
        self._clock = clock
        self._per_second = per_second
        self._at_once = at_once
        self._left = float(at_once)
        self._as_of = clock.monotonic()

    def take(self, most: int) -> int:
        """How many may go now, up to `most`; they are counted as gone."""
        now = self._clock.monotonic()
        self._left = min(self._at_once, self._left + (now - self._as_of) * self._per_second)
        self._as_of = now
        taken = min(most, int(self._left))
        self._left -= taken
        return taken

    @property
    def next_in(self) -> float:
        """Seconds until one more may go."""
        return max(0.0, (1.0 - self._left) / self._per_second)
