"""Says over HTTP whether the bot lives and whether it works, to a service manager or a monitor."""

import asyncio
import errno
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.domain.errors import DreamreelError, StoreError
from bot.ports import Clock, Store

PROBE = "health.probe"
"""The note that is written to see whether the database takes a write."""
PROBE_HOLDS_S = 10.0
"""Seconds for which a write that went well is believed: whoever asks more often costs nothing."""
PATIENCE_S = 2.0
"""Seconds that the write may take; most monitors give up soon after."""
CLOSING_S = 0.5
"""Seconds that an answer under way gets when the bot stops."""
SILENT_S = 60.0
"""Seconds without a round of the poller until it counts as stuck: twice its longest rest."""

_NO_STORE = {"Cache-Control": "no-store"}


class HealthNotServed(DreamreelError):
    """The address of the health checks cannot be listened on. The message is a sentence for the operator."""


class Health:
    """`/livez` answers while the loop turns; `/readyz` answers 200 where all parts work, else 503, with each part."""

    def __init__(
        self,
        host: str,
        port: int,
        store: Store,
        clock: Clock,
        *,
        connected: Callable[[], bool],
        last_round: Callable[[], float | None],
    ) -> None:
        """Port 0: nothing is served. `last_round` gives the monotonic second of the poller's last round."""
        self._host = host
        self._port = port
        self._store = store
        self._clock = clock
        self._connected = connected
        self._last_round = last_round
        self._written_at: float | None = None
        self._writing = asyncio.Lock()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Answer meanwhile. Raises HealthNotServed."""
        if self._port == 0:
            yield
            return
        app = web.Application()
        app.add_routes([web.get("/livez", self._livez), web.get("/readyz", self._readyz)])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=CLOSING_S)
        await runner.setup()
        try:
            try:
                await web.TCPSite(runner, self._host, self._port).start()
            except OSError as trouble:
                raise HealthNotServed(
                    f"The health checks cannot be served on {self._host}:{self._port} ({_why(trouble)}): "
                    "set health.host and health.port, or health.port = 0 to do without."
                ) from trouble
            yield
        finally:
            await runner.cleanup()

    async def parts(self) -> dict[str, bool]:
        """Which parts work: the gateway is connected, the database takes writes, the poller makes its rounds."""
        return {
            "gateway": self._connected(),
            "database": await self._writes(),
            "poller": self._lately(self._last_round(), SILENT_S),
        }

    async def _livez(self, _: web.Request) -> web.Response:
        return web.Response(text="ok\n", headers=_NO_STORE)

    async def _readyz(self, _: web.Request) -> web.Response:
        parts = await self.parts()
        ready = all(parts.values())
        return web.json_response({"ready": ready, **parts}, status=200 if ready else 503, headers=_NO_STORE)

    async def _writes(self) -> bool:
        try:
            async with asyncio.timeout(PATIENCE_S), self._writing:
                if not self._lately(self._written_at, PROBE_HOLDS_S):
                    await self._store.note(PROBE, self._clock.now().isoformat())
                    self._written_at = self._clock.monotonic()
        except (StoreError, TimeoutError):
            return False
        return True

    def _lately(self, moment: float | None, within_s: float) -> bool:
        return moment is not None and self._clock.monotonic() - moment <= within_s


def _why(trouble: OSError) -> str:
    """The reason alone: asyncio's own words repeat the address."""
    return "the address is in use" if trouble.errno == errno.EADDRINUSE else (trouble.strerror or str(trouble))
