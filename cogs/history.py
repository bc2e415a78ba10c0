"""`/history`: a member's own past, and for moderators that of any member; only who asks sees it."""

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.ui import history_words
from bot.ui.history import KEPT, Look, looked_up, told
from bot.ui.posting import SILENT
from bot.ui.services import Services
from bot.ui.text import cut, utf16

MOST_NAME = 100
"""Characters. Discord's limit on the name of a choice."""


def register(tree: app_commands.CommandTree[Any], services: Services) -> None:  # noqa: ARG001  # all cogs register alike
    """Add the command."""

    @tree.command(name="history", description=history_words.HISTORY.located())
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.describe(filter=history_words.FILTER_OPTION.located(), member=history_words.MEMBER_OPTION.located())
    async def history(
        interaction: discord.Interaction[Any],
        filter: str = "",  # noqa: A002  # the option's name
        member: discord.User | None = None,
    ) -> None:
        look = Look.typed(interaction.user.id if member is None else member.id, filter)
        view = await looked_up(interaction, look)
        await interaction.response.send_message(view=view, ephemeral=True, allowed_mentions=SILENT)

    @history.autocomplete("filter")
    async def suggest(interaction: discord.Interaction[Any], typed: str) -> list[Choice[str]]:  # noqa: ARG001  # discord.py's signature
        """What was typed as words, and with each of the states."""
        words = Look.typed(0, typed).words
        offered = {"": words, **{kept.letter: f"{kept.typed} {words}".strip() for kept in KEPT}}
        return [
            Choice(name=cut(told(letter, words), MOST_NAME, utf16), value=value)
            for letter, value in offered.items()
            if value
        ]
