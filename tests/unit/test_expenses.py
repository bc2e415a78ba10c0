"""A report counts the days of the server's own calendar, and loses nobody when it puts members together."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.period import period_of
from bot.ports import Spending
from bot.service.expenses import Expenses, Window, expenses, period_for
from bot.ui import expense_report, expense_words, language
from bot.ui.expense_words import span
from bot.ui.language import speaking
from bot.ui.text import utf16

BERLIN = ZoneInfo("Europe/Berlin")
SUNDAY = datetime(2026, 3, 29, 12, tzinfo=UTC)
"""The day on which clocks in Berlin go forward."""


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        (Window.TODAY, date(2026, 3, 29), date(2026, 3, 29)),
        (Window.THIS_WEEK, date(2026, 3, 23), date(2026, 3, 29)),
        (Window.THIS_MONTH, date(2026, 3, 1), date(2026, 3, 29)),
        (Window.LAST_WEEK, date(2026, 3, 16), date(2026, 3, 22)),
        (Window.LAST_MONTH, date(2026, 2, 1), date(2026, 2, 28)),
    ],
)
def test_a_window_has_the_days_up_to_the_present_of_the_servers_calendar(
    window: Window, first: date, last: date
) -> None:
    period = period_for(window, SUNDAY, BERLIN)
    days = expenses([], period, SUNDAY, BERLIN).days
    assert (days[0], days[-1]) == (first, last)
    assert len(days) == (last - first).days + 1


def test_the_months_before_january_are_the_last_years() -> None:
    period = period_for(Window.LAST_MONTH, datetime(2026, 1, 1, tzinfo=UTC), UTC)
    assert period.name == "2025-12"


def test_midnight_of_the_server_divides_days_not_utc() -> None:
    late = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
    assert period_for(Window.THIS_MONTH, late, BERLIN).name == "2026-02"
    assert period_for(Window.THIS_MONTH, late, UTC).name == "2026-01"


def spent(day: str, user_id: int, credits_: int, **what: int) -> Spending:
    facts = {"made": 0, "failed": 0, "moderated": 0, "usd_micros": 0} | what
    return Spending(day, user_id, credits_, **facts)


def test_who_spent_most_comes_first_with_all_days_in_place() -> None:
    now = datetime(2026, 1, 3, 12, tzinfo=UTC)
    rows = [
        spent("2026-01-01", 1, 2, made=1),
        spent("2026-01-03", 1, 1, made=1, failed=2),
        spent("2026-01-02", 2, 9, made=3, moderated=1, usd_micros=50),
    ]
    report = expenses(rows, period_for(Window.THIS_MONTH, now, UTC), now, UTC)
    assert [(each.user_id, each.by_day) for each in report.members] == [(2, (0, 9, 0)), (1, (2, 0, 1))]
    assert report.total.by_day == (2, 9, 1)
    total = report.total
    assert (total.made, total.failed, total.moderated, total.usd_micros, total.credits) == (5, 2, 1, 50, 12)


@given(st.lists(st.tuples(st.integers(1, 31), st.integers(1, 12), st.integers(0, 50)), max_size=60))
def test_the_foremost_and_the_others_are_together_all_that_was_spent(rows: list[tuple[int, int, int]]) -> None:
    end = datetime(2026, 1, 31, 12, tzinfo=UTC)
    spending = [spent(f"2026-01-{day:02}", user_id, credits_, made=1) for day, user_id, credits_ in rows]
    report = expenses(spending, period_for(Window.THIS_MONTH, end, UTC), end, UTC)
    named, rest = report.foremost(8)
    together = [*named, *([] if rest is None else [rest])]
    assert sum(each.credits for each in together) == report.total.credits == sum(credits_ for *_, credits_ in rows)
    assert sum(each.made for each in together) == report.total.made == len(rows)
    assert (rest is None) == (len({user_id for _, user_id, _ in rows}) <= 8)


NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def january(*rows: Spending) -> Expenses:
    return expenses(rows, period_for(Window.THIS_MONTH, NOON, UTC), NOON, UTC)


def test_who_only_failed_has_a_line_in_the_report_and_no_part_of_the_picture() -> None:
    report = january(spent("2026-01-01", 1, 2, made=1), spent("2026-01-01", 2, 0, failed=3, moderated=1))
    said = expense_report.text(report, Window.THIS_MONTH)
    assert "2. <@2>: **0 credits** · 0 videos · 3 failed · 1 stopped by Luma's content filter" in said
    picture = expense_report.chart(report, lambda user_id, _: f"name {user_id}")
    assert picture is not None
    assert [each.name for each in picture.series] == ["name 1"]
    assert expense_report.chart(january(spent("2026-01-01", 2, 0, failed=3)), lambda *_: "") is None


def test_a_member_who_was_forgotten_is_neither_named_nor_asked_after() -> None:
    """They stand in the ledger under a pseudonym, below zero."""
    report = january(spent("2026-01-01", -(1 << 60), 2))
    assert f"1. {expense_words.FORGOTTEN()}: **2 credits**" in expense_report.text(report, Window.THIS_MONTH)
    assert expense_report.to_name(report) == []


def test_a_large_report_fits_into_a_message() -> None:
    most = {"made": 1_000, "failed": 100, "moderated": 100, "usd_micros": 10**9}
    rows = [spent(f"2026-01-{day:02}", 2**63 - user, 2_000, **most) for day in range(1, 32) for user in range(1, 40)]
    said = expense_report.text(january(*rows), Window.LAST_MONTH)
    assert utf16(said) <= 2_000
    assert "- 31 others: " in said
    assert said.endswith("31 Jan **78,000**")


def test_a_row_of_another_day_is_not_lost() -> None:
    """A server whose time zone was changed between two looks at the clock."""
    now = datetime(2026, 1, 2, 12, tzinfo=UTC)
    rows = [spent("2025-12-31", 1, 2), spent("2026-01-03", 1, 3)]
    assert expenses(rows, period_for(Window.THIS_MONTH, now, UTC), now, UTC).total.by_day == (2, 3)


def test_a_clock_that_goes_back_leaves_a_day_at_least() -> None:
    period = period_of(period_for(Window.THIS_MONTH, SUNDAY, UTC).span, SUNDAY, UTC)
    assert len(expenses([], period, datetime(2026, 1, 1, tzinfo=UTC), UTC).days) == 1


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2026, 1, 5), date(2026, 1, 5), "5 Jan 2026"),
        (date(2026, 1, 5), date(2026, 1, 11), "5\N{EN DASH}11 Jan 2026"),
        (date(2026, 1, 26), date(2026, 2, 1), "26 Jan\N{THIN SPACE}\N{EN DASH}\N{THIN SPACE}1 Feb 2026"),
        (date(2025, 12, 29), date(2026, 1, 4), "29 Dec 2025\N{THIN SPACE}\N{EN DASH}\N{THIN SPACE}4 Jan 2026"),
    ],
)
def test_a_span_of_days_is_written_without_saying_anything_twice(first: date, last: date, text: str) -> None:
    assert span([first, last]) == text


def test_days_are_written_as_the_reader_is_used_to_them() -> None:
    with speaking("zh_Hans"):
        assert span([date(2025, 12, 29), date(2026, 1, 4)]) == "2025年12月29日至2026年1月4日"
    with speaking("es"):
        assert span([date(2026, 1, 5), date(2026, 1, 11)]) == "5\N{EN DASH}11 ene 2026"


@pytest.fixture
def _two_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two files that say nothing, so that numbers and days alone differ from English."""
    for name in ("es", "zh_Hans"):
        (tmp_path / f"{name}.po").write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n', "utf-8")
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    language._catalogue.cache_clear()
    yield
    language._catalogue.cache_clear()


@pytest.mark.usefixtures("_two_languages")
@pytest.mark.parametrize(("spoken", "drawn_in"), [("es", "es"), ("zh_Hans", "en")])
def test_a_picture_speaks_the_readers_language_as_far_as_its_font_goes(spoken: str, drawn_in: str) -> None:
    """The font that comes with the drawing library has no Chinese; the text around the picture is Chinese still."""
    report = january(spent("2026-01-05", 1, 12_000, made=1))
    with speaking(spoken):
        picture = expense_report.chart(report, lambda _, otherwise: otherwise)
        assert picture is not None
        assert picture.language == drawn_in
        described = expense_report.described(picture)
    with speaking(drawn_in):
        assert span(report.days) in picture.title
    with speaking(spoken):
        assert span(report.days) in described
