"""The command tree: the one place where an error of a command becomes a sentence."""

from typing import Any

import discord
from discord import app_commands

from bot.ui.failures import answer_error


class DreamreelTree(app_commands.CommandTree[Any]):
    """Commands whose errors are told to the member who met them, and to nobody else."""

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        """Called once for each failed command, besides handlers of its own (there are none)."""
        await answer_error(interaction, error)
