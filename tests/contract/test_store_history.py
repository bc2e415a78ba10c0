"""What the store tells of how long tasks took."""

from datetime import timedelta

from bot.domain.finishing import Sort
from bot.domain.generation import Failure, FailureKind, Generation, Kind
from bot.ports import Ended
from bot.storage import SqlStore, Stores
from tests.storing import GUILD, MEMBER, admitted, asked, later, moved

SORT = Sort("ray-v2", 5, "720p", Kind.TEXT)
FAILURE = Failure(FailureKind.MODERATION)


async def sent(store: SqlStore, name: str, at_s: float = 0) -> Generation:
    waiting = await admitted(store, asked(name), message=77)
    sending = waiting.submitting(later(at_s))
    return await moved(store, waiting, sending, sending.accepted(f"relay-{name}", later(at_s + 1)))


async def shown(store: SqlStore, name: str) -> None:
    await store.note_shown(name, 9, 77, forget_token=True)


async def done(store: SqlStore, name: str, at_s: float) -> None:
    queued = await sent(store, name)
    await moved(store, queued, queued.completed("https://relay.test/v.mp4", later(at_s)))
    await shown(store, name)


async def test_the_last_ends_come_with_the_time_they_took_the_oldest_first(store: SqlStore) -> None:
    for name, at_s in (("b", 90), ("c", 120.5), ("a", 60)):
        await done(store, name, at_s)
    assert await store.ended(10) == [Ended(SORT, 60), Ended(SORT, 90), Ended(SORT, 120.5)]
    assert await store.ended(2) == [Ended(SORT, 90), Ended(SORT, 120.5)]


async def test_only_what_the_relay_ended_is_told(store: SqlStore) -> None:
    """A failure is an end like another; a refusal, a cancellation and an expiry say nothing about the relay's work."""
    failing = await sent(store, "failed")
    await moved(store, failing, failing.failed(FAILURE, later(8)))
    expiring = await sent(store, "expired")
    await moved(store, expiring, expiring.expired(later(90_000)))
    await sent(store, "open")
    waiting = await admitted(store, asked("refused"), message=1)
    sending = waiting.submitting(later(0))
    await moved(store, waiting, sending, sending.failed(FAILURE, later(1)))
    waiting = await admitted(store, asked("cancelled"), message=2)
    await moved(store, waiting, waiting.cancelled(later(2)))
    for name in ("failed", "expired", "refused", "cancelled"):
        await shown(store, name)
    assert await store.ended(10) == [Ended(SORT, 8)]


async def test_what_was_to_be_forgotten_is_forgotten_here_too(stores: Stores) -> None:
    await done(stores.store, "a", 60)
    await stores.privacy.forget(MEMBER, GUILD, later(60) + timedelta(days=1))
    assert await stores.store.ended(10) == []
