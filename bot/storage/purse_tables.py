"""The schema of the money: what may be spent, what was, and which question about it has an index of its own.

A balance is a counter beside the ledger, so that a limit is looked at without adding anything up. `ledger` rows
are only ever added; `spent` says which counters a charge went to, and with them every counter can be worked out
again: charges, less what came back, less what a reset took away. A gift is its ledger rows too: what was given, less
what was taken back.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.storage.columns import NUMBERED, Moment, metadata
from bot.storage.tables import generations

IS_ABOUT_A_COUNTER = text("scope IS NOT NULL")
IS_LEFT = text("used < credits")

ledger = Table(
    "ledger",
    metadata,
    Column("id", NUMBERED, primary_key=True),
    Column("generation_id", ForeignKey(generations.c.id)),  # of a charge or refund
    Column("guild_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),  # 0: the server's pool; negative: a pseudonym
    Column("entry", String(16), nullable=False),
    Column("credits", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    Column("scope", String(100)),  # of what a moderator gave, took back or reset: the gift or counter it is about
    Column("period", String(32)),
    UniqueConstraint("generation_id", "entry"),  # what makes a refund happen once
    Index(None, "guild_id", "user_id", "at"),
    Index(
        "ix_ledger_counter",
        "scope",
        "period",
        "id",
        sqlite_where=IS_ABOUT_A_COUNTER,
        postgresql_where=IS_ABOUT_A_COUNTER,
    ),
)

# How much of each counter is used in each period; see `counters` for their names.
spending = Table(
    "spending",
    metadata,
    Column("scope", String(100), nullable=False),
    Column("period", String(32), nullable=False),
    Column("used", BigInteger, nullable=False),
    PrimaryKeyConstraint("scope", "period"),
)

# Which counters and grants a generation was charged to: a refund goes back to these, whatever the period is by then.
spent = Table(
    "spent",
    metadata,
    Column("generation_id", ForeignKey(generations.c.id), nullable=False),
    Column("scope", String(100), nullable=False),
    Column("period", String(32), nullable=False),
    Column("credits", Integer, nullable=False),
    PrimaryKeyConstraint("generation_id", "scope", "period"),
)

limits = Table(
    "limits",
    metadata,
    Column("guild_id", BigInteger, nullable=False),
    Column("scope", String(16), nullable=False),
    Column("subject_id", BigInteger, nullable=False),  # the role or member, else 0
    Column("credits", BigInteger, nullable=False),
    Column("span", String(8), nullable=False),
    PrimaryKeyConstraint("guild_id", "scope", "subject_id"),
)

# A member stands here under the pseudonym, so that bonus credits outlive the forgetting of who has them.
grants = Table(
    "grants",
    metadata,
    Column("id", NUMBERED, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("member", BigInteger, nullable=False),
    Column("credits", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
    Column("ends_at", Moment),
    Column("why", Text, nullable=False),
    Column("by", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint("used BETWEEN 0 AND credits", name="used"),
    Index("ix_grants_left", "guild_id", "member", sqlite_where=IS_LEFT, postgresql_where=IS_LEFT),
)
