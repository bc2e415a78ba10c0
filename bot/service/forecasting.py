"""Says when a video is usually done, from the same experience that decides when the relay is asked."""

from datetime import datetime, timedelta

from bot.domain.finishing import Experience, Sort
from bot.domain.generation import WITH_RELAY, Generation
from bot.ports import Clock

USUALLY = 0.8
"""The share of videos that "usually" means."""
MOST_S = 3600.0
"""Seconds. Beyond an hour nothing is usual: the relay hangs, or works off a long queue."""


class Forecasts:
    """`bot.ports.Forecast` over what the poller learns."""

    def __init__(self, experience: Experience, clock: Clock) -> None:
        self._experience = experience
        self._clock = clock

    def usually_done(self, generation: Generation) -> datetime | None:
        """None also for one that the relay does not have."""
        if generation.state not in WITH_RELAY or generation.submitted_at is None:
            return None
        now = self._clock.now()
        age_s = max(0.0, (now - generation.submitted_at).total_seconds())
        left_s = self._experience.usually_within_s(Sort.of(generation.request), age_s, USUALLY)
        return None if left_s is None or left_s > MOST_S else now + timedelta(seconds=left_s)

    def is_late(self, generation: Generation) -> bool:
        """Only one that the relay has is ever late."""
        if generation.state not in WITH_RELAY or generation.submitted_at is None:
            return False
        age_s = (self._clock.now() - generation.submitted_at).total_seconds()
        return age_s > self._experience.of(Sort.of(generation.request)).late_after_s
