"""Tells a moderator what was changed, and posts it in the server's log channel; a post may fail, the change stands."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import discord

from bot.domain.house import GuildSettings
from bot.ui import log_words
from bot.ui.failures import NETWORK_ERRORS
from bot.ui.outcomes import FAILED
from bot.ui.posting import SILENT
from bot.ui.text import cut, utf16

log = logging.getLogger(__name__)

MOST_TEXT = 2_000
"""Characters. Discord's limit on a message of plain text."""


async def confirm(
    interaction: discord.Interaction[Any],
    said: str,
    *,
    entry: str,
    settings: GuildSettings,
    file: discord.File | None = None,
    also_in: int | None = None,
) -> None:
    """Answer with the new state, privately, and post the entry (`log_words.entry`) in the log channel.

    What keeps the entry from the log channel is told once, at the end of the answer. `also_in` is a second channel,
    for the log that was in force until now; its troubles are nobody's.
    """
    try:
        await answer(interaction, said, file=file)
    finally:  # what was changed is to be read, also when Discord gave up on the answer
        trouble = await post(interaction.client, settings, entry)
        if also_in not in {None, settings.log_channel_id}:
            await _post(interaction.client, settings.guild_id, also_in or 0, entry)
    if trouble is not None:
        await _add(interaction, f"{said}\n\n{trouble}")


async def answer(interaction: discord.Interaction[Any], said: str, *, file: discord.File | None = None) -> None:
    """Tell the one who asked, and nobody else; in place of "thinking" where the answer was put off."""
    text = cut(said, MOST_TEXT, utf16)
    files = [] if file is None else [file]
    if interaction.response.is_done():
        await interaction.followup.send(text, ephemeral=True, allowed_mentions=SILENT, files=files)
    else:
        await interaction.response.send_message(text, ephemeral=True, allowed_mentions=SILENT, files=files)


async def post(client: discord.Client, settings: GuildSettings, entry: str | discord.ui.LayoutView) -> str | None:
    """Post in the server's log channel, where there is one: None, or a sentence about why that did not go."""
    if settings.log_channel_id is None:
        return None
    return await _post(client, settings.guild_id, settings.log_channel_id, entry)


def packed(head: str, lines: Sequence[str], *, more: Callable[[int], str] = log_words.MORE_IN_FILE) -> tuple[str, int]:
    """As many of the lines as one message holds, below a head; and how many are left out, which `more` says."""
    shown = list(lines)
    while True:
        left_out = len(lines) - len(shown)
        tail = [more(left_out)] if left_out else []
        text = "\n".join([head, *shown, *tail])
        if utf16(text) <= MOST_TEXT or not shown:
            return text, left_out
        shown = shown[: min(len(shown) - 1, len(shown) * MOST_TEXT // utf16(text))]


async def _post(
    client: discord.Client, guild_id: int, channel_id: int, entry: str | discord.ui.LayoutView
) -> str | None:
    channel = client.get_partial_messageable(channel_id, guild_id=guild_id)
    try:
        if isinstance(entry, str):
            await channel.send(cut(entry, MOST_TEXT, utf16), allowed_mentions=SILENT)
        else:
            entry.stop()  # known by the ids of its buttons alone: discord.py need not keep it
            await channel.send(view=entry, allowed_mentions=SILENT)
    except FAILED as error:
        log.warning("the log channel of a server could not be written to (%s)", type(error).__name__)
        return _trouble(error)
    return None


def _trouble(error: BaseException) -> str:
    if isinstance(error, discord.Forbidden):
        return log_words.LOG_FORBIDDEN()
    return log_words.LOG_GONE() if isinstance(error, discord.NotFound) else log_words.LOG_TROUBLE()


async def _add(interaction: discord.Interaction[Any], text: str) -> None:
    try:
        await interaction.edit_original_response(content=cut(text, MOST_TEXT, utf16), allowed_mentions=SILENT)
    except (discord.DiscordException, *NETWORK_ERRORS) as error:
        log.warning("a moderator could not be told that the log channel does not work: %s", error)
