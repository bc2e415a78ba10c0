"""The local Discord, put together: what a test sees of it and does to it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from aiohttp import web

from tests.wire.local_discord import acts, gateway
from tests.wire.local_discord.changes import PATIENCE_S, Changes
from tests.wire.local_discord.faults import Fault, Seen
from tests.wire.local_discord.interactions import Interaction, Interactions
from tests.wire.local_discord.messages import Ids, Messages
from tests.wire.local_discord.payloads import BOT, MEMBER, Json, text_of
from tests.wire.local_discord.rest import PREFIX, Rest

T = TypeVar("T")

HEARTBEAT_S = 41.25
_MOST_BODY = 64 * 1024 * 1024


class LocalDiscord:
    """One server with one channel. `now` rules the 3 s and the 15 minutes; `token` None lets every bot in."""

    def __init__(
        self, now: Callable[[], datetime], *, token: str | None = None, heartbeat_s: float = HEARTBEAT_S
    ) -> None:
        ids = Ids(now)
        self.changes = Changes()
        self.book = Messages(ids, now)
        self.interactions = Interactions(ids, self.book, now)
        self.gateway = gateway.Gateway(self.changes, token, heartbeat_s)
        self.rest = Rest(ids, self.book, self.interactions, self.changes, token)

    # What stands there

    @property
    def messages(self) -> dict[int, Json]:
        return self.book.all

    @property
    def seen(self) -> list[Seen]:
        return self.rest.seen

    @property
    def api_url(self) -> str:
        return f"{self.rest.origin}{PREFIX}"

    @property
    def gateway_url(self) -> str:
        return f"{self.rest.origin.replace('http', 'ws', 1)}{gateway.PATH}"

    def edits(self) -> list[Seen]:
        return [seen for seen in self.seen if seen.method == "PATCH"]

    def post(self, *, author: int = BOT, **fields: Any) -> int:
        """Put a message into the channel."""
        return self.book.post(author=author, **fields)

    def answer(self, token: str) -> int:
        """What an interaction's answer leaves behind: a message, and a token that leads to it."""
        return self.interactions.answered_before(token)

    def fail(self, fault: Fault) -> None:
        """Answer so from now on, as often as it says."""
        self.rest.faults.append(replace(fault))

    # What members do

    async def slash(self, name: str, *, by: int = MEMBER, **options: Any) -> Interaction:
        """Send a command that the bot has synced. Raises KeyError and ValueError where Discord would not send it."""
        return await self._send(acts.COMMAND, acts.command(self.rest.commands[name], options), by)

    async def type_in(self, name: str, option: str, text: str, *, by: int = MEMBER) -> Interaction:
        """Type into an option that completes itself."""
        data = acts.command(self.rest.commands[name], {option: text}, focused=option)
        return await self._send(acts.AUTOCOMPLETE, data, by)

    async def press(self, message_id: int, custom_id: str, *, by: int = MEMBER) -> Interaction:
        """Click a button of a message. Raises ValueError where it is not there."""
        message = self.messages[message_id]
        return await self._send(acts.COMPONENT, acts.press(message, custom_id), by, message=message)

    async def submit(self, opened: Interaction, *, by: int = MEMBER, **values: str) -> Interaction:
        """Fill in the window that answered an interaction, and send it."""
        data = acts.submit(opened.window, values)
        came_from = {key: opened.payload[key] for key in ("message",) if key in opened.payload}
        return await self._send(acts.SUBMIT, data, by, **came_from)

    async def again(self, interaction: Interaction) -> None:
        """Deliver it a second time."""
        await self.gateway.dispatch("INTERACTION_CREATE", interaction.payload)

    async def _send(self, kind: int, data: Json, by: int, **more: Any) -> Interaction:
        made = self.interactions.make(kind, data, by, **more)
        made.sent_at = asyncio.get_running_loop().time()
        await self.gateway.dispatch("INTERACTION_CREATE", made.payload)
        return made

    # Waiting

    async def until(self, condition: Callable[[], T], within_s: float = PATIENCE_S) -> T:
        """Wait until it is true here; what it brings. Raises TimeoutError."""
        return await self.changes.until(condition, within_s)

    async def answered(self, interaction: Interaction) -> Interaction:
        """Wait until it is answered, or an answer to it was refused."""
        await self.until(lambda: interaction.answer is not None or interaction.refused)
        return interaction

    async def says(self, message_id: int, words: str) -> Json:
        """Wait until a message holds these words; the message."""
        await self.until(lambda: words in text_of(self.messages[message_id]))
        return self.messages[message_id]

    # Serving

    @asynccontextmanager
    async def serving(self, port: int = 0, more: Iterable[web.RouteDef] = ()) -> AsyncIterator[str]:
        """Answer on loopback, these calls included; the address for `Route.BASE`."""
        app = web.Application(client_max_size=_MOST_BODY)
        app.add_routes([web.get(path, self.gateway.serve) for path in (gateway.PATH, gateway.RESUME_PATH)])
        app.add_routes(more)
        app.router.add_route("*", "/{path:.*}", self.rest.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
            host, port = runner.addresses[0][:2]
            self.rest.origin = self.gateway.origin = f"http://{host}:{port}"
            yield self.api_url
            await self.gateway.drop()
        finally:
            await runner.cleanup()
