"""When to ask the relay next, and when to stop: decided from values, so that nothing here waits."""

from dataclasses import dataclass

GIVE_UP_AFTER_S = 24 * 3600.0
"""Seconds after sending. Relays of this family sweep stuck tasks after as much as a day."""
NO_LINK_GRACE_S = 3600.0
"""Seconds that a task may say completed without a link before it counts as expired."""
NOT_FOUND_GRACE_S = 600.0
"""Seconds that a relay may answer "not found" before it is believed: a fresh task can be late to its own index."""
LOOK_AGAIN_S = 3600.0
"""Seconds between two later looks at an expired task."""
LOOK_AGAIN_FOR_S = 72 * 3600.0
"""Seconds after sending for which an expired task is looked at."""

_JITTER = 0.1
"""The share by which a delay is varied, so that tasks sent together do not stay together."""
_SHARE_OF_AGE = 0.1
"""An interval grows with the age: a tenth of it keeps the delay of a late answer small beside the wait."""
_MOST_BACKOFF_S = 300.0
"""Seconds. The longest pause after answers that were no use."""


@dataclass(frozen=True, slots=True)
class PollSchedule:
    """How often a task is asked for. All figures are in seconds; `luck`, from 0 to 1, is drawn by the caller."""

    first_poll_s: float
    min_interval_s: float
    max_interval_s: float

    def first(self, age_s: float, luck: float) -> float:
        """Seconds until a task is first asked for, when it was sent `age_s` ago.

        One that is older than its first poll, as after a restart, is spread over one shortest interval.
        """
        if age_s >= self.first_poll_s:
            return self.min_interval_s * luck
        return _varied(self.first_poll_s - age_s, luck)

    def after_news(self, age_s: float, luck: float) -> float:
        """Seconds until the next poll of a task that was answered as not finished."""
        return _varied(self._interval(age_s), luck)

    def after_silence(self, silences: int, retry_after_s: float | None, luck: float) -> float:
        """Seconds until the next poll after `silences` useless answers in a row (1 or more).

        The relay's own word is a floor, never a ceiling: jitter is added, not taken away.
        """
        backoff = min(self.min_interval_s * 2.0 ** min(silences, 16), max(_MOST_BACKOFF_S, self.max_interval_s))
        wait = max(backoff * (0.5 + 0.5 * luck), self.min_interval_s)
        return wait if retry_after_s is None else max(wait, retry_after_s * (1 + _JITTER * luck))

    def _interval(self, age_s: float) -> float:
        return min(max(age_s * _SHARE_OF_AGE, self.min_interval_s), self.max_interval_s)


def resend_after(refusals: int, retry_after_s: float | None, luck: float) -> float:
    """Seconds until paid requests are sent again after `refusals` in a row that never left or met a rate limit.

    Starts at 1 s and doubles to 60 s, with jitter; the relay's `Retry-After` is a floor.
    """
    backoff = min(2.0 ** (min(refusals, 7) - 1), 60.0) * (0.5 + 0.5 * luck)
    return backoff if retry_after_s is None else max(backoff, retry_after_s * (1 + _JITTER * luck))


def _varied(seconds: float, luck: float) -> float:
    return seconds * (1 + _JITTER * (2 * luck - 1))
