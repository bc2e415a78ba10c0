"""The stretches of time over which spending is counted: a day, a week or a month of a server's own calendar."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo


class Span(StrEnum):
    """How long a limit counts before it begins anew."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


DAYS = {Span.DAY: 1, Span.WEEK: 7, Span.MONTH: 30}
"""Days of each, to compare limits of different spans by."""


@dataclass(frozen=True, slots=True)
class Period:
    """One day, week or month. `name` sorts by time within its span; it begins and ends at local midnights, in UTC."""

    span: Span
    name: str
    begins_at: datetime
    ends_at: datetime


def period_of(span: Span, moment: datetime, zone: tzinfo) -> Period:
    """The period of a server's calendar that an aware moment falls into. Weeks begin on Monday (ISO 8601)."""
    day = moment.astimezone(zone).date()
    match span:
        case Span.DAY:
            first, after, name = day, day + timedelta(days=1), day.isoformat()
        case Span.WEEK:
            first = day - timedelta(days=day.weekday())
            year, week, _ = day.isocalendar()
            after, name = first + timedelta(days=7), f"{year:04}-W{week:02}"
        case Span.MONTH:
            first = day.replace(day=1)
            after, name = (first + timedelta(days=31)).replace(day=1), f"{day:%Y-%m}"
    return Period(span, name, _midnight(first, zone), _midnight(after, zone))


def zone_of(name: str) -> tzinfo:
    """A time zone by its IANA name, or UTC where this machine knows none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; not a name; a folder of the time zone files
        return UTC


def _midnight(day: date, zone: tzinfo) -> datetime:
    """When a day begins, in UTC. Where clocks skip midnight, the day begins with its first moment that exists."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)
