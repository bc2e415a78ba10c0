"""Those who use the house rules: moderators by permission and by role, members of another server, and their log."""

from dataclasses import dataclass
from typing import Any

import discord
import simcord

from tests.discord.stage import Stage


def manager(stage: Stage, guild: simcord.GuildHandle | None = None, name: str = "mona") -> simcord.MemberActor:
    """A moderator by permission, who sees the moderators' commands."""
    guild = guild or stage.guild
    role = guild.create_role(f"staff of {name}", permissions=discord.Permissions(manage_guild=True, view_channel=True))
    return guild.add_member(stage.env.create_user(name), roles=[role])


def show_commands(stage: Stage, guild: simcord.GuildHandle, who: simcord.RoleHandle | simcord.MemberActor) -> None:
    """What a server's admin does in Integrations: the moderators' commands are shown to a role or member too."""
    tree = stage.make_client().tree
    for name in [each.name for each in tree.get_commands() if each.default_permissions is not None]:
        command = stage.env.backend.find_command(name, guild.id, type=1)
        if command is not None:
            guild.set_command_permissions(int(command["id"]), {who: True})


@dataclass
class Helper:
    """A member with a role that moderates, and that role."""

    actor: simcord.MemberActor
    role: simcord.RoleHandle


async def helper(stage: Stage, named_by: simcord.MemberActor) -> Helper:
    """A moderator by a role that the server named."""
    role = stage.guild.create_role("helpers")
    actor = stage.guild.add_member(stage.env.create_user("hal"), roles=[role])
    await named_by.slash(stage.channel, "settings moderators add", role=role)
    show_commands(stage, stage.guild, role)
    return Helper(actor, role)


@dataclass
class Elsewhere:
    """A second server with the bot in it, of which alice is a member too, with a moderator of its own."""

    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    alice: simcord.MemberActor
    manager: simcord.MemberActor


def elsewhere(stage: Stage) -> Elsewhere:
    """The other server."""
    guild = stage.env.create_guild("Elsewhere")
    channel = guild.create_text_channel("clips")
    return Elsewhere(guild, channel, guild.add_member(stage.alice.user), manager(stage, guild, "otto"))


def posted(stage: Stage, channel: simcord.ChannelHandle) -> list[dict[str, Any]]:
    """All that the bot sent to a channel of its own accord."""
    path = f"POST /channels/{channel.id}/messages"
    return [body for kind, what, body in stage.env.backend.transcript if kind == "HTTP" and what == path]
