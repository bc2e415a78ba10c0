"""Reads how long something is to last, as people type it: 30m, 12 hours, 1d 12h, 2 weeks."""

import re
from datetime import timedelta

from bot.domain.errors import BadSetting

LEAST = timedelta(minutes=1)
MOST = timedelta(days=5 * 366)
"""Five years: beyond that, "until lifted" says it better."""

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_UNITS = {
    ("m", "min", "mins", "minute", "minutes"): _MINUTE,
    ("h", "hr", "hrs", "hour", "hours"): _HOUR,
    ("d", "day", "days"): _DAY,
    ("w", "week", "weeks"): 7 * _DAY,
    ("mo", "month", "months"): 30 * _DAY,
    ("y", "year", "years"): 365 * _DAY,
}
_UNIT = {name: length for names, length in _UNITS.items() for name in names}
_ONE = re.compile(r"(\d{1,6})\s*([a-z]+)(?:\s*(?:,|and\b)\s*|\s*)")
_ENDLESS = frozenset({"", "forever", "permanent", "permanently", "none", "never", "until lifted"})


def duration_of(text: str | None) -> timedelta | None:
    """The time that the text means; None for none, and for words like "forever".

    Raises BadSetting("duration", "unknown", "too_short" or "too_long").
    """
    typed = " ".join((text or "").lower().split())
    if typed in _ENDLESS:
        return None
    total, end = timedelta(), 0
    while end < len(typed):
        found = _ONE.match(typed, end)
        if found is None or found[2] not in _UNIT:
            raise BadSetting("duration", "unknown")
        total = min(total + int(found[1]) * _UNIT[found[2]], MOST + LEAST)
        end = found.end()
    if total > MOST:
        raise BadSetting("duration", "too_long")
    if total < LEAST:
        raise BadSetting("duration", "too_short")
    return total
