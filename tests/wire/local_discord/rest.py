"""The REST calls of a bot: read, refused by Discord's rules or by a fault that a test asked for, or done."""

from typing import Any

from aiohttp import BodyPartReader, web

from tests.wire.local_discord import faults
from tests.wire.local_discord.changes import Changes
from tests.wire.local_discord.faults import Fault, Refused, Seen
from tests.wire.local_discord.interactions import Interactions
from tests.wire.local_discord.messages import Ids, Messages
from tests.wire.local_discord.payloads import APPLICATION, BOT, CHANNEL, Json, application, channel, user

PREFIX = "/api/v10"
_MOST_HISTORY = 50
_BY_THEIR_TOKEN = ("interactions", "webhooks")
"""Calls that carry an interaction's token in their path instead of the bot's in a header."""


class Rest:
    """What is behind `/api/v10`. `token` None lets every bot in; `synced` counts the bulk writes of the commands."""

    def __init__(
        self, ids: Ids, messages: Messages, interactions: Interactions, changes: Changes, token: str | None
    ) -> None:
        self.seen: list[Seen] = []
        self.faults: list[Fault] = []
        self.commands: dict[str, Json] = {}
        self.synced = 0
        self.origin = ""
        self._ids = ids
        self._messages = messages
        self._interactions = interactions
        self._changes = changes
        self._authorization = None if token is None else f"Bot {token}"

    async def handle(self, request: web.Request) -> web.Response:
        payload, files = await _read(request)
        path = request.path.removeprefix(PREFIX)
        self.seen.append(Seen(request.method, path, "Authorization" in request.headers, payload, files))
        try:
            # The place for rate limits, too: all that is asked comes by here, and nothing is done yet.
            fault = next((fault for fault in self.faults if fault.fits(request)), None)
            if fault is not None:
                return fault.strike(request)
            self._check_token(request, path)
            return self._done(request, path.strip("/").split("/"), payload, files)
        except Refused as no:
            return no.response()
        finally:
            self._changes.tell()

    def _check_token(self, request: web.Request, path: str) -> None:
        if self._authorization is None or path.strip("/").startswith(_BY_THEIR_TOKEN):
            return
        if request.headers.get("Authorization") != self._authorization:
            raise Refused(401, 0, "401: Unauthorized")

    def _done(self, request: web.Request, path: list[str], payload: Any, files: dict[str, bytes]) -> web.Response:
        body: Any
        match request.method, path:
            case "POST", ["interactions", number, token, "callback"]:
                body = self._interactions.answer(int(number), token, payload, files)
                if request.query.get("with_response") not in {"1", "true"}:
                    return web.Response(status=204)
            case "GET", ["channels", _, "messages"]:
                limit = int(request.query.get("limit", _MOST_HISTORY))
                body = self._messages.history(int(request.query.get("after", 0)), limit)
            case "POST", ["channels", _, "messages"]:
                body = self._messages.create(payload, files)
            case "PATCH", ["channels", _, "messages", number]:
                body = self._messages.change(int(number), payload, files)
            case "POST", ["webhooks", _, token]:
                self._interactions.by_token(token)
                body = self._messages.create(payload, files)
            case method, ["webhooks", _, token, "messages", which]:
                body = self._by_token(method, self._interactions.message_of(token, which), payload, files)
            case "PUT", ["applications", _, "commands"]:
                body = self._sync(payload)
            case "GET", _:
                body = self._about(path)
            case _:
                raise Refused(404, 0, "404: Not Found")
        return faults.answer(body)

    def _by_token(self, method: str, message_id: int, payload: Json, files: dict[str, bytes]) -> Json:
        if method == "PATCH":
            return self._messages.change(message_id, payload, files)
        return self._messages.known(message_id)

    def _sync(self, payload: list[Json]) -> list[Json]:
        self.synced += 1
        version = {"application_id": str(APPLICATION), "version": str(self._ids.new())}
        # A command of a message's or a member's menu has no description, and Discord answers with an empty one.
        known = {"type": 1, "description": ""}
        self.commands = {each["name"]: {**known, **each, **version, "id": str(self._ids.new())} for each in payload}
        return list(self.commands.values())

    def _about(self, path: list[str]) -> Json:
        match path:
            case ["users", "@me"]:
                return user(BOT)
            case ["oauth2", "applications", "@me"] | ["applications", "@me"]:
                return application()
            case ["channels", number] if number == str(CHANNEL):
                return channel()
            case ["gateway"] | ["gateway", "bot"]:
                limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
                return {"url": self.origin.replace("http", "ws", 1), "shards": 1, "session_start_limit": limit}
        raise Refused(404, 0, "404: Not Found")


async def _read(request: web.Request) -> tuple[Any, dict[str, bytes]]:
    if not request.content_type.startswith("multipart/"):
        return (await request.json() if request.can_read_body else {}), {}
    payload: Any = {}
    files: dict[str, bytes] = {}
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        if part.name == "payload_json":
            payload = await part.json() or {}
        else:
            files[part.filename or ""] = bytes(await part.read())
    return payload, files
