"""Reports of results: the window a member fills in, the card that moderators read, the button that removes a result."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Self

import discord
from discord import ui

from bot.domain.card import Shown
from bot.domain.generation import Generation
from bot.service.reporting import Reporting
from bot.ui import trust_words
from bot.ui.custom_ids import ID
from bot.ui.extension import PROMPT_FIELD, typed
from bot.ui.failures import NotAResult, ServerOnly
from bot.ui.language import Message, speaking
from bot.ui.logbook import answer, post
from bot.ui.outcomes import FAILED, UNKNOWN_CHANNEL, UNKNOWN_MESSAGE
from bot.ui.posting import SILENT
from bot.ui.pressing import Pressable
from bot.ui.reader import server_language
from bot.ui.rights import moderated
from bot.ui.services import services_of
from bot.ui.text import one_line, quoted

REPORT_WINDOW = re.compile(rf"dreamreel:report:(?P<id>{ID}):(?P<message>\d{{1,20}})")
"""The custom id of the window, from which any process can tell what is reported."""
MOST_REASON = 500
"""Characters."""

_REASON_BYTES = 1_200
_PROMPT_BYTES = 1_500
_LINES = 12
_RED = 0xF23F43
_GREY = 0x80848E


async def ask_why(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    """Open the window for a report. Raises NotAResult, and StoreError."""
    if interaction.guild_id is None:
        raise ServerOnly("not in a server")
    video = await services_of(interaction).queries.of_message(interaction.guild_id, message.id)
    if video is None:
        raise NotAResult(str(message.id))
    await interaction.response.send_modal(ReportModal(video.id, message.id))


async def take_report(interaction: discord.Interaction[Any], generation_id: str, message_id: int) -> None:
    """Take the submitted window: keep the report, post it for moderators, and tell the member which of it went well.

    Raises UnknownVideo, ReportedOften and StoreError.
    """
    services, guild_id = services_of(interaction), interaction.guild_id or 0
    video = await services.queries.generation(guild_id, generation_id)
    reason = one_line(typed(interaction))[:MOST_REASON]
    await Reporting(services.house, services.clock).report(video, by=interaction.user.id, reason=reason)
    settings = await services.house.settings(guild_id)
    if settings.log_channel_id is None:
        await answer(interaction, trust_words.REPORT_KEPT())
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    elsewhere = [*await services.queries.copies(video.id), *await services.queries.films(video.id)]
    shown_again = {message: channel for channel, message in elsewhere}
    channel_id = shown_again.get(message_id, video.channel_id)
    with speaking(server_language(interaction.guild, settings.language)):
        card = report_card(video, channel_id, message_id, interaction.user.id, reason)
    trouble = await post(interaction.client, settings, card)
    await answer(interaction, trust_words.REPORTED() if trouble is None else trust_words.REPORT_NOT_POSTED())


def report_card(video: Generation, channel_id: int, message_id: int, reporter: int, reason: str) -> ui.LayoutView:
    """What moderators read in the log channel. The prompt and the reason are text and nothing more."""
    link = f"https://discord.com/channels/{video.guild_id}/{channel_id}/{message_id}"
    prompt = video.request.prompt
    parts = [
        f"{trust_words.REPORT_HEAD()}\n{trust_words.report_says(reporter, video.user_id, link)}",
        f"{trust_words.REASON_HEAD()}\n{quoted(reason, _REASON_BYTES, _LINES)}" if reason else "",
        f"{trust_words.PROMPT_HEAD()}\n{quoted(prompt, _PROMPT_BYTES, _LINES)}" if prompt else "",
    ]
    box: ui.Container[Any] = ui.Container(accent_colour=_RED)
    for part in filter(None, parts):
        box.add_item(ui.TextDisplay(part))
    box.add_item(ui.ActionRow(RemoveButton(video.id, message_id)))
    view = ui.LayoutView(timeout=None)
    view.add_item(box)
    return view


class ReportModal(ui.Modal):
    """Asks what is wrong. It is only drawn here: `bot.ui.buttons.taken` takes every submit."""

    def __init__(self, generation_id: str, message_id: int) -> None:
        super().__init__(title=trust_words.REPORT_TITLE(), custom_id=f"dreamreel:report:{generation_id}:{message_id}")
        field: ui.TextInput[Self] = ui.TextInput(
            custom_id=PROMPT_FIELD, style=discord.TextStyle.paragraph, min_length=1, max_length=MOST_REASON
        )
        label = ui.Label(text=trust_words.REPORT_LABEL(), description=trust_words.REPORT_HINT(), component=field)
        self.add_item(label)
        self.stop()


class RemoveButton(
    Pressable[ui.Button[ui.LayoutView]],
    template=rf"dreamreel:remove:(?P<id>{ID}):(?P<message>\d{{1,20}})",
):
    """Deletes a reported result from its channel, for moderators. What is known of the generation stays."""

    def __init__(self, generation_id: str, message_id: int) -> None:
        super().__init__(
            ui.Button(
                label=trust_words.REMOVE_BUTTON(),
                style=discord.ButtonStyle.danger,
                custom_id=f"dreamreel:remove:{generation_id}:{message_id}",
            )
        )
        self.generation_id = generation_id
        self.message_id = message_id

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        """Made from the id and the number that its custom id holds."""
        return cls(match["id"], int(match["message"]))

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Remove the result, once."""
        settings = await moderated(interaction)
        await interaction.response.defer()
        done = await _remove(interaction, self.generation_id, self.message_id)
        if done is not None:
            with speaking(server_language(interaction.guild, settings.language)):
                told = done()
            await _close(interaction, told)


