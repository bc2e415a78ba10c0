"""Draws what a server spent as a picture: days as bars, members as their parts. Slow work, done beside the event loop.

matplotlib is imported at the first picture: it takes a second and some 40 MB that most starts never need.
"""

import asyncio
import io
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.ui.expense_words import short_day
from bot.ui.language import ENGLISH, number, speaking
from bot.ui.text import clean, cut, one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_SERIES = 9
"""Parts that can be told apart by colour; whoever asks for a chart puts the rest together in the last."""
MOST_NAME = 16
"""Characters of a name beside the chart."""

COLOURS = (
    "#56b4e9",
    "#d55e00",
    "#f0e442",
    "#009e73",
    "#e39ac4",
    "#e69f00",
    "#3a78d6",
    "#ffffff",
    "#7c7f87",
)
"""After Okabe and Ito's palette for colour-blind eyes (https://jfly.uni-koeln.de/color/), with a lighter blue and pink:
each stands at least 3:1 against the background. Any two differ by 14 and neighbours in a bar by 18 (CIE76) under
Machado's simulations of each kind of colour blindness. The last is a grey for the others."""
BACKGROUND = "#2b2d31"
"""Dark like an embed, and opaque: it reads the same in Discord's dark and light themes."""
_INK = "#f2f3f5"
_FAINT = "#4e5058"
_WIDTH_IN, _HEIGHT_IN, _DPI = 5.6, 3.0, 200
_TEXT_PT = 8.0
_MOST_LABELS = 11
_LEAST_BARS = 5  # one day alone would be a wall, not a bar
_FONT = "DejaVu Sans"
"""It comes with matplotlib, so that the picture does not depend on the machine's fonts."""

_drawing = asyncio.Lock()


@dataclass(frozen=True, slots=True)
class Series:
    """One member's part of the chart: credits, one number a day."""

    name: str
    credits: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn: the days from left to right, and the parts of each bar from the bottom up.

    `language` is that of its words, for the numbers and days that are written only when it is drawn.
    """

    title: str
    days: tuple[date, ...]
    series: tuple[Series, ...]
    unit: str
    language: str = ENGLISH


async def drawn(chart: Chart) -> bytes:
    """The chart as a PNG, drawn in a thread; one at a time, since each takes a core while it lasts."""
    async with _drawing:
        return await asyncio.to_thread(draw, chart)


def draw(chart: Chart) -> bytes:
    """The chart as a PNG. Raises ValueError where it has more parts than colours, or a part with a day too few."""
    if len(chart.series) > MOST_SERIES or any(len(each.credits) != len(chart.days) for each in chart.series):
        raise ValueError("the chart's parts do not fit its days and colours")
    from matplotlib.figure import Figure  # noqa: PLC0415  # slow: see the module's docstring

    # No pyplot: it keeps figures in a global list and is not made for threads.
    figure = Figure(figsize=(_WIDTH_IN, _HEIGHT_IN), dpi=_DPI, facecolor=BACKGROUND, layout="constrained")
    axes = figure.add_subplot()
    picture = io.BytesIO()
    with speaking(chart.language):
        _stack(axes, chart)
        _dress(axes, chart)
        figure.savefig(picture, format="png")
    return picture.getvalue()


def _stack(axes: "Axes", chart: Chart) -> None:
    places = range(len(chart.days))
    floor = [0] * len(chart.days)
    for each, colour in zip(chart.series, _colours(len(chart.series)), strict=True):
        edge: dict[str, Any] = {"edgecolor": BACKGROUND, "linewidth": 0.5}
        axes.bar(places, each.credits, bottom=floor, width=0.82, color=colour, **edge)
        floor = [low + credit for low, credit in zip(floor, each.credits, strict=True)]
    axes.set_ylim(0, max([*floor, 1]) * 1.05)


def _dress(axes: "Axes", chart: Chart) -> None:
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415  # slow: see the module's docstring

    words: dict[str, Any] = {"color": _INK, "fontfamily": _FONT}
    axes.set_facecolor(BACKGROUND)
    axes.set_title(chart.title, fontsize=_TEXT_PT + 1.5, fontweight="bold", loc="left", pad=8, **words)
    axes.set_ylabel(chart.unit, fontsize=_TEXT_PT, **words)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10], integer=True))
    axes.yaxis.set_major_formatter(lambda value, _: number(round(value)))
    axes.grid(axis="y", color=_FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(colors=_INK, labelsize=_TEXT_PT, labelfontfamily=_FONT, length=0)
    axes.spines[:].set_visible(False)
    axes.spines.bottom.set(visible=True, color=_FAINT)
    step = -(-len(chart.days) // _MOST_LABELS)
    shown = range(0, len(chart.days), step)
    axes.set_xticks(shown, [_day(chart.days[place], first=place == 0) for place in shown])
    margin = max(0, _LEAST_BARS - len(chart.days)) / 2 + 0.6
    axes.set_xlim(-margin, len(chart.days) - 1 + margin)
    _name_parts(axes, chart)


def _name_parts(axes: "Axes", chart: Chart) -> None:
    """The names and sums in the order of the bars, the top one first."""
    names = [f"{each.name} · {number(sum(each.credits))}" for each in reversed(chart.series)]
    legend = axes.legend(
        axes.containers[::-1],
        [str(place) for place in range(len(names))],
        loc="upper left",
        bbox_to_anchor=(1.0, 1.02),
        frameon=False,
        prop={"family": _FONT, "size": _TEXT_PT},
        labelcolor=_INK,
        handlelength=1.0,
        handleheight=1.0,
        handletextpad=0.5,
        labelspacing=0.55,
    )
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set_parse_math(False)
        text.set_text(name)  # as a label, a name that begins with a line would be left out


def _colours(parts: int) -> Sequence[str]:
    """The grey is for the last part of a full chart only."""
    return COLOURS if parts == MOST_SERIES else COLOURS[:parts]


def _day(day: date, *, first: bool) -> str:
    return short_day(day) if first or day.day == 1 else number(day.day)


def writable(chart: Chart) -> bool:
    """Whether the chart's font has every letter of its words, and they read from left to right."""
    known = _knows()
    with speaking(chart.language):
        days = [_day(day, first=True) for day in chart.days]
    words = "".join([chart.title, chart.unit, *days, *(each.name for each in chart.series)])
    return all(known(letter) and (letter.isspace() or _readable(letter)) for letter in words)


def legible(name: str, otherwise: str) -> str:
    """A member's name in letters that the chart's font has and that read from left to right, or else another name."""
    known = _knows()
    # Composed first, so that an accent is kept where there is a letter for it, and a pile of them is not.
    composed = unicodedata.normalize("NFC", one_line(clean(name)))
    kept = "".join(letter for letter in composed if _readable(letter) and known(letter))
    shown = cut(one_line(kept), MOST_NAME, len)
    return shown if any(letter.isalnum() for letter in shown) else otherwise


def _readable(letter: str) -> bool:
    turned = unicodedata.bidirectional(letter) in {"R", "AL", "AN"}
    return letter.isprintable() and not turned and not unicodedata.category(letter).startswith("M")


@cache
def _knows() -> Callable[[str], bool]:
    from matplotlib.font_manager import FontProperties, findfont, get_font  # noqa: PLC0415  # as above

    glyphs = frozenset(get_font(findfont(FontProperties(family=_FONT))).get_charmap())
    return lambda letter: letter == " " or ord(letter) in glyphs
