"""What moderators do to the money: limits, bonus credits and clean slates, each with its row in the audit log."""

from datetime import datetime

from sqlalchemy import BigInteger, Connection, bindparam, delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or  # its ON CONFLICT serves SQLite as it is

from bot.domain.period import Span
from bot.domain.quota import Entry, Grant, Limit, Scope
from bot.storage import audit
from bot.storage.audit import Act
from bot.storage.columns import Moment
from bot.storage.counters import IS_ASKED, Counters, Name, grant_name
from bot.storage.ledger import ENTER, take_turns
from bot.storage.pseudonyms import Pseudonyms
from bot.storage.purse_tables import IS_LEFT, grants, limits, spending

MODERATORS_OWN = frozenset({Scope.SERVER, Scope.DEFAULT, Scope.ROLE, Scope.MEMBER})
"""What moderators may set limits on. The operator's caps are in the settings alone."""

_this = (
    limits.c.guild_id == bindparam("guild", type_=BigInteger),
    limits.c.scope == bindparam("on"),
    limits.c.subject_id == bindparam("subject", type_=BigInteger),
)
LIMIT = select(limits.c.credits, limits.c.span).where(*_this)
_new = insert_or(limits)
SET_LIMIT = _new.on_conflict_do_update(
    index_elements=[limits.c.guild_id, limits.c.scope, limits.c.subject_id],
    set_={"credits": _new.excluded.credits, "span": _new.excluded.span},
)
CLEAR_LIMIT = delete(limits).where(*_this)
GRANT = insert(grants).returning(grants.c.id)
GIFTS_LEFT = select(grants.c.id, (grants.c.credits - grants.c.used).label("unspent")).where(
    IS_LEFT,
    grants.c.guild_id == bindparam("guild", type_=BigInteger),
    grants.c.member == bindparam("member", type_=BigInteger),
    or_(grants.c.ends_at.is_(None), grants.c.ends_at > bindparam("now", type_=Moment)),
)
SHRINK = update(grants).where(grants.c.id == bindparam("grant")).values(credits=grants.c.used)
USED = select(spending.c.scope, spending.c.period, spending.c.used).where(IS_ASKED)
EMPTY = (
    update(spending)
    .where(spending.c.scope == bindparam("scope_of"), spending.c.period == bindparam("period_of"))
    .values(used=0)
)


def set_limit(connection: Connection, act: Act, scope: Scope, subject_id: int, limit: Limit | None) -> Limit | None:
    """Put a limit in place of the one that was there, which is returned; the same again is no change."""
    if scope not in MODERATORS_OWN:
        raise ValueError(f"{scope} is not for moderators to set")
    where = {"guild": act.guild_id, "on": scope, "subject": subject_id}
    row = connection.execute(LIMIT, where).one_or_none()
    before = None if row is None else Limit(row.credits, Span(row.span))
    if limit == before:
        return before
    if limit is None:
        connection.execute(CLEAR_LIMIT, where)
    else:
        row_of = {"guild_id": act.guild_id, "scope": scope, "subject_id": subject_id}
        connection.execute(SET_LIMIT, row_of | {"credits": limit.credits, "span": limit.span})
    subject = f"{scope}:{subject_id}" if subject_id else str(scope)
    audit.note(connection, act.change("limit", subject, audit.told(before), audit.told(limit)))
    return before


def grant(
    connection: Connection, act: Act, user_id: int, amount: int, ends_at: datetime | None, *, pseudonyms: Pseudonyms
) -> Grant:
    """Give bonus credits."""
    member = pseudonyms.of(act.guild_id, user_id)
    left = sum(_gifts_left(connection, act, member).values())
    row = {"guild_id": act.guild_id, "member": member, "credits": amount, "used": 0, "ends_at": ends_at}
    kept = connection.execute(GRANT, row | {"why": act.why, "by": act.by, "at": act.now})
    given = Grant(kept.scalar_one(), amount, 0, ends_at)
    connection.execute(ENTER, _entry(act, user_id, Entry.GRANT, amount, grant_name(given.id)))
    told = f"{audit.amount(left)} of bonus", f"{audit.amount(left + amount)} of bonus, {audit.until(ends_at)}"
    audit.note(connection, act.change("grant", audit.of_member(user_id), *told))
    return given


def take_back(connection: Connection, act: Act, user_id: int, pseudonyms: Pseudonyms) -> int:
    """Shrink every gift in force to what was spent of it, with ledger rows that say by how much.

    A refund still makes room in the gift it was taken from: those credits had been spent, and were not taken back.
    """
    take_turns(connection)
    left = _gifts_left(connection, act, pseudonyms.of(act.guild_id, user_id))
    if not left:
        return 0
    entries = [_entry(act, user_id, Entry.TAKE_BACK, -unspent, grant_name(id_)) for id_, unspent in left.items()]
    connection.execute(ENTER, entries)
    connection.execute(SHRINK, [{"grant": id_} for id_ in left])
    taken = sum(left.values())
    told = f"{audit.amount(taken)} of bonus", f"{audit.amount(0)} of bonus"
    audit.note(connection, act.change("take back", audit.of_member(user_id), *told))
    return taken


def reset(
    connection: Connection, act: Act, pseudonyms: Pseudonyms, user_id: int | None, timezone: str
) -> dict[Span, int]:
    """Empty the counters of the present periods, with ledger rows that say how much was in them."""
    take_turns(connection)
    member = 0 if user_id is None else pseudonyms.of(act.guild_id, user_id)
    counters = Counters(act.guild_id, member, act.now, timezone)
    names = {span: counters.name(Scope.SERVER if user_id is None else Scope.MEMBER, span) for span in Span}
    used = {(row.scope, row.period): row.used for row in connection.execute(USED, counters.asked)}
    freed = {span: used.get(name, 0) for span, name in names.items()}
    full = {names[span]: credits_ for span, credits_ in freed.items() if credits_}
    if full:
        entries = [_entry(act, user_id or 0, Entry.RESET, credits_, name) for name, credits_ in full.items()]
        connection.execute(ENTER, entries)
        connection.execute(EMPTY, [{"scope_of": scope, "period_of": period} for scope, period in full])
    before = ", ".join(f"{audit.amount(credits_)} this {span}" for span, credits_ in freed.items())
    subject = str(Scope.SERVER) if user_id is None else audit.of_member(user_id)
    audit.note(connection, act.change("reset", subject, before, "0 credits"))
    return freed


def _gifts_left(connection: Connection, act: Act, member: int) -> dict[int, int]:
    """What is unspent of each gift in force."""
    asked = {"guild": act.guild_id, "member": member, "now": act.now}
    return {row.id: row.unspent for row in connection.execute(GIFTS_LEFT, asked)}


def _entry(act: Act, user_id: int, entry: Entry, credits_: int, counter: Name) -> dict[str, object]:
    return {
        "guild_id": act.guild_id,
        "user_id": user_id,
        "entry": entry,
        "credits": credits_,
        "at": act.now,
        "scope": counter[0],
        "period": counter[1],
    }
