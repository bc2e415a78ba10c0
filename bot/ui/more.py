"""The More button, and what it opens for its presser alone: details, and what one rarely does with a video."""

import io
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import discord
from discord import ui

from bot.domain.card import Shown
from bot.domain.errors import UnknownVideo
from bot.domain.generation import GenerationState
from bot.ui.again import seen
from bot.ui.custom_ids import ID
from bot.ui.deleting import delete
from bot.ui.details import details
from bot.ui.failures import ServerOnly
from bot.ui.mailing import mail
from bot.ui.posting import SILENT
from bot.ui.pressing import GenerationButton, Pressable
from bot.ui.refreshing import refresh
from bot.ui.reports import ReportModal
from bot.ui.result_buttons import more_button, panel_button
from bot.ui.rights import owns_or_moderates
from bot.ui.room import sees
from bot.ui.services import services_of
from bot.ui.ways import way_lines

_BLUE = 0x5865F2
_FILE = "prompt.txt"

Interaction = discord.Interaction[Any]


class MoreButton(GenerationButton, verb="more"):
    """Opens the panel, to whoever sees the card."""

    def __init__(self, generation_id: str) -> None:
        super().__init__(generation_id, more_button(generation_id))

    async def pressed(self, interaction: Interaction) -> None:
        """Show the panel."""
        shown = await _shown(interaction, self.generation_id)
        own = shown.generation.user_id == interaction.user.id
        may_delete = await owns_or_moderates(interaction, shown.generation)
        view, files = panel(shown, await _ways(interaction, shown), may_delete=may_delete, own=own)
        await interaction.response.send_message(view=view, files=files, ephemeral=True, allowed_mentions=SILENT)


def panel(
    shown: Shown, ways: Sequence[str] = (), *, may_delete: bool, own: bool
) -> tuple[ui.LayoutView, list[discord.File]]:
    """The panel, with a file of what is too long for it. `ways` are lines that lead to the parts beside it."""
    told = details(shown.generation, ways)
    box: ui.Container[Any] = ui.Container(accent_colour=_BLUE)
    for text in told.texts:
        box.add_item(ui.TextDisplay(text))
    files = []
    if told.file is not None:
        files.append(discord.File(io.BytesIO(told.file.encode()), filename=_FILE))
        box.add_item(ui.File(f"attachment://{_FILE}"))
    verbs = list(_verbs(shown, may_delete=may_delete, own=own))
    if verbs:
        box.add_item(ui.ActionRow(*(PanelButton(verb, shown.generation.id) for verb in verbs)))
    view = ui.LayoutView(timeout=None)
    view.add_item(box)
    view.stop()
    return view, files


def _verbs(shown: Shown, *, may_delete: bool, own: bool) -> Iterator[str]:
    generation = shown.generation
    if generation.state is GenerationState.COMPLETED and generation.relay_id is not None:
        yield "refresh"
        yield "dm"
    if shown.card.message_id is not None:
        if not own:
            yield "flag"
        if may_delete and generation.over:
            yield "delete"


async def _shown(interaction: Interaction, generation_id: str) -> Shown:
    if interaction.guild_id is None:
        raise ServerOnly("not in a server")
    generation = await seen(interaction, generation_id)
    return await services_of(interaction).queries.shown(interaction.guild_id, generation.id)


async def _ways(interaction: Interaction, shown: Shown) -> list[str]:
    """The lines up and down its story. Discord is asked nothing for it: what stands in an old thread is in `/story`."""
    ways = await services_of(interaction).stories.ways(shown.generation)
    return list(way_lines(ways, lambda channel_id: sees(interaction, channel_id) is True))


async def _flag(interaction: Interaction, shown: Shown) -> None:
    """Open the window of a report: about the film under which it was pressed, or else about the card."""
    films = {message_id for _, message_id in await services_of(interaction).queries.films(shown.generation.id)}
    pressed = None if interaction.message is None else interaction.message.id
    about = pressed if pressed in films else shown.card.message_id
    if about is None:
        raise UnknownVideo(shown.generation.id)
    await interaction.response.send_modal(ReportModal(shown.generation.id, about))


_DOES: dict[str, Callable[[Interaction, Shown], Awaitable[None]]] = {
    "refresh": refresh,
    "dm": mail,
    "flag": _flag,
    "delete": delete,
}


class PanelButton(
    Pressable[ui.Button[ui.LayoutView]], template=rf"dreamreel:(?P<verb>{'|'.join(_DOES)}):(?P<generation_id>{ID})"
):
    """One of the panel's buttons. What its presser may do is asked when it is pressed."""

    def __init__(self, verb: str, generation_id: str) -> None:
        super().__init__(panel_button(verb, generation_id))
        self.verb = verb
        self.generation_id = generation_id

    async def pressed(self, interaction: Interaction) -> None:
        """Do it, where the presser may."""
        await _DOES[self.verb](interaction, await _shown(interaction, self.generation_id))
