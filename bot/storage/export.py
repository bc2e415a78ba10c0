"""All that is kept about a member in one server, as plain JSON values."""

from datetime import datetime

from sqlalchemy import BigInteger, Connection, RowMapping, Select, bindparam, or_, select

from bot.domain.quota import Scope
from bot.storage import audit
from bot.storage.finding_tables import films, showings
from bot.storage.house_tables import audit as audit_table
from bot.storage.house_tables import blocks
from bot.storage.pseudonyms import Pseudonyms
from bot.storage.purse_tables import grants, ledger, limits, spending
from bot.storage.tables import generations, preferences

_NOT_TOLD = frozenset({"token", "token_until", "prompt_words", "member"})
"""Columns left out: a secret of Discord's, a second spelling of the prompt, and a number that means nothing."""
_IDS = frozenset({"by"})
"""Columns that hold an id though their names do not end so."""

_guild = bindparam("guild", type_=BigInteger)
_user = bindparam("user", type_=BigInteger)
_pseudonym = bindparam("pseudonym", type_=BigInteger)
# A member who was forgotten once is found by the pseudonym too: it is still about them.
VIDEOS = (
    select(generations)
    .where(generations.c.guild_id == _guild, generations.c.user_id.in_([_user, -_pseudonym]))
    .order_by(generations.c.created_at, generations.c.id)
)
CREDITS = (
    select(ledger).where(ledger.c.guild_id == _guild, ledger.c.user_id.in_([_user, -_pseudonym])).order_by(ledger.c.id)
)
_own_ids = select(generations.c.id).where(
    generations.c.guild_id == _guild, generations.c.user_id.in_([_user, -_pseudonym])
)
SHOWN_AGAIN = select(showings).where(showings.c.generation_id.in_(_own_ids)).order_by(showings.c.message_id)
FILMED = select(films).where(films.c.generation_id.in_(_own_ids)).order_by(films.c.message_id)
# They hold in every server, so they are of each.
CHOSEN = select(preferences).where(preferences.c.user_id == _user)
BONUS = select(grants).where(grants.c.guild_id == _guild, grants.c.member == _pseudonym).order_by(grants.c.id)
COUNTED = (
    select(spending.c.period, spending.c.used)
    .where(spending.c.scope == bindparam("counter"))
    .order_by(spending.c.period)
)
LIMITS = select(limits).where(limits.c.guild_id == _guild, limits.c.scope == Scope.MEMBER, limits.c.subject_id == _user)
BLOCKED = select(blocks).where(blocks.c.guild_id == _guild, blocks.c.user_id == _user)
CHANGES = (
    select(audit_table)
    .where(
        audit_table.c.guild_id == _guild,
        or_(audit_table.c.actor_id == _user, audit_table.c.subject == bindparam("called")),
    )
    .order_by(audit_table.c.id)
)


def export(connection: Connection, pseudonyms: Pseudonyms, user_id: int, guild_id: int) -> dict[str, object]:
    """Rows by what they are about, with moments in ISO 8601, and ids as text since JSON's numbers cut them short."""
    member = pseudonyms.of(guild_id, user_id)
    who = {"guild": guild_id, "user": user_id}
    hidden = who | {"pseudonym": member}
    found: dict[str, list[dict[str, object]]] = {}

    def add(name: str, statement: Select[*tuple[object, ...]], asked: dict[str, object]) -> None:
        found[name] = [_plain(row) for row in connection.execute(statement, asked).mappings()]

    add("videos", VIDEOS, {**hidden})
    add("shown_again", SHOWN_AGAIN, {**hidden})
    add("films", FILMED, {**hidden})
    add("preferences", CHOSEN, {"user": user_id})
    add("ledger", CREDITS, {**hidden})
    add("bonus_credits", BONUS, {"guild": guild_id, "pseudonym": member})
    add("used", COUNTED, {"counter": f"member:{guild_id}:{member}"})
    add("limits", LIMITS, {**who})
    add("blocks", BLOCKED, {**who})
    add("audit_log", CHANGES, who | {"called": audit.of_member(user_id)})
    return {"server_id": str(guild_id), "member_id": str(user_id), **found}


def _plain(row: RowMapping) -> dict[str, object]:
    return {name: _value(name, value) for name, value in row.items() if name not in _NOT_TOLD}


def _value(name: str, value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, int) and (name.endswith("_id") or name in _IDS):
        return str(value)
    return value
