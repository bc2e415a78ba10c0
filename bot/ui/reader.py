"""Whose language is spoken: a member's own in what only they read, the server's on cards, which all there read."""

from typing import Any

import discord

from bot.ui.language import ENGLISH, language_for


async def reader_language(interaction: discord.Interaction[Any]) -> str:
    """The language of whoever acts: the one that their Discord speaks, or English where there is no file for it."""
    return language_for(interaction.locale.value)


def server_language(guild: discord.Guild | None, chosen: str | None) -> str:
    """The language of a server's cards and log: the one chosen in its settings, or the one it has in Discord.

    English where the server is not known, and where there is no file for the language any more.
    """
    if chosen is not None:
        return language_for(chosen.replace("_", "-"))
    return ENGLISH if guild is None else language_for(guild.preferred_locale.value)
