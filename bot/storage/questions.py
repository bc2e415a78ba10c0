"""What is asked of the store. Each question of a loop says the condition of its index: see `tables`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Connection, Integer, and_, bindparam, func, or_, select

from bot.domain.card import LONGEST_PAUSE, Shown
from bot.domain.continuing import BY_ITSELF
from bot.domain.generation import Generation
from bot.domain.turns import InLine
from bot.ports import Followed, VideoMatch
from bot.storage.columns import Moment
from bot.storage.finding_tables import films, showings
from bot.storage.rows import followed_of, generation_of, in_line_of, match_of, searchable, shown_of
from bot.storage.tables import (
    IS_BUSY,
    IS_COMPLETED,
    IS_DUE,
    IS_EXPIRED,
    IS_TO_CONTINUE,
    IS_UNATTACHED,
    IS_UNCERTAIN,
    IS_UNSHOWN,
    IS_WAITING,
    IS_WITH_RELAY,
    generations,
    in_server,
)

MOST_NAMED = 500
"""Servers named in one statement: where more have somebody waiting, all that is with the relay is read."""

_row = generations.c
_limit: BindParameter[int] = bindparam("most", type_=Integer)
_moment = bindparam("moment", type_=Moment)
_far_off = bindparam("far_off", type_=Moment)
_sort = (_row.model, _row.duration, _row.resolution, _row.kind)
_followed = select(_row.id, _row.relay_id, _row.state, _row.submitted_at, *_sort)

GET = select(generations).where(_row.id == bindparam("which"))
_in_line = select(_row.id, _row.guild_id, _row.user_id, _row.created_at)
LINE = _in_line.where(IS_DUE).order_by(_row.created_at, _row.id)
BUSY = select(_row.guild_id, _row.user_id, func.count()).where(IS_BUSY).group_by(_row.guild_id, _row.user_id)
_here = _row.guild_id == bindparam("guild", type_=BigInteger)
LINE_HERE = _in_line.where(IS_WAITING, _here, _row.message_id.is_not(None))
BUSY_HERE = BUSY.where(_here)
BUSY_THERE = BUSY.where(_row.guild_id.in_(bindparam("guilds", expanding=True)))
SEVERAL = select(generations).where(_row.id.in_(bindparam("ids", expanding=True)))
FOLLOWED = _followed.where(IS_WITH_RELAY).union_all(_followed.where(IS_EXPIRED, _row.submitted_at > _moment))
WITH_RELAY = select(_row.id).where(IS_WITH_RELAY)
UNCERTAIN = select(generations).where(IS_UNCERTAIN, _row.changed_at < _moment).order_by(_row.changed_at).limit(_limit)
_unattached = select(generations).where(IS_UNATTACHED).order_by(_row.created_at, _row.id).limit(_limit)
_by_itself = _row.action_key.startswith(BY_ITSELF)
UNATTACHED = _unattached.where(~_by_itself)
UNPOSTED = _unattached.where(_by_itself)
TO_CONTINUE = select(generations).where(IS_TO_CONTINUE).order_by(_row.finished_at).limit(_limit)
UNSHOWN = (
    select(generations)
    .where(IS_UNSHOWN, or_(_row.next_try_at.is_(None), _row.next_try_at <= _moment, _row.next_try_at > _far_off))
    .order_by(_row.changed_at)
    .limit(_limit)
)
COMPLETED = (
    select(_row.id, _row.prompt, _row.part, _row.channel_id, _row.finished_at)
    .where(IS_COMPLETED, _row.guild_id == bindparam("guild"), _row.user_id == bindparam("user"))
    .order_by(_row.finished_at.desc())
    .limit(_limit)
)
BY_MESSAGE = (
    select(generations)
    .where(
        in_server(bindparam("guild", type_=BigInteger)),
        or_(_row.message_id == bindparam("message"), _row.first_message_id == bindparam("message")),
    )
    .limit(1)
)


SHOWN_BY = (
    select(generations)
    .join_from(showings, generations, and_(_row.id == showings.c.generation_id))
    .where(
        showings.c.message_id == bindparam("message", type_=BigInteger),
        in_server(bindparam("guild", type_=BigInteger)),
    )
)
FILMED_IN = (
    select(generations)
    .join_from(films, generations, and_(_row.id == films.c.generation_id))
    .where(
        films.c.message_id == bindparam("message", type_=BigInteger), in_server(bindparam("guild", type_=BigInteger))
    )
    .order_by(_row.part.desc())
    .limit(1)
)


def get(connection: Connection, generation_id: str) -> Shown | None:
    row = connection.execute(GET, {"which": generation_id}).one_or_none()
    return None if row is None else shown_of(row)


def line(connection: Connection) -> tuple[list[InLine], dict[tuple[int, int], int]]:
    """Both as of one moment: a row that is taken out of the line is counted as busy."""
    waiting = [in_line_of(row) for row in connection.execute(LINE)]
    guilds = {one.guild_id for one in waiting}
    if len(guilds) > MOST_NAMED:
        return waiting, _counted(connection.execute(BUSY))
    return waiting, _counted(connection.execute(BUSY_THERE, {"guilds": list(guilds)})) if guilds else {}


def _counted(rows: Iterable[Any]) -> dict[tuple[int, int], int]:
    return {(guild_id, user_id): count for guild_id, user_id, count in rows}


def line_of(connection: Connection, guild_id: int) -> tuple[list[InLine], dict[tuple[int, int], int]]:
    """As many rows as may wait in one server, by an index that begins with the server."""
    here = {"guild": guild_id}
    waiting = [in_line_of(row) for row in connection.execute(LINE_HERE, here)]
    return waiting, _counted(connection.execute(BUSY_HERE, here))


def several(connection: Connection, generation_ids: Sequence[str]) -> list[Generation]:
    """In the order asked for."""
    found = {row.id: generation_of(row) for row in connection.execute(SEVERAL, {"ids": list(generation_ids)})}
    return [found[each] for each in generation_ids if each in found]


def followed(connection: Connection, expired_after: datetime) -> list[Followed]:
    return [followed_of(row) for row in connection.execute(FOLLOWED, {"moment": expired_after})]


def with_relay(connection: Connection) -> list[str]:
    return list(connection.execute(WITH_RELAY).scalars())


def uncertain_before(connection: Connection, moment: datetime, limit: int) -> list[Generation]:
    return [generation_of(row) for row in connection.execute(UNCERTAIN, {"moment": moment, "most": limit})]


def unattached(connection: Connection, limit: int) -> list[Shown]:
    return [shown_of(row) for row in connection.execute(UNATTACHED, {"most": limit})]


def unposted(connection: Connection, limit: int) -> list[Shown]:
    return [shown_of(row) for row in connection.execute(UNPOSTED, {"most": limit})]


def to_continue(connection: Connection, limit: int) -> list[Shown]:
    return [shown_of(row) for row in connection.execute(TO_CONTINUE, {"most": limit})]


def unshown(connection: Connection, now: datetime, limit: int) -> list[Shown]:
    asked = {"moment": now, "far_off": now + LONGEST_PAUSE, "most": limit}
    return [shown_of(row) for row in connection.execute(UNSHOWN, asked)]


def completed(
    connection: Connection, guild_id: int, user_id: int, words: Iterable[str], limit: int
) -> list[VideoMatch]:
    """Every word must stand in the prompt; `%` and `_` in a word are letters like others."""
    wanted = (searchable(word) for word in words)
    query = COMPLETED.where(*(_row.prompt_words.contains(word, autoescape=True) for word in wanted if word))
    asked = {"guild": guild_id, "user": user_id, "most": limit}
    return [match_of(row) for row in connection.execute(query, asked)]


def by_message(connection: Connection, guild_id: int, message_id: int) -> Generation | None:
    """By the message that shows it, the first one, which a second may have replaced, or one that shows it again.

    A film shows several; it names the last of them, where it ends.
    """
    asked = {"guild": guild_id, "message": message_id}
    rows = (connection.execute(question, asked).one_or_none() for question in (BY_MESSAGE, SHOWN_BY, FILMED_IN))
    row = next(filter(None, rows), None)
    return None if row is None else generation_of(row)
