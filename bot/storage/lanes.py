"""Where a transaction runs: for SQLite in a thread, whole; for a server on the loop, step by step.

An SQLite transaction takes some 0.1 ms of the disk's time and ten times that of SQLAlchemy's. Through an asynchronous
driver each of its steps is a trip to a thread and back, and a change of stacks: measured, that makes a small
transaction two and a half times as dear (1.1 ms of processor time against 0.4). So all of it makes one trip.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

SILENCED = {"isolation_level": None}
"""Left to itself the sqlite3 module begins a transaction only before some statements, and never an immediate one.

With this it says nothing, and SQLAlchemy's own "begin" event takes over: see `prepare`.
"""

P = ParamSpec("P")
T = TypeVar("T")


class Lane(Protocol):
    """Some connections of one kind. The work is a plain function of a connection."""

    async def commit(self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run work in a transaction, and commit it."""
        ...

    async def read(self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run work in a transaction that is rolled back."""
        ...

    async def close(self) -> None:
        """Close the connections. Nothing may be running on them."""
        ...


class ThreadLane:
    """Connections to an SQLite file, with a thread for each."""

    def __init__(self, url: URL, *, size: int, begin: str, pragmas: tuple[str, ...]) -> None:
        self.engine = create_engine(
            url.set(drivername="sqlite"),
            hide_parameters=True,
            connect_args=SILENCED,
            pool_size=size,
            max_overflow=0,
        )
        prepare(self.engine, begin=begin, pragmas=pragmas)
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="database")

    async def commit(self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        def run() -> T:
            with self.engine.begin() as connection:
                return work(connection, *args, **kwargs)

        return await self._in_thread(run)

    async def read(self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        def run() -> T:
            with self.engine.connect() as connection:
                return work(connection, *args, **kwargs)

        return await self._in_thread(run)

    async def close(self) -> None:
        await self._in_thread(self.engine.dispose)
        self._threads.shutdown()

    async def _in_thread(self, run: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, run)


class LoopLane:
    """Connections to a database server, by its asynchronous driver."""

    def __init__(self, url: URL, *, size: int) -> None:
        # Imported here for the others' sake: it brings the whole ORM, a tenth of a second of every start.
        from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415  # see above

        self._engine = create_async_engine(url, hide_parameters=True, pool_size=size, max_overflow=0)

    async def commit(self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        async with self._engine.begin() as connection:
            return await connection.run_sync(work, *args, **kwargs)

    async def read(self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        async with self._engine.connect() as connection:
            return await connection.run_sync(work, *args, **kwargs)

    async def close(self) -> None:
        await self._engine.dispose()


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
        connection.exec_driver_sql(begin)
