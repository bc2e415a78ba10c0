"""Turns what went wrong into one sentence for the member, and gets that sentence to them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
from discord import app_commands

from bot.domain.errors import (
    BadImage,
    BadOption,
    BadPrompt,
    LimitReached,
    NotAccepting,
    Refusal,
    StoreError,
    UnfinishedVideo,
    UnknownVideo,
)
from bot.ui import words
from bot.ui.outcomes import UNKNOWN_INTERACTION
from bot.ui.text import fitted, one_line

log = logging.getLogger(__name__)

ADMITTED = "dreamreel-admitted"
"""The key in an interaction's `extras` that holds the id of a generation admitted for it.

Such an interaction is never answered with anything but its card: the message found by its token is taken for it.
"""
NETWORK_ERRORS = (aiohttp.ClientError, OSError, asyncio.TimeoutError)
"""What discord.py lets through when Discord cannot be reached."""
_MB = 1024 * 1024
_MOST_NAME_BYTES = 200


class ServerOnly(Refusal):
    """Asked for outside a server."""


class NotAMember(Refusal):
    """The app was added to the server without its bot, so its token reaches no message there."""


class NotInThread(Refusal):
    """A private thread that the bot has not been added to."""


class MissingPermissions(Refusal):
    """The bot may not do in this channel all that a card needs. `names` are discord.py's names of permissions."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class Stale(Refusal):
    """A button or window of a version that is gone."""


def sentence(error: BaseException) -> str:
    """What the member is told of an error."""
    match error:
        case Refusal():
            return _refusal(error)
        case StoreError():
            return words.STORE_DOWN
        case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch() | app_commands.TransformerError():
            return words.STALE
    return words.APOLOGY


def _refusal(error: Refusal) -> str:
    match error:
        case BadPrompt():
            return words.bad_prompt(error.length, error.least, error.most)
        case BadImage():
            return _bad_image(error)
        case BadOption():
            return words.bad_option(_name(error.option), _name(error.value))
        case MissingPermissions():
            return words.missing_permissions([words.PERMISSIONS.get(name, name) for name in error.names])
        case LimitReached():
            return words.limit_reached(error.cost)
    return _FIXED.get(type(error), words.REFUSED)


def _bad_image(error: BadImage) -> str:
    name = _name(error.name)
    return words.bad_image_type(name) if error.most is None else words.bad_image_size(name, error.most // _MB)


_FIXED: dict[type[Refusal], str] = {
    UnknownVideo: words.UNKNOWN_VIDEO,
    UnfinishedVideo: words.UNFINISHED_VIDEO,
    NotAccepting: words.NOT_ACCEPTING,
    ServerOnly: words.SERVER_ONLY,
    NotAMember: words.NOT_A_MEMBER,
    NotInThread: words.NOT_IN_THREAD,
    Stale: words.STALE,
}


def _name(text: str) -> str:
    return fitted(one_line(text), _MOST_NAME_BYTES)


async def answer_error(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Log what is a fault of the bot's own, and tell the member, privately. Raises nothing that Discord causes."""
    if isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    _note(interaction, error)
    if interaction.type is discord.InteractionType.autocomplete or ADMITTED in interaction.extras:
        return
    await _tell(interaction, sentence(error))


def _note(interaction: discord.Interaction[Any], error: BaseException) -> None:
    if isinstance(error, Refusal):
        log.info("refused (%s)", type(error).__name__)
    elif isinstance(error, StoreError):
        log.error("the database could not be used: %s", error)
    elif sentence(error) is words.STALE:
        log.warning("an interaction does not fit this version: %s", error)
    elif isinstance(error, discord.NotFound) and error.code == UNKNOWN_INTERACTION:
        log.warning("an interaction was over before it could be answered")
    else:
        admitted = interaction.extras.get(ADMITTED)
        about = {"generation": admitted} if admitted else None
        log.error("an interaction failed", exc_info=error, extra=about)


async def _tell(interaction: discord.Interaction[Any], text: str) -> None:
    silent = discord.AllowedMentions.none()
    try:
        if interaction.response.is_done():
            await interaction.followup.send(text, ephemeral=True, allowed_mentions=silent)
        else:
            await interaction.response.send_message(text, ephemeral=True, allowed_mentions=silent)
    except (discord.DiscordException, *NETWORK_ERRORS) as error:
        log.warning("a member could not be told: %s", error)


@asynccontextmanager
async def answering(interaction: discord.Interaction[Any]) -> AsyncIterator[None]:
    """The base of every button and window: discord.py only logs their errors, so they end here, in a sentence."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - one of the four borders: whatever it is, the member gets a sentence
        await answer_error(interaction, error)