async def _remove(
    interaction: discord.Interaction[Any], generation_id: str, message_id: int
) -> Callable[[], str] | None:
    """What the report's card is to say of it; None where the result still stands, which the presser is told.

    Of a film that was reported, only the film goes: which of its parts is meant, the report's words say at best. A
    part goes with all films that hold it.
    """
    services, guild_id = services_of(interaction), interaction.guild_id or 0
    shown = await services.queries.shown(guild_id, generation_id)
    films = await services.queries.films(generation_id)
    film = [each for each in films if each[1] == message_id]
    again = [*await services.queries.copies(generation_id), *films]
    deleted, trouble = await (
        delete_each(interaction.client, guild_id, film)
        if film
        else delete_messages(interaction.client, shown, message_id, again)
    )
    if trouble is not None:
        await answer(interaction, trouble())
        return None
    if not film:
        await services.intake.taken_down(generation_id)
    by = interaction.user.id
    if deleted:
        await Reporting(services.house, services.clock).removed(shown.generation, by=by)
        return partial(trust_words.REMOVED, by=by, unix=int(services.clock.now().timestamp()))
    await answer(interaction, trust_words.GONE_ALREADY())
    return trust_words.ALREADY_GONE


async def delete_messages(
    client: discord.Client, shown: Shown, message_id: int, copies: Sequence[tuple[int, int]]
) -> tuple[bool, Message | None]:
    """Delete every message that shows it: whether any was there, and a sentence where one may still be.

    `copies` are channel and message of those that show it again, alone or in a film.
    """
    card, video = shown.card, shown.generation
    again = {message for _, message in copies}
    first = {message_id, card.message_id or 0, card.first_message_id or 0} - again - {0}
    own = [(card.channel_id or video.channel_id, found) for found in sorted(first)]
    return await delete_each(client, video.guild_id, [*own, *copies])


async def delete_each(
    client: discord.Client, guild_id: int, messages: Sequence[tuple[int, int]]
) -> tuple[bool, Message | None]:
    """Delete messages, by channel and id: whether any was there, and a sentence where one may still be."""
    deleted = False
    for channel_id, each in messages:
        channel = client.get_partial_messageable(channel_id, guild_id=guild_id)
        try:
            await channel.get_partial_message(each).delete()
        except FAILED as error:
            if not (isinstance(error, discord.NotFound) and error.code in {UNKNOWN_MESSAGE, UNKNOWN_CHANNEL}):
                forbidden = isinstance(error, discord.Forbidden)
                return deleted, trust_words.NOT_REMOVED_FORBIDDEN if forbidden else trust_words.NOT_REMOVED
        else:
            deleted = True
    return deleted, None


async def _close(interaction: discord.Interaction[Any], done: str) -> None:
    """Draw the report's card again, with what was done in place of the button."""
    if interaction.message is None:
        return
    view = ui.LayoutView.from_message(interaction.message, timeout=None)
    for box in view.children:
        if isinstance(box, ui.Container):
            for row in [each for each in box.children if isinstance(each, ui.ActionRow)]:
                box.remove_item(row)
            box.accent_colour = discord.Colour(_GREY)
            box.add_item(ui.TextDisplay(f"-# {done}"))
    view.stop()
    await interaction.edit_original_response(view=view, allowed_mentions=SILENT)
