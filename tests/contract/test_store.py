"""What becomes of a generation in the store, from its admission to its end."""

from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path

import pytest

from bot.domain.card import CardState
from bot.domain.finishing import Sort
from bot.domain.generation import Failure, FailureKind, GenerationState
from bot.domain.turns import InLine
from bot.ports import Followed, Store
from bot.storage import SqlStore, open_store, questions
from tests.clock import ManualClock
from tests.storing import (
    CLAIM,
    GUILD,
    MEMBER,
    NOW,
    TOKEN,
    TOKEN_UNTIL,
    admitted,
    asked,
    everything,
    finished,
    later,
    moved,
    rows,
)

SORT = Sort.of(asked().request)


def test_the_sql_store_is_a_store(store: SqlStore) -> None:
    """Mypy reads this: every method has the port's signature."""
    port: Store = store
    assert port is store


async def test_an_admitted_generation_comes_back_as_it_was(store: SqlStore) -> None:
    generation = everything(asked(prompt="Ein Fuchs 🦊\nim Schnee"))
    admission = await store.admit(generation, token=TOKEN, token_until=TOKEN_UNTIL, claim=CLAIM)
    shown = await store.get(generation.id)
    assert admission.fresh
    assert admission.generation == generation
    assert shown is not None
    assert shown.generation == generation
    assert shown.card.state is CardState.UNATTACHED
    assert shown.card.channel_id == generation.channel_id
    assert (shown.card.token, shown.card.token_until) == (TOKEN, TOKEN_UNTIL)
    assert (shown.card.message_id, shown.card.shown_version, shown.card.tries) == (None, 0, 0)


async def test_an_unknown_id_brings_nothing(store: SqlStore) -> None:
    assert await store.get("nobody") is None


async def test_the_same_action_is_admitted_and_charged_once(store: SqlStore, tmp_path: Path) -> None:
    first = await admitted(store)
    again = replace(asked("g2"), action_key=first.action_key)
    admission = await store.admit(again, token="other", token_until=TOKEN_UNTIL, claim=CLAIM)
    assert not admission.fresh
    assert admission.generation == first
    assert rows(tmp_path / "bot.db", "SELECT generation_id, entry, credits FROM ledger") == [("g1", "charge", -1)]


async def test_the_same_action_shows_what_became_of_the_first(store: SqlStore) -> None:
    done = await finished(store, asked(), message=5)
    admission = await store.admit(asked(), token=TOKEN, token_until=TOKEN_UNTIL, claim=CLAIM)
    assert admission.generation == done


async def test_moments_are_exact_and_come_back_in_utc(store: SqlStore) -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-7)))
    await admitted(store, asked(at=elsewhere))
    shown = await store.get("g1")
    assert shown is not None
    assert shown.generation.created_at == NOW
    assert shown.generation.created_at.utcoffset() == timedelta(0)
    assert shown.generation.created_at.microsecond == 123456


async def test_every_fact_of_a_changed_generation_is_kept(store: SqlStore) -> None:
    waiting = await admitted(store)
    sending = waiting.submitting(later(1))
    failed = sending.failed(Failure(FailureKind.MODERATION, "Frame moderation failed"), later(2))
    await moved(store, waiting, sending, failed)
    shown = await store.get(waiting.id)
    assert shown is not None
    assert shown.generation == failed


async def test_a_save_on_an_old_version_changes_nothing(store: SqlStore, tmp_path: Path) -> None:
    waiting = await admitted(store)
    sending = await moved(store, waiting, waiting.submitting(later(1)))
    assert not await store.save(waiting, waiting.cancelled(later(2)))
    shown = await store.get(waiting.id)
    assert shown is not None
    assert shown.generation == sending
    assert rows(tmp_path / "bot.db", "SELECT count(*) FROM ledger WHERE entry = 'refund'") == [(0,)]


async def test_a_save_of_an_unknown_generation_is_refused(store: SqlStore) -> None:
    assert not await store.save(asked(), asked().submitting(NOW))


