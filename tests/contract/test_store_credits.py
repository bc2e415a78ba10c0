"""Credits: no limit is passed, every refund happens once and goes where it came from, every balance adds up."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import LimitReached
from bot.domain.generation import Failure, FailureKind, Generation
from bot.domain.quota import Allowance
from bot.storage import SqlStore, open_store
from tests.clock import ManualClock
from tests.storing import GUILD, MEMBER, NOW, TOKEN, TOKEN_UNTIL, admitted, asked, later, moved, new_database, rows

SERVER = Allowance("server:11", "2026-11-22", 5)
PERSON = Allowance("member:33", "2026-11", 100)
FAILED = Failure(FailureKind.NOT_SOLD)

USED = "SELECT scope, period, used FROM spending ORDER BY scope, period"
LEDGER = "SELECT generation_id, entry, credits FROM ledger ORDER BY id"


async def charged(store: SqlStore, generation: Generation, *allowances: Allowance) -> Generation:
    await store.admit(generation, token=TOKEN, token_until=TOKEN_UNTIL, allowances=allowances)
    return generation


async def test_a_charge_stands_in_the_ledger(store: SqlStore, tmp_path: Path) -> None:
    await charged(store, asked(price=3))
    found = rows(tmp_path / "bot.db", "SELECT guild_id, user_id, entry, credits, at FROM ledger")
    assert found == [(GUILD, MEMBER, "charge", -3, round(NOW.timestamp() * 1_000_000))]


async def test_a_charge_counts_against_every_allowance(store: SqlStore, tmp_path: Path) -> None:
    await charged(store, asked("g1", price=3), SERVER, PERSON)
    await charged(store, asked("g2", price=2), SERVER, PERSON)
    assert rows(tmp_path / "bot.db", USED) == [("member:33", "2026-11", 5), ("server:11", "2026-11-22", 5)]


@pytest.mark.parametrize("price", [3, 6], ids=["with the first", "by itself"])
async def test_a_limit_refuses_and_nothing_is_written(store: SqlStore, tmp_path: Path, price: int) -> None:
    if price == 3:
        await charged(store, asked("g1", price=3), PERSON, SERVER)
    before = rows(tmp_path / "bot.db", USED), rows(tmp_path / "bot.db", LEDGER)
    with pytest.raises(LimitReached) as refusal:
        await charged(store, asked("g2", price=price), PERSON, SERVER)
    assert (refusal.value.scope, refusal.value.cost) == ("server:11", price)
    assert (rows(tmp_path / "bot.db", USED), rows(tmp_path / "bot.db", LEDGER)) == before
    assert await store.get("g2") is None


async def test_a_new_period_starts_from_nothing(store: SqlStore) -> None:
    await charged(store, asked("g1", price=5), SERVER)
    await charged(store, asked("g2", price=5), Allowance("server:11", "2026-11-23", 5))


async def test_another_server_has_an_allowance_of_its_own(store: SqlStore) -> None:
    await charged(store, asked("g1", price=5), SERVER)
    await charged(store, asked("g2", price=5, guild=12), Allowance("server:12", "2026-11-22", 5))


async def test_the_same_action_at_the_limit_is_found_not_refused(store: SqlStore) -> None:
    first = await charged(store, asked(price=5), SERVER)
    again = await store.admit(first, token=TOKEN, token_until=TOKEN_UNTIL, allowances=[SERVER])
    assert not again.fresh


async def test_a_refund_goes_back_into_the_period_it_was_charged_in(store: SqlStore, tmp_path: Path) -> None:
    waiting = await charged(store, asked(price=2), SERVER, PERSON)
    await charged(store, asked("g2", price=1), SERVER, Allowance("server:11", "2026-11-23", 5))
    await moved(store, waiting, waiting.cancelled(later(3 * 86_400)))
    assert rows(tmp_path / "bot.db", USED) == [
        ("member:33", "2026-11", 0),
        ("server:11", "2026-11-22", 1),
        ("server:11", "2026-11-23", 1),
    ]
    assert rows(tmp_path / "bot.db", LEDGER)[-1] == ("g1", "refund", 2)


async def test_every_end_without_a_video_gives_back(store: SqlStore, tmp_path: Path) -> None:
    for name, end in (("cancelled", 0), ("failed", 1), ("expired", 2), ("lost", 3)):
        waiting = await admitted(store, asked(name))
        sending = waiting.submitting(later(1))
        queued, unsure = sending.accepted("relay", later(2)), sending.uncertain(later(2))
        ways = (
            (waiting, waiting.cancelled(later(3))),
            (waiting, sending, sending.failed(FAILED, later(3))),
            (waiting, sending, queued, queued.expired(later(3))),
            (waiting, sending, unsure, unsure.lost(later(3))),
        )
        await moved(store, *ways[end])
    refunded = rows(tmp_path / "bot.db", "SELECT generation_id FROM ledger WHERE entry = 'refund' ORDER BY id")
    assert refunded == [("cancelled",), ("failed",), ("expired",), ("lost",)]


async def test_an_uncertain_one_keeps_its_charge(store: SqlStore, tmp_path: Path) -> None:
    waiting = await admitted(store)
    sending = waiting.submitting(later(1))
    await moved(store, waiting, sending, sending.uncertain(later(2)))
    assert rows(tmp_path / "bot.db", LEDGER) == [("g1", "charge", -1)]


async def test_a_video_found_after_the_refund_is_not_charged_again(store: SqlStore, tmp_path: Path) -> None:
    waiting = await charged(store, asked(price=2), SERVER)
    sending = waiting.submitting(later(1))
    queued = sending.accepted("relay", later(2))
    expired = queued.expired(later(3))
    await moved(store, waiting, sending, queued, expired, expired.completed("https://relay.test/v.mp4", later(4)))
    assert rows(tmp_path / "bot.db", LEDGER) == [("g1", "charge", -2), ("g1", "refund", 2)]
    assert rows(tmp_path / "bot.db", USED) == [("server:11", "2026-11-22", 0)]


async def test_a_refund_that_stands_in_the_ledger_is_not_made_again(store: SqlStore, tmp_path: Path) -> None:
    """Whatever a bug may save: the ledger's own rule holds."""
    waiting = await charged(store, asked(price=2), SERVER)
    sending = waiting.submitting(later(1))
    await moved(store, waiting, waiting.cancelled(later(1)))
    await store.save(waiting.cancelled(later(1)), sending)
    await store.save(sending, sending.failed(FAILED, later(2)))
    assert rows(tmp_path / "bot.db", LEDGER) == [("g1", "charge", -2), ("g1", "refund", 2)]
    assert rows(tmp_path / "bot.db", USED) == [("server:11", "2026-11-22", 0)]


