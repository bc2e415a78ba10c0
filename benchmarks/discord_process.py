"""The local Discord as a process of its own, with cards to start from: `python -m benchmarks.discord_process`."""

import asyncio
import secrets
import signal
import sys

from aiohttp import web

from bot.clock import SystemClock
from tests.wire.local_discord import CHANNEL, MEMBER, LocalDiscord
from tests.wire.local_discord.control import Control
from tests.wire.local_discord.limits import Limits
from tests.wire.local_discord.payloads import interaction

LISTENING = "listening on "
CHANNELS = 500
"""Channels of its server: Discord lets a bot edit five times in five seconds in each."""
_COMMAND = 2
"""The type of an interaction that a command is."""


class Bench:
    """What benchmarks ask of it beside what tests do."""

    def __init__(self, local: LocalDiscord) -> None:
        self._local = local

    def routes(self) -> list[web.RouteDef]:
        """For the server."""
        return [web.post("/_bench/cards", self._cards), web.get("/_bench/answers", self._answers)]

    async def _cards(self, request: web.Request) -> web.Response:
        """Answers to so many commands of earlier; `dead`: nothing leads to them any more but the bot's own token."""
        wanted = await request.json()
        made = [self._card(number, dead=bool(wanted["dead"])) for number in range(int(wanted["count"]))]
        return web.json_response(made)

    def _card(self, number: int, *, dead: bool) -> dict[str, object]:
        token, channel = secrets.token_urlsafe(48), CHANNEL
        if dead:
            channel += number % CHANNELS
            message_id = self._local.book.post(channel=channel)
        else:
            message_id = self._local.answer(token)
        payload = interaction(message_id, token, _COMMAND, {}, MEMBER, channel_id=channel)
        return {"message_id": message_id, "channel_id": channel, "token": token, "interaction": payload}

    async def _answers(self, _: web.Request) -> web.Response:
        """Of each command that was sent: seconds until its answer, or None where none came in time."""
        sent = [each for each in self._local.interactions.all.values() if each.sent_at]
        return web.json_response([each.took_s for each in sent])


async def _serve() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    local = LocalDiscord(SystemClock().now, limits=Limits(), channels=CHANNELS, lean=True, shapes=False)
    async with local.serving(0, [*Control(local).routes(), *Bench(local).routes()]):
        sys.stdout.write(f"{LISTENING}{local.rest.origin}\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(_serve())
