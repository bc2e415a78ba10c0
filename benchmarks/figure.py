"""What a benchmark found, beside what was aimed at and what the baseline does: one row of the table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEADER = "| figure | aim | measured | baseline | baseline ÷ measured |\n|---|---|---|---|---|"
_NONE = "-"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `aim` is the most that it may be, or, where `at_least`, the least; all are in `unit`.

    `baseline` None: the baseline has no such thing.
    """

    name: str
    aim: float | None
    measured: float
    unit: str = ""
    baseline: float | None = None
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the aim is reached; where there is none, it is."""
        if self.aim is None:
            return True
        return self.measured >= self.aim if self.at_least else self.measured <= self.aim

    def row(self) -> str:
        """The figure as a row of the table; one that falls short says so."""
        sign = "≥" if self.at_least else "≤"
        aim = _NONE if self.aim is None else f"{sign} {_number(self.aim, self.unit)}"
        measured = _number(self.measured, self.unit) + ("" if self.met else " (falls short)")
        known = self.baseline is not None and self.measured > 0
        baseline = _NONE if self.baseline is None else _number(self.baseline, self.unit)
        ratio = f"{_digits(self.baseline / self.measured)}" if known and self.baseline is not None else _NONE
        return f"| {self.name} | {aim} | {measured} | {baseline} | {ratio} |"


@dataclass(frozen=True, slots=True)
class Found:
    """The figures of one benchmark, and what one must know to read them."""

    figures: Sequence[Figure]
    notes: Sequence[str] = ()

    def text(self) -> str:
        """The table, and the notes under it."""
        return "\n".join([table(self.figures), "", *(f"- {note}" for note in self.notes)])


def table(figures: Iterable[Figure]) -> str:
    """The figures as a table of Markdown."""
    return "\n".join([HEADER, *(figure.row() for figure in figures)])


def share(values: Sequence[float], part: float) -> float:
    """The value that this part of them, 0 to 1, does not exceed. Raises ValueError where there is none."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def _number(value: float, unit: str) -> str:
    return f"{_digits(value)} {unit}".rstrip()


def _digits(value: float) -> str:
    """Three digits that count; a whole number in full."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"  # noqa: PLR2004  # three digits
