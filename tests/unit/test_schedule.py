"""When the relay is asked: bounds that must hold for every age and every piece of luck."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.schedule import PollSchedule, resend_after

SCHEDULE = PollSchedule(first_poll_s=15, min_interval_s=3, max_interval_s=20)
ages = st.floats(min_value=0, max_value=100_000)
lucks = st.floats(min_value=0, max_value=1)


@given(age=ages, luck=lucks)
def test_a_task_is_asked_for_within_the_settings_bounds(age: float, luck: float) -> None:
    assert 3 * 0.9 <= SCHEDULE.after_news(age, luck) <= 20 * 1.1


@given(luck=lucks)
def test_a_fresh_task_waits_for_its_first_poll(luck: float) -> None:
    assert 15 * 0.9 <= SCHEDULE.first(0, luck) <= 15 * 1.1


@given(age=st.floats(min_value=15, max_value=100_000), luck=lucks)
def test_after_a_start_old_tasks_are_spread_over_one_interval(age: float, luck: float) -> None:
    assert 0 <= SCHEDULE.first(age, luck) <= 3


def test_an_older_task_is_asked_for_less_often() -> None:
    delays = [SCHEDULE.after_news(age, 0.5) for age in (0, 60, 120, 600)]
    assert delays == [3, 6, 12, 20]


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
