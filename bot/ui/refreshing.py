"""Renews the link of a finished video, and puts it into the message that shows the video."""

import logging
from typing import Any

import discord
from discord import ui

from bot.domain.card import CardState, Shown
from bot.domain.generation import Generation
from bot.service.renewing import NoLink
from bot.ui import result_words
from bot.ui.cards import MOST_BUTTON_URL
from bot.ui.logbook import answer
from bot.ui.outcomes import FAILED
from bot.ui.posting import SILENT
from bot.ui.services import services_of
from bot.ui.text import utf16, web_address

log = logging.getLogger(__name__)

_MOST_LINK = 1_500
"""Characters of a link that an answer can hold."""


async def refresh(interaction: discord.Interaction[Any], shown: Shown) -> None:
    """Ask the relay for the link again, and say what came of it. Raises StoreError."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    found = await services_of(interaction).renewing.renewed(shown.generation)
    if isinstance(found, NoLink):
        await answer(interaction, _no_link(found, shown.generation))
        return
    changed = await _put(interaction.client, shown, found)
    address = web_address(found.video_url) or ""
    if not 0 < utf16(address) <= _MOST_LINK:
        says = result_words.REFRESHED_LONG() if changed else result_words.REFRESH_LATER()
    else:
        says = (result_words.REFRESHED if changed else result_words.REFRESHED_ONLY_HERE)(link=address)
    await answer(interaction, says)


def _no_link(why: NoLink, generation: Generation) -> str:
    address = web_address(generation.video_url) or ""
    match why:
        case NoLink.SAME if 0 < utf16(address) <= _MOST_LINK:
            return result_words.REFRESH_SAME(link=address)
        case NoLink.LATER:
            return result_words.REFRESH_LATER()
    return result_words.REFRESH_GONE()


async def _put(client: discord.Client, shown: Shown, renewed: Generation) -> bool:
    """Put the new link into the message, as it stands in Discord: what is attached to it is not sent again."""
    card = shown.card
    old, new = web_address(shown.generation.video_url), web_address(renewed.video_url)
    if card.state is not CardState.LIVE or card.message_id is None or old is None or new is None:
        return False
    channel = client.get_partial_messageable(card.channel_id, guild_id=renewed.guild_id)
    try:
        message = await channel.get_partial_message(card.message_id).fetch()
        view = ui.LayoutView.from_message(message, timeout=None)
        if not _relinked(view, old, new):
            return False
        _keep_files(view, message)
        view.stop()
        await message.edit(view=view, attachments=message.attachments, allowed_mentions=SILENT)
    except FAILED as error:
        log.warning("its card has the old link (%s)", type(error).__name__, extra={"generation": renewed.id})
        return False
    return True


def _relinked(view: ui.LayoutView, old: str, new: str) -> bool:
    """Put the new link where the old one is; whether there was any such place. No place is left with the old one."""
    found = False
    for item in list(view.walk_children()):
        if isinstance(item, ui.TextDisplay) and old in item.content:
            item.content = item.content.replace(old, new)
            found = True
        elif isinstance(item, ui.Button) and item.url == old:
            if utf16(new) <= MOST_BUTTON_URL:
                item.url = new
            elif isinstance(item.parent, ui.ActionRow):
                item.parent.remove_item(item)
            found = True
    return found


def _keep_files(view: ui.LayoutView, message: discord.Message) -> None:
    """Name what is attached by its name: the address that Discord gave for it is good for a day only."""
    names = [each.filename for each in message.attachments]
    galleries = [item for item in view.walk_children() if isinstance(item, ui.MediaGallery)]
    items = [item for gallery in galleries for item in gallery.items]
    if len(items) == len(names):
        for item, name in zip(items, names, strict=True):
            item.media = f"attachment://{name}"
