"""`Animate this image` and `Extend this video`, in the menu of a message."""

from typing import Any

import discord
from discord import app_commands

from bot.ui import finding_words
from bot.ui.menus import ask_to_animate, ask_to_extend
from bot.ui.services import Services


def register(tree: app_commands.CommandTree[Any], services: Services) -> None:  # noqa: ARG001  # all cogs register alike
    """Add the commands."""

    @tree.context_menu(name=finding_words.ANIMATE_MENU)
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    async def animate(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        await ask_to_animate(interaction, message)

    @tree.context_menu(name=finding_words.EXTEND_MENU)
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    async def extend(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        await ask_to_extend(interaction, message)
