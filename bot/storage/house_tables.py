"""The schema of a server's house rules, and of the record of who changed what."""

from sqlalchemy import BigInteger, Boolean, Column, Index, PrimaryKeyConstraint, String, Table, Text

from bot.storage.columns import NUMBERED, Moment, metadata

guild_settings = Table(
    "guild_settings",
    metadata,
    # Discord gives the number: were the column left to itself, a database would count it up.
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("timezone", String(64), nullable=False),
    Column("log_channel_id", BigInteger),
    Column("spoiler", Boolean, nullable=False),
    # Sets of ids, written as numbers with a space between.
    Column("channels", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("moderator_roles", Text, nullable=False),
    Column("language", String(32)),  # NULL: as the server's own settings in Discord say
)

blocks = Table(
    "blocks",
    metadata,
    Column("guild_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("until", Moment),
    Column("reason", Text, nullable=False),
    Column("by", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("guild_id", "user_id"),
)

words = Table(
    "words",
    metadata,
    Column("guild_id", BigInteger, nullable=False),
    Column("word", String(200), nullable=False),
    PrimaryKeyConstraint("guild_id", "word"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", NUMBERED, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("actor_id", BigInteger, nullable=False),  # 0: the operator
    Column("action", String(64), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "guild_id", "id"),
)
