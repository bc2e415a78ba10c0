"""`/preferences`: a member's own choices, on one panel. In direct messages too: there some are told of their videos."""

from typing import Any

import discord
from discord import app_commands

from bot.ui.preference_words import PREFERENCES
from bot.ui.preferences import open_panel
from bot.ui.services import Services


def register(tree: app_commands.CommandTree[Any], services: Services) -> None:  # noqa: ARG001  # one signature for all
    """Add the command."""

    @tree.command(name="preferences", description=PREFERENCES.located())
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def preferences(interaction: discord.Interaction[Any]) -> None:
        await open_panel(interaction)
