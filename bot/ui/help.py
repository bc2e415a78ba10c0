"""Shows the pages of `/help`, turned by a list, and the hint that follows a member's first video."""

import logging
import re
from typing import Any

import discord
from discord import SelectOption, ui

from bot.domain.errors import StoreError
from bot.domain.generation import Generation
from bot.ui import help_words as words
from bot.ui.failures import NETWORK_ERRORS, ServerOnly, Stale
from bot.ui.language import number
from bot.ui.manual import Audience, pages
from bot.ui.pressing import Pressable
from bot.ui.rights import is_moderator, moderated
from bot.ui.services import services_of

log = logging.getLogger(__name__)

MOST_PAGES = 25
"""Discord's limit on the options of one list."""

_BLURPLE = 0x5865F2
_VALUE = re.compile(r"(?P<audience>everyone|moderators):(?P<page>\d{1,2})")


async def show_help(interaction: discord.Interaction[Any]) -> None:
    """Open the first page for everyone. Raises ServerOnly and StoreError."""
    view = await _drawn(interaction, Audience.EVERYONE, 0)
    await interaction.response.send_message(view=view, ephemeral=True)


async def hint_at_help(interaction: discord.Interaction[Any], generation: Generation) -> None:
    """Tell a member of the help below their first video in a server. It may be lost: nobody waits for it."""
    try:
        if not await services_of(interaction).queries.is_first(generation):
            return
        await interaction.followup.send(words.FIRST_VIDEO(), ephemeral=True, silent=True)
    except (StoreError, discord.DiscordException, *NETWORK_ERRORS) as error:
        log.info("the hint at the help was lost: %s", error, extra={"generation": generation.id})


class HelpSelect(Pressable[ui.Select[ui.LayoutView]], template=r"dreamreel:help"):
    """Turns the pages. Those for moderators are in it for moderators only, and who picks one is asked for the right."""

    def __init__(self, options: list[SelectOption] | None = None) -> None:
        """Without `options` it is only made to take what was picked."""
        super().__init__(
            ui.Select(custom_id="dreamreel:help", placeholder=words.SWITCH(), options=(options or [])[:MOST_PAGES])
        )

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Show the page that was picked, or the last there is where the commands have become fewer."""
        picked = _VALUE.fullmatch(str(self.item.values[0]))
        if picked is None:
            raise Stale("a page that is not known")
        audience = Audience(picked["audience"])
        if audience is Audience.MODERATORS:
            await moderated(interaction)
        await interaction.response.edit_message(view=await _drawn(interaction, audience, int(picked["page"])))


async def _drawn(interaction: discord.Interaction[Any], audience: Audience, page: int) -> ui.LayoutView:
    """A page, and below it the list of all that this member may see. A fresh view, over before it is sent."""
    if interaction.guild_id is None:
        raise ServerOnly("not in a server")
    settings = await services_of(interaction).house.settings(interaction.guild_id)
    client = interaction.client
    shown = [Audience.EVERYONE, *([Audience.MODERATORS] if is_moderator(interaction, settings) else [])]
    texts = {each: await pages(client.tree, client.command_ids, each) for each in shown}
    page = min(page, len(texts[audience]) - 1)
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_BLURPLE)
    box.add_item(ui.TextDisplay(texts[audience][page]))
    box.add_item(ui.TextDisplay(words.LEGEND()))
    options = [
        _turn(each, n, texts[each], chosen=(each, n) == (audience, page))
        for each in shown
        for n in range(len(texts[each]))
    ]
    if len(options) > 1:
        box.add_item(ui.ActionRow(HelpSelect(options)))
    view = ui.LayoutView(timeout=None)
    view.add_item(box)
    view.stop()
    return view


def _turn(audience: Audience, page: int, of: list[str], *, chosen: bool) -> SelectOption:
    alone, one_of_several = {
        Audience.EVERYONE: (words.FOR_EVERYONE, words.FOR_EVERYONE_PAGE),
        Audience.MODERATORS: (words.FOR_MODERATORS, words.FOR_MODERATORS_PAGE),
    }[audience]
    label = alone() if len(of) == 1 else one_of_several(page=number(page + 1))
    return SelectOption(label=label, value=f"{audience}:{page}", default=chosen)
