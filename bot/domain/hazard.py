"""How likely a task is to end at each age: a hazard rate in steps, the form in which finishing times are learnt."""

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from statistics import NormalDist

_FIRST_STEP_S = 2.0
_GROWTH = 1.12
_GROWING_STEPS = 68

EDGES: tuple[float, ...] = (0.0, *(_FIRST_STEP_S * _GROWTH**step for step in range(_GROWING_STEPS)))
"""Ages in seconds at which a step begins. A step is an eighth of its age long; the last, past an hour, has no end."""

WIDTHS = tuple(later - earlier for earlier, later in pairwise(EDGES))
"""Seconds that each step lasts, but for the last."""

_LEAST_RATE = 1e-6
"""Per second. Nothing is ruled out: what was never seen to end at an age may still do so."""


def step_of(age_s: float) -> int:
    """The step in which an age of 0 s or more lies."""
    return bisect_right(EDGES, age_s) - 1


@dataclass(frozen=True, slots=True)
class Hazard:
    """The chance per second that a task ends at an age, given that it has not ended before: one rate for each step."""

    rates: tuple[float, ...]
    _ended: tuple[float, ...] = field(init=False, repr=False, compare=False)
    _looks: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sum up once what every question needs."""
        rates = tuple(max(rate, _LEAST_RATE) for rate in self.rates)
        object.__setattr__(self, "rates", rates)
        object.__setattr__(self, "_ended", _summed(rates))
        object.__setattr__(self, "_looks", _summed(map(math.sqrt, rates)))

    def shares(self) -> tuple[float, ...]:
        """The share of all tasks that ends within each step."""
        left = [math.exp(-total) for total in self._ended]
        return (*(before - after for before, after in pairwise(left)), left[-1])

    def remaining_s(self, age_s: float, share: float) -> float:
        """Seconds within which `share`, below 1, of the tasks that have not ended at an age will end."""
        step = step_of(age_s)
        goal = self._ended[step] + (age_s - EDGES[step]) * self.rates[step] - math.log1p(-share)
        step = bisect_right(self._ended, goal) - 1
        return max(0.0, EDGES[step] + (goal - self._ended[step]) / self.rates[step] - age_s)

    def looks_by(self, age_s: float) -> float:
        """The square root of the hazard, summed over all ages up to this one.

        Checks at equal steps of this figure are as dense as that root, which for a given number of checks keeps the
        mean delay least: J. B. Keller, Optimum checking schedules for systems subject to random failure, Management
        Science 21 (1974).
        """
        step = step_of(age_s)
        return self._looks[step] + (age_s - EDGES[step]) * math.sqrt(self.rates[step])

    def age_at(self, looks: float) -> float:
        """The age in seconds at which `looks_by` comes to this figure."""
        step = bisect_right(self._looks, looks) - 1
        return EDGES[step] + (looks - self._looks[step]) / math.sqrt(self.rates[step])


def lognormal(median_s: float, deviation: float) -> Hazard:
    """The hazard of finishing times whose natural logarithms are normally distributed, with that standard deviation."""
    normal = NormalDist(-math.log(median_s), deviation)
    left = [1.0, *(max(normal.cdf(-math.log(edge)), 1e-15) for edge in EDGES[1:])]
    rates = [math.log(before / after) / width for (before, after), width in zip(pairwise(left), WIDTHS, strict=True)]
    return Hazard((*rates, rates[-1]))


def _summed(rates: Iterable[float]) -> tuple[float, ...]:
    return (0.0, *accumulate(rate * width for rate, width in zip(rates, WIDTHS, strict=False)))
