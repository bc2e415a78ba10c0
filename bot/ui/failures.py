"""Turns what went wrong into one sentence for the member, and gets that sentence to them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
from discord import app_commands

from bot.domain.errors import (
    BadImage,
    BadOption,
    BadPrompt,
    BadSetting,
    Blocked,
    Forgotten,
    LimitReached,
    NotAccepting,
    NotHere,
    NotModerator,
    NotYours,
    PictureGone,
    QueueFull,
    Refusal,
    StoreError,
    TooLate,
    UnfinishedVideo,
    UnknownVideo,
    WordForbidden,
)
from bot.domain.quota import Met
from bot.service.filming import NoFilm
from bot.service.reporting import ReportedOften
from bot.ui import (
    finding_words,
    house_words,
    preference_words,
    purse_words,
    quota_words,
    result_words,
    story_words,
    trust_words,
    words,
)
from bot.ui.language import number, speak
from bot.ui.outcomes import UNKNOWN_INTERACTION
from bot.ui.posting import SILENT
from bot.ui.reader import reader_language
from bot.ui.services import services_of
from bot.ui.text import fitted, one_line, quoted

log = logging.getLogger(__name__)

ADMITTED = "dreamreel-admitted"
"""The key in an interaction's `extras` that holds the id of a generation admitted for it.

Such an interaction is never answered with anything but its card: the message found by its token is taken for it.
"""
NETWORK_ERRORS = (aiohttp.ClientError, OSError, asyncio.TimeoutError)
"""What discord.py lets through when Discord cannot be reached."""
_OF_ANOTHER_VERSION = (
    app_commands.CommandNotFound,
    app_commands.CommandSignatureMismatch,
    app_commands.TransformerError,
)
"""What discord.py raises over a command as another version has it."""
_MB = 1024 * 1024
_MOST_NAME_BYTES = 200
_MOST_REASON_BYTES = 600
_MOST_WRITTEN_BYTES = 1_500
_MOST_WRITTEN_LINES = 20


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


class NotManager(Refusal):
    """Only members with Manage Server may do this, and no role can stand in for it."""


class NotAResult(Refusal):
    """The message is no card of this server's."""


class NotAVideo(Refusal):
    """The message shows none of this server's videos."""


class NothingToShow(Refusal):
    """The video is not finished."""


class NoPicture(Refusal):
    """The message has no picture that can be animated."""


class PictureForgotten(Refusal):
    """The window's picture is not kept any more. `prompt` is what was written, so that it is not lost."""

    def __init__(self, prompt: str) -> None:
        super().__init__("the picture of the window is not kept any more")
        self.prompt = prompt


class NotYoursToDelete(Refusal):
    """Only the one who asked for it, or a moderator, may delete it."""


class NotOver(Refusal):
    """It is still being made, so its message stays."""


class NotYourData(Refusal):
    """The button was made for another member."""


class Stale(Refusal):
    """A button or window of a version that is gone."""


def sentence(error: BaseException) -> str:
    """What the member is told of an error, in the language that is spoken."""
    match error:
        case Refusal():
            return _refusal(error)
        case StoreError():
            return words.STORE_DOWN()
    return words.STALE() if isinstance(error, _OF_ANOTHER_VERSION) else words.APOLOGY()


def _refusal(error: Refusal) -> str:
    match error:
        case BadPrompt():
            return words.bad_prompt(error.length, error.least, error.most)
        case BadImage():
            return _bad_image(error)
        case BadOption():
            return words.BAD_OPTION(option=_name(error.option), value=_name(error.value))
        case NoFilm():
            return story_words.NO_FILM[error.why]()
        case MissingPermissions() | PictureForgotten():
            return _of_this_place(error)
    return _by_the_rules(error) or _FIXED.get(type(error), words.REFUSED)()


def _of_this_place(error: MissingPermissions | PictureForgotten) -> str:
    if isinstance(error, MissingPermissions):
        return words.missing_permissions(error.names)
    return finding_words.PICTURE_FORGOTTEN(prompt=quoted(error.prompt, _MOST_WRITTEN_BYTES, _MOST_WRITTEN_LINES))


