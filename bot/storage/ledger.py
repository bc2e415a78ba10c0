"""What moves credits: a charge when a generation is admitted, and its refund, once, to where it was taken from.

Whether a request fits is decided from what this very transaction reads, and written in it. That is exact because
such transactions come one after the other: on SQLite each begins with BEGIN IMMEDIATE, which takes the one lock
for writing before anything is read; PostgreSQL has no such thing, so there they take turns by a lock of our own.
"""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Connection,
    String,
    and_,
    bindparam,
    exists,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_or  # its ON CONFLICT serves SQLite as it is

from bot.domain.errors import LimitReached, QueueFull
from bot.domain.generation import Generation
from bot.domain.quota import Entry, Fits, Met, decide
from bot.ports import Claim
from bot.storage import standing
from bot.storage.counters import GRANT, Counters, Name, grant_name
from bot.storage.pseudonyms import Pseudonyms
from bot.storage.purse_tables import grants, ledger, spending, spent

_TURN = text("SELECT pg_advisory_xact_lock(1146244434)")  # any number of our own will do

_amount = bindparam("amount", type_=BigInteger)
_new = insert_or(spending)
TAKE = _new.on_conflict_do_update(
    index_elements=[spending.c.scope, spending.c.period],
    set_={"used": spending.c.used + _new.excluded.used},
)
_of_grant = update(grants).where(grants.c.id == bindparam("grant"))
TAKE_BONUS = _of_grant.values(used=grants.c.used + _amount)
GIVE_BONUS = _of_grant.values(used=grants.c.used - _amount)
GIVE = (
    update(spending)
    .where(spending.c.scope == bindparam("scope_of"), spending.c.period == bindparam("period_of"))
    .values(used=spending.c.used - _amount)
)
REMEMBER = insert(spent)
ENTER = insert(ledger)
REFUND = (
    insert_or(ledger)
    .on_conflict_do_nothing(index_elements=[ledger.c.generation_id, ledger.c.entry])
    .returning(ledger.c.id)
)
_which: BindParameter[str] = bindparam("which", type_=String)
_later = ledger.alias()
_charged = select(ledger.c.id).where(ledger.c.generation_id == _which, ledger.c.entry == Entry.CHARGE)
# A reset after the charge has given these credits back already: to do it again would make up credits.
TAKEN = select(spent.c.scope, spent.c.period, spent.c.credits).where(
    spent.c.generation_id == _which,
    ~exists().where(
        and_(
            _later.c.scope == spent.c.scope,
            _later.c.period == spent.c.period,
            _later.c.entry == Entry.RESET,
            _later.c.id > _charged.scalar_subquery(),
        )
    ),
)


def take_turns(connection: Connection) -> None:
    """Let no other transaction that moves credits run beside this one."""
    if connection.dialect.name == "postgresql":
        connection.execute(_TURN)


def charge(connection: Connection, generation: Generation, claim: Claim, pseudonyms: Pseudonyms) -> None:
    """Take a new generation's price. Raises LimitReached and QueueFull, and the caller rolls back."""
    member = pseudonyms.of(generation.guild_id, generation.user_id)
    counters = Counters(generation.guild_id, member, generation.created_at, claim.timezone)
    found = standing.read(connection, counters, generation.user_id, claim)
    shared = found.shared(counters, claim.caps)
    own = found.own(counters, generation.user_id, claim.role_ids)
    match decide(generation.price, shared, own, found.grants):
        case Met() as met:
            raise LimitReached(met, generation.price)
        case Fits() as fits:
            pass
    if found.waiting_member > claim.most_waiting_member:
        raise QueueFull("member", claim.most_waiting_member)
    if found.waiting_server > claim.most_waiting_server:
        raise QueueFull("server", claim.most_waiting_server)
    connection.execute(ENTER, _entry(generation, Entry.CHARGE, -generation.price, generation.created_at))
    _take(connection, generation, counters, fits)


def refund(connection: Connection, generation: Generation) -> None:
    """Give a generation's price back, unless that was done before."""
    row = _entry(generation, Entry.REFUND, generation.price, generation.changed_at)
    if connection.execute(REFUND, row).first() is None:
        return
    taken = connection.execute(TAKEN, {"which": generation.id}).all()
    counters = [
        {"scope_of": scope, "period_of": period, "amount": credits_}
        for scope, period, credits_ in taken
        if not scope.startswith(GRANT)
    ]
    bonus = [
        {"grant": int(scope.removeprefix(GRANT)), "amount": credits_}
        for scope, _, credits_ in taken
        if scope.startswith(GRANT)
    ]
    if counters:
        connection.execute(GIVE, counters)
    if bonus:
        connection.execute(GIVE_BONUS, bonus)


def _take(connection: Connection, generation: Generation, counters: Counters, fits: Fits) -> None:
    counted: list[tuple[Name, int]] = [(name, generation.price) for name in counters.shared]
    counted += [(name, fits.own) for name in counters.own]
    counted = [(name, credits_) for name, credits_ in counted if credits_]
    remembered = counted + [(grant_name(grant), credits_) for grant, credits_ in fits.bonus]
    if not remembered:
        return
    connection.execute(TAKE, [{"scope": name[0], "period": name[1], "used": used} for name, used in counted])
    connection.execute(
        REMEMBER,
        [
            {"generation_id": generation.id, "scope": name[0], "period": name[1], "credits": credits_}
            for name, credits_ in remembered
        ],
    )
    if fits.bonus:
        connection.execute(TAKE_BONUS, [{"grant": grant, "amount": credits_} for grant, credits_ in fits.bonus])


def _entry(generation: Generation, entry: Entry, credits_: int, at: datetime) -> dict[str, object]:
    return {
        "generation_id": generation.id,
        "guild_id": generation.guild_id,
        "user_id": generation.user_id,
        "entry": entry,
        "credits": credits_,
        "at": at,
    }
