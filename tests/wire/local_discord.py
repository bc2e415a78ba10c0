"""A small Discord on loopback: the REST calls that a board makes, answered as Discord answers them.

SimCord stands in for discord.py's HTTP client; this stands in for the other end of the wire, so that statuses,
headers, retries, nonces and uploads are discord.py's own.
"""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from aiohttp import BodyPartReader, web
from discord.utils import time_snowflake

APPLICATION, BOT, GUILD, CHANNEL = 1000, 1001, 2000, 3000
Json = dict[str, Any]


@dataclass
class Fault:
    """An answer given in place of the right one. `body` may be text, which no part of Discord itself sends."""

    status: int
    code: int = 0
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    extra: Json = field(default_factory=dict)
    method: str = "*"
    part_of_path: str = ""
    times: int = 1
    hang_up: bool = False

    def fits(self, request: web.Request) -> bool:
        return self.times > 0 and self.method in {"*", request.method} and self.part_of_path in request.path


@dataclass
class Seen:
    """One request: what was asked, by whom, with which JSON and files (by name)."""

    method: str
    path: str
    by_bot: bool
    json: Json
    files: dict[str, bytes]


class LocalDiscord:
    """Its channel's messages, its living interaction tokens, and what it was asked."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.messages: dict[int, Json] = {}
        self.answers: dict[str, int] = {}
        self.faults: list[Fault] = []
        self.seen: list[Seen] = []
        self._nonces: dict[str, int] = {}
        self._now = now

    def post(self, *, author: int = BOT, **fields: Any) -> int:
        """Put a message into the channel."""
        message_id = time_snowflake(self._now()) + len(self.messages) + 1
        message: Json = {
            "id": str(message_id),
            "channel_id": str(CHANNEL),
            "author": {"id": str(author), "username": "someone", "discriminator": "0", "avatar": None},
            "content": "",
            "timestamp": "2026-01-01T00:00:00+00:00",
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "components": [],
            "pinned": False,
            "type": 0,
            "flags": 0,
        }
        self.messages[message_id] = {**message, **fields}
        return message_id

    def answer(self, token: str) -> int:
        """What an interaction's answer leaves behind: a message, and a token that leads to it."""
        self.answers[token] = self.post()
        return self.answers[token]

    def fail(self, fault: Fault) -> None:
        """Answer so from now on, as often as it says."""
        self.faults.append(replace(fault))

    def edits(self) -> list[Seen]:
        return [seen for seen in self.seen if seen.method == "PATCH"]

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Answer on loopback; the address for `Route.BASE`."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            yield f"http://{host}:{port}/api/v10"
        finally:
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.Response:
        payload, files = await _read(request)
        path = request.path.removeprefix("/api/v10")
        self.seen.append(Seen(request.method, path, "Authorization" in request.headers, payload, files))
        fault = next((fault for fault in self.faults if fault.fits(request)), None)
        if fault is not None:
            return _faulty(request, fault)
        return self._routed(request, path.strip("/").split("/"), payload, files)

    def _routed(self, request: web.Request, path: list[str], payload: Json, files: dict[str, bytes]) -> web.Response:
        answer = _refusal(404, 0, "no such route")
        match request.method, path:
            case "GET", ["users", "@me"]:
                answer = _answer({"id": str(BOT), "username": "dreamreel", "discriminator": "0", "avatar": None})
            case "GET", ["oauth2", "applications", "@me"]:
                answer = _answer(_application())
            case "GET", ["channels", _, "messages"]:
                after = int(request.query.get("after", 0))
                answer = _answer([message for key, message in reversed(self.messages.items()) if key > after])
            case "POST", ["channels", _, "messages"]:
                answer = self._create(payload, files)
            case "PATCH", ["channels", _, "messages", message_id]:
                answer = self._change(int(message_id), payload, files)
            case method, ["webhooks", _, token, "messages", which]:
                answer = self._by_token(method, token, which, payload, files)
        return answer

    def _by_token(self, method: str, token: str, which: str, payload: Json, files: dict[str, bytes]) -> web.Response:
        if token not in self.answers:
            return _refusal(401, 50027, "Invalid Webhook Token")
        message_id = self.answers[token]
        if which not in {"@original", str(message_id)}:
            return _refusal(404, 10008, "Unknown Message")
        return self._change(message_id, payload, files) if method == "PATCH" else _answer(self.messages[message_id])

    def _create(self, payload: Json, files: dict[str, bytes]) -> web.Response:
        nonce = payload.get("nonce")
        if payload.get("enforce_nonce") and nonce in self._nonces:
            return _answer(self.messages[self._nonces[nonce]])
        made = self.post(
            components=payload["components"], flags=payload["flags"], attachments=_kept([], payload, files)
        )
        if "message_reference" in payload:
            self.messages[made]["message_reference"] = payload["message_reference"]
        if nonce is not None:
            self._nonces[nonce] = made
        return _answer(self.messages[made])

    def _change(self, message_id: int, payload: Json, files: dict[str, bytes]) -> web.Response:
        if message_id not in self.messages:
            return _refusal(404, 10008, "Unknown Message")
        message = self.messages[message_id]
        message["attachments"] = _kept(message["attachments"], payload, files)
        message.update({key: payload[key] for key in ("components", "flags") if key in payload})
        return _answer(message)


def _kept(before: list[Json], payload: Json, files: dict[str, bytes]) -> list[Json]:
    """The attachments after a change: those listed stay, files are added, and all stay where none are listed."""
    listed = payload.get("attachments")
    kept = before if listed is None else [one for one in before if one["id"] in {str(item["id"]) for item in listed}]
    url = "https://cdn.example/"
    added = [
        {"id": str(7000 + index), "filename": name, "size": len(data), "url": url + name, "proxy_url": url + name}
        for index, (name, data) in enumerate(files.items())
    ]
    return [*kept, *added]


async def _read(request: web.Request) -> tuple[Json, dict[str, bytes]]:
    if not request.content_type.startswith("multipart/"):
        return (await request.json() if request.can_read_body else {}), {}
    payload: Json = {}
    files: dict[str, bytes] = {}
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        if part.name == "payload_json":
            payload = await part.json() or {}
        else:
            files[part.filename or ""] = bytes(await part.read())
    return payload, files


def _faulty(request: web.Request, fault: Fault) -> web.Response:
    fault.times -= 1
    if fault.hang_up and request.transport is not None:
        request.transport.abort()
    if fault.body is not None:
        return web.Response(status=fault.status, body=fault.body.encode(), headers=fault.headers)
    return _refusal(fault.status, fault.code, "made to fail", fault.headers, **fault.extra)


def _refusal(status: int, code: int, message: str, headers: dict[str, str] | None = None, **extra: Any) -> web.Response:
    return _answer({"code": code, "message": message, **extra}, status, headers)


def _answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # Exactly this content type: discord.py reads JSON under no other.
    headers = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(status=status, body=json.dumps(body).encode(), headers=headers)


def _application() -> Json:
    return {
        "id": str(APPLICATION),
        "name": "dreamreel",
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "",
        "flags": 0,
        "owner": {"id": "1", "username": "owner", "discriminator": "0", "avatar": None},
        "team": None,
    }
