"""How a REST call is answered: counted and limited, read, made to fail where a test wants it, or done."""

import asyncio
from typing import Any

from aiohttp import web

from tests.wire.local_discord.answers import Refused, answer
from tests.wire.local_discord.changes import Changes
from tests.wire.local_discord.faults import Fault, cut
from tests.wire.local_discord.limits import Limiter
from tests.wire.local_discord.paths import by_their_token, parts_of, route_of
from tests.wire.local_discord.payloads import Json
from tests.wire.local_discord.routes import Routes
from tests.wire.local_discord.seen import Seen
from tests.wire.local_discord.shapes import Shapes
from tests.wire.local_discord.tally import Tally
from tests.wire.local_discord.uploads import Uploads

PREFIX = "/api/v10"
_INVALID = {401, 403, 429}
"""Discord bans an address for a while that earns 10,000 of these in 10 minutes (documentation, rate limits)."""


class Rest:
    """What is behind `/api/v10`. `token` None lets every bot in; where `lean`, no JSON is kept of what was asked."""

    def __init__(
        self,
        routes: Routes,
        limiter: Limiter,
        uploads: Uploads,
        shapes: Shapes,
        *,
        changes: Changes,
        tally: Tally,
        token: str | None,
        lean: bool,
    ) -> None:
        self.seen: list[Seen] = []
        self.faults: list[Fault] = []
        self.origin = ""
        self.shapes = shapes
        self.limiter = limiter
        self.uploads = uploads
        self._routes = routes
        self._changes = changes
        self._tally = tally
        self._authorization = None if token is None else f"Bot {token}"
        self._lean = lean

    @property
    def commands(self) -> dict[str, Json]:
        """What the bot told of its commands, by name."""
        return self._routes.commands

    @property
    def synced(self) -> int:
        """How often the bot told of them."""
        return self._routes.synced

    async def handle(self, request: web.Request) -> web.Response:
        path = request.path.removeprefix(PREFIX)
        seen = Seen(request.method, path, "Authorization" in request.headers, asyncio.get_running_loop().time())
        verdict = self.limiter.ask(request.method, path)
        limited = verdict.refusal is not None
        fault = None if limited else next((each for each in self.faults if each.takes(request.method, path)), None)
        try:
            payload, seen.uploads = await self.uploads.read(request, path, hold=fault is not None and fault.hold)
        except (OSError, ValueError, web.RequestPayloadError):
            return self._unread(request, seen)
        if not self._lean:
            seen.json = payload
        self.seen.append(seen)
        self._changes.tell()
        self.shapes.check(route_of(request.method, path), payload)
        response = verdict.refusal or await self._answer(request, seen, payload, fault)
        response.headers.update(verdict.headers)
        self._count(seen, 0 if fault is not None and fault.cuts else response.status)
        return response

    async def _answer(self, request: web.Request, seen: Seen, payload: Any, fault: Fault | None) -> web.Response:
        """The right answer, or what a fault makes of it."""
        if fault is None:
            return self._done(request, seen, payload)
        # Done before the wait or after it: that is what a bot cannot know when its answer is lost.
        response = self._done(request, seen, payload) if fault.after else None
        if fault.delay_s:
            await asyncio.sleep(fault.delay_s)
        if fault.loses:
            return fault.strike(request)
        return response or self._done(request, seen, payload)

    def _done(self, request: web.Request, seen: Seen, payload: Any) -> web.Response:
        try:
            self._check_token(request, seen.path)
            body = self._routes.do(request, parts_of(seen.path), payload, seen.uploads)
        except Refused as no:
            return no.response()
        finally:
            self._changes.tell()
        seen.done = True
        return web.Response(status=204) if body is None else answer(body)

    def _check_token(self, request: web.Request, path: str) -> None:
        if self._authorization is None or by_their_token(path):
            return
        if request.headers.get("Authorization") != self._authorization:
            raise Refused(401, 0, "401: Unauthorized")

    def _unread(self, request: web.Request, seen: Seen) -> web.Response:
        """Whoever asked went away before the end, was cut off, or sent what cannot be read."""
        self.seen.append(seen)
        self._count(seen, 0)
        cut(request)
        return web.Response(status=400)

    def _count(self, seen: Seen, status: int) -> None:
        seen.status = status
        add = self._tally.add
        for name in ("requests", route_of(seen.method, seen.path), str(status) if status else "lost"):
            add(name)
        if not by_their_token(seen.path):
            add("by bot")
        if status in _INVALID:
            add("invalid")
        self._changes.tell()
