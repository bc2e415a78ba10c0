"""Who moderates: members with Manage Server, and those with a role that the server named; asked at each use."""

from typing import Any

import discord

from bot.domain.errors import NotModerator, NotYours
from bot.domain.generation import Generation
from bot.domain.house import GuildSettings
from bot.ui.failures import ServerOnly
from bot.ui.services import services_of


def roles_of(member: discord.abc.User) -> tuple[int, ...]:
    """The ids of the roles that Discord sent with a member; none for somebody who is not in the server."""
    return tuple(role.id for role in member.roles) if isinstance(member, discord.Member) else ()


def manages(interaction: discord.Interaction[Any]) -> bool:
    """Whether the one who acts has Manage Server, which no role that a server names can stand in for."""
    allowed = interaction.permissions
    return interaction.guild_id is not None and (allowed.administrator or allowed.manage_guild)


def is_moderator(interaction: discord.Interaction[Any], settings: GuildSettings) -> bool:
    """Whether the one who acts moderates this server, by Discord's own word that came with the interaction.

    What a command's `default_permissions` say is only a default, which a server's admins can change.
    """
    if interaction.guild_id is None or interaction.guild_id != settings.guild_id:
        return False
    return manages(interaction) or not settings.moderator_roles.isdisjoint(roles_of(interaction.user))


async def moderated(interaction: discord.Interaction[Any]) -> GuildSettings:
    """The server's settings, for a moderator of it. Raises ServerOnly, NotModerator and StoreError."""
    if interaction.guild_id is None:
        raise ServerOnly("not in a server")
    settings = await services_of(interaction).house.settings(interaction.guild_id)
    if not is_moderator(interaction, settings):
        raise NotModerator("neither by permission nor by role")
    return settings


async def owns_or_moderates(interaction: discord.Interaction[Any], generation: Generation) -> bool:
    """Whether it was asked for by the member, or is in their charge as a moderator. Raises StoreError."""
    if generation.user_id == interaction.user.id:
        return True
    return is_moderator(interaction, await services_of(interaction).house.settings(generation.guild_id))


async def in_charge_of(interaction: discord.Interaction[Any], generation_id: str) -> Generation:
    """A generation of this server that the one who acts may end. Raises UnknownVideo, NotYours and StoreError."""
    generation = await services_of(interaction).queries.generation(interaction.guild_id or 0, generation_id)
    if not await owns_or_moderates(interaction, generation):
        raise NotYours(generation_id)
    return generation
