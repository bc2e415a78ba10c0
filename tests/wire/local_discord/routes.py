"""What each REST call of a bot does, once it is let through."""

from typing import Any

from aiohttp import web

from tests.wire.local_discord.answers import Refused
from tests.wire.local_discord.interactions import Interactions
from tests.wire.local_discord.messages import Ids, Messages
from tests.wire.local_discord.payloads import (
    APPLICATION,
    BOT,
    CHANNEL,
    Json,
    application,
    channel,
    dm,
    membership,
    user,
)
from tests.wire.local_discord.uploads import Upload

_MOST_HISTORY = 50
_FAR_FUTURE = 1 << 63
_DM = 9_000_000_000
"""A channel of this number and a member's is the one between the bot and the member."""


class Routes:
    """The calls, for so many channels. `synced` counts the bulk writes of the commands."""

    def __init__(self, ids: Ids, messages: Messages, interactions: Interactions, channels: int) -> None:
        self.commands: dict[str, Json] = {}
        self.synced = 0
        self.closed_to_dms: set[int] = set()
        self._ids = ids
        self._messages = messages
        self._interactions = interactions
        self._channels = range(CHANNEL, CHANNEL + channels)

    def do(self, request: web.Request, path: list[str], payload: Any, files: dict[str, Upload]) -> Any:
        """Do it; the body of the answer, None for none. Raises Refused."""
        match path:
            case ["interactions", number, token, "callback"] if request.method == "POST":
                told = self._interactions.answer(int(number), token, payload, files)
                return told if request.query.get("with_response") in {"1", "true"} else None
            case ["channels", number, "messages", *which] if number.isdigit():
                return self._in_channel(request, self._known(int(number)), which, payload, files)
            case ["webhooks", _, token, *which]:
                return self._by_token(request.method, token, which, payload, files)
            case ["users", "@me", "channels"] if request.method == "POST":
                return dm(_DM + int(payload["recipient_id"]), int(payload["recipient_id"]))
            case ["applications", _, "commands"]:
                return self._told(request.method, payload)
        if request.method == "GET":
            return self._about(request, path)
        raise Refused(404, 0, "404: Not Found")

    def _known(self, number: int) -> int:
        if number not in self._channels and number < _DM:
            raise Refused(404, 10003, "Unknown Channel")
        return number

    def _in_channel(
        self, request: web.Request, channel_id: int, which: list[str], payload: Any, files: dict[str, Upload]
    ) -> Any:
        match request.method, which:
            case "GET", []:
                return self._history(request, channel_id)
            case "POST", []:
                if channel_id - _DM in self.closed_to_dms:
                    raise Refused(403, 50007, "Cannot send messages to this user")
                return self._messages.create(channel_id, payload, files)
            case "GET", [number]:
                return self._messages.open_to_all(channel_id, int(number))
            case "PATCH", [number]:
                self._messages.own(channel_id, int(number))
                return self._messages.change(int(number), payload, files)
            case "DELETE", [number]:
                self._messages.open_to_all(channel_id, int(number))
                self._messages.delete(int(number))
                return None
        raise Refused(405, 0, "405: Method Not Allowed")

    def _history(self, request: web.Request, channel_id: int) -> list[Json]:
        limit = int(request.query.get("limit", _MOST_HISTORY))
        if "after" in request.query:
            return self._messages.after(channel_id, int(request.query["after"]), limit)
        return self._messages.before(channel_id, int(request.query.get("before", _FAR_FUTURE)), limit)

    def _by_token(self, method: str, token: str, which: list[str], payload: Any, files: dict[str, Upload]) -> Any:
        match method, which:
            case "POST", []:
                return self._interactions.follow_up(token, payload, files)
            case "GET", ["messages", name]:
                return self._messages.known(self._interactions.message_of(token, name))
            case "PATCH", ["messages", name]:
                return self._messages.change(self._interactions.message_of(token, name), payload, files)
            case "DELETE", ["messages", name]:
                self._messages.delete(self._interactions.message_of(token, name))
                return None
        raise Refused(404, 0, "404: Not Found")

    def _told(self, method: str, payload: list[Json]) -> list[Json]:
        """The commands, which a PUT replaces."""
        if method == "PUT":
            self.synced += 1
            version = {"application_id": str(APPLICATION), "version": str(self._ids.new())}
            # A command of a message's or a member's menu has no description: Discord answers with an empty one.
            known = {"type": 1, "description": ""}
            self.commands = {each["name"]: {**known, **each, **version, "id": str(self._ids.new())} for each in payload}
        return list(self.commands.values())

    def _about(self, request: web.Request, path: list[str]) -> Any:
        match path:
            case ["users", "@me"]:
                return user(BOT)
            case ["users", "@me", "guilds"]:
                return [found for found in [membership()] if int(found["id"]) > int(request.query.get("after", 0))]
            case ["oauth2", "applications", "@me"] | ["applications", "@me"]:
                return application()
            case ["channels", number] if number.isdigit():
                return channel(self._known(int(number)))
            case ["gateway"] | ["gateway", "bot"]:
                limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
                return {"url": f"ws://{request.host}", "shards": 1, "session_start_limit": limit}
        raise Refused(404, 0, "404: Not Found")
