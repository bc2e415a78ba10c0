"""Finds the picture that a message is about: attached, forwarded, or shown below a link."""

from collections.abc import Iterator
from mimetypes import guess_type
from typing import Any
from urllib.parse import urlsplit

import discord

from bot.domain.errors import BadImage
from bot.domain.request import IMAGE_TYPES, Picture, checked_picture
from bot.ui.failures import NoPicture
from bot.ui.text import web_address


def picture_of(message: discord.Message) -> str:
    """The address of a message's first picture that Luma takes.

    Raises NoPicture, and BadImage where the only pictures are of another type or too large. What Discord hands over
    with a command of a message's menu holds all of that message, whatever the bot's intents are.
    """
    trouble: BadImage | None = None
    for attachment in _attached(message):
        picture = Picture(attachment.filename, attachment.url, attachment.content_type, attachment.size)
        try:
            return checked_picture(picture)
        except BadImage as error:
            if (attachment.content_type or "").startswith("image/"):
                trouble = trouble or error
    for address in _below_links(message):
        return address
    raise trouble or NoPicture(str(message.id))


def _attached(message: discord.Message) -> Iterator[discord.Attachment]:
    yield from message.attachments
    for forwarded in message.message_snapshots:
        yield from forwarded.attachments


def _below_links(message: discord.Message) -> Iterator[str]:
    """By Discord's own copy where there is one: the page that it came from may show it to nobody else."""
    embeds = [*message.embeds, *(embed for forwarded in message.message_snapshots for embed in forwarded.embeds)]
    for embed in embeds:
        for media in (embed.image, embed.thumbnail):
            for address in (web_address(media.proxy_url), web_address(media.url)):
                if address is not None and _may_be_taken(media, address):
                    yield address


def _may_be_taken(media: Any, address: str) -> bool:
    """Whether its type, as Discord tells it or its name does, is one that Luma takes; unknown ones may be."""
    told = getattr(media, "content_type", None) or guess_type(urlsplit(address).path)[0]
    return told is None or str(told).partition(";")[0].strip().lower() in IMAGE_TYPES
