"""How a member names a video: from a list of their own, searched as they type, by an id, or by a message's link."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

import discord
from discord import app_commands

from bot.domain.errors import StoreError, UnknownVideo
from bot.ports import VideoMatch
from bot.ui import words
from bot.ui.language import number
from bot.ui.room import member_sees, sees
from bot.ui.services import services_of
from bot.ui.text import cut, one_line, utf16

MOST_NAME = 100
"""Characters. Discord's limit on the name of a choice."""
MOST_FETCHED = 5
"""Channels that Discord is asked for over one question."""
PATIENCE_S = 0.25
"""Seconds that a list waits for its videos. One that comes later is of no use to who types on; and what the database
was reading then is in memory at the next key."""

T = TypeVar("T")


async def found(interaction: discord.Interaction[Any], look: Callable[[Callable[[int], bool]], Awaitable[T]]) -> T:
    """What `look` finds among what the member sees; it is given the question whether they see a channel.

    Where it raises UnknownVideo over a channel that the bot does not know, Discord is asked, and it looks once more.
    """
    unknown: set[int] = set()
    seen: frozenset[int] = frozenset()

    def can_see(channel_id: int) -> bool:
        known = sees(interaction, channel_id)
        if known is None:
            unknown.add(channel_id)
        return known or channel_id in seen

    try:
        return await look(can_see)
    except UnknownVideo:
        if not unknown:
            raise
    seen = await seen_of(interaction, unknown)
    return await look(can_see)


async def seen_of(interaction: discord.Interaction[Any], channel_ids: Iterable[int]) -> frozenset[int]:
    """Those of the channels that the member sees.

    The bot keeps no archived threads in memory. So Discord is asked for a channel that it does not know.
    """
    known = {channel_id: sees(interaction, channel_id) for channel_id in set(channel_ids)}
    unknown = [channel_id for channel_id, seen in known.items() if seen is None][:MOST_FETCHED]
    fetched = [channel_id for channel_id in unknown if await _sees_fetched(interaction, channel_id)]
    return frozenset(channel_id for channel_id, seen in known.items() if seen) | frozenset(fetched)


async def _sees_fetched(interaction: discord.Interaction[Any], channel_id: int) -> bool:
    guild, member = interaction.guild, interaction.user
    if guild is None or not isinstance(member, discord.Member):
        return False
    try:
        channel = await guild.fetch_channel(channel_id)
    except (discord.HTTPException, discord.InvalidData):
        return False
    return member_sees(member, channel)


async def suggestions(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
    """The member's own completed videos of this server, but for those in channels they do not see any more."""
    if interaction.guild_id is None:
        return []
    services = services_of(interaction)
    look = asyncio.ensure_future(services.queries.suggestions(interaction.guild_id, interaction.user.id, typed))
    done, _ = await asyncio.wait({look}, timeout=PATIENCE_S)
    look.cancel()
    try:
        matches = look.result() if done else []
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
