"""The life of a generation: every legal step, and no other."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import IllegalTransition
from bot.domain.generation import (
    ENDED,
    TRANSITIONS,
    Failure,
    FailureKind,
    Generation,
    GenerationRequest,
    GenerationState,
    Kind,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)

STEPS: dict[GenerationState, Callable[[Generation], Generation]] = {
    GenerationState.WAITING: lambda it: it.not_sent(LATER),
    GenerationState.SUBMITTING: lambda it: it.submitting(LATER),
    GenerationState.QUEUED: lambda it: it.accepted("task-1", LATER),
    GenerationState.DREAMING: lambda it: it.dreaming(LATER),
    GenerationState.COMPLETED: lambda it: it.completed("https://cdn.example/v.mp4", LATER),
    GenerationState.FAILED: lambda it: it.failed(Failure(FailureKind.UNKNOWN), LATER),
    GenerationState.CANCELLED: lambda it: it.cancelled(LATER),
    GenerationState.EXPIRED: lambda it: it.expired(LATER),
    GenerationState.UNCERTAIN: lambda it: it.uncertain(LATER),
    GenerationState.LOST: lambda it: it.lost(LATER),
}

# Written out a second time on purpose: the design's table, to hold the code's against.
LEGAL = {
    ("waiting", "submitting"),
    ("waiting", "cancelled"),
    ("submitting", "queued"),
    ("submitting", "waiting"),
    ("submitting", "failed"),
    ("submitting", "uncertain"),
    ("queued", "dreaming"),
    ("queued", "completed"),
    ("queued", "failed"),
    ("queued", "expired"),
    ("dreaming", "completed"),
    ("dreaming", "failed"),
    ("dreaming", "expired"),
    ("expired", "completed"),
    ("uncertain", "queued"),
    ("uncertain", "lost"),
    ("uncertain", "failed"),
}


def generation(state: GenerationState = GenerationState.WAITING) -> Generation:
    request = GenerationRequest(Kind.TEXT, "a calm sea", "ray-v2", 5, "720p", expand_prompt=True)
    return Generation("abcd", "interaction:1", 1, 2, 3, request, 1, NOW, NOW, state=state)


@pytest.mark.parametrize(("before", "after"), list(itertools.product(GenerationState, repeat=2)))
def test_only_the_designs_transitions_can_be_taken(before: GenerationState, after: GenerationState) -> None:
    if (before.value, after.value) in LEGAL:
        changed = STEPS[after](generation(before))
        assert (changed.state, changed.version, changed.changed_at) == (after, 2, LATER)
    else:
        with pytest.raises(IllegalTransition, match=f"{before} does not lead to {after}"):
            STEPS[after](generation(before))


def test_every_state_is_reached_from_waiting() -> None:
    reached = {GenerationState.WAITING}
    for _ in GenerationState:
        reached |= {after for before in reached for after in TRANSITIONS[before]}
    assert reached == set(GenerationState)


@pytest.mark.parametrize(("before", "after"), sorted(LEGAL))
def test_the_end_of_a_generation_is_dated(before: str, after: str) -> None:
    changed = STEPS[GenerationState(after)](generation(GenerationState(before)))
    assert (changed.finished_at == LATER) is (changed.state in ENDED)


def test_what_goes_back_to_the_queue_was_never_submitted() -> None:
    sent = generation().submitting(NOW)
    assert sent.submitted_at == NOW
    assert sent.not_sent(LATER).submitted_at is None


def test_a_value_that_changed_leaves_the_old_one_as_it_was() -> None:
    before = generation()
    before.submitting(LATER)
    assert (before.state, before.version) == (GenerationState.WAITING, 1)
