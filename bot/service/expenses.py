"""What a server spent in a day, a week or a month of its own calendar, put together for a report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from bot.domain.period import Period, Span, period_of
from bot.ports import Spending

_MOMENT = timedelta(microseconds=1)


class Window(StrEnum):
    """The stretches of time that a report can be about."""

    TODAY = "today"
    THIS_WEEK = "this week"
    THIS_MONTH = "this month"
    LAST_WEEK = "last week"
    LAST_MONTH = "last month"


_SPANS = {
    Window.TODAY: Span.DAY,
    Window.THIS_WEEK: Span.WEEK,
    Window.THIS_MONTH: Span.MONTH,
    Window.LAST_WEEK: Span.WEEK,
    Window.LAST_MONTH: Span.MONTH,
}


@dataclass(frozen=True, slots=True)
class Spent:
    """What somebody spent: credits by day, in the order of the report's days, and what came of it.

    `user_id` is None for several members together.
    """

    user_id: int | None
    by_day: tuple[int, ...]
    made: int = 0
    failed: int = 0
    moderated: int = 0
    usd_micros: int = 0

    @property
    def credits(self) -> int:
        """Credits of all days."""
        return sum(self.by_day)


@dataclass(frozen=True, slots=True)
class Expenses:
    """A report: its days up to the present, and each member who asked for anything, who spent most first."""

    period: Period
    days: tuple[date, ...]
    members: tuple[Spent, ...]
    total: Spent

    def foremost(self, number: int) -> tuple[tuple[Spent, ...], Spent | None]:
        """The first so many members, and the others as one; None where there are no others."""
        rest = self.members[number:]
        return self.members[:number], _together(None, rest, len(self.days)) if rest else None


def period_for(window: Window, now: datetime, zone: tzinfo) -> Period:
    """The period of a server's calendar that a window means."""
    present = period_of(_SPANS[window], now, zone)
    if window in {Window.LAST_WEEK, Window.LAST_MONTH}:
        return period_of(present.span, present.begins_at - _MOMENT, zone)
    return present


def expenses(rows: Iterable[Spending], period: Period, now: datetime, zone: tzinfo) -> Expenses:
    """A report of what was spent in a period. Rows of other days count as the nearest of its days."""
    days = _days(period, now, zone)
    by_member: dict[int, list[Spending]] = {}
    for row in rows:
        by_member.setdefault(row.user_id, []).append(row)
    members = [_of_member(user_id, of_one, days) for user_id, of_one in by_member.items()]
    members.sort(key=lambda spent: (-spent.credits, -spent.made, spent.user_id or 0))
    return Expenses(period, days, tuple(members), _together(None, members, len(days)))


def _days(period: Period, now: datetime, zone: tzinfo) -> tuple[date, ...]:
    first = period.begins_at.astimezone(zone).date()
    last = min(period.ends_at - _MOMENT, max(now, period.begins_at)).astimezone(zone).date()
    return tuple(first + timedelta(days=number) for number in range((last - first).days + 1))


def _of_member(user_id: int, rows: Sequence[Spending], days: Sequence[date]) -> Spent:
    by_day = [0] * len(days)
    for row in rows:
        place = (date.fromisoformat(row.day) - days[0]).days
        by_day[min(max(place, 0), len(days) - 1)] += row.credits
    return Spent(
        user_id,
        tuple(by_day),
        sum(row.made for row in rows),
        sum(row.failed for row in rows),
        sum(row.moderated for row in rows),
        sum(row.usd_micros for row in rows),
    )


def _together(user_id: int | None, members: Sequence[Spent], days: int) -> Spent:
    return Spent(
        user_id,
        tuple(sum(spent.by_day[place] for spent in members) for place in range(days)),
        sum(spent.made for spent in members),
        sum(spent.failed for spent in members),
        sum(spent.moderated for spent in members),
        sum(spent.usd_micros for spent in members),
    )
