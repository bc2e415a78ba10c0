"""Where a transaction runs: for SQLite in a thread, whole; for a server on the loop, step by step.

An SQLite transaction takes some 0.1 ms of the disk's time and ten times that of SQLAlchemy's. Through an asynchronous
driver each of its steps is a trip to a thread and back, and a change of stacks: measured, that makes a small
transaction two and a half times as dear (1.1 ms of processor time against 0.4). So all of it makes one trip, to the
thread that aiosqlite keeps for each connection.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import aiosqlite
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

SILENCED: dict[str, Any] = {"isolation_level": None}
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


class FileLane:
    """Connections to an SQLite file: aiosqlite opens each in a thread of its own, where whole transactions are run."""

    def __init__(self, url: URL, *, size: int, begin: str, pragmas: tuple[str, ...]) -> None:
        self._places = [_Place(url, begin, pragmas) for _ in range(size)]
        self._free: asyncio.Queue[_Place] = asyncio.LifoQueue()
        for place in self._places:
            self._free.put_nowait(place)

    async def commit(self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        place = await self._free.get()
        try:
            return await place.run(lambda connection: work(connection, *args, **kwargs), commit=True)
        finally:
            self._free.put_nowait(place)

    async def read(self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        place = await self._free.get()
        try:
            return await place.run(lambda connection: work(connection, *args, **kwargs), commit=False)
        finally:
            self._free.put_nowait(place)

    async def close(self) -> None:
        for place in self._places:
            await place.close()


class _Place:
    """One aiosqlite connection, and SQLAlchemy on top of it, within its thread."""

    def __init__(self, url: URL, begin: str, pragmas: tuple[str, ...]) -> None:
        self.engine = create_engine(
            url.set(drivername="sqlite"), hide_parameters=True, creator=self._raw, poolclass=StaticPool
        )
        prepare(self.engine, begin=begin, pragmas=pragmas)
        (path,), how = self.engine.dialect.create_connect_args(url.set(drivername="sqlite"))
        self._open = partial(aiosqlite.connect, path, **how, **SILENCED)
        self._connection: aiosqlite.Connection | None = None
        self._kept: Connection | None = None

    async def run(self, work: Callable[[Connection], T], *, commit: bool) -> T:
        """Run work in a transaction, in the connection's thread. One at a time, which is for the caller to see to."""
        if self._connection is None:
            self._connection = await self._open()

        def transaction() -> T:
            connection = self._alchemys()
            try:
                with connection.begin() as one:
                    done = work(connection)
                    if not commit:
                        one.rollback()
                    return done
            finally:
                if (raw := self._raw()).in_transaction:  # a commit that the disk did not take
                    raw.rollback()

        # aiosqlite's own methods take one statement a trip; this is what each of them calls.
        done: T = await self._connection._execute(transaction)  # type: ignore[no-untyped-call]  # noqa: SLF001  # see above
        return done

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection._execute(self._let_go)  # type: ignore[no-untyped-call]  # noqa: SLF001  # as in `run`
            await self._connection.close()
            self._connection = None

    def _alchemys(self) -> Connection:
        """SQLAlchemy's own connection, kept: to make one took as long as a small transaction."""
        if self._kept is None:
            self._kept = self.engine.connect()
        return self._kept

    def _let_go(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None
        self.engine.dispose()

    def _raw(self) -> sqlite3.Connection:
        assert self._connection is not None  # noqa: S101  # `run` has opened it
        raw = self._connection._connection  # noqa: SLF001  # sqlite3's own, used in no other thread than its own
        assert raw is not None  # noqa: S101  # as above
        return raw


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
        raw: Any = connection.connection.driver_connection
        raw.execute(begin)  # past SQLAlchemy, for which it is a statement like any other, at a quarter of a transaction
