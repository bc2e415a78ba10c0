"""A clock that tests move by hand, so that nothing sleeps."""

from datetime import datetime, timedelta


class ManualClock:
    """Stands still until it is advanced."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._elapsed = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    def advance(self, seconds: float) -> datetime:
        """Go forward; the new present."""
        self._now += timedelta(seconds=seconds)
        self._elapsed += seconds
        return self._now
