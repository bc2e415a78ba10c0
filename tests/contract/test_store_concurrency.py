"""Many at once, in one process and in several: what is counted is exact, and nobody waits who need not."""

import asyncio
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.domain.errors import LimitReached
from bot.domain.generation import Failure, FailureKind
from bot.domain.quota import Allowance
from bot.storage import SqlStore, open_store
from tests.clock import ManualClock
from tests.storing import NOW, TOKEN, TOKEN_UNTIL, admitted, asked, later, moved, rows

ROOT = Path(__file__).parents[2]
FAILED = Failure(FailureKind.UNKNOWN)


async def granted(store: SqlStore, name: str, allowance: Allowance) -> bool:
    try:
        await store.admit(asked(name), token=TOKEN, token_until=TOKEN_UNTIL, allowances=[allowance])
    except LimitReached:
        return False
    return True


@pytest.mark.parametrize("left", [1, 30])
async def test_two_hundred_at_once_are_granted_exactly_what_is_left(store: SqlStore, tmp_path: Path, left: int) -> None:
    allowance = Allowance("server:11", "2026-11-22", left)
    answers = await asyncio.gather(*(granted(store, f"g{number}", allowance) for number in range(200)))
    assert sum(answers) == left
    assert rows(tmp_path / "bot.db", "SELECT count(*), coalesce(-sum(credits), 0) FROM ledger") == [(left, left)]


async def test_round_after_round_the_count_is_exact(store: SqlStore) -> None:
    for day in range(20):
        allowance = Allowance("server:11", f"day {day}", 3)
        answers = await asyncio.gather(*(granted(store, f"g{day}-{number}", allowance) for number in range(12)))
        assert sum(answers) == 3


def test_four_processes_are_granted_exactly_what_is_left(url: str, tmp_path: Path) -> None:
    """SQLite's own lock keeps them apart: a limit is held by the database, not by one process's memory."""
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(  # noqa: S603  # our own file and arguments
                    [sys.executable, "-m", "tests.contract.store_process", "admit", url, f"p{number}", "15", "25"],
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for number in range(4)
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        counts = [int(process.communicate()[0]) for process in processes]
    assert sum(counts) == 25
    assert rows(tmp_path / "bot.db", "SELECT used FROM spending") == [(25,)]
    assert rows(tmp_path / "bot.db", "SELECT count(*) FROM ledger") == [(25,)]


async def test_the_same_action_fifty_times_at_once_is_one_generation(store: SqlStore, tmp_path: Path) -> None:
    """Discord may deliver one interaction twice, and a member may click twice."""
    admissions = await asyncio.gather(
        *(store.admit(asked(), token=TOKEN, token_until=TOKEN_UNTIL) for _ in range(50)),
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


async def test_a_read_does_not_wait_for_a_write(store: SqlStore) -> None:
    """It sees the last commit, whoever is writing."""
    waiting = await admitted(store)
    async with store._database._writer.begin() as connection:
        await connection.exec_driver_sql("UPDATE generations SET state = 'cancelled'")
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
