"""Days, weeks and months of a server's own calendar, where clocks are set, months are short and years turn."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.period import Span, period_of, zone_of


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# zone, moment, day's name, and when that day begins and ends, all in UTC.
DAYS = [
    ("UTC", "2026-11-22 12:00", "2026-11-22", "2026-11-22 00:00", "2026-11-23 00:00"),
    ("UTC", "2026-11-22 00:00", "2026-11-22", "2026-11-22 00:00", "2026-11-23 00:00"),
    ("UTC", "2026-11-21 23:59:59.999999", "2026-11-21", "2026-11-21 00:00", "2026-11-22 00:00"),
    # The ends of the earth: one moment, three dates.
    ("Pacific/Kiritimati", "2026-11-22 10:30", "2026-11-23", "2026-11-22 10:00", "2026-11-23 10:00"),
    ("Etc/GMT+12", "2026-11-22 10:30", "2026-11-21", "2026-11-21 12:00", "2026-11-22 12:00"),
    ("Asia/Kathmandu", "2026-11-22 18:15", "2026-11-23", "2026-11-22 18:15", "2026-11-23 18:15"),
    # Clocks set forward and back: days of 23 and 25 hours.
    ("Europe/Berlin", "2026-03-29 12:00", "2026-03-29", "2026-03-28 23:00", "2026-03-29 22:00"),
    ("Europe/Berlin", "2026-10-25 00:30", "2026-10-25", "2026-10-24 22:00", "2026-10-25 23:00"),
    ("Europe/Berlin", "2026-10-25 01:30", "2026-10-25", "2026-10-24 22:00", "2026-10-25 23:00"),
    ("America/New_York", "2026-03-08 12:00", "2026-03-08", "2026-03-08 05:00", "2026-03-09 04:00"),
    ("America/New_York", "2026-11-01 12:00", "2026-11-01", "2026-11-01 04:00", "2026-11-02 05:00"),
    ("Australia/Lord_Howe", "2026-04-05 00:00", "2026-04-05", "2026-04-04 13:00", "2026-04-05 13:30"),
    # Midnights that were skipped: the day begins at one o'clock.
    ("America/Sao_Paulo", "2018-11-04 03:00", "2018-11-04", "2018-11-04 03:00", "2018-11-05 02:00"),
    ("America/Sao_Paulo", "2018-11-04 02:59", "2018-11-03", "2018-11-03 03:00", "2018-11-04 03:00"),
    ("Africa/Cairo", "2024-04-25 22:00", "2024-04-26", "2024-04-25 22:00", "2024-04-26 21:00"),
    # Midnights that came twice: the last hour of the day before is had again.
    ("America/Sao_Paulo", "2018-02-18 02:30", "2018-02-17", "2018-02-17 02:00", "2018-02-18 03:00"),
    ("Africa/Cairo", "2024-10-31 21:30", "2024-10-31", "2024-10-30 21:00", "2024-10-31 22:00"),
    ("America/Havana", "2026-11-01 04:30", "2026-11-01", "2026-11-01 04:00", "2026-11-02 05:00"),
    # A day that never was: Samoa went from the 29th to the 31st.
    ("Pacific/Apia", "2011-12-30 09:59", "2011-12-29", "2011-12-29 10:00", "2011-12-30 10:00"),
    ("Pacific/Apia", "2011-12-30 10:00", "2011-12-31", "2011-12-30 10:00", "2011-12-31 10:00"),
]


@pytest.mark.parametrize(("zone", "moment", "name", "begins", "ends"), DAYS)
def test_a_day_begins_and_ends_at_local_midnights(zone: str, moment: str, name: str, begins: str, ends: str) -> None:
    period = period_of(Span.DAY, at(moment), ZoneInfo(zone))
    assert (period.span, period.name) == (Span.DAY, name)
    assert (period.begins_at, period.ends_at) == (at(begins), at(ends))
    assert period.begins_at.utcoffset() == timedelta(0)


WEEKS = [
    ("UTC", "2026-11-22 23:59", "2026-W47", "2026-11-16", "2026-11-23"),  # a Sunday is the last of its week
    ("UTC", "2026-11-23 00:00", "2026-W48", "2026-11-23", "2026-11-30"),
    # A week belongs to the year that has its Thursday.
    ("UTC", "2026-12-31 12:00", "2026-W53", "2026-12-28", "2027-01-04"),
    ("UTC", "2027-01-03 12:00", "2026-W53", "2026-12-28", "2027-01-04"),
    ("UTC", "2027-01-04 12:00", "2027-W01", "2027-01-04", "2027-01-11"),
    ("UTC", "2024-12-30 12:00", "2025-W01", "2024-12-30", "2025-01-06"),
    ("UTC", "2023-01-01 12:00", "2022-W52", "2022-12-26", "2023-01-02"),
]


@pytest.mark.parametrize(("zone", "moment", "name", "begins", "ends"), WEEKS)
def test_a_week_begins_on_monday(zone: str, moment: str, name: str, begins: str, ends: str) -> None:
    period = period_of(Span.WEEK, at(moment), ZoneInfo(zone))
    assert (period.name, period.begins_at, period.ends_at) == (name, at(begins), at(ends))


MONTHS = [
    ("2026-02-28 23:59", "2026-02", "2026-02-01", "2026-03-01"),
    ("2028-02-29 12:00", "2028-02", "2028-02-01", "2028-03-01"),
    ("2026-04-30 12:00", "2026-04", "2026-04-01", "2026-05-01"),
    ("2026-01-31 12:00", "2026-01", "2026-01-01", "2026-02-01"),
    ("2026-12-31 23:59", "2026-12", "2026-12-01", "2027-01-01"),
]


@pytest.mark.parametrize(("moment", "name", "begins", "ends"), MONTHS)
def test_a_month_is_as_long_as_it_is(moment: str, name: str, begins: str, ends: str) -> None:
    period = period_of(Span.MONTH, at(moment), UTC)
    assert (period.name, period.begins_at, period.ends_at) == (name, at(begins), at(ends))


def test_a_month_over_which_clocks_are_set_begins_and_ends_at_its_own_midnights() -> None:
    period = period_of(Span.MONTH, at("2026-03-15 12:00"), ZoneInfo("Europe/Berlin"))
    assert (period.begins_at, period.ends_at) == (at("2026-02-28 23:00"), at("2026-03-31 22:00"))


def test_another_time_zone_is_another_name_for_the_same_moment() -> None:
    """What a moderator's change of the time zone does: what was counted stays under the name it was counted by."""
    moment = at("2026-11-30 23:30")
    names = {zone: period_of(Span.MONTH, moment, ZoneInfo(zone)).name for zone in ("UTC", "Asia/Tokyo")}
    assert names == {"UTC": "2026-11", "Asia/Tokyo": "2026-12"}


