"""A copy of the database that can be believed: made while the bot writes, whole, private, and never by surprise."""

import asyncio
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.errors import StoreDamaged, StoreError
from bot.storage import SqlStore
from bot.storage.backup import BackupRefused, back_up
from bot.storage.restored import STAMP
from tests.storing import NOW, TOKEN, admitted, asked, later, rows


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "copies" / "bot.backup"


@pytest.fixture(autouse=True)
def _folder(target: Path) -> None:
    target.parent.mkdir()


def size(path: Path) -> int:
    return path.stat().st_size


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def content(path: Path) -> bytes:
    return path.read_bytes()


def write(path: Path, what: bytes) -> None:
    path.write_bytes(what)


async def test_a_copy_is_whole_while_the_bot_goes_on_writing(url: str, store: SqlStore, target: Path) -> None:
    """The copy is what one moment saw: each generation in it has its charge, and none is missing before the last."""
    await admitted(store, asked("first"))
    copying = asyncio.create_task(asyncio.to_thread(back_up, url, target, NOW))
    number = 0
    while not copying.done():
        number += 1
        await admitted(store, asked(f"g{number:04d}", prompt="a long one " * 400))
    made = await copying
    await admitted(store, asked("last"))
    copied = [name for (name,) in rows(target, "SELECT id FROM generations ORDER BY id")]
    assert copied == sorted(["first", *(f"g{n:04d}" for n in range(1, len(copied)))])
    assert made.generations == len(copied) == rows(target, "SELECT count(*) FROM ledger")[0][0]
    assert made.size == size(target)


async def test_what_is_not_committed_yet_is_not_in_the_copy(
    url: str, store: SqlStore, tmp_path: Path, target: Path
) -> None:
    await admitted(store, asked("kept"))
    with closing(sqlite3.connect(tmp_path / "bot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE generations SET prompt = 'half'")
        back_up(url, target, NOW)
        other.execute("ROLLBACK")
    assert rows(target, "SELECT prompt FROM generations") == [("a fox in the snow",)]


async def test_a_copy_is_one_private_file_without_a_token(url: str, store: SqlStore, target: Path) -> None:
    await admitted(store)
    back_up(url, target, NOW)
    assert [each.name for each in target.parent.iterdir()] == [target.name]
    assert mode(target) == 0o600
    assert TOKEN.encode() not in content(target)
    assert rows(target, "PRAGMA journal_mode") == [("delete",)]


async def test_a_copy_says_when_it_was_made_and_the_database_is_left_as_it_is(
    url: str, store: SqlStore, target: Path
) -> None:
    await admitted(store)
    back_up(url, target, NOW)
    assert rows(target, f"SELECT value FROM notes WHERE key = '{STAMP}'") == [(NOW.isoformat(),)]  # noqa: S608  # our own constant
    assert await store.noted(STAMP) is None
    assert (await store.get("g1")).card.token == TOKEN  # type: ignore[union-attr]  # it is there


async def test_a_file_that_is_there_is_not_overwritten_unasked(url: str, store: SqlStore, target: Path) -> None:
    write(target, b"precious")
    with pytest.raises(BackupRefused, match=r"is there already.*--force"):
        back_up(url, target, NOW)
    assert content(target) == b"precious"
    back_up(url, target, NOW, overwrite=True)
    assert rows(target, "SELECT count(*) FROM generations") == [(0,)]


async def test_a_copy_that_another_is_writing_is_not_disturbed(url: str, store: SqlStore, target: Path) -> None:
    part = target.with_name("bot.backup.part")
    part.write_text("half")
    with pytest.raises(BackupRefused, match=r"another backup is being written, or one was cut off"):
        back_up(url, target, NOW)
    assert part.read_text() == "half"
    back_up(url, target, NOW, overwrite=True)
    assert not part.exists()


@pytest.mark.parametrize("name", ["bot.db", "bot.db-wal", "bot.db.lock", "link.db", "hard.db"])
async def test_the_database_itself_is_never_the_target(url: str, store: SqlStore, tmp_path: Path, name: str) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "bot.db")
    (tmp_path / "hard.db").hardlink_to(tmp_path / "bot.db")
    with pytest.raises(BackupRefused, match="belongs to the database itself"):
        back_up(url, tmp_path / name, NOW, overwrite=True)
    await admitted(store)


async def test_what_cannot_be_the_target_is_said(url: str, store: SqlStore, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="is a folder"):
        back_up(url, tmp_path, NOW)
    with pytest.raises(BackupRefused, match="There is no folder"):
        back_up(url, tmp_path / "missing" / "copy", NOW)


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path, target: Path) -> None:
    with pytest.raises(BackupRefused, match="There is no database"):
        back_up(f"sqlite:///{tmp_path}/none.db", target, NOW)
    assert not (tmp_path / "none.db").exists()


def test_postgresql_is_left_to_its_own_tool(target: Path) -> None:
    with pytest.raises(BackupRefused, match="pg_dump") as refused:
        back_up("postgresql+asyncpg://bot:hunter2@db/dreamreel", target, NOW)
    assert "hunter2" not in str(refused.value)


def test_another_programs_database_is_not_copied(tmp_path: Path, target: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE notes (text)")
    with pytest.raises(BackupRefused, match="not a database of Dreamreel"):
        back_up(f"sqlite:///{tmp_path}/other.db", target, NOW)
    assert list(target.parent.iterdir()) == []


async def test_a_damaged_database_makes_no_copy(url: str, store: SqlStore, tmp_path: Path, target: Path) -> None:
    """The older copy under that name is worth more than this one, and stays."""
    for number in range(200):
        await admitted(store, asked(f"g{number}", prompt="a long one " * 50))
    back_up(url, target, NOW)
    before = content(target)
    await store.erase_tokens(later(3600))  # with them, the copy would meet the page before it is read back
    damage(tmp_path / "bot.db", where=b"g100")
    with pytest.raises(StoreDamaged, match=r"^the copy is damaged, and the database may be: "):
        back_up(url, target, NOW, overwrite=True)
    assert content(target) == before
    assert [each.name for each in target.parent.iterdir()] == [target.name]


def damage(path: Path, where: bytes) -> None:
    """Spoil the page of the table that holds these bytes beside a prompt, once the journal is folded in."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = path.read_bytes()
    pages = [whole[at : at + 4096] for at in range(0, len(whole), 4096)]
    hit = next(number for number, page in enumerate(pages) if where in page and b"a long one" in page)
    pages[hit] = b"\x55" * 4096
    path.write_bytes(b"".join(pages))


def test_a_folder_that_cannot_be_written_is_named(url: str, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("bot.storage.backup.os.open", refuse)
    with pytest.raises(StoreError, match=r"bot\.backup\.part cannot be used .*Permission denied"):
        back_up(url, target, NOW)
