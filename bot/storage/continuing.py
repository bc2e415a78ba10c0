"""Parts that follow by themselves: the next is admitted in the very transaction that takes it from the one before."""

from sqlalchemy import Connection, Integer, bindparam, case, select, update

from bot.domain.card import Shown
from bot.domain.continuing import key_of_next
from bot.domain.generation import WITH_RELAY, Generation
from bot.domain.notices import Notice
from bot.ports import Claim
from bot.storage import facts, ledger, progress
from bot.storage.pseudonyms import Pseudonyms
from bot.storage.rows import AnyRow, first_row, generation_of, shown_of
from bot.storage.tables import IS_TO_CONTINUE, generations, notes

_row = generations.c
_WANTED = (Notice.MENTION, Notice.DM)
_which = _row.id == bindparam("which")
_UNTOLD = "untold stop:"
"""How the key of the fact begins that a word is owed about where a chain was stopped: its last part's id follows."""

# Its member is told at the end of the chain, unless they are being told already.
TAKE_NEXT = (
    update(generations)
    .where(_which, IS_TO_CONTINUE)
    .values(more_parts=0, notice=case((_row.notice.in_(_WANTED), Notice.NOT_NEEDED), else_=_row.notice))
)
# While the relay has it, its card says what is to follow, and is due again. In any other state another change is what
# makes it due, or it says nothing of that.
STOP = (
    update(generations)
    .where(_which, _row.more_parts > 0)
    .values(more_parts=0, shown_version=case((_row.state.in_(WITH_RELAY), 0), else_=_row.shown_version))
    .returning(generations)
)
_OF = select(generations).where(_which)
_OF_ACTION = select(generations).where(_row.action_key == bindparam("action_key"))


# Few at any time, among few facts in all: what is settled is taken out again.
UNTOLD = select(notes.c.key).where(notes.c.key.startswith(_UNTOLD, autoescape=True)).limit(bindparam("most", Integer()))
_SEVERAL = select(generations).where(_row.id.in_(bindparam("ids", expanding=True)))


def admit_next(connection: Connection, generation: Generation, *, claim: Claim, pseudonyms: Pseudonyms) -> bool:
    """Take it from its parent, insert and charge."""
    ledger.take_turns(connection)
    taken = connection.execute(TAKE_NEXT, {"which": generation.request.parent_id}).rowcount > 0
    if not taken or connection.execute(progress.ADMIT, first_row(generation, None, None)).first() is None:
        return False
    ledger.charge(connection, generation, claim, pseudonyms)
    return True


def stop_chain(connection: Connection, generation_id: str, *, untold: bool) -> Generation | None:
    """Along the parts that have followed by themselves, to the one that others were to follow."""
    row: AnyRow | None = connection.execute(_OF, {"which": generation_id}).one_or_none()
    while row is not None:
        stopped = connection.execute(STOP, {"which": row.id}).one_or_none()
        if stopped is not None:
            if untold:
                facts.note(connection, f"{_UNTOLD}{stopped.id}", "")
            return generation_of(stopped)
        row = connection.execute(_OF_ACTION, {"action_key": key_of_next(generation_of(row))}).one_or_none()
    return None


def untold_stops(connection: Connection, limit: int) -> list[Shown]:
    """The last parts of which a word is owed."""
    keys = connection.execute(UNTOLD, {"most": limit}).scalars().all()
    if not keys:
        return []
    found = connection.execute(_SEVERAL, {"ids": [key.removeprefix(_UNTOLD) for key in keys]})
    return [shown_of(row) for row in found]


def stop_told(connection: Connection, generation_id: str) -> None:
    """Take the fact out."""
    facts.forget(connection, f"{_UNTOLD}{generation_id}")
