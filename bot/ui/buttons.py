"""What the client registers so that buttons and windows work whichever process drew them."""

from typing import Any

import discord

from bot.service.requests import extension_request
from bot.ui.again import AgainButton
from bot.ui.cancelling import CancelButton
from bot.ui.erasing import EraseButton
from bot.ui.extension import WINDOW, ExtendButton, extended, typed
from bot.ui.failures import Stale, answering
from bot.ui.filming import FilmButton
from bot.ui.help import HelpSelect
from bot.ui.history import PageButton, PickMenu
from bot.ui.menus import ANIMATE_WINDOW, take_animation
from bot.ui.more import MoreButton, PanelButton
from bot.ui.placing import place
from bot.ui.preferences import SUFFIX_WINDOW, PreferenceSelect, SuffixButton, take_suffix
from bot.ui.remixing import REMIX_WINDOW, RemixButton, take_remix
from bot.ui.reports import REPORT_WINDOW, RemoveButton, take_report
from bot.ui.showing import ShowButton
from bot.ui.stopping import StopButton

DYNAMIC_ITEMS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (
    CancelButton,
    ShowButton,
    PageButton,
    PickMenu,
    ExtendButton,
    AgainButton,
    RemixButton,
    MoreButton,
    PanelButton,
    EraseButton,
    RemoveButton,
    PreferenceSelect,
    SuffixButton,
    FilmButton,
    StopButton,
    HelpSelect,
)
"""To be added to the client before it connects."""

_PATTERNS = tuple(item.__discord_ui_compiled_template__ for item in DYNAMIC_ITEMS)


async def taken(interaction: discord.Interaction[Any]) -> None:
    """Take what discord.py does not: every submitted window, and presses of buttons that no version knows any more.

    Whatever has a custom id was drawn by some version of this bot, and who acts on it is to be answered.
    """
    custom_id = str(dict(interaction.data or {}).get("custom_id", ""))
    match interaction.type:
        case discord.InteractionType.modal_submit:
            async with answering(interaction):
                await _submitted(interaction, custom_id)
        case discord.InteractionType.component if not any(each.fullmatch(custom_id) for each in _PATTERNS):
            async with answering(interaction):
                raise Stale("a button that is not known")


async def _submitted(interaction: discord.Interaction[Any], custom_id: str) -> None:
    if report := REPORT_WINDOW.fullmatch(custom_id):
        await take_report(interaction, report["id"], int(report["message"]))
        return
    if remixed := REMIX_WINDOW.fullmatch(custom_id):
        await take_remix(interaction, remixed["id"])
        return
    if custom_id == SUFFIX_WINDOW:
        await take_suffix(interaction)
        return
    if animated := ANIMATE_WINDOW.fullmatch(custom_id):
        await take_animation(interaction, int(animated["opened_by"]))
        return
    window = WINDOW.fullmatch(custom_id)
    if window is None:
        raise Stale("a window that is not known")
    parent = await extended(interaction, window["id"])
    await place(interaction, extension_request(parent, typed(interaction)))
