"""Looks for what the bot itself said of a video before: an earlier try, or an earlier life, may have said it."""

from collections.abc import Callable
from datetime import timedelta

import discord

from bot.domain.card import Shown
from bot.ui.pace import Pace

CLOCK_SLACK = timedelta(minutes=1)
"""How far the bot's clock may be ahead of Discord's when a message sent earlier is looked for."""
MOST_LOOKED_AT = 300
"""Messages looked through for one sent earlier."""


async def said_since_its_end(
    client: discord.Client,
    channel: discord.abc.Messageable,
    shown: Shown,
    is_it: Callable[[discord.Message], bool],
    pace: Pace,
) -> bool:
    """Whether a message of the bot's own that says it stands in the channel since the end of the generation.

    Raises what discord.py does. Where the bot may not read back, Discord shows it an empty history.
    """
    ended = shown.generation.finished_at or shown.generation.created_at
    own_id = client.user.id if client.user else None
    await pace.turn()
    async for message in channel.history(limit=MOST_LOOKED_AT, after=ended - CLOCK_SLACK):
        if message.author.id == own_id and is_it(message):
            return True
    return False


def answers_card(message: discord.Message, card_id: int) -> bool:
    """Whether it is words in reply to a card. What else refers to one, such as the card of the next part, is a card."""
    refers = message.reference is not None and message.reference.message_id == card_id
    return refers and not message.flags.components_v2


def mentions(message: discord.Message, user_id: int) -> bool:
    """Whether its words name a member: of what answers a card, the word that it is done does, and no other."""
    return f"<@{user_id}>" in message.content
