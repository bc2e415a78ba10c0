"""The objects of Discord's documentation, with as much in them as a bot is sent: one application, one server."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import discord

APPLICATION, BOT, GUILD, CHANNEL, MEMBER = 1000, 1001, 2000, 3000, 30
Json = dict[str, Any]

TEXT_CHANNEL = 0
_ALLOWED = str(
    discord.Permissions(
        view_channel=True,
        send_messages=True,
        send_messages_in_threads=True,
        attach_files=True,
        embed_links=True,
        read_message_history=True,
        use_application_commands=True,
    ).value
)
_JOINED = "2025-01-01T00:00:00+00:00"
_UPLOAD_LIMIT = 10 * 1024 * 1024


def user(user_id: int) -> Json:
    """A member, or the bot itself."""
    bot = user_id == BOT
    return {
        "id": str(user_id),
        "username": "dreamreel" if bot else "someone",
        "global_name": None,
        "discriminator": "0",
        "avatar": None,
        "bot": bot,
    }


def application() -> Json:
    """The bot's application, as the login asks for it."""
    return {
        "id": str(APPLICATION),
        "name": "dreamreel",
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "",
        "flags": 0,
        "owner": user(1),
        "team": None,
    }


def member(user_id: int) -> Json:
    return {"roles": [], "joined_at": _JOINED, "deaf": False, "mute": False, "flags": 0, "user": user(user_id)}


def channel(number: int = CHANNEL) -> Json:
    return {
        "id": str(number),
        "guild_id": str(GUILD),
        "type": TEXT_CHANNEL,
        "name": "films",
        "position": 0,
        "permission_overwrites": [],
        "parent_id": None,
        "nsfw": False,
        "topic": None,
        "last_message_id": None,
        "rate_limit_per_user": 0,
    }


def dm(number: int, with_member: int) -> Json:
    """The channel between the bot and one member."""
    return {"id": str(number), "type": 1, "last_message_id": None, "flags": 0, "recipients": [user(with_member)]}


def membership() -> Json:
    """The server, as one of those that the bot is in."""
    return {
        "id": str(GUILD),
        "name": "a server",
        "icon": None,
        "banner": None,
        "owner": False,
        "permissions": _ALLOWED,
        "features": [],
    }


def guild(channels: int) -> Json:
    """The server with so many channels, as GUILD_CREATE brings it."""
    everyone = {
        "id": str(GUILD),
        "name": "@everyone",
        "color": 0,
        "hoist": False,
        "position": 0,
        "permissions": _ALLOWED,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }
    return {
        "id": str(GUILD),
        "name": "a server",
        "owner_id": "1",
        "unavailable": False,
        "member_count": 2,
        "premium_tier": 0,
        "preferred_locale": "en-US",
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "features": [],
        "emojis": [],
        "stickers": [],
        "roles": [everyone],
        "channels": [channel(CHANNEL + number) for number in range(channels)],
        "threads": [],
        "members": [member(BOT)],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
    }


def message(message_id: int, channel_id: int, author: int, at: datetime) -> Json:
    """An empty message."""
    return {
        "id": str(message_id),
        "channel_id": str(channel_id),
        "author": user(author),
        "content": "",
        "timestamp": at.isoformat(),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "type": 0,
        "flags": 0,
    }


def interaction(interaction_id: int, token: str, kind: int, data: Json, by: int, *, channel_id: int = CHANNEL) -> Json:
    """What INTERACTION_CREATE brings when a member of the server acts in a channel of it."""
    return {
        "id": str(interaction_id),
        "application_id": str(APPLICATION),
        "type": kind,
        "data": data,
        "token": token,
        "version": 1,
        "guild_id": str(GUILD),
        "guild": {"id": str(GUILD), "locale": "en-US", "features": []},
        "channel_id": str(channel_id),
        "channel": {**channel(channel_id), "permissions": _ALLOWED},
        "member": {**member(by), "permissions": _ALLOWED},
        "app_permissions": _ALLOWED,
        "locale": "en-US",
        "guild_locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": {"0": str(GUILD)},
        "context": 0,
        "attachment_size_limit": _UPLOAD_LIMIT,
    }


def text_of(message: Json) -> str:
    """All that a message says, a line for each of its texts."""
    return "\n".join(filter(None, [message["content"], *_texts(message["components"])]))


def headline_of(message: Json) -> str:
    """Its first line: on a card the state it is in, where the line of steps below names the others too."""
    return text_of(message).partition("\n")[0]


def parts(components: list[Json]) -> Iterator[Json]:
    """Every component, those within others included."""
    for component in components:
        yield component
        inner = [component["component"]] if "component" in component else []
        yield from parts([*inner, *component.get("components", ())])


def _texts(components: list[Json]) -> Iterator[str]:
    return (part["content"] for part in parts(components) if "content" in part)
