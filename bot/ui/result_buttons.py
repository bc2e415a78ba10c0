"""The buttons of a card as they are drawn. What each does when it is pressed stands in a module of its own.

Apart from those modules, because they draw cards themselves, and cards draw these.
"""

from typing import Any

import discord
from discord import ui

from bot.ui import result_words
from bot.ui.custom_ids import about
from bot.ui.language import Message

Button = ui.Button[Any]

_PANEL: dict[str, tuple[Message, str, discord.ButtonStyle]] = {
    "refresh": (result_words.REFRESH_BUTTON, "🔗", discord.ButtonStyle.secondary),
    "dm": (result_words.SEND_BUTTON, "✉️", discord.ButtonStyle.secondary),
    "flag": (result_words.REPORT_BUTTON, "🚩", discord.ButtonStyle.secondary),
    "delete": (result_words.DELETE_BUTTON, "🗑️", discord.ButtonStyle.danger),
}


def again_button(generation_id: str, *, after_failure: bool = False) -> Button:
    """Asks for the same anew, for whoever presses."""
    label = result_words.TRY_AGAIN_BUTTON if after_failure else result_words.AGAIN_BUTTON
    style = discord.ButtonStyle.primary if after_failure else discord.ButtonStyle.secondary
    return ui.Button(label=label(), emoji="🔁", style=style, custom_id=about("again", generation_id))


def remix_button(generation_id: str) -> Button:
    """Opens a window that holds what was asked for."""
    return ui.Button(
        label=result_words.REMIX_BUTTON(),
        emoji="✏️",
        style=discord.ButtonStyle.secondary,
        custom_id=about("remix", generation_id),
    )


def more_button(generation_id: str) -> Button:
    """Opens what only the presser sees: details, and what one rarely does."""
    return ui.Button(
        label=result_words.MORE_BUTTON(),
        style=discord.ButtonStyle.secondary,
        custom_id=about("more", generation_id),
    )


def panel_button(verb: str, generation_id: str) -> Button:
    """Does what one rarely does; a film has the one that reports."""
    label, emoji, style = _PANEL[verb]
    return ui.Button(label=label(), emoji=emoji, style=style, custom_id=about(verb, generation_id))