async def test_a_save_leaves_the_card_alone(store: SqlStore) -> None:
    waiting = await admitted(store, message=5)
    await moved(store, waiting, waiting.submitting(later(1)))
    shown = await store.get(waiting.id)
    assert shown is not None
    assert (shown.card.message_id, shown.card.token, shown.card.shown_version) == (5, TOKEN, 1)


async def test_a_late_id_is_taken_while_it_is_sent(store: SqlStore) -> None:
    waiting = await admitted(store)
    sending = await moved(store, waiting, waiting.submitting(later(1)))
    queued = await store.late_id(waiting.id, "relay-1", later(9))
    assert queued == sending.accepted("relay-1", later(9))
    shown = await store.get(waiting.id)
    assert shown is not None
    assert shown.generation == queued


async def test_a_late_id_is_taken_by_an_uncertain_one(store: SqlStore) -> None:
    waiting = await admitted(store)
    sending = waiting.submitting(later(1))
    unsure = await moved(store, waiting, sending, sending.uncertain(later(2)))
    assert await store.late_id(waiting.id, "relay-1", later(9)) == unsure.accepted("relay-1", later(9))


async def test_a_late_id_is_refused_everywhere_else(store: SqlStore) -> None:
    """A second id, or one for a generation that nothing was sent for, must not hide the truth."""
    waiting = await admitted(store)
    assert await store.late_id(waiting.id, "relay-1", later(1)) is None
    await moved(store, waiting, waiting.submitting(later(1)))
    first = await store.late_id(waiting.id, "relay-1", later(2))
    assert await store.late_id(waiting.id, "relay-2", later(3)) is None
    assert await store.late_id("nobody", "relay-3", later(3)) is None
    shown = await store.get(waiting.id)
    assert shown is not None
    assert shown.generation == first


async def test_a_completed_video_takes_a_fresh_link_and_nothing_else(store: SqlStore) -> None:
    done = await finished(store, asked(), message=5)
    await store.relink(done.id, "https://relay.test/fresh.mp4")
    shown = await store.get(done.id)
    assert shown is not None
    assert shown.generation == replace(done, video_url="https://relay.test/fresh.mp4")


async def test_only_a_completed_video_has_a_link_to_replace(store: SqlStore) -> None:
    waiting = await admitted(store)
    await store.relink(waiting.id, "https://relay.test/fresh.mp4")
    shown = await store.get(waiting.id)
    assert shown is not None
    assert shown.generation.video_url is None


async def test_at_start_up_what_was_being_sent_is_uncertain(store: SqlStore) -> None:
    sending = []
    for name in ("g1", "g2"):
        waiting = await admitted(store, asked(name), message=5)
        sending.append(await moved(store, waiting, waiting.submitting(later(1))))
    await admitted(store, asked("g3"), message=6)
    assert sorted(await store.sweep(later(60))) == ["g1", "g2"]
    assert await store.sweep(later(61)) == []
    shown = await store.get("g1")
    assert shown is not None
    assert shown.generation == sending[0].uncertain(later(60))


async def test_what_waits_comes_attached_and_oldest_first(store: SqlStore) -> None:
    for name, age in (("young", 10), ("old", 30), ("middle", 20)):
        await admitted(store, asked(name, at=later(-age)), message=age)
    await admitted(store, asked("unattached", at=later(-99)))
    sent = await admitted(store, asked("sent", at=later(-50)), message=7)
    await moved(store, sent, sent.submitting(NOW))
    line, busy = await store.line()
    assert line == [
        InLine(name, GUILD, MEMBER, later(-age)) for name, age in (("old", 30), ("middle", 20), ("young", 10))
    ]
    assert busy == {(GUILD, MEMBER): 1}


