"""Which video goes on from which, up and down: `bot.ports.Chains` on SQL."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Connection, Integer, bindparam, literal, select

from bot.domain.card import Shown
from bot.storage.engine import Database
from bot.storage.rows import shown_of
from bot.storage.tables import HAS_PARENT, generations, in_server

_row = generations.c
_limit = bindparam("most", type_=Integer)
_here = in_server(bindparam("guild", type_=BigInteger))

# Up the line by primary keys, one step a row. The bound also ends a circle, which only a damaged database could hold.
_line = (
    select(_row.id, _row.parent_id, literal(0).label("steps"))
    .where(_row.id == bindparam("which"), _here)
    .cte("line", recursive=True)
)
_line = _line.union_all(
    select(_row.id, _row.parent_id, _line.c.steps + 1).where(
        _row.id == _line.c.parent_id, _here, _line.c.steps + 1 < _limit
    )
)
LINE = select(generations).join(_line, _row.id == _line.c.id).order_by(_line.c.steps.desc())
EXTENSIONS = (
    select(generations)
    .where(HAS_PARENT, _row.parent_id.in_(bindparam("ids", expanding=True)), _here)
    .order_by(_row.created_at, _row.id)
    .limit(_limit)
)


def line(connection: Connection, guild_id: int, generation_id: str, most: int) -> list[Shown]:
    asked = {"guild": guild_id, "which": generation_id, "most": most}
    return [shown_of(row) for row in connection.execute(LINE, asked)]


def extensions(connection: Connection, guild_id: int, generation_ids: Sequence[str], most: int) -> list[Shown]:
    asked = {"guild": guild_id, "ids": list(generation_ids), "most": most}
    return [shown_of(row) for row in connection.execute(EXTENSIONS, asked)]


class SqlChains:
    """`bot.ports.Chains`; every method is documented there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def line(self, guild_id: int, generation_id: str, most: int) -> list[Shown]:
        return await self._database.read(line, guild_id, generation_id, most)

    async def extensions(self, guild_id: int, generation_ids: Sequence[str], most: int) -> list[Shown]:
        return await self._database.read(extensions, guild_id, generation_ids, most)
