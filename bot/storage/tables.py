"""The schema: what is kept of a generation, and which questions have an index of their own.

Most rows are finished and never asked for again. So every question of the loops has a partial index that holds
only the rows it is about, and its cost does not grow with the past. A database is sure to use such an index only
where the query says the very words of its condition: both come from the `IS_...` and `HAS_...` texts here.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

from bot.domain.card import LOOKS_LIKE_THE_ANSWER, CardState
from bot.domain.generation import WITH_RELAY, GenerationState

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds since 1970: exact, and ordered alike in every database.

    A naive datetime is a TypeError, since nobody could say which moment it means.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002  # SQLAlchemy's signature
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        return None if value is None else _EPOCH + value * _MICROSECOND


_MAY_TAKE_AN_ID = frozenset({GenerationState.SUBMITTING, GenerationState.UNCERTAIN})

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _listed(states: Iterable[GenerationState]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


IS_SUBMITTING = text(f"state = '{GenerationState.SUBMITTING}'")
IS_UNCERTAIN = text(f"state = '{GenerationState.UNCERTAIN}'")
IS_EXPIRED = text(f"state = '{GenerationState.EXPIRED}'")
IS_COMPLETED = text(f"state = '{GenerationState.COMPLETED}'")
IS_WITH_RELAY = text(f"state IN ({_listed(WITH_RELAY)})")
AWAITS_ID = text(f"state IN ({_listed(_MAY_TAKE_AN_ID)}) AND relay_id IS NULL")
IS_DUE = text(f"state = '{GenerationState.WAITING}' AND message_id IS NOT NULL")
IS_UNATTACHED = text(f"state = '{GenerationState.WAITING}' AND card_state = '{CardState.UNATTACHED}'")
IS_UNSHOWN = text(
    f"card_state = '{CardState.LIVE}' AND shown_version < version AND state NOT IN ({_listed(LOOKS_LIKE_THE_ANSWER)})"
)
HAS_TOKEN = text("token IS NOT NULL")
HAS_MESSAGE = text("message_id IS NOT NULL")
HAS_FIRST_MESSAGE = text("first_message_id IS NOT NULL")

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
)


def _partial(name: str, condition: TextClause, *columns: str) -> Index:
    names = (generations.c[column] for column in columns)
    return Index(f"ix_generations_{name}", *names, sqlite_where=condition, postgresql_where=condition)


_partial("due", IS_DUE, "created_at", "id")
_partial("unattached", IS_UNATTACHED, "created_at", "id")
_partial("submitting", IS_SUBMITTING, "id")
_partial("with_relay", IS_WITH_RELAY, "submitted_at")
_partial("expired", IS_EXPIRED, "submitted_at")
_partial("uncertain", IS_UNCERTAIN, "changed_at")
_partial("unshown", IS_UNSHOWN, "changed_at", "next_try_at")
_partial("completed", IS_COMPLETED, "guild_id", "user_id", "finished_at")
_partial("token", HAS_TOKEN, "token_until")
_partial("message", HAS_MESSAGE, "message_id")
_partial("first_message", HAS_FIRST_MESSAGE, "first_message_id")

ledger = Table(
    "ledger",
    metadata,
    # SQLite numbers rows by itself only where the key is called INTEGER.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("generation_id", ForeignKey("generations.id"), nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("entry", String(16), nullable=False),
    Column("credits", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("generation_id", "entry"),  # what makes a refund happen once
    Index(None, "guild_id", "user_id", "at"),
)

# How much of each allowance is used. A counter beside the ledger, so that a limit is one conditional statement.
spending = Table(
    "spending",
    metadata,
    Column("scope", String(100), nullable=False),
    Column("period", String(32), nullable=False),
    Column("used", BigInteger, nullable=False),
    PrimaryKeyConstraint("scope", "period"),
)

# Which counters a generation was charged to: a refund goes back to these, whatever the period is by then.
spent = Table(
    "spent",
    metadata,
    Column("generation_id", ForeignKey("generations.id"), nullable=False),
    Column("scope", String(100), nullable=False),
    Column("period", String(32), nullable=False),
    Column("credits", Integer, nullable=False),
    PrimaryKeyConstraint("generation_id", "scope", "period"),
)

notes = Table(
    "notes",
    metadata,
    Column("key", String(100), primary_key=True),
    Column("value", Text, nullable=False),
)
