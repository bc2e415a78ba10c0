"""What changes a generation: admission, the compare-and-set of a new state, and what needs no reading first."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or  # its ON CONFLICT serves SQLite as it is

from bot.domain.generation import GIVES_BACK, Generation, GenerationState
from bot.ports import Admitted, Claim
from bot.storage import ledger
from bot.storage.columns import Moment
from bot.storage.pseudonyms import Pseudonyms
from bot.storage.rows import first_row, generation_of, progress
from bot.storage.tables import AWAITS_ID, IS_COMPLETED, IS_SUBMITTING, generations

_which = generations.c.id == bindparam("which")

ADMIT = (
    insert_or(generations).on_conflict_do_nothing(index_elements=[generations.c.action_key]).returning(generations.c.id)
)
_ONE = select(generations).where(_which)
_OF_ACTION = select(generations).where(generations.c.action_key == bindparam("action_key"))
# What was erased stays as it is: else a look that began before would bring its link back.
SAVE = update(generations).where(
    _which, generations.c.version == bindparam("expected"), generations.c.erased_at.is_(None)
)
LATE_ID = (
    update(generations)
    .where(_which, AWAITS_ID)
    .values(
        state=GenerationState.QUEUED,
        relay_id=bindparam("new_relay_id"),
        version=generations.c.version + 1,
        changed_at=bindparam("moment", type_=Moment),
    )
    .returning(generations)
)
_RELINK = update(generations).where(_which, IS_COMPLETED).values(video_url=bindparam("new_url"))
SWEEP = (
    update(generations)
    .where(IS_SUBMITTING)
    .values(
        state=GenerationState.UNCERTAIN,
        more_parts=0,
        version=generations.c.version + 1,
        changed_at=bindparam("moment", type_=Moment),
    )
    .returning(generations.c.id)
)


def admit(
    connection: Connection,
    generation: Generation,
    *,
    token: str,
    token_until: datetime,
    claim: Claim,
    pseudonyms: Pseudonyms,
) -> Admitted:
    """Insert and charge, or find what the same action brought before."""
    ledger.take_turns(connection)
    if connection.execute(ADMIT, first_row(generation, token, token_until)).first() is None:
        known = connection.execute(_OF_ACTION, {"action_key": generation.action_key}).one()
        return Admitted(generation_of(known), fresh=False)
    ledger.charge(connection, generation, claim, pseudonyms)
    return Admitted(generation, fresh=True)


def save(connection: Connection, before: Generation, after: Generation, *, keep_charge: bool = False) -> bool:
    """Compare and set on the version, with the refund where the new state gives back, but for `keep_charge`."""
    gives_back = after.state in GIVES_BACK and before.state not in GIVES_BACK and not keep_charge
    if gives_back:
        ledger.take_turns(connection)
    expected = {"which": before.id, "expected": before.version}
    if connection.execute(SAVE, progress(after) | expected).rowcount == 0:
        return False
    if gives_back:
        ledger.refund(connection, after)
    return True


def advance(
    connection: Connection, generation_id: str, step: Callable[[Generation], Generation | None]
) -> Generation | None:
    """Read, step and save in one transaction. Other steps wait for it where they must."""
    row = connection.execute(_ONE, {"which": generation_id}).one_or_none()
    if row is None:
        return None
    before = generation_of(row)
    after = step(before)
    return after if after is not None and save(connection, before, after) else None


def late_id(connection: Connection, generation_id: str, relay_id: str, now: datetime) -> Generation | None:
    """Take the relay's id where none is known and one may still come."""
    facts = {"which": generation_id, "new_relay_id": relay_id, "moment": now}
    row = connection.execute(LATE_ID, facts).one_or_none()
    return None if row is None else generation_of(row)


def relink(connection: Connection, generation_id: str, video_url: str) -> None:
    """Replace the link of a completed video."""
    connection.execute(_RELINK, {"which": generation_id, "new_url": video_url})


def sweep(connection: Connection, now: datetime) -> list[str]:
    """Whatever was being sent when the process died may have been sent."""
    return list(connection.execute(SWEEP, {"moment": now}).scalars())
