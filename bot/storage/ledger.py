"""What moves credits: a charge when a generation is admitted, and its refund, once, into the periods it came from.

A limit is held by one conditional statement. To read the counter and then write it would grant too much, since
another process can do the same in between.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Connection, bindparam, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as insert_or  # its ON CONFLICT serves SQLite as it is

from bot.domain.errors import LimitReached
from bot.domain.generation import Generation
from bot.domain.quota import Allowance, Entry
from bot.storage.tables import ledger, spending, spent

_cost = bindparam("cost", type_=BigInteger)
_TAKE = (
    insert_or(spending)
    .values(scope=bindparam("scope"), period=bindparam("period"), used=_cost)
    .on_conflict_do_update(
        index_elements=[spending.c.scope, spending.c.period],
        set_={"used": spending.c.used + _cost},
        where=spending.c.used + _cost <= bindparam("limit", type_=BigInteger),
    )
    .returning(spending.c.used)
)
_REMEMBER = insert(spent)
_CHARGE = insert(ledger)
_REFUND = (
    insert_or(ledger)
    .on_conflict_do_nothing(index_elements=[ledger.c.generation_id, ledger.c.entry])
    .returning(ledger.c.id)
)
_taken = spent.c.generation_id == bindparam("which")
_PUT_BACK = (
    update(spending)
    .where(tuple_(spending.c.scope, spending.c.period).in_(select(spent.c.scope, spent.c.period).where(_taken)))
    .values(
        used=spending.c.used
        - select(spent.c.credits)
        .where(_taken, spent.c.scope == spending.c.scope, spent.c.period == spending.c.period)
        .scalar_subquery()
    )
)


def charge(connection: Connection, generation: Generation, allowances: Sequence[Allowance]) -> None:
    """Take a new generation's price out of every allowance. Raises LimitReached, and the caller rolls back."""
    cost = generation.price
    for allowance in allowances:
        _take(connection, allowance, cost)
    connection.execute(_CHARGE, _entry(generation, Entry.CHARGE, -cost, generation.created_at))
    if allowances:
        taken = [
            {"generation_id": generation.id, "scope": a.scope, "period": a.period, "credits": cost} for a in allowances
        ]
        connection.execute(_REMEMBER, taken)


def refund(connection: Connection, generation: Generation) -> None:
    """Give a generation's price back, unless that was done before."""
    row = _entry(generation, Entry.REFUND, generation.price, generation.changed_at)
    if connection.execute(_REFUND, row).first() is not None:
        connection.execute(_PUT_BACK, {"which": generation.id})


def _take(connection: Connection, allowance: Allowance, cost: int) -> None:
    # The condition guards a counter that is there; the first charge of a period makes it, and is judged here.
    held = cost <= allowance.limit
    if held:
        asked = {"scope": allowance.scope, "period": allowance.period, "cost": cost, "limit": allowance.limit}
        held = connection.execute(_TAKE, asked).first() is not None
    if not held:
        raise LimitReached(allowance.scope, cost)


def _entry(generation: Generation, entry: Entry, credits_: int, at: datetime) -> dict[str, object]:
    return {
        "generation_id": generation.id,
        "guild_id": generation.guild_id,
        "user_id": generation.user_id,
        "entry": entry,
        "credits": credits_,
        "at": at,
    }
