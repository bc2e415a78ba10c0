"""`/show`: a finished video once more, in a new message, for everyone in the channel."""

from typing import Any

import discord
from discord import app_commands

from bot.ui import finding_words
from bot.ui.choosing import suggestions
from bot.ui.services import Services
from bot.ui.showing import show


def register(tree: app_commands.CommandTree[Any], services: Services) -> None:  # noqa: ARG001  # all cogs register alike
    """Add the command."""

    @tree.command(name="show", description=finding_words.SHOW.located())
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.describe(video=finding_words.SHOW_OPTION.located())
    async def show_video(interaction: discord.Interaction[Any], video: str) -> None:
        await show(interaction, video)

    @show_video.autocomplete("video")
    async def suggest(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions(interaction, typed)
