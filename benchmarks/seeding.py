"""Puts generations into a database by the thousand, as the bot would have left them: see `past` for a million."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, insert

from benchmarks.stage import Card
from bot.clock import SystemClock
from bot.domain.card import CardState
from bot.domain.generation import Generation, GenerationRequest, Kind
from bot.domain.preferences import MemberPreferences, Notify
from bot.storage import open_database, rows
from bot.storage.tables import generations
from tests.wire.local_discord import CHANNEL, GUILD, MEMBER
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


async def regulars(database: Path, count: int, notify: Notify) -> None:
    """Members who have had a video before, a month ago, and who are told of the next one in this way."""
    ago = SystemClock().now() - timedelta(days=29)
    made = []
    for number in range(count):
        who = (GUILD, CHANNEL, MEMBER + number)
        fresh = Generation(f"past{number:08}", f"interaction:past{number}", *who, REQUEST, 0, ago, ago)
        done = fresh.submitting(ago).accepted(f"past-{number}", ago).completed("https://relay.example/v.mp4", ago)
        shown = {"card_state": CardState.LIVE, "message_id": number + 1, "shown_version": done.version}
        made.append(rows.first_row(done, "", ago) | shown | {"token": None, "token_until": None})
    write(database, made)
    async with open_database(f"sqlite+aiosqlite:///{database}", SystemClock()) as stores:
        for number in range(count):
            await stores.preferences.keep(MemberPreferences(MEMBER + number, notify=notify, changed_at=ago))


def write(database: Path, made: Iterable[dict[str, object]]) -> None:
    """Put the rows in, all at once."""
    engine = create_engine(f"sqlite:///{database}")
    with engine.begin() as connection:
        connection.execute(insert(generations), list(made))
    engine.dispose()
