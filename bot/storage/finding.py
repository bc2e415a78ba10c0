"""What members look for: their own past page by page, messages that show a video again, pictures of open windows.

A page is found by the place where it begins, not by its number: what is made meanwhile moves nothing.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, BindParameter, Connection, Integer, Select, bindparam, delete, or_, select
from sqlalchemy.dialects.postgresql import insert as insert_or  # its ON CONFLICT serves SQLite as it is

from bot.domain.card import Shown
from bot.ports import Side, Sought
from bot.storage.columns import Moment
from bot.storage.finding_tables import films, pictures, showings
from bot.storage.rows import searchable, shown_of
from bot.storage.tables import generations

_row = generations.c
_at = bindparam("at", type_=Moment)
_id: BindParameter[str] = bindparam("which")
_most = bindparam("most", type_=Integer)
_own = select(generations).where(
    _row.guild_id == bindparam("guild", type_=BigInteger), _row.user_id == bindparam("user", type_=BigInteger)
)
_newest_first = (_row.created_at.desc(), _row.id.desc())
# The moment is asked for by itself too: that is what the index can be entered by.
_SIDES: dict[Side, Select[*tuple[object, ...]]] = {
    Side.FIRST: _own.order_by(*_newest_first),
    Side.OLDER: _own.where(_row.created_at <= _at, or_(_row.created_at < _at, _row.id < _id)).order_by(*_newest_first),
    Side.FROM: _own.where(_row.created_at <= _at, or_(_row.created_at < _at, _row.id <= _id)).order_by(*_newest_first),
    Side.NEWER: _own.where(_row.created_at >= _at, or_(_row.created_at > _at, _row.id > _id)).order_by(
        _row.created_at, _row.id
    ),
}
COPIES = (
    select(showings.c.channel_id, showings.c.message_id)
    .where(showings.c.generation_id == _id)
    .order_by(showings.c.message_id)
)
FILMS = select(films.c.channel_id, films.c.message_id).where(films.c.generation_id == _id).order_by(films.c.message_id)
PICTURE = select(pictures.c.url).where(pictures.c.interaction_id == bindparam("interaction", type_=BigInteger))
# What is delivered twice is kept once.
_NEW_SHOWING = insert_or(showings).on_conflict_do_nothing()
_NEW_FILM = insert_or(films).on_conflict_do_nothing()
_NEW_PICTURE = insert_or(pictures).on_conflict_do_nothing()
DROP_PICTURES = delete(pictures).where(pictures.c.kept_at < bindparam("moment", type_=Moment))


def history(connection: Connection, sought: Sought) -> list[Shown]:
    """See `bot.ports.Store.history`."""
    asked: dict[str, object] = {"guild": sought.guild_id, "user": sought.user_id, "most": sought.most}
    if sought.start is not None:
        asked |= {"at": sought.start.at, "which": sought.start.id}
    return [shown_of(row) for row in connection.execute(looking(sought), asked)]


def looking(sought: Sought) -> Select[*tuple[object, ...]]:
    """The question for a page. `%` and `_` in a word are letters like others."""
    query = _SIDES[sought.side].limit(_most)
    if sought.states is not None:
        query = query.where(_row.state.in_(sorted(sought.states)))
    wanted = (searchable(word) for word in sought.words)
    return query.where(*(_row.prompt_words.contains(word, autoescape=True) for word in wanted if word))


def note_showing(connection: Connection, generation_id: str, channel_id: int, message_id: int, now: datetime) -> None:
    """Keep that a message shows a video again."""
    row = {"message_id": message_id, "channel_id": channel_id, "generation_id": generation_id, "shown_at": now}
    connection.execute(_NEW_SHOWING, row)


def copies(connection: Connection, generation_id: str) -> list[tuple[int, int]]:
    """Channel and message of each message that shows it again."""
    return [(row.channel_id, row.message_id) for row in connection.execute(COPIES, {"which": generation_id})]


def note_film(
    connection: Connection, generation_ids: Sequence[str], channel_id: int, message_id: int, now: datetime
) -> None:
    """Keep which parts a film holds that a message shows."""
    of_message = {"message_id": message_id, "channel_id": channel_id, "shown_at": now}
    connection.execute(_NEW_FILM, [of_message | {"generation_id": each} for each in generation_ids])


def films_of(connection: Connection, generation_id: str) -> list[tuple[int, int]]:
    """Channel and message of each film that holds it."""
    return [(row.channel_id, row.message_id) for row in connection.execute(FILMS, {"which": generation_id})]


def keep_picture(connection: Connection, interaction_id: int, url: str, now: datetime) -> None:
    """Keep the picture of an open window."""
    connection.execute(_NEW_PICTURE, {"interaction_id": interaction_id, "url": url, "kept_at": now})


def picture(connection: Connection, interaction_id: int) -> str | None:
    """The link of a window's picture, while it is kept."""
    url: str | None = connection.execute(PICTURE, {"interaction": interaction_id}).scalar_one_or_none()
    return url


def drop_pictures(connection: Connection, before: datetime) -> int:
    """Throw away the pictures kept before a moment: how many."""
    return connection.execute(DROP_PICTURES, {"moment": before}).rowcount
