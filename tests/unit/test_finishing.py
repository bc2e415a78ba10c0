"""What is learnt of finishing times is what happened, lately, to tasks of the same sort or else to those like them."""

import random
from math import log

import pytest

from bot.domain.finishing import PRIOR, Experience, FinishingTimes, Sort
from bot.domain.generation import Kind

SHORT = Sort("ray-v2", 5, "720p", Kind.TEXT)
LONG = SHORT._replace(duration=9)
OTHER_MODEL = SHORT._replace(model="ray-v1")


def seen(times: FinishingTimes, median_s: float, count: int, *, deviation: float = 0.4, seed: int = 7) -> None:
    """Ends that nobody saw at once, but each within 4 s."""
    dice, gap_s = random.Random(seed), 4.0  # noqa: S311  # the same each time
    for _ in range(count):
        took_s = dice.lognormvariate(log(median_s), deviation)
        after_s = max(0.0, took_s - gap_s * dice.random())
        times.learn(after_s, after_s + gap_s)


def median(times: FinishingTimes) -> float:
    return times.hazard.remaining_s(0, 0.5)


def test_before_anything_is_seen_the_prior_holds() -> None:
    times = Experience().of(SHORT)
    assert times.hazard.rates == pytest.approx(PRIOR.rates)
    assert not times.known


def test_many_ends_outweigh_the_prior() -> None:
    times = FinishingTimes()
    seen(times, 40, 200)
    assert median(times) == pytest.approx(40, rel=0.1)
    spread = times.hazard.remaining_s(0, 0.8413) / median(times)
    assert log(spread) == pytest.approx(0.4, abs=0.1)


def test_a_few_ends_are_weighed_against_the_prior() -> None:
    times = FinishingTimes()
    medians = [median(FinishingTimes())]
    for _ in range(4):
        seen(times, 20, 1)
        medians.append(median(times))
    assert medians == sorted(medians, reverse=True)
    assert medians[0] == pytest.approx(85, rel=0.01)
    assert medians[1] > 1.5 * 20


def test_two_ways_that_tasks_take_are_told_apart() -> None:
    times = FinishingTimes()
    for number in range(100):
        seen(times, 40, 2, deviation=0.1, seed=number)
        seen(times, 200, 1, deviation=0.1, seed=number)
    rate_at = {age: times.hazard.looks_by(age + 5) - times.hazard.looks_by(age) for age in (38, 100, 200)}
    assert rate_at[100] < rate_at[38] / 3
    assert rate_at[100] < rate_at[200] / 3


def test_the_gap_between_two_questions_makes_no_bias() -> None:
    """Ends are heard of late; were that taken for their time, each lesson would be a little later than the last."""
    times = FinishingTimes()
    dice = random.Random(3)  # noqa: S311  # the same each time
    for _ in range(400):
        after_s = 60 - 20 * dice.random()
        times.learn(after_s, after_s + 20)
    assert median(times) == pytest.approx(60, rel=0.06)


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_relay_that_changes_its_speed_is_noticed(factor: float) -> None:
    times = FinishingTimes()
    seen(times, 80, 1_000)
    seen(times, 80 * factor, 150)
    assert median(times) == pytest.approx(80 * factor, rel=0.2)


def test_a_sort_that_was_never_seen_is_taken_for_one_like_it() -> None:
    experience = Experience()
    seen(experience.of(SHORT), 30, 200)
    assert median(experience.of(LONG)) == pytest.approx(30, rel=0.2)
    assert median(experience.of(OTHER_MODEL)) == pytest.approx(30, rel=0.25)
    assert experience.of(OTHER_MODEL).known


def test_each_sort_has_its_own_times_once_enough_are_seen() -> None:
    experience = Experience()
    for number in range(100):
        seen(experience.of(SHORT), 30, 3, seed=number)
        seen(experience.of(LONG), 120, 3, seed=-number)
    assert median(experience.of(SHORT)) == pytest.approx(30, rel=0.2)
    assert median(experience.of(LONG)) == pytest.approx(120, rel=0.2)


def test_all_tasks_of_a_sort_share_one_object() -> None:
    experience = Experience()
    assert experience.of(SHORT) is experience.of(Sort("ray-v2", 5, "720p", Kind.TEXT))


def test_a_promise_is_made_only_for_films_of_which_enough_were_seen() -> None:
    experience = Experience()
    seen(experience.of(SHORT), 60, 10)
    assert experience.usually_within_s(SHORT, 0, 0.8) is None
    seen(experience.of(SHORT), 60, 90)
    assert experience.usually_within_s(SHORT, 0, 0.8) == pytest.approx(84, rel=0.1)
    assert experience.usually_within_s(SHORT._replace(kind=Kind.IMAGE), 0, 0.8) is not None
    assert experience.usually_within_s(LONG, 0, 0.8) is None
    assert experience.usually_within_s(OTHER_MODEL, 0, 0.8) is None


def test_what_is_left_of_the_time_shrinks_while_it_goes_well() -> None:
    experience = Experience()
    seen(experience.of(SHORT), 60, 100)
    at_once, later = (experience.usually_within_s(SHORT, age, 0.8) or 0 for age in (0, 40))
    assert at_once - 40 < later < at_once


def test_a_row_of_the_past_teaches_as_much_as_an_end_that_was_heard() -> None:
    experience = Experience()
    for _ in range(100):
        experience.recall(SHORT, 62)
    assert median(experience.of(SHORT)) == pytest.approx(60, rel=0.05)


def test_years_of_ends_stay_numbers() -> None:
    """The weights of newer ends grow, and are brought back before they overflow."""
    times = FinishingTimes()
    seen(times, 60, 20_000)
    assert median(times) == pytest.approx(60, rel=0.1)
    assert times.seen == pytest.approx(100)


@pytest.mark.parametrize(("after_s", "until_s"), [(0, 0), (5, 5), (0, 1e6), (1e6, 2e6), (3, 2)])
def test_odd_ends_do_no_harm(after_s: float, until_s: float) -> None:
    times = FinishingTimes()
    for _ in range(3):
        times.learn(after_s, until_s)
    assert all(rate > 0 for rate in times.hazard.rates)
    assert sum(times.hazard.shares()) == pytest.approx(1)
