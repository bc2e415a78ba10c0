"""The command tree: where the member's language is set, and where an error of a command becomes a sentence."""

from typing import Any

import discord
from discord import app_commands

from bot.ui.failures import answer_error
from bot.ui.language import speak
from bot.ui.reader import reader_language
from bot.ui.services import services_of


class DreamreelTree(app_commands.CommandTree[Any]):
    """Commands whose errors are told to the member who met them, and to nobody else."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Let the one who asked go first, and speak their language from here on.

        Each interaction is a task of its own, so no other one hears it.
        """
        services_of(interaction).right_of_way.take(interaction.response.is_done)
        speak(await reader_language(interaction))
        return True

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        """Called once for each failed command, besides handlers of its own (there are none)."""
        await answer_error(interaction, error)
