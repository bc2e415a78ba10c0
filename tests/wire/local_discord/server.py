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
from tests.wire.local_discord.faults import Fault
from tests.wire.local_discord.interactions import Interaction, Interactions
from tests.wire.local_discord.limits import Limiter, Limits, Offence
from tests.wire.local_discord.messages import Ids, Messages
from tests.wire.local_discord.payloads import BOT, CHANNEL, MEMBER, Json, text_of
from tests.wire.local_discord.rest import PREFIX, Rest
from tests.wire.local_discord.routes import Routes
from tests.wire.local_discord.rules import EPHEMERAL
from tests.wire.local_discord.seen import Seen
from tests.wire.local_discord.shapes import Misshapen, Shapes
from tests.wire.local_discord.tally import Tally
from tests.wire.local_discord.uploads import Held, Uploads

T = TypeVar("T")

HEARTBEAT_S = 41.25
_MOST_BODY = 64 * 1024 * 1024


class LocalDiscord:
    """One server with so many `channels`, numbered from CHANNEL on.

    `now` rules the 3 s and the 15 minutes; `token` None lets every bot in; `limits` None sets no rate limit. Where it
    is `lean`, only the sizes and hashes of files are kept, and no JSON of what was asked. With `shapes`, each request
    is checked against what Discord documents.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        token: str | None = None,
        heartbeat_s: float = HEARTBEAT_S,
        limits: Limits | None = None,
        channels: int = 1,
        lean: bool = False,
        shapes: bool = True,
    ) -> None:
        ids = Ids(now)
        self.changes = Changes()
        self.tally = Tally()
        self.book = Messages(ids, now, self.tally)
        self.interactions = Interactions(ids, self.book, now, self.tally)
        self.gateway = gateway.Gateway(self.changes, token, heartbeat_s, channels)
        self.limiter = Limiter(limits, lambda: asyncio.get_running_loop().time(), lambda: now().timestamp())
        self.routes = Routes(ids, self.book, self.interactions, channels)
        self.uploads = Uploads(self.changes, keep=not lean)
        self.rest = Rest(
            self.routes,
            self.limiter,
            self.uploads,
            Shapes(on=shapes),
            changes=self.changes,
            tally=self.tally,
            token=token,
            lean=lean,
        )

    # What stands there

    @property
    def messages(self) -> dict[int, Json]:
        return self.book.all

    @property
    def seen(self) -> list[Seen]:
        return self.rest.seen

    @property
    def offences(self) -> list[Offence]:
        """Every 429 that was earned."""
        return self.limiter.offences

    @property
    def misshapen(self) -> list[Misshapen]:
        """Every request that is not as Discord documents it."""
        return self.rest.shapes.misshapen

    @property
    def uploading(self) -> list[Held]:
        """The uploads that a fault holds up just now."""
        return self.uploads.uploading

    def delivered(self) -> dict[str, list[int]]:
        """The messages that show each file to everybody, by its name: a video is to be in one."""
        found: dict[str, list[int]] = {}
        for number, message in self.messages.items():
            for attachment in () if message["flags"] & EPHEMERAL else message["attachments"]:
                found.setdefault(attachment["filename"], []).append(number)
        return found

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

    async def slash(self, name: str, *, by: int = MEMBER, channel_id: int = CHANNEL, **options: Any) -> Interaction:
        """Send a command that the bot has synced, or a subcommand (`"quota show"`).

        Raises KeyError and ValueError where Discord would not send it.
        """
        first, *below = [name] if name in self.rest.commands else name.split()
        data = acts.command(self.rest.commands[first], options, below=below)
        return await self._send(acts.COMMAND, data, by, channel_id=channel_id)

    async def type_in(self, name: str, option: str, text: str, *, by: int = MEMBER) -> Interaction:
        """Type into an option that completes itself."""
        data = acts.command(self.rest.commands[name], {option: text}, focused=option)
        return await self._send(acts.AUTOCOMPLETE, data, by)

    async def press(self, message_id: int, custom_id: str, *, by: int = MEMBER) -> Interaction:
        """Click a button of a message. Raises ValueError where it is not there."""
        message = self.messages[message_id]
        data = acts.press(message, custom_id)
        return await self._send(acts.COMPONENT, data, by, channel_id=int(message["channel_id"]), message=message)

    async def menu(self, name: str, message_id: int, *, by: int = MEMBER) -> Interaction:
        """Choose a command of a message's menu. Raises KeyError where there is none of this name."""
        message = self.messages[message_id]
        data = acts.menu(self.rest.commands[name], message)
        return await self._send(acts.COMMAND, data, by, channel_id=int(message["channel_id"]))

    async def submit(self, opened: Interaction, *, by: int = MEMBER, **values: str) -> Interaction:
        """Fill in the window that answered an interaction, and send it."""
        data = acts.submit(opened.window, values)
        came_from = {key: opened.payload[key] for key in ("message",) if key in opened.payload}
        return await self._send(acts.SUBMIT, data, by, channel_id=int(opened.payload["channel_id"]), **came_from)

    async def again(self, interaction: Interaction) -> None:
        """Deliver it a second time."""
        await self.gateway.dispatch("INTERACTION_CREATE", interaction.payload)

    async def _send(self, kind: int, data: Json, by: int, channel_id: int = CHANNEL, **more: Any) -> Interaction:
        made = self.interactions.make(kind, data, by, channel_id, **more)
        made.sent_at = asyncio.get_running_loop().time()
        await self.gateway.dispatch("INTERACTION_CREATE", made.payload)
        return made

    # Waiting

    async def until(self, condition: Callable[[], T], within_s: float = PATIENCE_S) -> T:
        """Wait until it is true here; what it brings. Raises TimeoutError."""
        return await self.changes.until(condition, within_s)

    async def answered(self, interaction: Interaction) -> Interaction:
        """Wait until it is answered, or an answer to it was refused."""
        async with asyncio.timeout(PATIENCE_S):
            await interaction.settled.wait()
        return interaction

    async def says(self, message_id: int, words: str, within_s: float = PATIENCE_S) -> Json:
        """Wait until a message holds these words; the message. Raises TimeoutError."""
        await self.book.changes_of(message_id).until(lambda: words in text_of(self.messages[message_id]), within_s)
        return self.messages[message_id]

    async def counts(self, name: str, count: int, within_s: float = PATIENCE_S) -> int:
        """Wait until there are so many of it (`tally.py` says of what); how many. Raises TimeoutError."""
        return await self.tally.reaches(name, count, within_s)

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
            for held in list(self.uploading):
                held.abort()
            await runner.cleanup()
