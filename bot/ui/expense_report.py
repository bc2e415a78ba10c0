"""A report of what a server spent: the same numbers as text and as a chart, with members in the same order."""

from collections.abc import Callable

from bot.service.expenses import Expenses, Spent, Window
from bot.ui import expense_words as words
from bot.ui.chart import MOST_SERIES, Chart, Series, writable
from bot.ui.expense_words import span
from bot.ui.language import ENGLISH, number, speaking, spoken
from bot.ui.posting import MOST_ALT
from bot.ui.text import cut, utf16

MOST_NAMED = MOST_SERIES - 1
"""Members with a line and a colour of their own; the others are put together."""
MOST_TEXT = 2_000
"""Characters. Discord's limit on a message of plain text."""

Name = Callable[[int, str], str]
"""A member's name on the chart, by their id, and what to call them where there is none that can be written."""


def text(report: Expenses, window: Window) -> str:
    """The report in numbers."""
    lines = [words.TITLES[window](days=span(report.days))]
    if not report.members:
        return "\n".join([*lines, words.NO_CREDITS_SPENT()])
    named, rest = report.foremost(MOST_NAMED)
    lines.append(_tally(report.total))
    lines += [f"{place}. {_mention(spent)}: {_tally(spent)}" for place, spent in enumerate(named, 1)]
    if rest is not None:
        lines.append(f"- {words.OTHER_MEMBERS(len(report.members) - len(named))}: {_tally(rest)}")
    daily = zip(report.days, report.total.by_day, strict=True)
    days = [f"{words.short_day(day)} **{number(spent)}**" for day, spent in daily if spent]
    if days:
        lines.append(words.BY_DAY(days=" · ".join(days)))
    return cut("\n".join(lines), MOST_TEXT, utf16)


def chart(report: Expenses, name: Name) -> Chart | None:
    """The report as a chart, where any credits were spent: in English where the chart's font lacks a letter.

    Slow at its first call, as everything is that asks for the font.
    """
    if not any(spent.credits for spent in report.members):
        return None
    picture = _chart(report, name)
    if writable(picture):
        return picture
    with speaking(ENGLISH):
        return _chart(report, name)


def _chart(report: Expenses, name: Name) -> Chart:
    named, rest = report.foremost(MOST_NAMED)
    series = [
        Series(name(spent.user_id or 0, words.CHART_NUMBERED(place=number(place))), spent.by_day)
        for place, spent in enumerate(named, 1)
        if spent.credits
    ]
    if rest is not None and rest.credits:
        series.append(Series(words.CHART_OTHERS(), rest.by_day))
    title = words.CHART_TITLE(days=span(report.days))
    return Chart(title, report.days, tuple(series), words.CHART_UNIT(), spoken())


def described(picture: Chart) -> str:
    """The chart for those who do not see it."""
    totals = [sum(spent) for spent in zip(*(each.credits for each in picture.series), strict=True)]
    top = max(totals)
    top_day = picture.days[totals.index(top)]
    names = [each.name for each in picture.series]
    return cut(words.alt_text(span(picture.days), sum(totals), top_day, top, names), MOST_ALT, utf16)


def to_name(report: Expenses) -> list[int]:
    """Whose names a chart needs: those who are known by Discord at all."""
    named, _ = report.foremost(MOST_NAMED)
    return [spent.user_id for spent in named if spent.user_id is not None and spent.user_id > 0 and spent.credits]


def _tally(spent: Spent) -> str:
    return words.tally(spent.credits, spent.made, spent.failed, spent.moderated, spent.usd_micros)


def _mention(spent: Spent) -> str:
    """Who has asked to be forgotten stands in the ledger under a pseudonym, which is below zero."""
    known = spent.user_id is not None and spent.user_id > 0
    return f"<@{spent.user_id}>" if known else words.FORGOTTEN()
