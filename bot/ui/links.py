"""Where a card stands in Discord."""

from bot.domain.card import Card, CardState


def message_link(guild_id: int, card: Card) -> str | None:
    """The address of a card's message; None where it is gone or was never noted."""
    if card.message_id is None or card.state is CardState.GONE:
        return None
    return f"https://discord.com/channels/{guild_id}/{card.channel_id}/{card.message_id}"
