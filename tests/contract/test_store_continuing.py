"""Parts that follow by themselves, as every store keeps them: taken once, charged as they start, stopped for good."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.card import CardState, GoneReason
from bot.domain.continuing import key_of_next, next_request
from bot.domain.errors import LimitReached
from bot.domain.generation import Failure, FailureKind, Generation, GenerationState
from bot.domain.notices import Notice
from bot.domain.quota import Caps
from bot.ports import Claim
from bot.storage import SqlStore
from tests.storing import CLAIM, admitted, asked, finished, later, moved, rows

POOR = Claim(caps=Caps(bot_a_day=1), most_waiting_member=10, most_waiting_server=10)


def part_of(name: str = "g1", more_parts: int = 2) -> Generation:
    return replace(asked(name), more_parts=more_parts)


def next_of(part: Generation, name: str = "g2") -> Generation:
    return replace(
        asked(name),
        action_key=key_of_next(part),
        request=next_request(part),
        more_parts=part.more_parts - 1,
        created_at=later(60),
    )


async def now(store: SqlStore, name: str) -> Generation:
    shown = await store.get(name)
    assert shown is not None
    return shown.generation


async def due(store: SqlStore) -> list[str]:
    return [shown.generation.id for shown in await store.to_continue(10)]


async def test_the_next_part_is_taken_from_the_one_before_and_charged(store: SqlStore, tmp_path: Path) -> None:
    part = await finished(store, part_of(), message=1)
    assert await due(store) == ["g1"]

    assert await store.admit_next(next_of(part), claim=CLAIM)

    assert await due(store) == []
    assert [(await now(store, each)).more_parts for each in ("g1", "g2")] == [0, 1]
    assert rows(tmp_path / "bot.db", "SELECT generation_id, credits FROM ledger ORDER BY id") == [
        ("g1", -1),
        ("g2", -1),
    ]


async def test_a_second_round_admits_nothing_and_charges_nothing(store: SqlStore, tmp_path: Path) -> None:
    part = await finished(store, part_of(), message=1)
    assert await store.admit_next(next_of(part), claim=CLAIM)
    assert not await store.admit_next(next_of(part, "g3"), claim=CLAIM)
    assert await store.get("g3") is None
    assert rows(tmp_path / "bot.db", "SELECT count(*) FROM ledger") == [(2,)]


async def test_a_limit_that_is_met_leaves_everything_as_it_was(store: SqlStore) -> None:
    part = await finished(store, part_of(), message=1)
    with pytest.raises(LimitReached):
        await store.admit_next(next_of(part), claim=POOR)
    assert await due(store) == ["g1"]
    assert await store.get("g2") is None


async def test_only_a_completed_part_is_followed(store: SqlStore) -> None:
    waiting = await admitted(store, part_of(), message=1)
    sending = waiting.submitting(later(1))
    queued = sending.accepted("relay-1", later(2))
    await moved(store, waiting, sending, queued)
    assert await due(store) == []
    assert not await store.admit_next(next_of(queued), claim=CLAIM)
    failed = queued.failed(Failure(FailureKind.UNKNOWN), later(3))
    await moved(store, queued, failed)
    assert (await due(store), (await now(store, "g1")).more_parts) == ([], 0)


async def test_a_part_that_follows_is_no_lost_answer(store: SqlStore) -> None:
    part = await finished(store, part_of(), message=1)
    await store.admit_next(next_of(part), claim=CLAIM)
    await admitted(store, asked("g3"))
    assert [shown.generation.id for shown in await store.unattached(10)] == ["g3"]
    assert [shown.generation.id for shown in await store.unposted(10)] == ["g2"]
    await store.attach("g2", 7)
    assert await store.unposted(10) == []


async def test_a_part_without_a_card_is_not_tried_again_once_it_is_given_up(store: SqlStore) -> None:
    part = await finished(store, part_of(), message=1)
    following = next_of(part)
    await store.admit_next(following, claim=CLAIM)
    await store.save(following, following.cancelled(later(61)))
    await store.note_gone("g2", GoneReason.CHANNEL)
    assert await store.unposted(10) == []


async def test_a_chain_is_stopped_at_whatever_part_it_has_come_to(store: SqlStore) -> None:
    part = await finished(store, part_of(), message=1)
    await store.admit_next(next_of(part), claim=CLAIM)
    last = await store.stop_chain("g1")
    assert last is not None
    assert (last.id, last.more_parts) == ("g2", 0)
    assert await store.stop_chain("g1") is None
    assert await store.stop_chain("nobody") is None


async def test_what_was_stopped_is_not_followed(store: SqlStore) -> None:
    part = await finished(store, part_of(), message=1)
    assert await store.stop_chain("g1") is not None
    assert not await store.admit_next(next_of(part), claim=CLAIM)
    assert await due(store) == []


async def test_the_word_that_is_owed_about_a_stop_is_kept_until_it_is_said(store: SqlStore) -> None:
    await finished(store, part_of(), message=1)
    await store.note("another fact", "")
    assert await store.untold_stops(10) == []
    await store.stop_chain("g1", untold=True)
    (owed,) = await store.untold_stops(10)
    assert (owed.generation.id, owed.card.message_id) == ("g1", 1)
    await store.stop_told("g1")
    assert await store.untold_stops(10) == []
    assert await store.noted("another fact") is not None


async def test_no_word_is_owed_to_who_stopped_it_nor_where_nothing_was_stopped(store: SqlStore) -> None:
    await finished(store, part_of(), message=1)
    await store.stop_chain("g1")
    await store.stop_chain("g1", untold=True)
    assert await store.untold_stops(10) == []


async def test_a_step_that_began_before_the_stop_does_not_undo_it(store: SqlStore) -> None:
    waiting = await admitted(store, part_of(), message=1)
    await store.stop_chain("g1")
    sending = waiting.submitting(later(1))
    await moved(store, waiting, sending)
    assert sending.more_parts == 2
    assert (await now(store, "g1")).more_parts == 0


async def test_a_card_that_says_what_follows_is_due_again_once_nothing_does(store: SqlStore) -> None:
    waiting = await admitted(store, part_of(), message=1)
    sending = waiting.submitting(later(1))
    queued = sending.accepted("relay-1", later(2))
    await moved(store, waiting, sending, queued)
    await store.note_shown("g1", queued.version, 1, forget_token=False)
    assert await store.unshown(later(3), 10) == []
    await store.stop_chain("g1")
    (shown,) = await store.unshown(later(3), 10)
    assert (shown.generation.more_parts, shown.generation.version, shown.pending) == (0, queued.version, True)


async def test_the_card_of_a_completed_part_is_not_drawn_again_for_that(store: SqlStore) -> None:
    """It says nothing of what follows, and its video would be uploaded again."""
    part = await finished(store, part_of(), message=1)
    await store.note_shown("g1", part.version, 1, forget_token=True)
    await store.stop_chain("g1")
    assert await store.unshown(later(3), 10) == []


async def test_what_dies_while_it_is_sent_ends_its_chain(store: SqlStore) -> None:
    waiting = await admitted(store, part_of(), message=1)
    await moved(store, waiting, waiting.submitting(later(1)))
    await store.sweep(later(2))
    swept = await now(store, "g1")
    assert (swept.state, swept.more_parts) == (GenerationState.UNCERTAIN, 0)


async def test_nobody_need_be_told_of_a_part_that_is_followed(store: SqlStore) -> None:
    for name, notice in (("g1", Notice.MENTION), ("g3", Notice.MENTION_TRIED), ("g5", None)):
        part = await finished(store, replace(part_of(name), notice=notice), message=int(name[1]))
        assert await store.admit_next(next_of(part, f"{name}next"), claim=CLAIM)
    told = [(await now(store, name)).notice for name in ("g1", "g3", "g5")]
    assert told == [Notice.NOT_NEEDED, Notice.MENTION_TRIED, None]


async def test_a_part_that_follows_has_a_card_without_a_token(store: SqlStore) -> None:
    part = await finished(store, part_of(), message=1)
    await store.admit_next(next_of(part), claim=CLAIM)
    shown = await store.get("g2")
    assert shown is not None
    assert (shown.card.state, shown.card.token, shown.card.token_until) == (CardState.UNATTACHED, None, None)
