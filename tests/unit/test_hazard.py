"""A hazard in steps answers as the distribution that it stands for does."""

from itertools import pairwise
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.hazard import EDGES, Hazard, lognormal

rates = st.lists(st.floats(0, 10), min_size=len(EDGES), max_size=len(EDGES)).map(tuple)
ages = st.floats(0, 20_000)


def test_a_steady_hazard_is_the_exponential_distribution() -> None:
    steady = Hazard((1 / 50,) * len(EDGES))
    for age in (0, 7, 5_000):  # it does not age
        assert steady.remaining_s(age, 0.5) == pytest.approx(50 * log(2))
    assert sum(steady.shares()[:20]) == pytest.approx(1 - exp(-EDGES[20] / 50))


def test_a_lognormal_one_has_its_median_and_its_spread() -> None:
    times = lognormal(85, 0.5)
    assert times.remaining_s(0, 0.5) == pytest.approx(85, rel=0.01)
    assert times.remaining_s(0, 0.8413) == pytest.approx(85 * exp(0.5), rel=0.02)


def test_what_runs_late_usually_takes_longer_still() -> None:
    times = lognormal(85, 0.88)
    left = [times.remaining_s(age, 0.8) for age in (150, 300, 600)]
    assert left == sorted(left)


@given(rates)
def test_every_task_ends_in_some_step(given_rates: tuple[float, ...]) -> None:
    assert sum(Hazard(given_rates).shares()) == pytest.approx(1)


@given(rates, ages)
def test_looks_lead_back_to_their_age(given_rates: tuple[float, ...], age: float) -> None:
    hazard = Hazard(given_rates)
    assert hazard.age_at(hazard.looks_by(age)) == pytest.approx(age, abs=0.01)


@given(rates, ages, st.floats(0.01, 0.98))
def test_more_of_them_take_longer(given_rates: tuple[float, ...], age: float, share: float) -> None:
    hazard = Hazard(given_rates)
    assert 0 <= hazard.remaining_s(age, share) <= hazard.remaining_s(age, share + 0.01)


def test_the_steps_grow_with_the_age() -> None:
    assert EDGES[0] == 0
    assert all(later / earlier == pytest.approx(1.12) for earlier, later in pairwise(EDGES[1:]))
    assert 3_600 < EDGES[-1] < 4_500
