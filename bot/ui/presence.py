"""Whether the bot can act in a server at all: what is asked before any request by its own token."""

import discord

from bot.domain.card import GoneReason
from bot.ports import Gone, TryLater


def absence(client: discord.Client, guild_id: int) -> Gone | TryLater | None:
    """Why the bot cannot act in a server. Before READY, a server that is not there is unknown, not gone."""
    if not client.is_ready() or client.is_closed():
        return TryLater("not connected to Discord")
    guild = client.get_guild(guild_id)
    if guild is None:
        return Gone(GoneReason.SERVER)
    return TryLater("the server is away") if guild.unavailable else None
