"""The record of who changed what: written in the transaction of the change itself, and never altered."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Connection, Integer, bindparam, insert, select

from bot.domain.quota import Limit
from bot.ports import Change
from bot.storage.house_tables import audit

NOTHING = "none"
"""How the absence of a limit, a channel or a role is written."""

NOTE = insert(audit)
RECENT = (
    select(audit)
    .where(audit.c.guild_id == bindparam("guild", type_=BigInteger))
    .order_by(audit.c.id.desc())
    .limit(bindparam("most", type_=Integer))
)


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something in which server, why and when; 0 is the operator."""

    guild_id: int
    by: int
    why: str
    now: datetime

    def change(self, action: str, subject: str, before: str, after: str) -> Change:
        """What the audit log says of it."""
        return Change(self.guild_id, self.by, action, subject, before, after, self.why, self.now)


def note(connection: Connection, change: Change) -> None:
    """Keep one change."""
    connection.execute(
        NOTE,
        {
            "guild_id": change.guild_id,
            "actor_id": change.actor_id,
            "action": change.action,
            "subject": change.subject,
            "before": change.before,
            "after": change.after,
            "why": change.why,
            "at": change.at,
        },
    )


def recent(connection: Connection, guild_id: int, limit: int) -> list[Change]:
    """The newest first."""
    found = connection.execute(RECENT, {"guild": guild_id, "most": limit})
    return [
        Change(row.guild_id, row.actor_id, row.action, row.subject, row.before, row.after, row.why, row.at)
        for row in found
    ]


def of_member(user_id: int) -> str:
    """How a member is called as the subject of a change."""
    return f"member:{user_id}"


def amount(credits_: int) -> str:
    """Credits in words."""
    return "1 credit" if credits_ == 1 else f"{credits_} credits"


def told(limit: Limit | None) -> str:
    """A limit in words."""
    return NOTHING if limit is None else f"{amount(limit.credits)} a {limit.span}"


def until(moment: datetime | None) -> str:
    """An end in words, in UTC."""
    return "without an end" if moment is None else f"until {moment:%Y-%m-%d %H:%M} UTC"
