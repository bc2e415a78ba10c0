"""The system's time: the one place that reads it, so that everything else can be run on a clock of its own."""

import time
from datetime import UTC, datetime


class SystemClock:
    """The clock of the machine, as `bot.ports.Clock`."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()
