"""Members who ask for videos through all of it, and the account of what became of that."""

from collections import Counter

from bot.domain.generation import GenerationState
from tests.books import check_books
from tests.wire.local_discord import Interaction, headline_of, text_of
from tests.wire.world import PROMPT, World

LONG_S = 60.0
"""Seconds that a test waits for what takes the bot a while after a hardship, such as a pause before it sends again."""
NOT_YET_SENT = (GenerationState.WAITING, GenerationState.CANCELLED)


async def ask(world: World) -> Interaction:
    """One member asks, and is answered with a card."""
    asked = await world.local.answered(await world.local.slash("generate", prompt=PROMPT))
    assert asked.message_id is not None, asked.refused
    return asked


async def asks(world: World, count: int) -> list[int]:
    """So many ask, one after the other; the messages of their cards."""
    return [card_of(await ask(world)) for _ in range(count)]


def card_of(asked: Interaction) -> int:
    """The message that answered it. Raises ValueError."""
    if asked.message_id is None:
        raise ValueError("it was not answered with a message")
    return asked.message_id


async def all_say(world: World, cards: list[int], word: str) -> None:
    """Wait until every card is headed so."""
    for card in cards:
        await world.local.until(lambda card=card: word in headline_of(world.local.messages[card]), LONG_S)  # type: ignore[misc]  # mypy cannot infer a lambda with a default


def states(world: World) -> Counter[str]:
    """How many generations are in each state."""
    return Counter(dict(world.rows("SELECT state, count(*) FROM generations GROUP BY state")))


def check_account(world: World) -> None:
    """No bot runs now. Everything paid for is known, once; the books are right; every video is in one message."""
    paid = [bill.task_id for bill in world.relay.bills if bill.charged]
    known = [relay_id for (relay_id,) in world.rows("SELECT relay_id FROM generations WHERE relay_id IS NOT NULL")]
    assert sorted(known) == sorted(filter(None, paid))
    check_books(world.folder / "bot.db")
    for (relay_id,) in world.rows("SELECT relay_id FROM generations WHERE state = 'completed'"):
        shown = [each for each in world.local.messages.values() if f"/videos/{relay_id}.mp4" in text_of(each)]
        assert len(shown) == 1, relay_id
