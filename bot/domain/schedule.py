"""When to ask the relay next, and when to stop: decided from values, so that nothing here waits."""

import math
from dataclasses import dataclass

from bot.domain.hazard import Hazard

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

POLL_WORTH_S = 0.2
"""Seconds of delay that are worth one question. With it the mean delay is about that of a question every 5 s."""

_JITTER = 0.1
"""The share by which a delay is varied, so that tasks sent together do not stay together."""
_LATEST_FIRST = 5
"""Times `first_poll_s`. Whatever was learnt, no task is left alone for longer: the relay may have become faster."""
_MOST_BACKOFF_S = 300.0
"""Seconds. The longest pause after answers that were no use."""


@dataclass(frozen=True, slots=True)
class PollSchedule:
    """How often a task is asked for. All figures are in seconds; `luck`, from 0 to 1, is drawn by the caller.

    Questions are densest where the end is most likely: as the square root of its hazard (`Hazard.looks_by`).
    `first_poll_s` is the earliest first question, `min_interval_s` and `max_interval_s` bound the time between two.
    `poll_worth_s` is how much delay one question is worth: their number and the mean delay follow from it.
    """

    first_poll_s: float
    min_interval_s: float
    max_interval_s: float
    poll_worth_s: float = POLL_WORTH_S

    def first(self, age_s: float, hazard: Hazard | None, luck: float) -> float:
        """Seconds until a task is first asked for, when it was sent `age_s` ago.

        Without a hazard, when nothing is known yet, after `first_poll_s`. One that is past its first question, as after
        a restart, is spread over one shortest interval.
        """
        at = _varied(self.first_poll_s, luck)
        if hazard is not None:
            due = hazard.age_at(self._stride * (0.5 + luck))
            at = max(at, min(due, at * _LATEST_FIRST))
        return at - age_s if at > age_s else self.min_interval_s * luck

    def after_news(self, age_s: float, hazard: Hazard, luck: float) -> float:
        """Seconds until the next poll of a task that was answered as not finished."""
        wait = _varied(hazard.age_at(hazard.looks_by(age_s) + self._stride) - age_s, luck)
        most = self.max_interval_s * (1 - _JITTER * luck)
        return max(min(wait, most), self.min_interval_s * (1 + _JITTER * luck))

    def after_silence(self, silences: int, retry_after_s: float | None, luck: float) -> float:
        """Seconds until the next poll after `silences` useless answers in a row (1 or more).

        The relay's own word is a floor, never a ceiling: jitter is added, not taken away.
        """
        backoff = min(self.min_interval_s * 2.0 ** min(silences, 16), max(_MOST_BACKOFF_S, self.max_interval_s))
        wait = max(backoff * (0.5 + 0.5 * luck), self.min_interval_s)
        return wait if retry_after_s is None else max(wait, retry_after_s * (1 + _JITTER * luck))

    @property
    def _stride(self) -> float:
        """How far `Hazard.looks_by` goes from one question to the next.

        Where the end has the hazard h, an interval d costs d/2 of delay for each end and one question for each d of
        waiting: h d/2 + worth/d, least at d = sqrt(2 worth / h).
        """
        return math.sqrt(2 * self.poll_worth_s)


def resend_after(refusals: int, retry_after_s: float | None, luck: float) -> float:
    """Seconds until paid requests are sent again after `refusals` in a row that never left or met a rate limit.

    Starts at 1 s and doubles to 60 s, with jitter; the relay's `Retry-After` is a floor.
    """
    backoff = min(2.0 ** (min(refusals, 7) - 1), 60.0) * (0.5 + 0.5 * luck)
    return backoff if retry_after_s is None else max(backoff, retry_after_s * (1 + _JITTER * luck))


def _varied(seconds: float, luck: float) -> float:
    return seconds * (1 + _JITTER * (2 * luck - 1))
