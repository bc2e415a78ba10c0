"""Learning when to ask earns its place: the aims of `benchmarks.polling`, on a run that repeats itself exactly."""

import pytest

from benchmarks.polling import SCHEDULE, WORLDS, Figures, Unlearning, figures, follow, gain, rivals, shifting, tasks
from bot.domain.finishing import Experience

SEED = 11


def test_at_the_same_delay_a_quarter_fewer_questions_and_for_as_many_a_quarter_less_delay() -> None:
    given = tasks(WORLDS["four sorts, lognormal"], 3_000, SEED)
    ours = figures(follow(given, SCHEDULE, Experience(), SEED))
    over = {name: gain(ours, policy) for name, policy in rivals(given).items()}
    assert over["fixed"].fewer >= 0.25
    assert over["fixed"].sooner >= 0.25
    assert over["doubling"].sooner >= 0.5
    assert over["fixed, same first"].fewer >= 0.15  # it knows the bot's own first poll, which no public bot does


def test_learning_beats_the_prior_alone() -> None:
    given = tasks(WORLDS["one sort, sigma 0.3"], 2_000, SEED)
    fixed = rivals(given)["fixed"]
    learnt, prior = (gain(figures(follow(given, SCHEDULE, kind(), SEED)), fixed) for kind in (Experience, Unlearning))
    assert learnt.fewer >= prior.fewer + 0.15
    assert learnt.sooner >= prior.sooner + 0.15


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_relay_that_changes_its_speed_does_not_leave_it_worse_than_the_prior_for_long(factor: float) -> None:
    """From fifty ends after the change on, counted in seconds: the delay, and what the questions are worth."""
    learnt = prior = 0.0
    for seed in range(6):
        given = tasks(shifting(factor), 1_000, seed)
        since = slice(550, 700)
        learnt += _cost(figures(follow(given, SCHEDULE, Experience(), seed)[since]))
        prior += _cost(figures(follow(given, SCHEDULE, Unlearning(), seed)[since]))
    assert learnt < prior


def _cost(of: Figures) -> float:
    return of.delay_s + SCHEDULE.poll_worth_s * of.polls
