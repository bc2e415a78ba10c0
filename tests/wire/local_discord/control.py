"""The local Discord over HTTP, for a test in another process: members' acts, what came of them, and counts."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.wire.local_discord.interactions import Interaction
from tests.wire.local_discord.payloads import CHANNEL, MEMBER, Json, text_of
from tests.wire.local_discord.server import LocalDiscord
from tests.wire.local_discord.trouble import Trouble


class Control:
    """`?wait=SECONDS` holds an answer back until there is something to tell, or the time is over."""

    def __init__(self, local: LocalDiscord) -> None:
        self._local = local

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/_control/interactions", self._act),
            web.get("/_control/interactions/{id}", self._interaction),
            web.post("/_control/interactions/{id}/again", self._again),
            web.get("/_control/messages", self._messages),
            web.get("/_control/messages/{id}", self._message),
            web.get("/_control/delivered", self._delivered),
            web.get("/_control/uploads/{id}", self._upload),
            web.get("/_control/counts", self._counts),
            web.get("/_control/tally", self._tally),
            web.post("/_control/drop", self._drop),
            *Trouble(self._local).routes(),
        ]

    async def _act(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        try:
            made = await self._done(wanted, int(wanted.get("by", MEMBER)))
        except (KeyError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response(_told(made), status=201)

    async def _done(self, wanted: Json, by: int) -> Interaction:
        local = self._local
        match wanted["act"]:
            case "slash":
                where = int(wanted.get("channel_id", CHANNEL))
                return await local.slash(wanted["name"], by=by, channel_id=where, **wanted["options"])
            case "type":
                return await local.type_in(wanted["name"], wanted["option"], wanted["text"], by=by)
            case "press":
                return await local.press(int(wanted["message"]), wanted["custom_id"], by=by)
            case "menu":
                return await local.menu(wanted["name"], int(wanted["message"]), by=by)
            case "submit":
                opened = local.interactions.all[int(wanted["window_of"])]
                return await local.submit(opened, by=by, **wanted["values"])
        raise ValueError(f"no such act: {wanted['act']}")

    async def _interaction(self, request: web.Request) -> web.Response:
        found = self._local.interactions.all[int(request.match_info["id"])]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(found.settled.wait(), _patience_s(request))
        return web.json_response(_told(found))

    async def _again(self, request: web.Request) -> web.Response:
        await self._local.again(self._local.interactions.all[int(request.match_info["id"])])
        return web.Response(status=204)

    async def _messages(self, request: web.Request) -> web.Response:
        """All messages; with `says`, those that hold these words."""
        words = request.query.get("says", "")

        def found() -> list[Json]:
            return [each for each in self._local.messages.values() if words in text_of(each)]

        await self._wait(request, lambda: bool(found()))
        return web.json_response(found())

    async def _message(self, request: web.Request) -> web.Response:
        """One message; with `says`, once it holds these words."""
        number, words = int(request.match_info["id"]), request.query.get("says", "")
        if number not in self._local.messages:
            return web.json_response({"error": "no such message"}, status=404)
        with contextlib.suppress(TimeoutError):
            await self._local.says(number, words, _patience_s(request))
        return web.json_response(self._local.messages[number])

    async def _delivered(self, _request: web.Request) -> web.Response:
        """The messages that show each file."""
        return web.json_response({name: list(map(str, found)) for name, found in self._local.delivered().items()})

    async def _upload(self, request: web.Request) -> web.Response:
        return web.Response(body=self._local.book.uploads[int(request.match_info["id"])])

    async def _counts(self, request: web.Request) -> web.Response:
        """Counts; waits until a bot is connected."""
        gateway, rest = self._local.gateway, self._local.rest
        await self._wait(request, lambda: gateway.connected > 0)
        counts = {
            "connected": gateway.connected,
            "identifies": len(gateway.identifies),
            "resumes": len(gateway.resumes),
            "heartbeats": gateway.heartbeats,
            "synced": rest.synced,
            "requests": len(rest.seen),
        }
        return web.json_response(counts)

    async def _tally(self, request: web.Request) -> web.Response:
        """All counts of `tally.py`; with `name` and `reaches`, once there are so many of that."""
        if "name" in request.query:
            with contextlib.suppress(TimeoutError):
                await self._local.counts(request.query["name"], int(request.query["reaches"]), _patience_s(request))
        return web.json_response(dict(self._local.tally.counts))

    async def _drop(self, request: web.Request) -> web.Response:
        wanted: dict[str, Any] = await request.json()
        await self._local.gateway.drop(resumable=bool(wanted.get("resumable", True)))
        return web.Response(status=204)

    async def _wait(self, request: web.Request, condition: Callable[[], bool]) -> None:
        with contextlib.suppress(TimeoutError):
            await self._local.changes.until(condition, _patience_s(request))


def _patience_s(request: web.Request) -> float:
    return float(request.query.get("wait", 0))


def _told(interaction: Interaction) -> Json:
    message_id = interaction.message_id
    return {
        "id": str(interaction.id),
        "answer": interaction.answer,
        "took_s": interaction.took_s,
        "message": None if message_id is None else str(message_id),
        "refused": interaction.refused,
    }
