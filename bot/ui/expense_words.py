"""Every sentence of the report of what a server spent, and its dates and amounts of money."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from babel.dates import format_interval, format_skeleton
from babel.numbers import format_currency

from bot.service.expenses import Window
from bot.ui.language import ENGLISH, Message, Plural, listed, number, spoken
from bot.ui.purse_words import CREDITS

_DATES = {ENGLISH: "en_GB"}
"""How dates are written where Babel's way is not ours: as in all our texts, the day comes before the month."""
_CENT = 10_000
_MICROS = 1_000_000

WINDOWS = {
    Window.TODAY: Message("Today"),
    Window.THIS_WEEK: Message("This week"),
    Window.THIS_MONTH: Message("This month"),
    Window.LAST_WEEK: Message("Last week"),
    Window.LAST_MONTH: Message("Last month"),
}
TITLES = {
    Window.TODAY: Message("### Report: today ({days})"),
    Window.THIS_WEEK: Message("### Report: this week ({days})"),
    Window.THIS_MONTH: Message("### Report: this month ({days})"),
    Window.LAST_WEEK: Message("### Report: last week ({days})"),
    Window.LAST_MONTH: Message("### Report: last month ({days})"),
}
FORGOTTEN = Message("a member who erased their data")
OTHER_MEMBERS = Plural("{n} other", "{n} others")
NO_CREDITS_SPENT = Message("No credits were spent.")
BY_DAY = Message("-# By day: {days}")
_MADE = Plural("{n} video", "{n} videos")
_FAILED = Plural("{n} failed", "{n} failed")
_MODERATED = Plural("{n} stopped by Luma's content filter", "{n} stopped by Luma's content filter")

CHART_TITLE = Message("Credits spent, {days}")
# Translators: the name of the axis that counts credits.
CHART_UNIT = Message("credits")
CHART_OTHERS = Message("others")
CHART_NUMBERED = Message("member {place}")
_ALT_TEXT = Plural(
    "A bar chart of the credits spent on each day, {days}: {n} credit in all, the most on {top_day} with {top}. "
    "From the bottom up: {names}. The numbers stand below as text.",
    "A bar chart of the credits spent on each day, {days}: {n} credits in all, the most on {top_day} with {top}. "
    "From the bottom up: {names}. The numbers stand below as text.",
)


def tally(spent: int, made: int, failed: int, moderated: int, usd_micros: int) -> str:
    """What was spent, and what came of it; what did not happen is left out."""
    parts = [f"**{CREDITS(spent)}**", _MADE(made)]
    if failed:
        parts.append(_FAILED(failed))
    if moderated:
        parts.append(_MODERATED(moderated))
    if usd_micros:
        parts.append(dollars(usd_micros))
    return " · ".join(parts)


def dollars(micros: int) -> str:
    """Rounded to cents, but never to nothing."""
    amount = Decimal(micros) / _MICROS
    if micros >= _CENT:
        return str(format_currency(amount, "USD", locale=spoken()))
    rounded = round(amount, 4)
    return str(format_currency(rounded, "USD", locale=spoken(), currency_digits=False, decimal_quantization=False))


def alt_text(days: str, total: int, top_day: date, top: int, names: Sequence[str]) -> str:
    """The chart for those who do not see it."""
    named = format_skeleton("MMMMd", top_day, locale=_dated())
    return _ALT_TEXT(total, days=days, top_day=named, top=number(top), names=listed(names))


def span(days: Sequence[date]) -> str:
    """From the first day to the last, each part of a date no more often than it must be."""
    return str(format_interval(days[0], days[-1], "yMMMd", locale=_dated()))


def short_day(day: date) -> str:
    """A day and its month."""
    return str(format_skeleton("MMMd", day, locale=_dated()))


def _dated() -> str:
    return _DATES.get(spoken(), spoken())