def test_a_zone_that_is_unknown_here_is_utc() -> None:
    assert zone_of("Asia/Tokyo") == ZoneInfo("Asia/Tokyo")
    for name in ("Atlantis/Lost", "", "../etc/passwd", "Europe"):
        assert zone_of(name) is UTC


zones = st.sampled_from(sorted(available_timezones()))
moments = st.datetimes(datetime(2024, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis adds the zone


@given(span=st.sampled_from(Span), moment=moments, zone=zones)
def test_periods_follow_one_another_without_gap_or_overlap(span: Span, moment: datetime, zone: str) -> None:
    """Every moment is in exactly one, and a limit that resets at `ends_at` has indeed reset then."""
    here = ZoneInfo(zone)
    period = period_of(span, moment, here)
    following = period_of(span, period.ends_at, here)
    last = period_of(span, period.ends_at - timedelta(microseconds=1), here)
    assert period.begins_at <= moment < period.ends_at
    assert last == period_of(span, period.begins_at, here) == period
    assert following.begins_at == period.ends_at
    assert following.name > period.name


@given(moment=moments, zone=zones)
def test_a_day_is_within_its_week_and_month(moment: datetime, zone: str) -> None:
    day, week, month = (period_of(span, moment, ZoneInfo(zone)) for span in Span)
    for longer in (week, month):
        assert longer.begins_at <= day.begins_at < day.ends_at <= longer.ends_at
    assert date.fromisoformat(day.name).strftime("%Y-%m") == month.name
