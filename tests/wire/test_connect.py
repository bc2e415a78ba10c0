"""Logging in and connecting, against a Discord on loopback that does not always want the bot."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import discord
import pytest
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.ui.connect import DiscordRefused, point_at, run_client
from tests.wire.local_discord import Fault, LocalDiscord

TOKEN = "a.secret.token"


@pytest.fixture
async def local(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LocalDiscord]:
    monkeypatch.setattr(Route, "BASE", Route.BASE)  # put back after the test
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    server = LocalDiscord(lambda: datetime(2026, 1, 1, tzinfo=UTC))
    async with server.serving() as address:
        point_at(f"{address}/", None)
        yield server


@pytest.fixture
async def client() -> AsyncIterator[discord.Client]:
    async with discord.Client(intents=discord.Intents(guilds=True)) as client:
        yield client


@asynccontextmanager
async def gateway(close_code: int) -> AsyncIterator[str]:
    """A gateway that says hello, hears the bot out, and turns it away."""

    async def greet(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41250}, "s": None, "t": None})
        await socket.receive()
        await socket.close(code=close_code)
        return socket

    app = web.Application()
    app.router.add_get("/", greet)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"ws://{host}:{port}/"
    finally:
        await runner.cleanup()


async def test_a_wrong_token_is_told_by_the_name_of_its_setting(local: LocalDiscord, client: discord.Client) -> None:
    local.fail(Fault(401))

    with pytest.raises(DiscordRefused, match=r"^Discord does not accept discord\.token\.$"):
        await run_client(client, TOKEN)


async def test_another_refusal_of_the_login_ends_it_too(local: LocalDiscord, client: discord.Client) -> None:
    local.fail(Fault(403))

    with pytest.raises(DiscordRefused, match="403"):
        await run_client(client, TOKEN)


@pytest.mark.parametrize(
    ("code", "words"),
    [(4004, "discord.token"), (4011, "sharded"), (4013, "intents"), (4014, "intents"), (4012, "4012")],
)
async def test_a_gateway_that_turns_the_bot_away_for_good_is_told_in_words(
    local: LocalDiscord, client: discord.Client, code: int, words: str
) -> None:
    async with gateway(code) as url:
        point_at(None, url)
        with pytest.raises(DiscordRefused, match=words) as refused:
            await run_client(client, TOKEN)

    assert TOKEN not in str(refused.value)


async def test_a_discord_that_is_down_at_the_start_is_asked_again_and_again(
    local: LocalDiscord, client: discord.Client
) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    local.fail(Fault(503, times=2))
    local.fail(Fault(200, hang_up=True, times=2))  # aiohttp itself asks a GET twice
    async with gateway(4004) as url:
        point_at(None, url)
        with pytest.raises(DiscordRefused):
            await run_client(client, TOKEN, sleep=sleep)

    assert waits == [1, 2, 4]
    assert [seen.path for seen in local.seen][-2:] == ["/users/@me", "/oauth2/applications/@me"]


async def test_a_stop_ends_the_waiting_for_discord(local: LocalDiscord, client: discord.Client) -> None:
    local.fail(Fault(503, times=99))
    waiting = asyncio.Event()

    async def for_ever(_: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(run_client(client, TOKEN, sleep=for_ever))
    await waiting.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


def test_addresses_that_are_not_set_are_left_as_they_are() -> None:
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    point_at(None, None)

    assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
