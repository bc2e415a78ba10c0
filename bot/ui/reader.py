"""Whose language is spoken: a member's own in what only they read, the server's on cards, which all there read."""

from typing import Any

import discord

from bot.ui.language import ENGLISH, language_for, languages
from bot.ui.services import services_of


async def reader_language(interaction: discord.Interaction[Any]) -> str:
    """The language of whoever acts: the one they chose, or that their Discord speaks; English for want of both."""
    chosen = services_of(interaction).preferences.language_of(interaction.user.id)
    return chosen_language(chosen) or language_for(interaction.locale.value)


def chosen_language(chosen: str | None) -> str | None:
    """What a member chose, as long as there is a file for it."""
    return chosen if chosen in languages() else None


def server_language(guild: discord.Guild | None, chosen: str | None) -> str:
    """The language of a server's cards and log: the one chosen in its settings, or the one it has in Discord.

    English where the server is not known, and where there is no file for the language any more.
    """
    if chosen is not None:
        return language_for(chosen.replace("_", "-"))
    return ENGLISH if guild is None else language_for(guild.preferred_locale.value)
