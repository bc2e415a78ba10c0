"""What the store notes of a card: which message shows a generation, how much of it, and when to try again."""

from pathlib import Path

from bot.domain.card import Card, CardState, GoneReason
from bot.storage import SqlStore
from tests.storing import CLAIM, GUILD, TOKEN, TOKEN_UNTIL, admitted, asked, finished, later, moved, rows


async def card_of(store: SqlStore, generation_id: str) -> Card:
    shown = await store.get(generation_id)
    assert shown is not None
    return shown.card


async def ids_unshown(store: SqlStore, seconds: float = 0, limit: int = 10) -> list[str]:
    found = await store.unshown(later(seconds), limit)
    assert all(shown.pending for shown in found)
    return [shown.generation.id for shown in found]


async def test_the_first_message_is_attached_and_stays(store: SqlStore) -> None:
    await admitted(store)
    assert await store.attach("g1", 5)
    assert not await store.attach("g1", 6)
    assert not await store.attach("nobody", 7)
    card = await card_of(store, "g1")
    assert (card.state, card.message_id, card.first_message_id) == (CardState.LIVE, 5, 5)
    assert card.shown_version == 1, "the answer itself shows the first version"


async def test_a_second_answer_takes_nothing_from_the_card_that_stands(store: SqlStore) -> None:
    """Its message, and how much of the generation it shows: a repeated interaction must not draw it all again."""
    done = await finished(store, asked(), message=5)
    await store.note_shown("g1", done.version, 8, forget_token=True)
    before = await card_of(store, "g1")
    assert not await store.attach("g1", 6)
    assert not await store.attach("g1", 8)
    assert await card_of(store, "g1") == before


async def test_a_message_is_attached_whatever_became_of_the_generation(store: SqlStore) -> None:
    """The one given up as unanswered too: the message is there, so it is to say that it was cancelled."""
    waiting = await admitted(store)
    await moved(store, waiting, waiting.cancelled(later(1)))
    await store.note_gone("g1", GoneReason.UNANSWERED)
    assert await store.attach("g1", 5)
    card = await card_of(store, "g1")
    assert (card.state, card.gone_reason) == (CardState.LIVE, None)
    assert await ids_unshown(store) == ["g1"]


async def test_the_unattached_wait_for_their_message_oldest_first(store: SqlStore) -> None:
    for name, age in (("young", 10), ("old", 30)):
        await admitted(store, asked(name, at=later(-age)))
    await admitted(store, asked("attached"), message=5)
    await admitted(store, asked("gone"))
    await store.note_gone("gone", GoneReason.UNANSWERED)
    cancelled = await admitted(store, asked("cancelled"))
    await moved(store, cancelled, cancelled.cancelled(later(1)))
    found = await store.unattached(10)
    assert [shown.generation.id for shown in found] == ["old", "young"]
    assert found[0].card.token == TOKEN
    assert len(await store.unattached(1)) == 1


async def test_a_card_that_shows_less_than_is_known_is_unshown(store: SqlStore) -> None:
    await finished(store, asked("late"), message=5, at=later(2))
    await finished(store, asked("early"), message=6, at=later(1))
    await admitted(store, asked("waiting"), message=7)
    await admitted(store, asked("unattached"))
    assert await ids_unshown(store) == ["early", "late"]
    assert await ids_unshown(store, limit=1) == ["early"]


async def test_being_sent_needs_no_edit(store: SqlStore) -> None:
    """WAITING and SUBMITTING are one word on the card, also after a request that came back unsent."""
    waiting = await admitted(store, message=5)
    sending = waiting.submitting(later(1))
    await moved(store, waiting, sending, sending.not_sent(later(2)))
    assert await ids_unshown(store) == []


async def test_a_card_that_was_shown_is_not_shown_again(store: SqlStore) -> None:
    done = await finished(store, asked(), message=5)
    await store.note_try("g1", later(-1))
    await store.note_shown("g1", done.version, 5, forget_token=False)
    card = await card_of(store, "g1")
    assert await ids_unshown(store) == []
    assert (card.shown_version, card.tries, card.next_try_at, card.token) == (done.version, 0, None, TOKEN)


