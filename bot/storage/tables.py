"""The schema: what is kept of a generation, and which questions have an index of their own.

Most rows are finished and never asked for again. So every question of the loops has a partial index that holds
only the rows it is about, and its cost does not grow with the past. A database is sure to use such an index only
where the query says the very words of its condition: both come from the `IS_...` and `HAS_...` texts here.
"""

from collections.abc import Iterable

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    String,
    Table,
    Text,
    TextClause,
    false,
    text,
)

from bot.domain.card import LOOKS_LIKE_THE_ANSWER, CardState
from bot.domain.generation import ENDED, WITH_RELAY, GenerationState
from bot.domain.notices import OWED
from bot.storage.columns import Moment, metadata

_MAY_TAKE_AN_ID = frozenset({GenerationState.SUBMITTING, GenerationState.UNCERTAIN})
_BUSY = WITH_RELAY | {GenerationState.SUBMITTING}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names))


IS_SUBMITTING = text(f"state = '{GenerationState.SUBMITTING}'")
IS_UNCERTAIN = text(f"state = '{GenerationState.UNCERTAIN}'")
IS_EXPIRED = text(f"state = '{GenerationState.EXPIRED}' AND erased_at IS NULL")
IS_COMPLETED = text(f"state = '{GenerationState.COMPLETED}' AND erased_at IS NULL")
IS_WITH_RELAY = text(f"state IN ({_listed(WITH_RELAY)})")
AWAITS_ID = text(f"state IN ({_listed(_MAY_TAKE_AN_ID)}) AND relay_id IS NULL")
IS_WAITING = text(f"state = '{GenerationState.WAITING}'")
IS_BUSY = text(f"state IN ({_listed(_BUSY)})")
IS_DUE = text(f"state = '{GenerationState.WAITING}' AND message_id IS NOT NULL")
IS_UNATTACHED = text(f"state = '{GenerationState.WAITING}' AND card_state = '{CardState.UNATTACHED}'")
IS_TO_CONTINUE = text(f"state = '{GenerationState.COMPLETED}' AND erased_at IS NULL AND more_parts > 0")
IS_UNSHOWN = text(
    f"card_state = '{CardState.LIVE}' AND shown_version < version AND state NOT IN ({_listed(LOOKS_LIKE_THE_ANSWER)})"
)
# What may be erased: it is over, and Discord shows how it ended.
_ENDED = f"state IN ({_listed(ENDED)})"
_SETTLED = f"{_ENDED} AND NOT (card_state = '{CardState.LIVE}' AND shown_version < version)"
IS_SETTLED = text(_SETTLED)
IS_ERASABLE = text(f"erased_at IS NULL AND {_SETTLED}")
IS_OWED = text(f"notice IN ({_listed(OWED)}) AND {_SETTLED}")
IS_TO_BE_FORGOTTEN = text("forget_at IS NOT NULL")
HAS_RELAY_ID = text("relay_id IS NOT NULL")
HAS_TOKEN = text("token IS NOT NULL")
HAS_MESSAGE = text("message_id IS NOT NULL")
HAS_FIRST_MESSAGE = text("first_message_id IS NOT NULL")
HAS_PARENT = text("parent_id IS NOT NULL")

generations = Table(
    "generations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("action_key", String(200), nullable=False, unique=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    # What was asked for.
    Column("kind", String(16), nullable=False),
    Column("prompt", Text, nullable=False),
    Column("prompt_words", Text, nullable=False),  # the prompt as it is searched: see rows.searchable
    Column("model", String(100), nullable=False),
    Column("duration", Integer, nullable=False),
    Column("resolution", String(32), nullable=False),
    Column("expand_prompt", Boolean, nullable=False),
    Column("image_url", Text),
    Column("end_image_url", Text),
    Column("parent_id", String(64)),
    Column("parent_relay_id", Text),
    Column("part", Integer, nullable=False),
    Column("price", Integer, nullable=False),
    Column("usd_micros", BigInteger),
    # The defaults are for rows of versions that knew nothing of these.
    Column("camera", String(32)),
    Column("spoiler", Boolean, nullable=False, server_default=false()),
    Column("more_parts", Integer, nullable=False, server_default=text("0")),  # to follow by themselves
    Column("notice", String(16)),
    # What became of it.
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("relay_id", Text),
    Column("submitted_at", Moment),
    Column("finished_at", Moment),
    Column("video_url", Text),
    Column("failure_kind", String(32)),
    Column("failure_detail", Text),
    # What Discord shows of it.
    Column("card_state", String(16), nullable=False),
    Column("message_id", BigInteger),
    Column("first_message_id", BigInteger),
    Column("shown_version", Integer, nullable=False),
    Column("token", Text),
    Column("token_until", Moment),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", Moment),
    Column("reposting_since", Moment),
    Column("reposted_at", Moment),
    Column("gone_reason", String(64)),
    # What its member, or time, asked to erase: see `erasure`.
    Column("forget_at", Moment),
    Column("erased_at", Moment),
    Index(None, "guild_id", "created_at"),
    Index(None, "guild_id", "user_id", "created_at"),
)


def _partial(name: str, condition: TextClause, *columns: str) -> Index:
    names = (generations.c[column] for column in columns)
    return Index(f"ix_generations_{name}", *names, sqlite_where=condition, postgresql_where=condition)


_partial("due", IS_DUE, "created_at", "id", "guild_id", "user_id")
# The state is in it for SQLite, which else reads the row to look at it again, or takes the index of all the past.
_partial("waiting", IS_WAITING, "guild_id", "state", "user_id", "created_at")
_partial("busy", IS_BUSY, "guild_id", "user_id")
_partial("erasable", IS_ERASABLE, "finished_at")
_partial("forget", IS_TO_BE_FORGOTTEN, "forget_at")
_partial("unattached", IS_UNATTACHED, "created_at", "id")
_partial("submitting", IS_SUBMITTING, "id")
_partial("with_relay", IS_WITH_RELAY, "submitted_at")
_partial("expired", IS_EXPIRED, "submitted_at")
_partial("uncertain", IS_UNCERTAIN, "changed_at")
_partial("unshown", IS_UNSHOWN, "changed_at", "next_try_at")
_partial("completed", IS_COMPLETED, "guild_id", "user_id", "finished_at")
_partial("relay", HAS_RELAY_ID, "relay_id")
_partial("token", HAS_TOKEN, "token_until")
_partial("message", HAS_MESSAGE, "message_id")
_partial("first_message", HAS_FIRST_MESSAGE, "first_message_id")
_partial("parent", HAS_PARENT, "parent_id")
_partial("to_continue", IS_TO_CONTINUE, "finished_at")
_partial("owed", IS_OWED, "finished_at")


def in_server(guild: BindParameter[int]) -> ColumnElement[bool]:
    """That a row is of a server, for questions with a better index: the server's own would have all its past read."""
    return generations.c.guild_id + 0 == guild


preferences = Table(
    "preferences",
    metadata,
    # Discord gives the number: were the column left to itself, a database would count it up.
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("notify", String(16), nullable=False),
    Column("model", String(100)),
    Column("duration", Integer),
    Column("resolution", String(32)),
    Column("expand_prompt", Boolean),
    Column("suffix", Text),
    Column("language", String(32)),
    Column("changed_at", Moment, nullable=False),
)
"""What a member chose for all servers alike; what is NULL was left to the bot."""

notes = Table(
    "notes",
    metadata,
    Column("key", String(100), primary_key=True),
    Column("value", Text, nullable=False),
)
