"""What is noted of a card. None of it touches the generation's version: showing changes nothing about a video."""

from datetime import datetime

from sqlalchemy import Connection, Integer, bindparam, case, null, update

from bot.domain.card import CardState, GoneReason
from bot.storage.columns import Moment
from bot.storage.tables import HAS_TOKEN, generations

_row = generations.c
_which = _row.id == bindparam("which")
_not_gone = _row.card_state != CardState.GONE
_NO_TOKEN = {"token": null(), "token_until": null()}
_FIRST_ANSWER = 1
"""The version that the answer to the interaction shows: a generation is admitted with it."""

ATTACH = (
    update(generations)
    .where(_which, _row.message_id.is_(None))
    .values(
        card_state=CardState.LIVE,
        gone_reason=null(),
        message_id=bindparam("message"),
        first_message_id=bindparam("message"),
        shown_version=_FIRST_ANSWER,
    )
)
SHOWN = (
    update(generations)
    .where(
        _which,
        _row.card_state == CardState.LIVE,
        _row.shown_version <= bindparam("shown", type_=Integer),
    )
    .values(
        shown_version=bindparam("shown", type_=Integer),
        message_id=bindparam("message"),
        reposted_at=case((_row.message_id != bindparam("message"), _row.reposting_since), else_=_row.reposted_at),
        reposting_since=null(),
        tries=0,
        next_try_at=null(),
    )
)
_SHOWN_LAST = SHOWN.values(_NO_TOKEN)
_GONE = (
    update(generations)
    .where(_which, _not_gone)
    .values(card_state=CardState.GONE, gone_reason=bindparam("reason"), next_try_at=null(), **_NO_TOKEN)
)
_TRIED = (
    update(generations)
    .where(_which, _not_gone)
    .values(tries=_row.tries + 1, next_try_at=bindparam("moment", type_=Moment))
)
_REPOST = (
    update(generations)
    .where(_which, _not_gone, _row.reposting_since.is_(None))
    .values(reposting_since=bindparam("moment", type_=Moment))
)
ERASE = update(generations).where(HAS_TOKEN, _row.token_until <= bindparam("moment", type_=Moment)).values(_NO_TOKEN)


def attach(connection: Connection, generation_id: str, message_id: int) -> bool:
    """Note the message, once. Its being there outweighs an earlier belief that there is none."""
    return connection.execute(ATTACH, {"which": generation_id, "message": message_id}).rowcount > 0


def note_shown(
    connection: Connection, generation_id: str, version: int, message_id: int, *, forget_token: bool
) -> None:
    """The message shows that version, or a higher one already."""
    statement = _SHOWN_LAST if forget_token else SHOWN
    connection.execute(statement, {"which": generation_id, "shown": version, "message": message_id})


def note_gone(connection: Connection, generation_id: str, reason: GoneReason) -> None:
    """The first reason stays, and the token with which nothing can be shown any more goes."""
    connection.execute(_GONE, {"which": generation_id, "reason": reason})


def note_try(connection: Connection, generation_id: str, next_try_at: datetime) -> None:
    """Count a try that failed."""
    connection.execute(_TRIED, {"which": generation_id, "moment": next_try_at})


def note_repost(connection: Connection, generation_id: str, now: datetime) -> None:
    """A second message is about to be sent; the moment of the first try stands until one is known to have gone well."""
    connection.execute(_REPOST, {"which": generation_id, "moment": now})


def erase_tokens(connection: Connection, now: datetime) -> int:
    """Erase what Discord does not honour any more."""
    return connection.execute(ERASE, {"moment": now}).rowcount
