"""Whether a channel is one in which the bot can show a video and keep its message up to date: asked before anything."""

from typing import Any

import discord

from bot.ui.failures import MissingPermissions, NotAMember, NotInThread, ServerOnly

_NEEDED = ("view_channel", "attach_files", "read_message_history")


def check_room(interaction: discord.Interaction[Any]) -> None:
    """Raise a Refusal where a card could not be shown, or not be edited once the interaction's token is dead.

    The bot's permissions are Discord's own word, sent with the interaction, so nothing depends on a cache.
    """
    if interaction.guild_id is None or interaction.channel_id is None:
        raise ServerOnly("not in a server")
    guild = interaction.client.get_guild(interaction.guild_id)
    if guild is None:
        raise NotAMember("the app is here without its bot")
    missing = _missing(interaction)
    if missing:
        raise MissingPermissions(missing)
    channel = interaction.channel
    if isinstance(channel, discord.Thread) and channel.is_private():
        joined = guild.get_thread(channel.id) is not None  # Discord tells the bot only of those that it is in
        if not (joined or interaction.app_permissions.manage_threads):
            raise NotInThread("a private thread without the bot")


def sees(interaction: discord.Interaction[Any], channel_id: int) -> bool | None:
    """Whether the one who asks sees a channel of this server; None where the bot does not know the channel.

    Reckoned from the roles that Discord sends with the interaction.
    """
    if channel_id == interaction.channel_id:
        return True
    guild, member = interaction.guild, interaction.user
    if guild is None or not isinstance(member, discord.Member):
        return False
    channel = guild.get_channel_or_thread(channel_id)
    return None if channel is None else member_sees(member, channel)


def member_sees(member: discord.Member, channel: discord.abc.GuildChannel | discord.Thread) -> bool:
    """Whether a member sees a channel. Who is in a private thread is not known, so only its owner and keepers count."""
    if isinstance(channel, discord.Thread) and channel.parent is None:
        return False
    allowed = channel.permissions_for(member)
    if isinstance(channel, discord.Thread) and channel.is_private():
        return allowed.view_channel and (allowed.manage_threads or channel.owner_id == member.id)
    return allowed.view_channel


def _missing(interaction: discord.Interaction[Any]) -> list[str]:
    allowed = interaction.app_permissions
    if allowed.administrator:
        return []
    write = "send_messages_in_threads" if isinstance(interaction.channel, discord.Thread) else "send_messages"
    return [name for name in (_NEEDED[0], write, *_NEEDED[1:]) if not getattr(allowed, name)]
