"""A database that cannot be used says so in one sentence, in the bot's own words, and gives no secret away."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.errors import StoreBusy, StoreDamaged, StoreError
from bot.storage import open_store
from bot.storage.engine import SLOW_S
from tests.clock import ManualClock
from tests.storing import CLAIM, NOW, TOKEN, TOKEN_UNTIL, admitted, asked, rows


async def opening(url: str) -> None:
    async with open_store(url, ManualClock(NOW), busy_timeout_s=0.01):
        raise AssertionError("it opened")


async def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "holiday.jpg"
    path.write_bytes(b"\xff\xd8" + b"picture" * 1000)
    before = path.read_bytes()
    with pytest.raises(StoreDamaged, match="not a database"):
        await opening(f"sqlite:///{path}")
    assert path.read_bytes() == before


async def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (text)")
    before = path.read_bytes()
    with pytest.raises(StoreDamaged, match="another program"):
        await opening(f"sqlite:///{path}")
    assert path.read_bytes() == before


async def test_a_torn_file_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    async with open_store(f"sqlite:///{path}", ManualClock(NOW)):
        pass
    path.write_bytes(path.read_bytes()[:4096] + b"\x00" * 4096)
    with pytest.raises(StoreDamaged):
        await opening(f"sqlite:///{path}")


async def test_damage_met_later_is_named_too(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    async with open_store(f"sqlite:///{path}", ManualClock(NOW)) as store:
        await admitted(store)
    page = rows(path, "SELECT rootpage FROM sqlite_master WHERE name = 'generations'")[0][0]
    whole = path.read_bytes()
    path.write_bytes(whole[: (page - 1) * 4096] + b"\x55" * 4096 + whole[page * 4096 :])
    async with open_store(f"sqlite:///{path}", ManualClock(NOW)) as store:
        with pytest.raises(StoreDamaged):
            await store.get("g1")


async def test_a_path_that_is_a_folder_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="unable to open"):
        await opening(f"sqlite:///{tmp_path}")


async def test_a_folder_that_is_not_there_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="unable to open"):
        await opening(f"sqlite:///{tmp_path}/missing/bot.db")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file::memory:?uri=true"])
async def test_a_database_in_memory_is_refused(url: str) -> None:
    """It would forget videos that were paid for."""
    with pytest.raises(StoreError, match="does not name a file"):
        await opening(url)


async def test_another_writer_is_waited_for_and_then_named(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    async with open_store(f"sqlite:///{path}", ManualClock(NOW), busy_timeout_s=0.01) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreBusy, match="another process"):
                await admitted(store)
            assert await store.get("g1") is None
        await admitted(store)
        assert await store.get("g1") is not None


async def test_a_full_disk_refuses_a_write_and_the_store_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    async with open_store(f"sqlite:///{path}", ManualClock(NOW)) as store:
        await admitted(store)
        await store._database.write(lambda it: it.exec_driver_sql("PRAGMA max_page_count = 1").close())
        with pytest.raises(StoreError, match="full"):
            await admitted(store, asked("g2", prompt="a long one " * 50_000))
        assert await store.get("g1") is not None
        await store._database.write(lambda it: it.exec_driver_sql("PRAGMA max_page_count = 100000").close())
        await admitted(store, asked("g2", prompt="a long one " * 50_000))
    assert rows(path, "SELECT count(*) FROM ledger") == [(2,)]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://bot:hunter2@127.0.0.1:1/dreamreel",
        "postgresql://bot:hunter2@127.0.0.1:1/dreamreel",
        "nosuch://bot:hunter2@127.0.0.1:1/dreamreel",
        "bot:hunter2@nowhere",
    ],
)
async def test_a_password_in_the_url_is_never_told(url: str) -> None:
    with pytest.raises(StoreError) as refusal:
        await opening(url)
    assert "hunter2" not in str(refusal.value)


async def test_a_token_is_not_told_by_a_refused_statement(tmp_path: Path) -> None:
    """Not by the sentence, nor by the error behind it, which a log may print."""
    async with open_store(f"sqlite:///{tmp_path}/bot.db", ManualClock(NOW)) as store:
        await admitted(store)
        twice = asked("g1")
        with pytest.raises(StoreError) as refusal:
            await store.admit(
                type(twice)(**{name: getattr(twice, name) for name in twice.__slots__} | {"action_key": "other"}),
                token=TOKEN,
                token_until=TOKEN_UNTIL,
                claim=CLAIM,
            )
    assert TOKEN not in str(refusal.value)
    assert TOKEN not in str(refusal.value.__cause__)


async def test_a_closed_store_is_not_opened_again_by_a_latecomer(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path}/bot.db", ManualClock(NOW)) as store:
        await admitted(store)
    with pytest.raises(StoreError, match="closed"):
        await store.get("g1")
    with pytest.raises(StoreError, match="closed"):
        await admitted(store, asked("g2"))


async def test_a_slow_write_is_worth_a_line_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock(NOW)

    class Slow(ManualClock):
        def monotonic(self) -> float:
            clock.advance(SLOW_S + 0.5)
            return clock.monotonic()

    with caplog.at_level(logging.WARNING, "bot.storage"):
        async with open_store(f"sqlite:///{tmp_path}/bot.db", Slow(NOW)) as store:
            await admitted(store)
    assert "a write took 1.5 s" in caplog.text