async def test_an_older_version_shown_late_changes_nothing(store: SqlStore) -> None:
    done = await finished(store, asked(), message=5)
    await store.note_shown("g1", done.version, 5, forget_token=False)
    await store.note_shown("g1", done.version - 1, 6, forget_token=True)
    card = await card_of(store, "g1")
    assert (card.shown_version, card.message_id, card.token) == (done.version, 5, TOKEN)


async def test_the_token_is_forgotten_when_it_is_not_needed(store: SqlStore) -> None:
    done = await finished(store, asked(), message=5)
    await store.note_shown("g1", done.version, 5, forget_token=True)
    assert (await card_of(store, "g1")).token is None


async def test_showing_a_card_does_not_change_the_generation(store: SqlStore) -> None:
    """Else a poll's answer would lose against an edit."""
    waiting = await admitted(store, message=5)
    await store.note_shown("g1", 1, 5, forget_token=False)
    await store.note_try("g1", later(5))
    await store.note_repost("g1", later(5))
    assert await store.save(waiting, waiting.submitting(later(6)))


async def test_a_failed_try_is_counted_and_due_later(store: SqlStore) -> None:
    await finished(store, asked(), message=5)
    await store.note_try("g1", later(10))
    await store.note_try("g1", later(30))
    card = await card_of(store, "g1")
    assert (card.tries, card.next_try_at) == (2, later(30))
    assert await ids_unshown(store, seconds=29) == []
    assert await ids_unshown(store, seconds=30) == ["g1"]


async def test_a_card_that_is_gone_is_not_tried_again(store: SqlStore) -> None:
    """The first reason stays, and the token goes with the card."""
    done = await finished(store, asked(), message=5)
    await store.note_gone("g1", GoneReason.CHANNEL)
    await store.note_gone("g1", GoneReason.MESSAGE)
    await store.note_try("g1", later(5))
    await store.note_repost("g1", later(5))
    await store.note_shown("g1", done.version, 9, forget_token=False)
    card = await card_of(store, "g1")
    assert (card.state, card.gone_reason, card.token) == (CardState.GONE, GoneReason.CHANNEL, None)
    assert (card.message_id, card.tries, card.reposting_since) == (5, 0, None)
    assert await ids_unshown(store) == []


async def test_a_repost_is_recorded_before_and_keeps_the_first_message(store: SqlStore) -> None:
    done = await finished(store, asked(), message=5)
    await store.note_repost("g1", later(4000))
    await store.note_repost("g1", later(5000))
    before = await card_of(store, "g1")
    assert (before.reposting_since, before.reposted_at, before.reposted) == (later(4000), None, False)
    await store.note_shown("g1", done.version, 8, forget_token=True)
    after = await card_of(store, "g1")
    assert (after.message_id, after.first_message_id, after.reposted) == (8, 5, True)
    assert (after.reposting_since, after.reposted_at) == (None, later(4000))


async def test_an_edit_of_the_message_that_is_there_is_no_repost(store: SqlStore) -> None:
    done = await finished(store, asked(), message=5)
    await store.note_repost("g1", later(4000))
    await store.note_shown("g1", done.version, 5, forget_token=True)
    card = await card_of(store, "g1")
    assert (card.reposting_since, card.reposted_at, card.reposted) == (None, None, False)


async def test_a_generation_is_found_by_either_message(store: SqlStore) -> None:
    done = await finished(store, asked(), message=5)
    await store.note_shown("g1", done.version, 8, forget_token=True)
    assert await store.by_message(GUILD, 5) == done
    assert await store.by_message(GUILD, 8) == done
    assert await store.by_message(GUILD, 9) is None


async def test_dead_tokens_are_erased_and_live_ones_kept(store: SqlStore, tmp_path: Path) -> None:
    await admitted(store)
    await store.admit(asked("g2"), token="younger", token_until=later(2000), claim=CLAIM)
    assert await store.erase_tokens(later(100)) == 0
    assert await store.erase_tokens(TOKEN_UNTIL) == 1
    assert await store.erase_tokens(TOKEN_UNTIL) == 0
    assert rows(tmp_path / "bot.db", "SELECT id, token FROM generations ORDER BY id") == [
        ("g1", None),
        ("g2", "younger"),
    ]
