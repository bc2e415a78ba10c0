"""How a member stands: limits, counters, bonus credits and what waits, read in one statement.

A statement costs more than what it reads: most of an admission's time is the way to the database's thread and back.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import (
    BigInteger,
    Connection,
    String,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)

from bot.domain.period import Span
from bot.domain.quota import Caps, Grant, Limit, Rules, Scope, Standing
from bot.ports import Claim
from bot.storage.columns import Moment, moment_of
from bot.storage.counters import IS_ASKED, Counters, Name
from bot.storage.purse_tables import IS_LEFT, grants, limits, spending
from bot.storage.tables import IS_WAITING, generations

_guild = bindparam("guild", type_=BigInteger)
_nothing = cast(null(), BigInteger)
_no_text = literal_column("''", String)

_USED = select(
    literal_column("'used'", String).label("kind"),
    spending.c.scope.label("name"),
    spending.c.period.label("detail"),
    spending.c.used.label("a"),
    _nothing.label("b"),
    _nothing.label("c"),
    _nothing.label("d"),
).where(IS_ASKED)
_SET = select(
    literal_column("'limit'", String),
    limits.c.scope,
    limits.c.span,
    limits.c.subject_id,
    limits.c.credits,
    _nothing,
    _nothing,
).where(limits.c.guild_id == _guild, limits.c.subject_id.in_(bindparam("subjects", expanding=True)))
_BONUS = select(
    literal_column("'grant'", String),
    _no_text,
    _no_text,
    grants.c.id,
    grants.c.credits,
    grants.c.used,
    type_coerce(grants.c.ends_at, BigInteger),
).where(
    IS_LEFT,
    grants.c.guild_id == _guild,
    grants.c.member == bindparam("member", type_=BigInteger),
    or_(grants.c.ends_at.is_(None), grants.c.ends_at > bindparam("now", type_=Moment)),
)
_WAITING = select(
    literal_column("'waiting'", String),
    _no_text,
    _no_text,
    func.count().filter(generations.c.user_id == bindparam("user", type_=BigInteger)),
    func.count(),
    _nothing,
    _nothing,
).where(IS_WAITING, generations.c.guild_id == _guild)
READ = union_all(_USED, _SET, _BONUS, _WAITING)
RULES = select(limits.c.scope, limits.c.span, limits.c.subject_id, limits.c.credits).where(limits.c.guild_id == _guild)


@dataclass(slots=True)
class Found:
    """What the rows say: rules that can hold for the member, counters, bonus credits, and how many wait."""

    rules: Rules
    used: dict[Name, int] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)
    waiting_member: int = 0
    waiting_server: int = 0

    def shared(self, counters: Counters, caps: Caps) -> list[Standing]:
        """The limits that the member shares with others."""
        every = (
            (Scope.OPERATOR_BOT, _a_day(caps.bot_a_day)),
            (Scope.OPERATOR_SERVER, _a_day(caps.server_a_day)),
            (Scope.SERVER, self.rules.server),
        )
        return [counters.standing(scope, limit, self.used) for scope, limit in every if limit is not None]

    def own(self, counters: Counters, user_id: int, role_ids: Iterable[int]) -> Standing | None:
        """The one limit of the member's own."""
        holds = self.rules.for_member(user_id, role_ids)
        return None if holds is None else counters.standing(*holds, self.used)


def read(connection: Connection, counters: Counters, user_id: int, claim: Claim) -> Found:
    """How a member stands now, as this transaction sees it."""
    asked = {
        **counters.asked,
        "guild": counters.guild_id,
        "subjects": [0, user_id, *claim.role_ids],
        "member": counters.member,
        "now": counters.now,
        "user": user_id,
    }
    found = Found(Rules())
    set_: list[tuple[str, str, int, int]] = []
    for kind, name, detail, a, b, c, d in connection.execute(READ, asked):
        match kind:
            case "used":
                found.used[name, detail] = a
            case "limit":
                set_.append((name, detail, a, b))
            case "grant":
                found.grants.append(Grant(a, b, c, moment_of(d)))
            case _:
                found.waiting_member, found.waiting_server = a, b
    found.rules = _rules_of(set_)
    return found


def rules(connection: Connection, guild_id: int) -> Rules:
    """Everything that moderators set."""
    return _rules_of(tuple(row) for row in connection.execute(RULES, {"guild": guild_id}))


def _a_day(credits_: int | None) -> Limit | None:
    return None if credits_ is None else Limit(credits_, Span.DAY)


def _rules_of(rows: Iterable[tuple[str, str, int, int]]) -> Rules:
    by_scope: dict[str, dict[int, Limit]] = {scope: {} for scope in Scope}
    for scope, span, subject_id, credits_ in rows:
        by_scope[scope][subject_id] = Limit(credits_, Span(span))
    return Rules(
        server=by_scope[Scope.SERVER].get(0),
        default=by_scope[Scope.DEFAULT].get(0),
        roles=by_scope[Scope.ROLE],
        members=by_scope[Scope.MEMBER],
    )
