"""Puts generations into a database by the thousand, as the bot would have left them: see `past` for a million."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, insert

from benchmarks.stage import Card
from bot.clock import SystemClock
from bot.domain.card import CardState
from bot.domain.generation import Generation, GenerationRequest, Kind
from bot.storage import open_database, rows
from bot.storage.tables import generations
from tests.wire.local_discord import GUILD, MEMBER
from tests.wire.world import PROMPT

MEMBERS = 5_000
"""Members among whom what is open is shared."""
TOKEN_LIFE = timedelta(minutes=15)
REQUEST = GenerationRequest(Kind.TEXT, PROMPT, "ray-v2", 5, "720p", expand_prompt=True)


async def prepared(database: Path) -> None:
    """An empty database, up to date."""
    async with open_database(f"sqlite+aiosqlite:///{database}", SystemClock()):
        pass


def opened(
    number: int, task: str, card: Card, born: datetime, *, dead: bool = False, guild_id: int = GUILD
) -> dict[str, object]:
    """The row of a generation that the relay works on, and whose card says so. It cost nothing, so no ledger row."""
    who = (guild_id, card.channel_id, MEMBER + number % MEMBERS)
    made = Generation(f"open{number:08}", f"interaction:open{number}", *who, REQUEST, 0, born, born)
    dreaming = made.submitting(born).accepted(task, born).dreaming(born)
    row = rows.first_row(dreaming, card.token, born + TOKEN_LIFE)
    row |= {
        "card_state": CardState.LIVE,
        "message_id": card.message_id,
        "first_message_id": card.message_id,
        "shown_version": dreaming.version,
    }
    return row | ({"token": None, "token_until": None} if dead else {})


def write(database: Path, made: Iterable[dict[str, object]]) -> None:
    """Put the rows in, all at once."""
    engine = create_engine(f"sqlite:///{database}")
    with engine.begin() as connection:
        connection.execute(insert(generations), list(made))
    engine.dispose()
