"""Brings the client to Discord and keeps it there, with words for the operator where Discord does not want it."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.domain.errors import DreamreelError
from bot.ports import Clock
from bot.ui.sync import Notes

log = logging.getLogger(__name__)

STARTS = "starts"
"""The note under which the times of recent starts are kept, as a JSON list."""
STREAK_GAP = timedelta(minutes=10)
"""Starts no further apart than this are one crash loop: twice the longest wait, so that waiting ends no loop."""
FREE_STARTS = 3
"""So many starts in a row need no reason to wait: an operator at work."""
LONGEST_WAIT_S = 300
"""Seconds. A loop that never ends makes some 290 identifies a day of the 1,000 that Discord allows (docs, gateway)."""
KEPT_STARTS = 16

Sleep = Callable[[float], Awaitable[object]]

_NO_TOKEN = "Discord does not accept discord.token."  # noqa: S105  # a sentence, not a secret
_CLOSED = {
    4004: _NO_TOKEN,
    4011: "Discord wants this bot sharded: it is in more servers than one connection may serve.",
    4013: "Discord does not know the intents that the bot asks for.",
    4014: "Discord does not allow the intents that the bot asks for.",
}
"""The gateway's close codes that no reconnect can mend (Discord's documentation, opcodes and status codes)."""


class DiscordRefused(DreamreelError):
    """Discord will not have the bot as it is set up. The message is a sentence for the operator, with no secret."""


def point_at(api_url: str | None, gateway_url: str | None) -> None:
    """Send REST calls and the first gateway connection elsewhere, for the whole process. None leaves Discord's own.

    `api_url` goes up to the version (`https://discord.com/api/v10`). A resumed connection goes to the address that
    READY named. discord.py keeps both addresses in class attributes: there is no setting for them.
    """
    if api_url is not None:
        Route.BASE = api_url.rstrip("/")
    if gateway_url is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


def start_delay(recent: Sequence[datetime], now: datetime) -> float:
    """Seconds to wait before connecting at `now`, after those earlier starts.

    Three in a row are free; the n-th after them waits 2 to the power of the starts before it, at most 300 s.
    """
    streak, after = 0, now
    for start in sorted((start for start in recent if start <= now), reverse=True):  # a later one: the clock was wrong
        if after - start > STREAK_GAP:
            break
        streak, after = streak + 1, start
    return 0.0 if streak < FREE_STARTS else float(min(2**streak, LONGEST_WAIT_S))


async def hold_back(notes: Notes, clock: Clock, *, sleep: Sleep = asyncio.sleep) -> None:
    """Slow a crash loop down: to be awaited before `run_client`. Also notes this start."""
    starts = _read(await notes.noted(STARTS))
    wait = start_delay(starts, clock.now())
    if wait:
        log.warning("started often in a short time: connecting to Discord in %d s", wait)
        await sleep(wait)
    kept = [*starts, clock.now()][-KEPT_STARTS:]
    await notes.note(STARTS, json.dumps([start.isoformat() for start in kept]))


async def run_client(client: discord.Client, token: str, *, sleep: Sleep = asyncio.sleep) -> None:
    """Log in, connect, and stay connected until the client is closed, which is left to the caller.

    Raises DiscordRefused where trying again cannot help. A Discord that does not answer is asked again and again.
    """
    await _log_in(client, token, sleep)
    try:
        await client.connect(reconnect=True)
    except discord.PrivilegedIntentsRequired as exc:
        raise DiscordRefused(_CLOSED[4014]) from exc
    except discord.ConnectionClosed as exc:
        raise DiscordRefused(_CLOSED.get(exc.code, f"Discord closed the connection for good ({exc.code}).")) from exc


async def _log_in(client: discord.Client, token: str, sleep: Sleep) -> None:
    wait = 1
    while True:
        try:
            await client.login(token)
        except discord.LoginFailure as exc:
            raise DiscordRefused(_NO_TOKEN) from exc
        except (discord.HTTPException, aiohttp.ClientError, OSError) as exc:
            if isinstance(exc, discord.HTTPException) and not _passing(exc.status):
                raise DiscordRefused(f"Discord refuses the login ({exc.status}).") from exc
            log.warning("Discord does not answer (%s); trying again in %d s", type(exc).__name__, wait)
        else:
            return
        # The session of the failed login would be left open, and a closed connector would be used again.
        await client.http.close()
        client.http.connector = discord.utils.MISSING
        await sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT_S)


def _passing(status: int) -> bool:
    return status == 429 or status >= 500  # noqa: PLR2004  # HTTP's own numbers


def _read(noted: str | None) -> list[datetime]:
    return [] if noted is None else [datetime.fromisoformat(text) for text in json.loads(noted)]
