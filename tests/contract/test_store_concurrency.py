"""Many at once, in one process and in several: what is counted is exact, and nobody waits who need not."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.generation import Failure, FailureKind
from bot.domain.period import Span
from bot.domain.quota import Limit, Scope
from bot.storage import SqlStore, Stores, open_store
from bot.storage.purse import SqlPurse
from tests.clock import ManualClock
from tests.crowd import play_rounds
from tests.storing import CLAIM, GUILD, NOW, TOKEN, TOKEN_UNTIL, admitted, asked, granted, later, moved, rows

ROOT = Path(__file__).parents[2]
FAILED = Failure(FailureKind.UNKNOWN)


async def limited(purse: SqlPurse, limit: int, guild: int = GUILD) -> None:
    await purse.set_limit(guild, Scope.SERVER, 0, Limit(limit, Span.DAY), by=1, why="", now=NOW)


@pytest.mark.parametrize("left", [1, 30])
async def test_two_hundred_at_once_are_granted_exactly_what_is_left(stores: Stores, tmp_path: Path, left: int) -> None:
    await limited(stores.purse, left)
    answers = await asyncio.gather(*(granted(stores.store, asked(f"g{number}")) for number in range(200)))
    assert sum(answers) == left
    assert rows(tmp_path / "bot.db", "SELECT count(*), coalesce(-sum(credits), 0) FROM ledger") == [(left, left)]


async def test_round_after_round_the_count_is_exact(stores: Stores) -> None:
    for guild in range(100, 120):
        await limited(stores.purse, 3, guild)
        wanted = [asked(f"g{guild}-{number}", guild=guild) for number in range(12)]
        answers = await asyncio.gather(*(granted(stores.store, each) for each in wanted))
        assert sum(answers) == 3


async def test_of_mixed_prices_none_is_refused_that_fits(stores: Stores) -> None:
    await limited(stores.purse, 50)
    wanted = [asked(f"g{number}", price=1 + number % 3) for number in range(60)]
    answers = await asyncio.gather(*(granted(stores.store, each) for each in wanted))
    left = 50 - sum(each.price for each, answer in zip(wanted, answers, strict=True) if answer)
    assert left >= 0
    assert all(answer or each.price > left for each, answer in zip(wanted, answers, strict=True))


async def test_eight_processes_are_granted_exactly_what_is_left(url: str, tmp_path: Path) -> None:
    """SQLite's own lock keeps them apart: a limit is held by the database, not by one process's memory.

    Twenty rounds here; `python -m tests.crowd` plays a thousand.
    """
    await play_rounds(url, 20)
    assert (
        rows(tmp_path / "bot.db", "SELECT count(*) FROM generations")[0]
        == rows(tmp_path / "bot.db", "SELECT count(*) FROM ledger WHERE entry = 'charge'")[0]
    )
    assert rows(tmp_path / "bot.db", "PRAGMA integrity_check") == [("ok",)]


async def test_the_same_action_fifty_times_at_once_is_one_generation(store: SqlStore, tmp_path: Path) -> None:
    """Discord may deliver one interaction twice, and a member may click twice."""
    admissions = await asyncio.gather(
        *(store.admit(asked(), token=TOKEN, token_until=TOKEN_UNTIL, claim=CLAIM) for _ in range(50)),
    )
    assert sum(admission.fresh for admission in admissions) == 1
    assert rows(tmp_path / "bot.db", "SELECT count(*) FROM ledger") == [(1,)]


async def test_of_fifty_saves_at_once_one_is_done(store: SqlStore) -> None:
    waiting = await admitted(store)
    answers = await asyncio.gather(*(store.save(waiting, waiting.submitting(later(n))) for n in range(50)))
    assert sum(answers) == 1
    shown = await store.get(waiting.id)
    assert shown is not None
    assert shown.generation == waiting.submitting(later(answers.index(True)))


async def test_fifty_failures_at_once_give_back_once(store: SqlStore, tmp_path: Path) -> None:
    waiting = await admitted(store)
    sending = await moved(store, waiting, waiting.submitting(later(1)))
    answers = await asyncio.gather(*(store.save(sending, sending.failed(FAILED, later(n))) for n in range(50)))
    assert sum(answers) == 1
    assert rows(tmp_path / "bot.db", "SELECT sum(credits) FROM ledger") == [(0,)]


async def test_a_read_does_not_wait_for_a_write(store: SqlStore, tmp_path: Path) -> None:
    """It sees the last commit, whoever is writing."""
    waiting = await admitted(store)
    with closing(sqlite3.connect(tmp_path / "bot.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE generations SET state = 'cancelled'")
        async with asyncio.timeout(5):
            shown = await store.get(waiting.id)
    assert shown is not None
    assert shown.generation == waiting


async def test_a_cancelled_caller_leaves_no_half_done_write(store: SqlStore, tmp_path: Path) -> None:
    """What has begun is finished, what has not begun never happens, and the store goes on."""
    tasks = [asyncio.create_task(admitted(store, asked(f"g{number}"))) for number in range(5)]
    await asyncio.sleep(0)
    assert len(store._database._running) == 1, "one has begun, the others wait for their turn"
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await admitted(store, asked("after"))
    path = tmp_path / "bot.db"
    assert rows(path, "SELECT id FROM generations ORDER BY rowid") == [("g0",), ("after",)]
    assert rows(path, "SELECT generation_id FROM ledger ORDER BY id") == [("g0",), ("after",)]


async def test_a_cancelled_reader_leaves_the_store_in_use(store: SqlStore) -> None:
    waiting = await admitted(store)
    for _ in range(10):
        reader = asyncio.create_task(store.get(waiting.id))
        await asyncio.sleep(0)
        reader.cancel()
    shown = await store.get(waiting.id)
    assert shown is not None


def test_what_was_granted_survives_a_kill(tmp_path: Path) -> None:
    """A paid request may follow at once, so it must be on the disk, not on its way."""
    url = f"sqlite:///{tmp_path}/bot.db"
    died = subprocess.run(  # noqa: S603  # our own file and arguments
        [sys.executable, "-m", "tests.contract.store_process", "die", url], cwd=ROOT, check=False
    )
    assert died.returncode == -9
    assert asyncio.run(_state_of(url, "g1")) == "waiting"
    assert rows(tmp_path / "bot.db", "PRAGMA integrity_check") == [("ok",)]


async def _state_of(url: str, generation_id: str) -> str | None:
    async with open_store(url, ManualClock(NOW)) as store:
        shown = await store.get(generation_id)
    return None if shown is None else shown.generation.state
