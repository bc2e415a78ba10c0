"""How old a moment is for those who give something up by its age, which a clock that is set must not make older."""

from datetime import datetime, timedelta

from bot.ports import Clock


class Ages:
    """Tells ages by the wall clock or by the time since this process began, whichever says less."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._zero = clock.now() - timedelta(seconds=clock.monotonic())

    def of(self, moment: datetime) -> timedelta:
        """How long ago that was, at least; negative where the clock was set back since."""
        steady = self._zero + timedelta(seconds=self._clock.monotonic())
        return min(self._clock.now(), steady) - moment
