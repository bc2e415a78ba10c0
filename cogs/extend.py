"""`/extend`: go on from a finished video, picked from a list of one's own or named by its id or message link."""

from typing import Any

import discord
from discord import app_commands

from bot.domain.errors import StoreError, UnknownVideo
from bot.domain.generation import Generation
from bot.ports import VideoMatch
from bot.service.requests import extension_request
from bot.ui import words
from bot.ui.language import number
from bot.ui.placing import place
from bot.ui.price_tags import PriceTags
from bot.ui.room import check_room, member_sees, sees
from bot.ui.services import Services
from bot.ui.text import cut, one_line, utf16

MOST_NAME = 100
"""Characters. Discord's limit on the name of a choice."""


def register(tree: app_commands.CommandTree[Any], services: Services) -> None:
    """Add the command."""
    tags = PriceTags(services.prices, services.offer)

    @tree.command(name="extend", description=tags.extension(words.EXTEND))
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.describe(video=words.VIDEO_OPTION.located(), prompt=tags.extension(words.extend_prompt_option))
    async def extend(interaction: discord.Interaction[Any], video: str, prompt: str) -> None:
        check_room(interaction)
        parent = await _parent(interaction, services, video)
        await place(interaction, extension_request(parent, prompt))

    @extend.autocomplete("video")
    async def suggest(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        return await _suggestions(interaction, services, typed)


async def _parent(interaction: discord.Interaction[Any], services: Services, reference: str) -> Generation:
    """The video named. Raises UnknownVideo and UnfinishedVideo.

    The bot keeps no archived threads in memory. So where a video stands in a channel that it does not know, Discord
    is asked once for that channel, and the video is looked up again.
    """
    unknown: set[int] = set()
    seen: set[int] = set()

    def can_see(channel_id: int) -> bool:
        known = sees(interaction, channel_id)
        if known is None:
            unknown.add(channel_id)
        return known or channel_id in seen

    guild_id = interaction.guild_id or 0
    try:
        return await services.queries.extendable(guild_id, reference, can_see)
    except UnknownVideo:
        if not unknown:
            raise
    seen.update([channel_id for channel_id in unknown if await _sees_fetched(interaction, channel_id)])
    return await services.queries.extendable(guild_id, reference, can_see)


async def _sees_fetched(interaction: discord.Interaction[Any], channel_id: int) -> bool:
    guild, member = interaction.guild, interaction.user
    if guild is None or not isinstance(member, discord.Member):
        return False
    try:
        channel = await guild.fetch_channel(channel_id)
    except (discord.HTTPException, discord.InvalidData):
        return False
    return member_sees(member, channel)


async def _suggestions(
    interaction: discord.Interaction[Any], services: Services, typed: str
) -> list[app_commands.Choice[str]]:
    """The member's own completed videos of this server, but for those in channels they do not see any more."""
    if interaction.guild_id is None:
        return []
    try:
        matches = await services.queries.suggestions(interaction.guild_id, interaction.user.id, typed)
    except StoreError:
        return []  # a list has no place for a sentence; the command itself will give one
    now = services.clock.now()
    choices: dict[str, app_commands.Choice[str]] = {}
    for match in matches:
        if sees(interaction, match.channel_id) is False:
            continue
        tail = [words.ago(now - match.finished_at)]
        if match.part > 1:
            tail.insert(0, words.PART(part=number(match.part)))
        name = _name(match, tail)
        if name in choices:
            name = _name(match, [*tail, match.id])  # two that read the same could not be told apart
        choices[name] = app_commands.Choice(name=name, value=match.id)
    return list(choices.values())


def _name(match: VideoMatch, tail: list[str]) -> str:
    end = "".join(f" · {each}" for each in tail)
    return cut(one_line(match.prompt) or words.A_VIDEO(), MOST_NAME - utf16(end), utf16) + end
