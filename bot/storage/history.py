"""How long tasks took lately. Read once, at a start, by an index that leads to the last ends however many there are."""

from sqlalchemy import Connection, Integer, bindparam, select

from bot.domain.generation import GenerationState
from bot.ports import Ended
from bot.storage.rows import sort_of
from bot.storage.tables import IS_ERASABLE, generations

_row = generations.c
_ENDED_BY_RELAY = (GenerationState.COMPLETED, GenerationState.FAILED)

# The limit stands within, so that a long time of requests that the relay refused costs no more than any other.
_last = (
    select(_row.model, _row.duration, _row.resolution, _row.kind)
    .add_columns(_row.state, _row.relay_id, _row.submitted_at, _row.finished_at)
    .where(IS_ERASABLE)
    .order_by(_row.finished_at.desc())
    .limit(bindparam("most", type_=Integer))
    .subquery()
)
ENDED = select(_last).where(
    _last.c.state.in_(_ENDED_BY_RELAY), _last.c.relay_id.is_not(None), _last.c.submitted_at < _last.c.finished_at
)


def ended(connection: Connection, limit: int) -> list[Ended]:
    """What was erased is left out: it ended long ago, or its member wished to be forgotten."""
    rows = connection.execute(ENDED, {"most": limit}).all()
    return [Ended(sort_of(row), (row.finished_at - row.submitted_at).total_seconds()) for row in reversed(rows)]
