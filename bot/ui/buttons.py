"""What the client registers so that buttons and windows work whichever process drew them."""

from typing import Any

import discord

from bot.service.requests import extension_request
from bot.ui.cancelling import CancelButton
from bot.ui.erasing import EraseButton
from bot.ui.extension import WINDOW, ExtendButton, extended, typed
from bot.ui.failures import Stale, answering
from bot.ui.placing import place
from bot.ui.reports import REPORT_WINDOW, RemoveButton, take_report

DYNAMIC_ITEMS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (CancelButton, ExtendButton, EraseButton, RemoveButton)
"""To be added to the client before it connects."""

_OURS = "dreamreel:"


async def submitted(interaction: discord.Interaction[Any]) -> bool:
    """Take a submitted window, also one that an earlier process opened. False where the interaction is none of ours."""
    if interaction.type is not discord.InteractionType.modal_submit:
        return False
    custom_id = str(dict(interaction.data or {}).get("custom_id", ""))
    if not custom_id.startswith(_OURS):
        return False
    async with answering(interaction):
        if report := REPORT_WINDOW.fullmatch(custom_id):
            await take_report(interaction, report["id"], int(report["message"]))
            return True
        window = WINDOW.fullmatch(custom_id)
        if window is None:
            raise Stale(custom_id)
        parent = await extended(interaction, window["id"])
        await place(interaction, extension_request(parent, typed(interaction)))
    return True
