"""Shows a finished video again, in a message of its own, from `/show` or a button."""

import logging
from dataclasses import replace
from typing import Any

import discord
from discord import ui
from discord.utils import DEFAULT_FILE_SIZE_LIMIT_BYTES

from bot.domain.card import Shown
from bot.domain.errors import StoreError, UnfinishedVideo
from bot.domain.house import GuildSettings
from bot.service.delivery import Parcel
from bot.service.showing import Showing
from bot.ui import finding_words
from bot.ui.cards import card
from bot.ui.choosing import found
from bot.ui.custom_ids import about
from bot.ui.failures import NothingToShow
from bot.ui.language import speaking
from bot.ui.outcomes import FILE_TOO_LARGE
from bot.ui.placing import asked_by
from bot.ui.posting import SILENT, opened, video_name
from bot.ui.pressing import GenerationButton
from bot.ui.reader import server_language
from bot.ui.room import check_room
from bot.ui.services import Services, services_of

log = logging.getLogger(__name__)

_TOO_LARGE_STATUS = 413


async def show(interaction: discord.Interaction[Any], reference: str) -> None:
    """Show the video that a reference names, here and for everyone.

    All that may be refused is looked at before Discord is told to wait: a refusal is for the member alone. Raises a
    Refusal and StoreError.
    """
    check_room(interaction)
    services = services_of(interaction)
    showing = services.showing
    guild_id, member_id = interaction.guild_id or 0, interaction.user.id
    try:
        shown = await found(
            interaction, lambda can_see: services.queries.presentable(guild_id, member_id, reference, can_see)
        )
    except UnfinishedVideo as error:
        raise NothingToShow(str(error)) from None
    await showing.let_in(asked_by(interaction), shown.generation)
    shown = replace(shown, parent=await services.stories.parent_card(guild_id, shown.generation.request))
    settings = await services.house.settings(guild_id)
    await interaction.response.defer(thinking=True)
    guild = interaction.guild
    most_bytes = DEFAULT_FILE_SIZE_LIMIT_BYTES if guild is None else guild.filesize_limit
    async with showing.packed(shown, most_bytes) as parcel:
        message = await _posted(interaction, services, parcel, settings)
    await _note(showing, shown, message)


async def _posted(
    interaction: discord.Interaction[Any], services: Services, parcel: Parcel, settings: GuildSettings
) -> discord.InteractionMessage:
    """Put the card in place of "thinking": with its file, or with the link alone where the file is not taken."""
    if parcel.video is not None:
        name = video_name(parcel.shown.generation.id)
        try:
            with opened(parcel.video, name) as files:
                view = _view(interaction, services, parcel.shown, settings, name)
                return await interaction.edit_original_response(view=view, attachments=files, allowed_mentions=SILENT)
        except discord.HTTPException as error:
            if error.status != _TOO_LARGE_STATUS and error.code != FILE_TOO_LARGE:
                raise
            log.warning("its file is not taken here", extra={"generation": parcel.shown.generation.id})
        except FileNotFoundError:
            log.warning("its file was thrown away meanwhile", extra={"generation": parcel.shown.generation.id})
    view = _view(interaction, services, parcel.shown, settings, None)
    return await interaction.edit_original_response(view=view, allowed_mentions=SILENT)


def _view(
    interaction: discord.Interaction[Any],
    services: Services,
    shown: Shown,
    settings: GuildSettings,
    attached: str | None,
) -> ui.LayoutView:
    """The card in the server's language, with a line that says who shows it again."""
    with speaking(server_language(interaction.guild, settings.language)):
        view = card(
            shown,
            offer=services.offer,
            expand_prompt=services.expand_prompt,
            attached=attached,
            spoiler=settings.spoiler or shown.generation.request.spoiler,
        )
        view.add_item(ui.TextDisplay(finding_words.SHOWN_AGAIN(user_id=interaction.user.id)))
    view.stop()  # known by the ids of its buttons alone: discord.py need not keep it
    return view


async def _note(showing: Showing, shown: Shown, message: discord.InteractionMessage) -> None:
    """The message stands already, so a database that fails now is no news for the member."""
    try:
        await showing.note(shown.generation.id, message.channel.id, message.id)
    except StoreError as error:
        log.error("the message that shows it again is not noted: %s", error, extra={"generation": shown.generation.id})  # noqa: TRY400  # the error says all


class ShowButton(GenerationButton, verb="show"):
    """Shows a finished video again in the channel in which it is pressed."""

    def __init__(self, generation_id: str) -> None:
        super().__init__(
            generation_id,
            ui.Button(
                label=finding_words.SHOW_BUTTON(),
                emoji="📽️",
                style=discord.ButtonStyle.secondary,
                custom_id=about("show", generation_id),
            ),
        )

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Show it, where the presser may."""
        await show(interaction, self.generation_id)
