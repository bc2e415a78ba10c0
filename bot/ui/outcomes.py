"""Reads Discord's refusals: what the error of a request means for the card that the request was about."""

import logging

import aiohttp
import discord

from bot.domain.card import GoneReason
from bot.ports import Gone, NoEdit, TryLater

log = logging.getLogger(__name__)

# Discord's error codes (its documentation, opcodes and status codes).
UNKNOWN_CHANNEL = 10003
UNKNOWN_SERVER = 10004
UNKNOWN_MESSAGE = 10008
UNKNOWN_WEBHOOK = 10015
UNKNOWN_INTERACTION = 10062
OLD_MESSAGE_EDITED_OFTEN = 30046
FILE_TOO_LARGE = 40005
INVALID_WEBHOOK_TOKEN = 50027
THREAD_ARCHIVED = 50083
THREAD_LOCKED = 160005
REPLY_NEEDS_HISTORY = 160002

UNSOUND = (KeyError, TypeError, ValueError, RuntimeError)
"""What discord.py raises over an answer that is not what Discord sends, or a session closed under it."""
FAILED = (discord.DiscordException, aiohttp.ClientError, OSError, *UNSOUND)
"""All that a request to Discord can raise; OSError holds the timeouts."""

_GONE = {
    UNKNOWN_CHANNEL: GoneReason.CHANNEL,
    UNKNOWN_SERVER: GoneReason.SERVER,
    UNKNOWN_MESSAGE: GoneReason.MESSAGE,
    THREAD_LOCKED: GoneReason.PERMISSION,
}


def judged(error: BaseException, generation_id: str) -> Gone | TryLater | NoEdit:
    """What one of the FAILED means for the card.

    Names only the kind of a network error: its text may hold an address, and an interaction's address is its token.
    """
    if isinstance(error, discord.RateLimited):
        return TryLater("Discord limits the rate", error.retry_after)
    if isinstance(error, discord.HTTPException):
        return _answered(error, generation_id)
    if isinstance(error, UNSOUND):
        log.warning("no sound answer from Discord", exc_info=error, extra={"generation": generation_id})
    return TryLater(f"no answer from Discord ({type(error).__name__})")


def is_final(error: discord.HTTPException) -> bool:
    """Whether an error met through an interaction's token would be met by bot token too."""
    known = {UNKNOWN_MESSAGE, OLD_MESSAGE_EDITED_OFTEN, FILE_TOO_LARGE}
    return error.code in known or error.status in {413, 429} or error.status >= 500  # noqa: PLR2004  # HTTP's own


def says_no_answer(error: discord.HTTPException) -> bool:
    """Whether Discord says clearly that an interaction's token leads to no message, or to none any more."""
    return error.code in {UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, INVALID_WEBHOOK_TOKEN}


def _answered(error: discord.HTTPException, generation_id: str) -> Gone | TryLater | NoEdit:
    match error.status, error.code:
        case _, code if code == OLD_MESSAGE_EDITED_OFTEN:
            return NoEdit.TOO_OLD
        case _, code if code == THREAD_ARCHIVED:
            return NoEdit.TOO_OLD  # a new message opens the thread again, an edit does not
        case status, code if status == 413 or code == FILE_TOO_LARGE:  # noqa: PLR2004  # HTTP's own
            return NoEdit.TOO_LARGE
        case 429, _:
            return TryLater("Discord limits the rate", _retry_after(error))
        case status, _ if status in {400, 403, 404} and _from_discord(error):
            return Gone(_reason(error, generation_id))
    return TryLater(f"Discord answered {error.status}")


def _reason(error: discord.HTTPException, generation_id: str) -> GoneReason:
    if error.code in _GONE:
        return _GONE[error.code]
    if error.status == 403:  # noqa: PLR2004  # HTTP's own
        return GoneReason.PERMISSION
    log.error("Discord rejected a card: %s", error, extra={"generation": generation_id})
    return GoneReason.REJECTED


def _from_discord(error: discord.HTTPException) -> bool:
    """Whether Discord itself spoke: a proxy or CDN in front of it answers with a page, and says nothing of the card."""
    headers = getattr(error.response, "headers", {})
    return str(headers.get("Content-Type", "application/json")).startswith("application/json")


def _retry_after(error: discord.HTTPException) -> float | None:
    try:
        return float(getattr(error.response, "headers", {})["Retry-After"])
    except (KeyError, ValueError):
        return None
