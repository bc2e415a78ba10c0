"""`/balance`: what a member may still spend here, when it starts over, and what a video costs."""

from typing import Any

import discord
from discord import app_commands

from bot.ui import limits, purse_words
from bot.ui.failures import ServerOnly
from bot.ui.logbook import answer
from bot.ui.rights import roles_of
from bot.ui.services import Services


def register(tree: app_commands.CommandTree[Any], services: Services) -> None:
    """Add the command."""
    price = limits.price_range(services.prices, services.offer)

    @tree.command(name="balance", description=purse_words.BALANCE.located())
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    async def balance(interaction: discord.Interaction[Any]) -> None:
        if interaction.guild_id is None:
            raise ServerOnly("not in a server")
        settings = await services.house.settings(interaction.guild_id)
        view = await services.purser.member(settings, interaction.user.id, roles_of(interaction.user))
        await answer(interaction, limits.member(purse_words.OWN_BALANCE(), view, purse_words.price(*price)))
