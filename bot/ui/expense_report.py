"""A report of what a server spent: the same numbers as text and as a chart, with members in the same order."""

from collections.abc import Callable, Sequence
from datetime import date

from bot.service.expenses import Expenses, Spent, Window
from bot.ui import purse_words as words
from bot.ui.chart import MOST_SERIES, Chart, Series
from bot.ui.text import cut, utf16

MOST_NAMED = MOST_SERIES - 1
"""Members with a line and a colour of their own; the others are put together."""
MOST_ALT = 1_024
"""Characters. Discord's limit on the description of a file."""
MOST_TEXT = 2_000
"""Characters. Discord's limit on a message of plain text."""

Name = Callable[[int, str], str]
"""A member's name on the chart, by their id, and what to call them where there is none that can be written."""


def text(report: Expenses, window: Window) -> str:
    """The report in numbers."""
    lines = [f"### {words.report_title(window, span(report.days))}"]
    if not report.members:
        return "\n".join([*lines, words.NO_CREDITS_SPENT])
    named, rest = report.foremost(MOST_NAMED)
    lines.append(_tally(report.total))
    lines += [f"{place}. {_mention(spent)}: {_tally(spent)}" for place, spent in enumerate(named, 1)]
    if rest is not None:
        lines.append(f"- {words.others(len(report.members) - len(named))}: {_tally(rest)}")
    daily = zip(report.days, report.total.by_day, strict=True)
    days = [f"{day.day} {day:%b} **{spent:,}**" for day, spent in daily if spent]
    if days:
        lines.append(f"-# {words.by_day(days)}")
    return cut("\n".join(lines), MOST_TEXT, utf16)


def chart(report: Expenses, name: Name) -> Chart | None:
    """The report as a chart, where any credits were spent."""
    named, rest = report.foremost(MOST_NAMED)
    series = [
        Series(name(spent.user_id or 0, words.numbered(place)), spent.by_day)
        for place, spent in enumerate(named, 1)
        if spent.credits
    ]
    if rest is not None and rest.credits:
        series.append(Series(words.OTHERS, rest.by_day))
    if not series:
        return None
    return Chart(words.chart_title(span(report.days)), report.days, tuple(series), words.CHART_UNIT)


def described(picture: Chart) -> str:
    """The chart for those who do not see it."""
    totals = [sum(spent) for spent in zip(*(each.credits for each in picture.series), strict=True)]
    top = max(totals)
    top_day = picture.days[totals.index(top)]
    names = [each.name for each in picture.series]
    alt = words.alt_text(span(picture.days), sum(totals), f"{top_day.day} {top_day:%B}", top, names)
    return cut(alt, MOST_ALT, utf16)


def to_name(report: Expenses) -> list[int]:
    """Whose names a chart needs: those who are known by Discord at all."""
    named, _ = report.foremost(MOST_NAMED)
    return [spent.user_id for spent in named if spent.user_id is not None and spent.user_id > 0 and spent.credits]


def span(days: Sequence[date]) -> str:
    """From the first day to the last, each part of a date no more often than it must be."""
    first, last = days[0], days[-1]
    end = f"{last.day} {last:%B} {last.year}"
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {end}"
    return f"{first.day} {first:%B}{'' if first.year == last.year else f' {first.year}'} to {end}"


def _tally(spent: Spent) -> str:
    return words.tally(spent.credits, spent.made, spent.failed, spent.moderated, spent.usd_micros)


def _mention(spent: Spent) -> str:
    """Who has asked to be forgotten stands in the ledger under a pseudonym, which is below zero."""
    known = spent.user_id is not None and spent.user_id > 0
    return f"<@{spent.user_id}>" if known else words.FORGOTTEN
