"""The connections: one that writes, a few that read, and what each must be told before it is used.

SQLite lets one connection write at a time. So writers here take turns in memory, where waiting is fair and costs
nothing, and `BEGIN IMMEDIATE` takes SQLite's own lock at once, where another process may hold it: a transaction
that began by reading could not be repeated safely when it is refused halfway. In WAL mode readers see the last
commit and wait for nobody.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.errors import StoreBusy, StoreError
from bot.ports import Clock
from bot.storage.border import border
from bot.storage.lanes import FileLane, Lane, LoopLane
from bot.storage.room import require_room
from bot.storage.turn import Turn

log = logging.getLogger(__name__)

READERS = 3
"""Connections that read. More would only take turns on the processor."""
SLOW_S = 1.0
"""Seconds. A write that takes longer is worth a line in the log: an interaction must be answered within 3."""

PATIENCE_S = 1.5
"""Seconds that a write which a member waits for stands in line; what is told after 3 reaches nobody."""

P = ParamSpec("P")
T = TypeVar("T")


def url_of(text: str) -> URL:
    """A database URL, with the driver that fits where it names none. Raises StoreError; the URL is not repeated."""
    try:
        url = make_url(text)
    except SQLAlchemyError:
        raise StoreError("the database URL cannot be read") from None
    return url.set(drivername="sqlite+aiosqlite") if url.drivername == "sqlite" else url


def name_of(url: URL) -> str:
    """How a database is called in messages: its URL without the password."""
    return url.render_as_string(hide_password=True)


def is_sqlite(url: URL) -> bool:
    """Whether it is SQLite, the one database with lock and journal to look after."""
    return url.get_backend_name() == "sqlite"


def file_of(url: URL) -> Path | None:
    """The file of an SQLite database, with links resolved; None for one in memory, a `file:` URI, or a server."""
    if not is_sqlite(url) or not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        return None
    return Path(url.database).resolve()


class Database:
    """Runs work in transactions. The work is a plain function of a connection, and sees all of it or nothing.

    A transaction that has begun is finished whatever becomes of the task that asked for it, so that nobody who is
    cancelled leaves a half-used connection behind. Every method raises StoreError where the database cannot be used.
    """

    def __init__(self, url: URL, clock: Clock, *, busy_timeout_s: float) -> None:
        self._name = name_of(url)
        self._file = file_of(url)
        self._clock = clock
        self._turn = Turn()
        self._running: set[asyncio.Task[Any]] = set()
        self._closed = False
        patience = f"busy_timeout={round(busy_timeout_s * 1000)}"
        with border(self._name):
            # FULL: a commit is on the disk before it is believed, since a paid request may follow it.
            durable = (patience, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
            self._writer = _lane(url, size=1, begin="BEGIN IMMEDIATE", pragmas=durable)
            self._readers = _lane(url, size=READERS, begin="BEGIN", pragmas=(patience, "query_only=ON"))

    async def write(self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run work that writes, after all the writes that asked before it."""
        asked_at = self._clock.monotonic()
        await self._turn.acquire(first=False)
        return await self._written(asked_at, self._write(work, *args, **kwargs))

    def require_room(self) -> None:
        """Raise StoreError where the disk is too full for anything new to begin; what was begun may still be saved."""
        require_room(self._file)

    async def write_first(
        self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run work that a member waits for, before all writes of `write` that have not begun."""
        asked_at = self._clock.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._turn.acquire(first=True)
        except TimeoutError:
            raise StoreBusy(f"the database {self._name} takes too long over other writes") from None
        return await self._written(asked_at, self._write(work, *args, **kwargs))

    async def _written(self, asked_at: float, work: Coroutine[Any, Any, T]) -> T:
        task = self._start(work)
        task.add_done_callback(lambda _: self._turn.release())
        result = await asyncio.shield(task)
        took = self._clock.monotonic() - asked_at
        if took > SLOW_S:
            log.warning("a write took %.1f s, its turn included", took)
        return result

    async def read(self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run work that only reads, beside any write."""
        return await asyncio.shield(self._start(self._read(work, *args, **kwargs)))

    async def close(self) -> None:
        """Let what has begun end, then close every connection."""
        self._closed = True
        if self._running:
            await asyncio.wait(self._running)
        await self._readers.close()
        await self._writer.close()  # the last to close, since that is when SQLite folds its journal in

    def _start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError(f"the database {self._name} is closed")

    async def _write(self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        self._check_open()
        with border(self._name):
            return await self._writer.commit(work, *args, **kwargs)

    async def _read(self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        self._check_open()
        with border(self._name):
            return await self._readers.read(work, *args, **kwargs)


def _lane(url: URL, *, size: int, begin: str, pragmas: tuple[str, ...]) -> Lane:
    """So many connections; `begin` and `pragmas` are SQLite's."""
    if is_sqlite(url):
        return FileLane(url, size=size, begin=begin, pragmas=pragmas)
    return LoopLane(url, size=size)
