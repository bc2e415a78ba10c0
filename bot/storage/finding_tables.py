"""The tables beside a generation: messages that show it again, alone or in a film, and pictures of open windows."""

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from bot.storage.columns import Moment, metadata

showings = Table(
    "showings",
    metadata,
    # Discord gives the number: were the column left to itself, a database would count it up.
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("generation_id", String(64), nullable=False),
    Column("shown_at", Moment, nullable=False),
    Index(None, "generation_id"),
)
"""Messages that show a video again; its card is the first one, which the generation's own row names."""

films = Table(
    "films",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("generation_id", String(64), primary_key=True),
    Column("channel_id", BigInteger, nullable=False),
    Column("shown_at", Moment, nullable=False),
    Index(None, "generation_id"),
)
"""Messages that show a story as one film, a row for each part that it holds."""

pictures = Table(
    "pictures",
    metadata,
    Column("interaction_id", BigInteger, primary_key=True, autoincrement=False),
    Column("url", Text, nullable=False),
    Column("kept_at", Moment, nullable=False),
    Index(None, "kept_at"),
)
"""What a window is about, by the interaction that opened it: a link has no room in a window's id."""