ADMIT, CANCEL, SEND, FAIL = range(4)
STEPS = st.lists(st.tuples(st.sampled_from((ADMIT, ADMIT, CANCEL, SEND, FAIL)), st.integers(0, 4)), max_size=25)


@settings(max_examples=15, deadline=None)
@given(steps=STEPS)
def test_every_balance_is_the_sum_of_its_ledger_rows(steps: list[tuple[int, int]]) -> None:
    """After whatever happened: what is used is what was charged and not given back, and never over the limit."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bot.db"
        asyncio.run(_live(new_database(path.parent), steps))
        sums = rows(
            path,
            "SELECT s.scope, s.period, -sum(l.credits) FROM spent s JOIN ledger l USING (generation_id) "
            "GROUP BY s.scope, s.period ORDER BY s.scope, s.period",
        )
        assert rows(path, USED) == sums
        assert all(0 <= used <= 5 for _, _, used in sums)


async def _live(url: str, steps: list[tuple[int, int]]) -> None:
    alive: list[Generation] = []
    async with open_store(url, ManualClock(NOW)) as store:
        for number, (step, which) in enumerate(steps):
            if step == ADMIT:
                allowance = Allowance(f"server:{which % 2}", f"day {which % 3}", 5)
                try:
                    alive.append(await charged(store, asked(f"g{number}", price=which), allowance))
                except LimitReached:
                    continue
            elif which < len(alive):
                alive[which] = await _step(store, alive[which], step)


async def _step(store: SqlStore, generation: Generation, step: int) -> Generation:
    state = generation.state
    if step in {CANCEL, SEND} and state == "waiting":
        after = generation.cancelled(later(1)) if step == CANCEL else generation.submitting(later(1))
    elif step == FAIL and state == "submitting":
        after = generation.failed(FAILED, later(2))
    else:
        return generation
    await moved(store, generation, after)
    return after
