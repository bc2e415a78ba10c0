"""One process for one database: a second one would send the same paid requests again."""

import os
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from bot.domain.errors import StoreBusy, StoreError
from bot.storage.engine import file_of, name_of, url_of

try:
    import fcntl
except ImportError:  # Windows has none: there the lock below holds nobody off
    fcntl = None  # type: ignore[assignment]  # a module is not an Optional to mypy


class ProcessLock:
    """Held from `with` to the end of the process at the latest: the kernel lets go when it dies, however it dies.

    It is an advisory lock on a file beside the database (`<database>.lock`), which stays there: to remove it would
    let two processes lock two files of one name. A database that is no SQLite file has no lock here.
    Raises StoreBusy when another process holds it, StoreError when the file cannot be made.
    """

    def __init__(self, url: str) -> None:
        where = url_of(url)
        database = file_of(where)
        self._name = name_of(where)
        self._path = None if database is None else _lock_of(database)
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        if self._path is not None:
            self._file = self._locked(self._path)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _locked(self, path: Path) -> IO[str]:
        try:
            file = path.open("a+", encoding="ascii")
        except OSError as trouble:
            raise StoreError(f"the lock of the database {self._name} cannot be made ({trouble})") from trouble
        try:
            _lock(file)
        except BlockingIOError as held:
            file.close()
            who = _holder_in(path)
            who = f" ({who})" if who else ""
            raise StoreBusy(f"another process of the bot{who} holds the database {self._name}") from held
        except OSError as trouble:
            file.close()
            raise StoreError(f"the database {self._name} cannot be locked ({trouble})") from trouble
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        return file


def holder_of(database: Path) -> str:
    """Which process has that database file, as "pid 12" or "unknown"; empty where none has. Nothing is changed."""
    try:
        with _lock_of(database.resolve()).open(encoding="ascii") as file:
            if fcntl is None:
                return ""
            # Shared, so that two who look do not see each other; and only for the moment until the file is closed.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return ""
    except FileNotFoundError:
        return ""
    except BlockingIOError:
        return _holder_in(_lock_of(database.resolve())) or "unknown"


def _lock_of(database: Path) -> Path:
    return database.with_name(f"{database.name}.lock")


def _lock(file: IO[str]) -> None:
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _holder_in(path: Path) -> str:
    pid = path.read_text("ascii", errors="replace").strip()[:20]
    return f"pid {pid}" if pid.isdigit() else ""
