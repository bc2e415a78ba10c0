"""When the relay is asked: bounds that must hold for every age and every piece of luck."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finishing import PRIOR
from bot.domain.hazard import EDGES, Hazard, lognormal
from bot.domain.schedule import PollSchedule, resend_after

SCHEDULE = PollSchedule(first_poll_s=15, min_interval_s=3, max_interval_s=20)
A_MINUTE = lognormal(60, 0.1)
hazards = st.lists(st.floats(0, 100), min_size=len(EDGES), max_size=len(EDGES)).map(lambda rates: Hazard(tuple(rates)))
ages = st.floats(min_value=0, max_value=100_000)
lucks = st.floats(min_value=0, max_value=1)


@given(age=ages, hazard=hazards, luck=lucks)
def test_a_task_is_asked_for_within_the_settings_bounds(age: float, hazard: Hazard, luck: float) -> None:
    """Whatever was learnt, and far past every end that was ever seen."""
    assert 3 <= SCHEDULE.after_news(age, hazard, luck) <= 20


@pytest.mark.parametrize("age", [30, 58, 200, 50_000])
def test_tasks_of_the_same_age_do_not_stay_together(age: float) -> None:
    waits = [SCHEDULE.after_news(age, A_MINUTE, luck) for luck in (0, 0.2, 0.4, 0.6, 0.8, 1)]
    assert len(set(waits)) == len(waits)


def test_where_both_bounds_are_the_same_the_least_interval_holds() -> None:
    rigid = PollSchedule(first_poll_s=5, min_interval_s=5, max_interval_s=5)
    assert all(5 <= rigid.after_news(60, A_MINUTE, luck) <= 5.5 for luck in (0, 0.5, 1))


@given(luck=lucks)
def test_while_nothing_is_known_a_fresh_task_waits_for_its_first_poll(luck: float) -> None:
    assert 15 * 0.9 <= SCHEDULE.first(0, None, luck) <= 15 * 1.1


@given(hazard=hazards, luck=lucks)
def test_a_first_poll_is_never_early_and_never_put_off_for_long(hazard: Hazard, luck: float) -> None:
    assert 15 * 0.9 <= SCHEDULE.first(0, hazard, luck) <= 5 * 15 * 1.1


def test_a_task_that_is_known_to_take_a_minute_is_left_alone_until_shortly_before() -> None:
    assert all(40 < SCHEDULE.first(0, A_MINUTE, luck) < 60 for luck in (0, 0.5, 1))


def test_after_a_start_a_task_that_cannot_be_done_yet_is_left_alone_too() -> None:
    assert SCHEDULE.first(20, A_MINUTE, 0.5) == pytest.approx(SCHEDULE.first(0, A_MINUTE, 0.5) - 20)


@given(age=st.floats(min_value=83, max_value=100_000), hazard=hazards | st.none(), luck=lucks)
def test_after_a_start_old_tasks_are_spread_over_one_interval(age: float, hazard: Hazard | None, luck: float) -> None:
    assert 0 <= SCHEDULE.first(age, hazard, luck) <= 3


def test_a_task_is_asked_for_most_often_when_its_end_is_most_likely() -> None:
    before, then = (SCHEDULE.after_news(age, A_MINUTE, 0.5) for age in (30, 60))
    assert before > 2 * then


def test_by_the_prior_an_older_task_is_asked_for_less_often() -> None:
    waits = [SCHEDULE.after_news(age, PRIOR, 0.5) for age in (60, 120, 600, 3000)]
    assert waits == sorted(waits)


def test_a_question_that_is_worth_more_delay_is_asked_less_often() -> None:
    """Four times the worth is twice the interval: it goes with the square root."""
    dear = PollSchedule(15, 0.1, 100, poll_worth_s=0.8)
    cheap = PollSchedule(15, 0.1, 100, poll_worth_s=0.2)
    steady = Hazard((0.01,) * len(EDGES))
    assert dear.after_news(50, steady, 0.5) == pytest.approx(2 * cheap.after_news(50, steady, 0.5))
    assert cheap.after_news(50, steady, 0.5) == pytest.approx((2 * 0.2 / 0.01) ** 0.5)


@given(silences=st.integers(1, 10_000), luck=lucks, word=st.none() | st.floats(0, 3600))
def test_after_silence_the_relays_word_is_a_floor(silences: int, luck: float, word: float | None) -> None:
    wait = SCHEDULE.after_silence(silences, word, luck)
    assert wait >= 3
    assert wait >= (word or 0)
    assert wait <= max(300, (word or 0) * 1.1)


def test_silences_double_the_wait() -> None:
    assert [SCHEDULE.after_silence(n, None, 1) for n in (1, 2, 3)] == [6, 12, 24]


@pytest.mark.parametrize(("refusals", "seconds"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (1000, 60)])
def test_sending_backs_off_from_one_second_by_doubling(refusals: int, seconds: float) -> None:
    assert resend_after(refusals, None, 1) == seconds
    assert resend_after(refusals, None, 0) == seconds / 2


def test_a_retry_after_is_honoured_when_sending() -> None:
    assert resend_after(1, 30, 0) == 30
    assert 30 <= resend_after(1, 30, 1) <= 33
