"""The purse of `bot.ports` on SQL: says of each call whether it reads or writes, and leaves the words to others."""

from datetime import datetime

from sqlalchemy import BigInteger, Connection, Integer, bindparam, exists, select

from bot.domain.generation import Generation
from bot.domain.period import Span
from bot.domain.quota import Grant, Limit, Rules, Scope
from bot.ports import Balance, Claim, Spending
from bot.storage import allotting, audit, progress, report, standing
from bot.storage.audit import Act
from bot.storage.counters import Counters
from bot.storage.engine import Database
from bot.storage.pseudonyms import Pseudonyms
from bot.storage.rows import generation_of
from bot.storage.tables import IS_UNCERTAIN, IS_WAITING, generations, in_server

_row = generations.c
_limit = bindparam("most", type_=Integer)
_guild = bindparam("guild", type_=BigInteger)
OWN_WAITING = (
    select(_row.id)
    .where(IS_WAITING, _row.guild_id == _guild, _row.user_id == bindparam("user", type_=BigInteger))
    .order_by(_row.created_at)
)
ALL_UNCERTAIN = select(generations).where(IS_UNCERTAIN).order_by(_row.changed_at).limit(_limit)
UNCERTAIN_HERE = select(generations).where(IS_UNCERTAIN, in_server(_guild)).order_by(_row.changed_at).limit(_limit)
KNOWN_ID = select(exists().where(_row.relay_id == bindparam("relay")))


class SqlPurse:
    """`bot.ports.Purse`; every method is documented there."""

    def __init__(self, database: Database, pseudonyms: Pseudonyms) -> None:
        self._database = database
        self._pseudonyms = pseudonyms

    async def balance(self, guild_id: int, user_id: int, claim: Claim, now: datetime) -> Balance:
        counters = Counters(guild_id, self._pseudonyms.of(guild_id, user_id), now, claim.timezone)
        return await self._database.read(balance, counters, user_id, claim)

    async def rules(self, guild_id: int) -> Rules:
        return await self._database.read(standing.rules, guild_id)

    async def set_limit(
        self, guild_id: int, scope: Scope, subject_id: int, limit: Limit | None, *, by: int, why: str, now: datetime
    ) -> Limit | None:
        act = Act(guild_id, by, why, now)
        return await self._database.write(allotting.set_limit, act, scope, subject_id, limit)

    async def grant(
        self, guild_id: int, user_id: int, amount: int, ends_at: datetime | None, *, by: int, why: str, now: datetime
    ) -> Grant:
        act = Act(guild_id, by, why, now)
        return await self._database.write(allotting.grant, act, user_id, amount, ends_at, pseudonyms=self._pseudonyms)

    async def take_back(self, guild_id: int, user_id: int, *, by: int, why: str, now: datetime) -> int:
        act = Act(guild_id, by, why, now)
        return await self._database.write(allotting.take_back, act, user_id, self._pseudonyms)

    async def reset(
        self, guild_id: int, user_id: int | None, timezone: str, *, by: int, why: str, now: datetime
    ) -> dict[Span, int]:
        act = Act(guild_id, by, why, now)
        return await self._database.write(allotting.reset, act, self._pseudonyms, user_id, timezone)

    async def spending(self, guild_id: int, since: datetime, until: datetime, timezone: str) -> list[Spending]:
        return await self._database.read(report.spending, guild_id, since, until, timezone)

    async def resolve(self, before: Generation, after: Generation, *, keep_charge: bool, by: int, why: str) -> bool:
        act = Act(before.guild_id, by, why, after.changed_at)
        return await self._database.write(resolve, act, before, after, keep_charge=keep_charge)

    async def knows_relay_id(self, relay_id: str) -> bool:
        return await self._database.read(knows_relay_id, relay_id)

    async def uncertain(self, guild_id: int | None, limit: int) -> list[Generation]:
        return await self._database.read(uncertain, guild_id, limit)


def balance(connection: Connection, counters: Counters, user_id: int, claim: Claim) -> Balance:
    """The limits that all share first, then the member's own."""
    found = standing.read(connection, counters, user_id, claim)
    own = found.own(counters, user_id, claim.role_ids)
    waiting = connection.execute(OWN_WAITING, {"guild": counters.guild_id, "user": user_id}).scalars()
    return Balance(
        (*found.shared(counters, claim.caps), *([] if own is None else [own])), tuple(found.grants), tuple(waiting)
    )


def resolve(connection: Connection, act: Act, before: Generation, after: Generation, *, keep_charge: bool) -> bool:
    """Compare and set, and the audit row only where it was set."""
    if not progress.save(connection, before, after, keep_charge=keep_charge):
        return False
    told = f"{after.state}, {'credits kept' if keep_charge else 'credits given back'}"
    audit.note(connection, act.change("resolve", before.id, str(before.state), told))
    return True


def knows_relay_id(connection: Connection, relay_id: str) -> bool:
    """Whether any generation has it."""
    return bool(connection.execute(KNOWN_ID, {"relay": relay_id}).scalar_one())


def uncertain(connection: Connection, guild_id: int | None, limit: int) -> list[Generation]:
    """Of one server, or of all."""
    statement = ALL_UNCERTAIN if guild_id is None else UNCERTAIN_HERE
    asked = {"most": limit} if guild_id is None else {"most": limit, "guild": guild_id}
    return [generation_of(row) for row in connection.execute(statement, asked)]
