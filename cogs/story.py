"""`/story`: how a video came about, part by part, and one film of it. Only the one who asks sees the answer.

A look at the past is nobody else's news; and what the asker sees of it, others in the channel may not.
"""

from functools import partial
from typing import Any

import discord
from discord import app_commands

from bot.ui import story_words
from bot.ui.choosing import found, seen_of, suggestions
from bot.ui.failures import ServerOnly
from bot.ui.services import Services
from bot.ui.story import story_view


def register(tree: app_commands.CommandTree[Any], services: Services) -> None:
    """Add the command."""

    @tree.command(name="story", description=story_words.STORY.located())
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.describe(video=story_words.VIDEO_OPTION.located())
    async def story(interaction: discord.Interaction[Any], video: str) -> None:
        if interaction.guild_id is None:
            raise ServerOnly("not in a server")
        named = await found(interaction, partial(services.queries.visible, interaction.guild_id, video))
        told = await services.stories.told(named)
        # Whoever named it sees its channel, also one that only Discord itself could tell of.
        seen = await seen_of(interaction, told.channel_ids) | {named.channel_id}
        view = story_view(told, seen)
        view.stop()  # its button is known by its id
        await interaction.response.send_message(view=view, ephemeral=True)

    @story.autocomplete("video")
    async def suggest(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions(interaction, typed)
