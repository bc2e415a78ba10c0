"""`Report this video`, in the menu of a message: any member can bring a result before the moderators."""

from typing import Any

import discord
from discord import app_commands

from bot.ui import trust_words
from bot.ui.reports import ask_why
from bot.ui.services import Services


def register(tree: app_commands.CommandTree[Any], services: Services) -> None:  # noqa: ARG001 - all cogs register alike
    """Add the command."""

    @tree.context_menu(name=trust_words.REPORT_COMMAND)
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    async def report(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        await ask_why(interaction, message)
