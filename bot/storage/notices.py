"""Who is still to be told that a video is over, and how far that has come."""

from collections.abc import Mapping

from sqlalchemy import Connection, Integer, bindparam, or_, select, update

from bot.domain.card import Shown
from bot.domain.notices import OWED, Notice
from bot.storage.engine import Database
from bot.storage.rows import shown_of
from bot.storage.tables import IS_OWED, generations

_row = generations.c
_which = _row.id == bindparam("which")
OWING = select(generations).where(IS_OWED).order_by(_row.finished_at.desc()).limit(bindparam("most", type_=Integer))
CHANGE = update(generations).where(_which, _row.notice == bindparam("before")).values(notice=bindparam("after"))
# Not IN: its list cannot be sent with several rows at once.
_something = or_(*(_row.notice == each for each in sorted(OWED)))
END = update(generations).where(_which, _something).values(notice=bindparam("after"))


class SqlNotices:
    """`bot.ports.NoticeStore` on SQL; every method is documented there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def owed(self, limit: int) -> list[Shown]:
        return await self._database.read(owed, limit)

    async def note_notice(self, generation_id: str, before: Notice, after: Notice) -> bool:
        return await self._database.write(note_notice, generation_id, before, after)

    async def end_notices(self, ends: Mapping[str, Notice]) -> None:
        await self._database.write(end_notices, ends)


def owed(connection: Connection, limit: int) -> list[Shown]:
    """By an index that holds nothing else."""
    return [shown_of(row) for row in connection.execute(OWING, {"most": limit})]


def note_notice(connection: Connection, generation_id: str, before: Notice, after: Notice) -> bool:
    """One step on, from where it was believed to be."""
    return connection.execute(CHANGE, {"which": generation_id, "before": before, "after": after}).rowcount > 0


def end_notices(connection: Connection, ends: Mapping[str, Notice]) -> None:
    """No more is to be said; what ended before stays as it ended."""
    if ends:
        connection.execute(END, [{"which": each, "after": after} for each, after in ends.items()])