def _by_the_rules(error: Refusal) -> str | None:
    """What the rules of a server and its purse say."""
    match error:
        case LimitReached():
            return _limit_reached(error.met, error.cost)
        case QueueFull():
            return purse_words.queue_full(error.whose, error.most)
        case Blocked():
            until = None if error.until is None else int(error.until.timestamp())
            return house_words.blocked(until, fitted(one_line(error.reason), _MOST_REASON_BYTES))
        case NotHere():
            return house_words.not_here(error.channels, error.roles)
        case BadSetting():
            return _BAD_SETTINGS.get((error.name, error.why), quota_words.BAD_SETTING)()
    return None


def _bad_image(error: BadImage) -> str:
    name = _name(error.name)
    if error.most is None:
        return words.BAD_IMAGE_TYPE(name=name)
    return words.BAD_IMAGE_SIZE(name=name, most=number(error.most // _MB))


def _limit_reached(met: Met, cost: int) -> str:
    """Names the limit, what is left and when it starts over; or, where that would not help, what would."""
    standing = met.standing
    bonus = met.left - standing.left
    if cost > standing.limit.credits + bonus:
        return purse_words.limit_too_small(cost, standing.scope, standing.limit)
    ends = int(standing.period.ends_at.timestamp())
    return purse_words.limit_reached(cost, standing.scope, standing.limit, met.left, ends, with_bonus=bonus > 0)


_BAD_SETTINGS = {**house_words.BAD_SETTINGS, **quota_words.BAD_SETTINGS, **preference_words.BAD_SETTINGS}
_FIXED: dict[type[Refusal], Callable[[], str]] = {
    UnknownVideo: words.UNKNOWN_VIDEO,
    UnfinishedVideo: words.UNFINISHED_VIDEO,
    Forgotten: words.FORGOTTEN,
    PictureGone: words.PICTURE_GONE,
    NotAccepting: words.NOT_ACCEPTING,
    WordForbidden: house_words.WORD_FORBIDDEN,
    NotModerator: house_words.NOT_MODERATOR,
    TooLate: purse_words.TOO_LATE,
    NotYours: words.NOT_YOURS,
    NotYoursToDelete: result_words.NOT_YOURS_TO_DELETE,
    NotOver: result_words.NOT_OVER,
    NotManager: house_words.ONLY_MANAGERS,
    NotAResult: trust_words.NOT_A_RESULT,
    NotAVideo: finding_words.NO_VIDEO,
    NothingToShow: finding_words.UNFINISHED,
    NoPicture: finding_words.NO_PICTURE,
    NotYourData: trust_words.NOT_YOUR_DATA,
    ReportedOften: trust_words.REPORTED_OFTEN,
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
    elif isinstance(error, _OF_ANOTHER_VERSION):
        log.warning("an interaction does not fit this version: %s", error)
    elif isinstance(error, discord.NotFound) and error.code == UNKNOWN_INTERACTION:
        log.warning("an interaction was over before it could be answered")
    else:
        admitted = interaction.extras.get(ADMITTED)
        about = {"generation": admitted} if admitted else None
        log.error("an interaction failed", exc_info=error, extra=about)


async def _tell(interaction: discord.Interaction[Any], text: str) -> None:
    try:
        if interaction.response.is_done():
            await interaction.followup.send(text, ephemeral=True, allowed_mentions=SILENT)
        else:
            await interaction.response.send_message(text, ephemeral=True, allowed_mentions=SILENT)
    except (discord.DiscordException, *NETWORK_ERRORS) as error:
        log.warning("a member could not be told: %s", error)


@asynccontextmanager
async def answering(interaction: discord.Interaction[Any]) -> AsyncIterator[None]:
    """The base of every button and window: discord.py only logs their errors, so they end here, in a sentence.

    From here on, the member goes first, and their language is spoken.
    """
    try:
        services_of(interaction).right_of_way.take(interaction.response.is_done)
        speak(await reader_language(interaction))
        yield
    except Exception as error:  # noqa: BLE001 - one of the four borders: whatever it is, the member gets a sentence
        await answer_error(interaction, error)
