"""The demo's stage: the whole bot on a simulated Discord, a relay in a process of its own, and people who use it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import discord
import simcord
from aiohttp import web
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle
from simcord.env import Env

from bot.app import App, assembled
from bot.settings import Database, Discord, Media, Poller, Relay, Settings
from sandbox.relay_process import relay_process

CDN = "https://cdn.simcord.invalid"
"""Where the simulated Discord says that attachments lie; nothing answers there."""
KEY = "sandbox-key"
STEP_S = 0.1
"""Seconds between two looks at what is due."""
SETTLE_S = 30.0
"""Seconds that the bot may take over one action: films are drawn meanwhile, on a machine that may be a slow one."""


@dataclass
class Stage:
    """One server with one channel, and the bot in it."""

    env: Env
    guild: GuildHandle
    channel: ChannelHandle
    settings: Settings
    relay_url: str
    app: App
    life: AsyncExitStack
    people: dict[int, str] = field(default_factory=dict)

    def join(self, name: str, *, moderator: bool = False) -> MemberActor:
        """Let somebody join the server; a moderator may manage it."""
        allowed = discord.Permissions(manage_guild=True)
        roles = [self.guild.create_role("Moderators", permissions=allowed)] if moderator else []
        member = self.guild.add_member(self.env.create_user(name), roles=roles)
        self.people[member.id] = name
        return member

    async def restart(self) -> None:
        """End the bot and start it anew on the same database, as an update would."""
        await self.app.poller.stop()
        await self.app.publisher.stop(1.0)
        await self.life.aclose()
        self.app = await self.life.enter_async_context(assembled(self.settings))
        await self.app.poller.load()
        await self.env.restart_bot(self.app.client)

    async def step(self) -> None:
        """Let a moment pass, and the bot do what is due."""
        await asyncio.sleep(STEP_S)
        await self.catch_up()
        await self.app.settle()

    async def catch_up(self) -> None:
        """Set the simulated clock to now."""
        behind = (datetime.now(UTC) - self.env.now()).total_seconds()
        if behind > 0:
            await self.env.advance_time(behind)

    def message(self, message_id: int) -> discord.Message:
        """A message of the channel as it stands now."""
        return next(message for message in self.channel.history() if message.id == message_id)

    def file(self, url: str) -> bytes:
        """What the simulated Discord keeps under an attachment's address."""
        return self.env.backend.cdn.get(url) or b""

    async def slow_down(self, seconds: float) -> None:
        """Let the relay take so long over each request for a video from now on."""
        async with aiohttp.ClientSession(raise_for_status=True) as session:
            for request in ("submit", "extend"):
                fault = {"fault": "slow", "on": request, "times": -1, "value": seconds}
                await session.post(f"{self.relay_url}/_sandbox/faults", json=fault)

    async def finish_all(self) -> None:
        """Let the relay be done now with all that it has."""
        async with aiohttp.ClientSession(raise_for_status=True) as session:
            await session.post(f"{self.relay_url}/_sandbox/tasks", json={"state": "completed"})

    async def bills(self) -> list[dict[str, object]]:
        """What the relay charged."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.relay_url}/_sandbox/bills") as answer:
            bills: list[dict[str, object]] = await answer.json()
        return bills


@asynccontextmanager
async def staged(folder: Path, *relay_options: str) -> AsyncIterator[Stage]:
    """A stage over a fresh database in `folder`. Raises DreamreelError where something does not start."""
    async with AsyncExitStack() as stack:
        attachments = await stack.enter_async_context(_attachments())
        # No connection is kept: SimCord would hold up whoever pressed a button until its timer of 15 s is over.
        options = ("--api-key", KEY, "--rewrite", f"{CDN}={attachments.url}", "--no-keep-alive", *relay_options)
        relay_url = await stack.enter_async_context(relay_process(*options))
        settings = _settings(folder, relay_url)
        life = await stack.enter_async_context(AsyncExitStack())
        app = await life.enter_async_context(assembled(settings))
        await app.poller.load()
        env = await stack.enter_async_context(simcord.run(app.client, check_errors=False, settle_timeout=SETTLE_S))
        attachments.env = env
        guild = env.create_guild("Dreamreel demo")
        stage = Stage(env, guild, guild.create_text_channel("videos"), settings, relay_url, app, life)
        await stage.catch_up()
        yield stage


def _settings(folder: Path, relay_url: str) -> Settings:
    return Settings(
        discord=Discord.model_validate({"token": "demo"}),
        relay=Relay.model_validate({"api_key": KEY, "base_url": relay_url}),
        database=Database.model_validate({"url": f"sqlite+aiosqlite:///{folder / 'demo.db'}"}),
        poller=Poller(first_poll_s=0.3, min_interval_s=0.2, max_interval_s=0.5),
        media=Media(folder=folder / "media"),
    )


class _Attachments:
    """Serves the simulated Discord's attachments, so that the relay can fetch the pictures it is sent."""

    env: Env | None = None
    url = ""

    async def get(self, request: web.Request) -> web.Response:
        found = self.env.backend.cdn.get(f"{CDN}{request.path}") if self.env else None
        return web.Response(status=404) if found is None else web.Response(body=found)


@asynccontextmanager
async def _attachments() -> AsyncIterator[_Attachments]:
    attachments = _Attachments()
    site = web.Application()
    site.router.add_get("/{path:.*}", attachments.get)
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        attachments.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield attachments
    finally:
        await runner.cleanup()
