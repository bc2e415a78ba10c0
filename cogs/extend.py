"""`/extend`: go on from a finished video, picked from a list of one's own or named by its id or message link."""

from functools import partial
from typing import Any

import discord
from discord import app_commands

from bot.domain.continuing import MOST_TIMES
from bot.service.requests import extension_request
from bot.ui import chain_words, words
from bot.ui.choosing import found, suggestions
from bot.ui.language import located
from bot.ui.placing import place
from bot.ui.price_tags import PriceTags
from bot.ui.room import check_room
from bot.ui.services import Services


def register(tree: app_commands.CommandTree[Any], services: Services) -> None:
    """Add the command."""
    tags = PriceTags(services.prices, services.offer)

    @tree.command(name="extend", description=tags.extension(words.EXTEND))
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.describe(
        video=words.VIDEO_OPTION.located(),
        prompt=tags.extension(words.extend_prompt_option),
        times=located(chain_words.times_option),
    )
    async def extend(
        interaction: discord.Interaction[Any],
        video: str,
        prompt: str,
        times: app_commands.Range[int, 1, MOST_TIMES] = 1,
    ) -> None:
        check_room(interaction)
        look = partial(services.queries.extendable, interaction.guild_id or 0, video)
        await place(interaction, extension_request(await found(interaction, look), prompt), more_parts=times - 1)

    @extend.autocomplete("video")
    async def suggest(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions(interaction, typed)
