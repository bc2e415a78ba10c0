"""The part of the control over HTTP that makes trouble, and tells of the trouble that the bot made."""

import contextlib
from dataclasses import asdict, fields
from typing import Any

from aiohttp import web

from tests.wire.local_discord.faults import Fault
from tests.wire.local_discord.limits import Limits, Rate
from tests.wire.local_discord.server import LocalDiscord
from tests.wire.local_discord.uploads import Held

_FAULT_FIELDS = {field.name for field in fields(Fault)}


class Trouble:
    """Faults, uploads held up by them, rate limits and who broke them, and requests of a wrong shape."""

    def __init__(self, local: LocalDiscord) -> None:
        self._local = local

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/_control/faults", self._fail),
            web.get("/_control/faults", self._faults),
            web.delete("/_control/faults", self._mend),
            web.get("/_control/uploading", self._uploading),
            web.post("/_control/uploading", self._let_go),
            web.put("/_control/limits", self._limit),
            web.delete("/_control/limits", self._free),
            web.get("/_control/offences", self._offences),
            web.get("/_control/misshapen", self._misshapen),
        ]

    async def _fail(self, request: web.Request) -> web.Response:
        """The fields of a Fault."""
        wanted = await request.json()
        if unknown := wanted.keys() - _FAULT_FIELDS:
            return web.json_response({"error": f"a fault has no {', '.join(sorted(unknown))}"}, status=400)
        self._local.fail(Fault(**wanted))
        return web.Response(status=204)

    async def _faults(self, _request: web.Request) -> web.Response:
        return web.json_response([asdict(fault) for fault in self._local.rest.faults])

    async def _mend(self, _request: web.Request) -> web.Response:
        """No more faults."""
        self._local.rest.faults.clear()
        return web.Response(status=204)

    async def _uploading(self, request: web.Request) -> web.Response:
        """The uploads held up just now; with `wait`, once there is one."""
        with contextlib.suppress(TimeoutError):
            await self._local.until(lambda: bool(self._local.uploading), float(request.query.get("wait", 0)))
        return web.json_response(list(map(_held, self._local.uploading)))

    async def _let_go(self, request: web.Request) -> web.Response:
        """`{"go": "on"}` or `{"go": "away"}`, for all that are held up; which they were."""
        wanted: dict[str, Any] = await request.json()
        held = list(self._local.uploading)
        for each in held:
            (each.release if wanted["go"] == "on" else each.abort)()
        return web.json_response(list(map(_held, held)))

    async def _limit(self, request: web.Request) -> web.Response:
        """The fields of Limits that differ from Discord's, each rate as `[most, per_s]`."""
        self._local.limiter.limits = limits_of(await request.json())
        return web.Response(status=204)

    async def _free(self, _request: web.Request) -> web.Response:
        """No more limits."""
        self._local.limiter.limits = None
        return web.Response(status=204)

    async def _offences(self, _request: web.Request) -> web.Response:
        return web.json_response(list(map(asdict, self._local.offences)))

    async def _misshapen(self, _request: web.Request) -> web.Response:
        return web.json_response(list(map(asdict, self._local.misshapen)))


def limits_of(told: dict[str, Any]) -> Limits:
    """Limits from JSON; routes that are not named keep Discord's."""
    changed = {name: Rate(*value) for name, value in told.items() if name in {"bot", "webhook", "other"}}
    routes = {**Limits().routes, **{name: Rate(*rate) for name, rate in told.get("routes", {}).items()}}
    return Limits(**changed, routes=routes, in_flight_s=told.get("in_flight_s", Limits().in_flight_s))


def _held(held: Held) -> dict[str, Any]:
    return {"number": held.number, "method": held.method, "path": held.path, "read": held.read}
