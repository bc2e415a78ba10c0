"""`/help`: all commands, as they are registered, for members and for moderators."""

from typing import Any

import discord
from discord import app_commands

from bot.ui.help import show_help
from bot.ui.help_words import HELP
from bot.ui.services import Services


def register(tree: app_commands.CommandTree[Any], services: Services) -> None:  # noqa: ARG001  # all cogs register alike
    """Add the command."""

    @tree.command(name="help", description=HELP.located())
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    async def help_(interaction: discord.Interaction[Any]) -> None:
        await show_help(interaction)
