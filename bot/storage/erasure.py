"""How prompts and links go: at a member's word, or with time.

Only what is over, and shown as it ended, is erased: a video that was paid for is shown first. A member's word about
the rest is noted in `forget_at` and kept in the next round of `erase_old`. What stays is what nobody may escape by
being forgotten: the ledger, which goes under a pseudonym here; counters and gifts, which never stood under another
name; and limits, blocks and the audit log, which keep the member's id. A row that was erased keeps its server,
channel and messages by their ids, its moments, options and price. Preferences, which hold in all servers alike, go
at once, and the member is told nothing more of what is still open. What the member's videos left in other places goes
too: the relay's ids of them in the rows of those who went on from them, and pictures kept for windows. The messages in
Discord are not touched: by their ids, which also stay for those that show a video again, alone or in a film, a
moderator can still remove them.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Connection, Integer, bindparam, case, delete, null, select, update

from bot.domain.card import LOOKS_LIKE_THE_ANSWER
from bot.storage import preferences
from bot.storage.columns import Moment
from bot.storage.finding_tables import pictures
from bot.storage.pseudonyms import Pseudonyms
from bot.storage.purse_tables import ledger
from bot.storage.tables import HAS_PARENT, IS_ERASABLE, IS_SETTLED, IS_TO_BE_FORGOTTEN, generations

_row = generations.c
_moment = bindparam("moment", type_=Moment)
_limit = bindparam("most", type_=Integer)
_pseudonym = bindparam("pseudonym", type_=BigInteger)
_EMPTIED = {
    "prompt": "",
    "prompt_words": "",
    "image_url": null(),
    "end_image_url": null(),
    "parent_relay_id": null(),
    "relay_id": null(),
    "video_url": null(),
    "failure_detail": case((_row.failure_kind.is_(None), null()), else_=""),
    "token": null(),
    "token_until": null(),
    "forget_at": null(),
    "notice": null(),
}
_erase = update(generations).values(_EMPTIED)

_of_member = (
    _row.guild_id == bindparam("guild", type_=BigInteger),
    _row.user_id == bindparam("user", type_=BigInteger),
)
FORGET = _erase.where(*_of_member, IS_SETTLED).values(user_id=_pseudonym, erased_at=_moment)
FORGET_LATER = update(generations).where(*_of_member).values(forget_at=_moment, notice=null(), more_parts=0)
# What was sent needs it no more; what waits could not be sent without it.
_forget_parent = (
    update(generations)
    .where(HAS_PARENT, _row.state.not_in(sorted(LOOKS_LIKE_THE_ANSWER)))
    .values(parent_relay_id=null())
)
_own = generations.alias("own")
_own_rows = (
    _own.c.guild_id == bindparam("guild", type_=BigInteger),
    _own.c.user_id == bindparam("user", type_=BigInteger),
)
FORGET_AS_PARENT = _forget_parent.where(_row.parent_id.in_(select(_own.c.id).where(*_own_rows)))
FORGET_PICTURES = delete(pictures).where(
    pictures.c.url.in_(select(_own.c.image_url).where(*_own_rows, _own.c.image_url.is_not(None)))
)
FORGET_IN_LEDGER = (
    update(ledger)
    .where(
        ledger.c.guild_id == bindparam("guild", type_=BigInteger),
        ledger.c.user_id == bindparam("user", type_=BigInteger),
    )
    .values(user_id=_pseudonym)
)
DUE = select(_row.id, _row.guild_id, _row.user_id).where(IS_TO_BE_FORGOTTEN, IS_SETTLED).limit(_limit)
FORGET_ONE = _erase.where(_row.id == bindparam("which")).values(user_id=_pseudonym, erased_at=_moment)
FORGET_ONE_AS_PARENT = _forget_parent.where(_row.parent_id == bindparam("which"))
FORGET_ITS_ENTRIES = update(ledger).where(ledger.c.generation_id == bindparam("which")).values(user_id=_pseudonym)
_old = select(_row.id).where(IS_ERASABLE, _row.finished_at < _moment).order_by(_row.finished_at).limit(_limit)
ERASE_OLD = _erase.where(_row.id.in_(_old)).values(erased_at=bindparam("now", type_=Moment))


def forget(
    connection: Connection, pseudonyms: Pseudonyms, user_id: int, guild_id: int, now: datetime
) -> tuple[int, int]:
    """Erase what is over, and note the rest to be erased when it is: how many of each."""
    member = {"guild": guild_id, "user": user_id}
    pseudonym = {"pseudonym": -pseudonyms.of(guild_id, user_id)}
    for elsewhere in (FORGET_AS_PARENT, FORGET_PICTURES):
        connection.execute(elsewhere, member)
    erased = connection.execute(FORGET, member | pseudonym | {"moment": now}).rowcount
    still_open = connection.execute(FORGET_LATER, member | {"moment": now}).rowcount
    connection.execute(FORGET_IN_LEDGER, member | pseudonym)
    preferences.forget(connection, user_id)
    return erased, still_open


def erase_old(connection: Connection, pseudonyms: Pseudonyms, before: datetime, limit: int, now: datetime) -> int:
    """Erase what was to be forgotten and is over now, and what ended before a moment, at most so many of each."""
    due = connection.execute(DUE, {"most": limit}).all()
    if due:
        hidden = [{"which": row.id, "pseudonym": -pseudonyms.of(row.guild_id, row.user_id)} for row in due]
        connection.execute(FORGET_ONE, [each | {"moment": now} for each in hidden])
        connection.execute(FORGET_ITS_ENTRIES, hidden)
        connection.execute(FORGET_ONE_AS_PARENT, [{"which": row.id} for row in due])
    return len(due) + connection.execute(ERASE_OLD, {"moment": before, "most": limit, "now": now}).rowcount
