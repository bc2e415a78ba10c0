"""Parts that follow by themselves: their keys, their requests, and what ends a chain."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.domain.continuing import follows_by_itself, key_of_next, next_request
from bot.domain.errors import UnfinishedVideo
from bot.domain.generation import Failure, FailureKind, Generation, Kind
from tests.storing import NOW, asked, everything


def submitting(more_parts: int = 2) -> Generation:
    return replace(asked("first"), more_parts=more_parts).submitting(NOW)


def test_each_step_of_a_chain_has_a_key_of_its_own_made_from_the_first_part() -> None:
    first = asked("first")
    second = replace(first, id="second", action_key=key_of_next(first))
    third = replace(first, id="third", action_key=key_of_next(second))
    assert [second.action_key, third.action_key, key_of_next(third)] == [
        "chain:first:2",
        "chain:first:3",
        "chain:first:4",
    ]
    assert [follows_by_itself(each) for each in (first, second, third)] == [False, True, True]


def test_the_next_part_asks_for_the_same_from_where_this_one_ends() -> None:
    part = replace(everything(asked()), relay_id="relay-1")
    following = next_request(part)
    assert following == replace(
        part.request, image_url=None, end_image_url=None, parent_id=part.id, parent_relay_id="relay-1", part=4
    )
    assert next_request(replace(asked(), relay_id="relay-1")).kind is Kind.EXTEND


def test_nothing_follows_a_part_that_the_relay_does_not_know() -> None:
    with pytest.raises(UnfinishedVideo):
        next_request(asked())


@pytest.mark.parametrize(
    "step",
    [
        lambda it: it.failed(Failure(FailureKind.UNKNOWN), NOW),
        lambda it: it.uncertain(NOW),
        lambda it: it.accepted("relay-1", NOW).expired(NOW),
        lambda it: it.not_sent(NOW).cancelled(NOW),
        lambda it: it.uncertain(NOW).accepted("relay-1", NOW).completed("https://cdn.test/v.mp4", NOW),
        lambda it: it.accepted("relay-1", NOW).expired(NOW).completed("https://cdn.test/v.mp4", NOW),
    ],
    ids=["failed", "uncertain", "expired", "cancelled", "found after all", "late after all"],
)
def test_a_part_that_did_not_go_well_ends_its_chain_for_good(step: Callable[[Generation], Generation]) -> None:
    assert step(submitting()).more_parts == 0


def test_a_part_that_went_well_keeps_what_is_to_follow() -> None:
    done = submitting().not_sent(NOW).submitting(NOW).accepted("relay-1", NOW).dreaming(NOW)
    assert done.completed("https://cdn.test/v.mp4", NOW).more_parts == 2
