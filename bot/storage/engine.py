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

from sqlalchemy import URL, Connection, Engine, event, make_url
from sqlalchemy.engine import AdaptedConnection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.domain.errors import StoreError
from bot.ports import Clock
from bot.storage.border import border
from bot.storage.turn import Turn

log = logging.getLogger(__name__)

READERS = 3
"""Connections that read. More would only take turns on the processor."""
SLOW_S = 1.0
"""Seconds. A write that takes longer is worth a line in the log: an interaction must be answered within 3."""

SILENCED = {"isolation_level": None}
"""Left to itself the sqlite3 module begins a transaction only before some statements, and never an immediate one.

With this it says nothing, and SQLAlchemy's own "begin" event takes over: see `prepare`.
"""

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


def engine_for(url: URL, *, begin: str, pragmas: tuple[str, ...], **options: Any) -> AsyncEngine:
    """An engine whose SQLite connections run `pragmas` when opened and `begin` to start a transaction."""
    if not is_sqlite(url):
        return create_async_engine(url, hide_parameters=True, **options)
    engine = create_async_engine(url, hide_parameters=True, connect_args=SILENCED, **options)
    prepare(engine.sync_engine, begin=begin, pragmas=pragmas)
    return engine


def prepare(engine: Engine, *, begin: str, pragmas: tuple[str, ...]) -> None:
    """Have an SQLite engine, made with `SILENCED`, run `pragmas` on each connection and `begin` in each transaction."""

    @event.listens_for(engine, "connect")
    def tell(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        try:
            cursor = connection.cursor()
            for pragma in pragmas:
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()
        except BaseException:
            connection.close()  # the pool does not know it yet, so nobody else would
            raise

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        driver = connection.connection.dbapi_connection
        if isinstance(driver, AdaptedConnection):
            # Straight to the driver: one trip to its thread, where a cursor of SQLAlchemy's would make three.
            driver.run_async(lambda own: own.execute(begin))
        else:
            connection.exec_driver_sql(begin)


class Database:
    """Runs work in transactions. The work is a plain function of a connection, and sees all of it or nothing.

    A transaction that has begun is finished whatever becomes of the task that asked for it, so that nobody who is
    cancelled leaves a half-used connection behind. Every method raises StoreError where the database cannot be used.
    """

    def __init__(self, url: URL, clock: Clock, *, busy_timeout_s: float) -> None:
        self._name = name_of(url)
        self._clock = clock
        self._turn = Turn()
        self._running: set[asyncio.Task[Any]] = set()
        self._closed = False
        patience = f"busy_timeout={round(busy_timeout_s * 1000)}"
        with border(self._name):
            self._writer = engine_for(
                url,
                begin="BEGIN IMMEDIATE",
                # FULL: a commit is on the disk before it is believed, since a paid request may follow it.
                pragmas=(patience, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"),
                pool_size=1,
                max_overflow=0,
            )
            self._readers = engine_for(
                url, begin="BEGIN", pragmas=(patience, "query_only=ON"), pool_size=READERS, max_overflow=0
            )

    async def write(self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run work that writes, after all the writes that asked before it."""
        asked_at = self._clock.monotonic()
        await self._turn.acquire(first=False)
        return await self._written(asked_at, self._write(work, *args, **kwargs))

    async def write_first(
        self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run work that a member waits for, before all writes of `write` that have not begun."""
        asked_at = self._clock.monotonic()
        await self._turn.acquire(first=True)
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
        await self._readers.dispose()
        await self._writer.dispose()  # the last to close, since that is when SQLite folds its journal in

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
            async with self._writer.begin() as connection:
                return await connection.run_sync(work, *args, **kwargs)

    async def _read(self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        self._check_open()
        with border(self._name):
            async with self._readers.connect() as connection:
                return await connection.run_sync(work, *args, **kwargs)
