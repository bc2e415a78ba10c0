"""The local Discord over HTTP, for a test in another process: members' acts, what came of them, and counts."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from aiohttp import web

from tests.wire.local_discord.faults import Fault
from tests.wire.local_discord.interactions import Interaction
from tests.wire.local_discord.payloads import MEMBER, Json, text_of
from tests.wire.local_discord.server import LocalDiscord

_FAULT_FIELDS = {field.name for field in fields(Fault)}


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
            web.get("/_control/uploads/{id}", self._upload),
            web.get("/_control/counts", self._counts),
            web.post("/_control/faults", self._fail),
            web.post("/_control/drop", self._drop),
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
                return await local.slash(wanted["name"], by=by, **wanted["options"])
            case "type":
                return await local.type_in(wanted["name"], wanted["option"], wanted["text"], by=by)
            case "press":
                return await local.press(int(wanted["message"]), wanted["custom_id"], by=by)
            case "submit":
                opened = local.interactions.all[int(wanted["window_of"])]
                return await local.submit(opened, by=by, **wanted["values"])
        raise ValueError(f"no such act: {wanted['act']}")

    async def _interaction(self, request: web.Request) -> web.Response:
        found = self._local.interactions.all[int(request.match_info["id"])]
        await self._wait(request, lambda: found.answer is not None)
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

    async def _fail(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        if unknown := wanted.keys() - _FAULT_FIELDS:
            return web.json_response({"error": f"a fault has no {', '.join(sorted(unknown))}"}, status=400)
        self._local.fail(Fault(**wanted))
        return web.Response(status=204)

    async def _drop(self, request: web.Request) -> web.Response:
        wanted: dict[str, Any] = await request.json()
        await self._local.gateway.drop(resumable=bool(wanted.get("resumable", True)))
        return web.Response(status=204)

    async def _wait(self, request: web.Request, condition: Callable[[], bool]) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await self._local.changes.until(condition, float(request.query.get("wait", 0)))


def _told(interaction: Interaction) -> Json:
    message_id = interaction.message_id
    return {
        "id": str(interaction.id),
        "answer": interaction.answer,
        "took_s": interaction.took_s,
        "message": None if message_id is None else str(message_id),
        "refused": interaction.refused,
    }