async def test_what_is_with_the_relay_or_being_sent_makes_its_member_busy(store: SqlStore) -> None:
    """Counted for each server by itself: a member of two is two members to the line."""
    for number, (guild, user) in enumerate(((11, 33), (11, 33), (11, 34), (12, 33), (12, 33))):
        waiting = await admitted(store, asked(f"g{number}", guild=guild, user=user), message=number + 1)
        sending = await moved(store, waiting, waiting.submitting(later(1)))
        if number == 1:
            queued = await moved(store, sending, sending.accepted("relay", later(2)))
            await moved(store, queued, queued.dreaming(later(3)))
        if number == 4:
            await moved(store, sending, sending.uncertain(later(2)))
    assert await store.line() == ([], {})
    for number, guild in enumerate((11, 12)):
        await admitted(store, asked(f"w{number}", guild=guild, user=35), message=100 + number)
    assert (await store.line())[1] == {(11, 33): 2, (11, 34): 1, (12, 33): 1}


async def test_how_busy_a_server_is_counts_where_somebody_waits(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where so many servers have somebody waiting that they are not named one by one."""
    for guild in (11, 12, 13):
        sent = await admitted(store, asked(f"s{guild}", guild=guild), message=guild)
        await moved(store, sent, sent.submitting(later(1)))
    for guild in (11, 12):
        await admitted(store, asked(f"w{guild}", guild=guild), message=100 + guild)
    named = (await store.line())[1]
    assert named == {(11, MEMBER): 1, (12, MEMBER): 1}
    monkeypatch.setattr(questions, "MOST_NAMED", 1)
    assert (await store.line())[1] == named | {(13, MEMBER): 1}


async def test_several_come_in_the_order_asked_for(store: SqlStore) -> None:
    for name in ("g1", "g2", "g3"):
        await admitted(store, asked(name))
    assert await store.several(["g3", "nobody", "g1"]) == [asked("g3"), asked("g1")]
    assert await store.several([]) == []


async def test_what_the_relay_has_is_followed(store: SqlStore) -> None:
    """Queued and dreaming ones always; expired ones while a later look makes sense."""
    for name, sent_at in (("queued", -1), ("dreaming", -2), ("expired", -3), ("long expired", -100)):
        waiting = await admitted(store, asked(name))
        sending = waiting.submitting(later(sent_at))
        queued = await moved(store, waiting, sending, sending.accepted(f"relay-{name}", later(sent_at)))
        if name == "dreaming":
            await moved(store, queued, queued.dreaming(NOW))
        elif name != "queued":
            await moved(store, queued, queued.expired(NOW))
    await admitted(store, asked("waiting"))
    await finished(store, asked("done"), message=5)
    found = sorted(await store.followed(later(-50)), key=lambda row: row.submitted_at)
    assert found == [
        Followed("expired", "relay-expired", GenerationState.EXPIRED, later(-3), SORT),
        Followed("dreaming", "relay-dreaming", GenerationState.DREAMING, later(-2), SORT),
        Followed("queued", "relay-queued", GenerationState.QUEUED, later(-1), SORT),
    ]


async def test_the_uncertain_are_found_by_how_long_they_are_so(store: SqlStore) -> None:
    for name, since in (("new", 100), ("older", 50), ("oldest", 10)):
        waiting = await admitted(store, asked(name))
        sending = waiting.submitting(later(1))
        await moved(store, waiting, sending, sending.uncertain(later(since)))
    found = await store.uncertain_before(later(100), 10)
    assert [generation.id for generation in found] == ["oldest", "older"]
    assert [generation.id for generation in await store.uncertain_before(later(100), 1)] == ["oldest"]


async def test_a_noted_fact_is_kept_and_replaced(store: SqlStore) -> None:
    assert await store.noted("commands") is None
    await store.note("commands", "abc")
    await store.note("other", "xyz")
    await store.note("commands", "def")
    assert await store.noted("commands") == "def"
    assert await store.noted("other") == "xyz"


async def test_everything_is_there_after_the_store_is_opened_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bot.db"
    async with open_store(url, ManualClock(NOW)) as first:
        done = await finished(first, everything(asked()), message=5)
    async with open_store(url, ManualClock(NOW)) as second:
        shown = await second.get(done.id)
    assert shown is not None
    assert shown.generation == done
