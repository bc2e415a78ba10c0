"""One process for one database: a second one says so and ends, a dead one is in nobody's way."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.domain.errors import StoreBusy, StoreError
from bot.storage import ProcessLock

ROOT = Path(__file__).parents[2]


@contextmanager
def holder(url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    command = [sys.executable, "-m", "tests.contract.store_process", "hold", url]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own file and arguments
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_process_is_refused_and_told_which_is_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bot.db"
    with (
        holder(url) as other,
        pytest.raises(StoreBusy, match=rf"another process of the bot \(pid {other.pid}\)"),
        ProcessLock(url),
    ):
        pass


def test_a_killed_process_is_in_nobodys_way(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bot.db"
    with holder(url) as other:
        other.kill()
        other.wait()
        with ProcessLock(url):
            pass


def test_it_is_free_again_after_the_end(tmp_path: Path) -> None:
    lock = ProcessLock(f"sqlite:///{tmp_path}/bot.db")
    for _ in range(2):
        with lock:
            assert (tmp_path / "bot.db.lock").read_text(encoding="ascii") == str(os.getpid())


def test_two_names_of_one_database_are_one_lock(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with (
        ProcessLock(f"sqlite:///{tmp_path}/real/bot.db"),
        pytest.raises(StoreBusy),
        ProcessLock(f"sqlite+aiosqlite:///{tmp_path}/link/bot.db"),
    ):
        pass


def test_two_databases_have_two_locks(tmp_path: Path) -> None:
    with ProcessLock(f"sqlite:///{tmp_path}/one.db"), ProcessLock(f"sqlite:///{tmp_path}/two.db"):
        pass


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "postgresql+asyncpg://bot@localhost/dreamreel"])
def test_what_is_no_file_has_no_lock(url: str) -> None:
    with ProcessLock(url), ProcessLock(url):
        pass


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be made"), ProcessLock(f"sqlite:///{tmp_path}/missing/bot.db"):
        pass
