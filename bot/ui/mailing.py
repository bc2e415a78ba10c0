"""Sends a finished video to a member's direct messages, with its file where that fits."""

import logging
from pathlib import Path
from typing import Any

import discord
from discord import ui
from discord.utils import DEFAULT_FILE_SIZE_LIMIT_BYTES

from bot.domain.card import Shown
from bot.domain.errors import UnfinishedVideo
from bot.domain.generation import GenerationState
from bot.ui import result_words, words
from bot.ui.cards import MOST_BUTTON_URL
from bot.ui.logbook import answer
from bot.ui.outcomes import FAILED
from bot.ui.posting import SILENT, alternative, opened, video_name
from bot.ui.services import services_of
from bot.ui.text import fitted, one_line, quoted, utf16, web_address

log = logging.getLogger(__name__)

_GREEN = 0x23A55A
_PROMPT_BYTES = 1_500
_LINES = 12
_NAME_BYTES = 200
_FORBIDDEN = 403
_CLOSED_TO_THE_BOT = 50007
"""Discord's code for direct messages that are closed, by the member or by the server."""


async def mail(interaction: discord.Interaction[Any], shown: Shown) -> None:
    """Send it to the presser. Raises UnfinishedVideo and StoreError."""
    if shown.generation.state is not GenerationState.COMPLETED:
        raise UnfinishedVideo(shown.generation.id)
    showing = services_of(interaction).showing
    await interaction.response.defer(ephemeral=True, thinking=True)
    settings = await services_of(interaction).house.settings(shown.generation.guild_id)
    spoiler = settings.spoiler or shown.generation.request.spoiler
    async with showing.packed(shown, DEFAULT_FILE_SIZE_LIMIT_BYTES) as parcel:
        says = await _send(interaction, parcel.shown, parcel.video, spoiler=spoiler)
    await answer(interaction, says)


async def _send(interaction: discord.Interaction[Any], shown: Shown, video: Path | None, *, spoiler: bool) -> str:
    generation = shown.generation
    name = video_name(generation.id)
    try:
        with opened(video, name) as files:
            view = _letter(interaction, shown, None if video is None else name, spoiler=spoiler)
            await interaction.user.send(view=view, files=files, allowed_mentions=SILENT)
    except FAILED as error:
        log.info("not sent by direct message (%s)", type(error).__name__, extra={"generation": generation.id})
        return (result_words.DMS_CLOSED if _closed(error) else result_words.SEND_LATER)()
    return (result_words.SENT_FILE if video is not None else result_words.SENT_LINK)()


def _closed(error: BaseException) -> bool:
    return isinstance(error, discord.HTTPException) and (error.status == _FORBIDDEN or error.code == _CLOSED_TO_THE_BOT)


def _letter(
    interaction: discord.Interaction[Any], shown: Shown, attached: str | None, *, spoiler: bool
) -> ui.LayoutView:
    """Without buttons that need a server; the card itself is a link away."""
    generation = shown.generation
    box: ui.Container[Any] = ui.Container(accent_colour=_GREEN)
    box.add_item(ui.TextDisplay(f"{_head(interaction)}\n{quoted(generation.request.prompt, _PROMPT_BYTES, _LINES)}"))
    if attached is not None:
        item = discord.MediaGalleryItem(
            f"attachment://{attached}", description=alternative(generation.request.prompt), spoiler=spoiler
        )
        box.add_item(ui.MediaGallery(item))
    box.add_item(ui.TextDisplay(f"-# {_where(shown)}"))
    address = web_address(generation.video_url)
    if address and utf16(address) <= MOST_BUTTON_URL:
        box.add_item(ui.ActionRow(ui.Button(label=words.LINK_BUTTON(), style=discord.ButtonStyle.link, url=address)))
    view = ui.LayoutView(timeout=None)
    view.add_item(box)
    view.stop()
    return view


def _head(interaction: discord.Interaction[Any]) -> str:
    guild = interaction.guild
    if guild is None:
        return result_words.DM_OF_A_SERVER()
    return result_words.DM_HEAD(server=fitted(one_line(guild.name), _NAME_BYTES))


def _where(shown: Shown) -> str:
    generation, card = shown.generation, shown.card
    channel_id = card.channel_id or generation.channel_id
    message = "" if card.message_id is None else f"/{card.message_id}"
    return result_words.DM_CARD(link=f"https://discord.com/channels/{generation.guild_id}/{channel_id}{message}")
