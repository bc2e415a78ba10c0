"""The local Discord keeps Discord's rules, as discord.py meets them: it must not be kinder than the real one."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.clock import SystemClock
from tests.clock import ManualClock
from tests.wire.bot_process import ROOT
from tests.wire.local_discord import CHANNEL, GUILD, LocalDiscord, text_of
from tests.wire.local_discord.messages import NONCE_LIFE
from tests.wire.local_discord.rules import EPHEMERAL

TOKEN = "the.right.token"
Interaction = discord.Interaction[Any]


class Bot(discord.Client):
    """A bot with two commands, that notes what it hears."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True), max_messages=None)
        self._connection.guild_ready_timeout = 0.05
        self.heard: asyncio.Queue[Interaction] = asyncio.Queue()
        self.resumed = asyncio.Event()
        self.tree = app_commands.CommandTree(self)

        @self.tree.command(name="say", description="Leave it to the test")
        async def say(interaction: Interaction, word: str) -> None:
            await self.heard.put(interaction)

        tell = app_commands.Group(name="tell", description="Groups are told as groups")

        @tell.command(name="others", description="Leave it to the test")
        async def others(interaction: Interaction, word: str) -> None:
            await self.heard.put(interaction)

        self.tree.add_command(tell)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Not wait 5 s before the second time, as discord.py would."""

    async def on_resumed(self) -> None:
        self.resumed.set()


@dataclass
class Line:
    """A local Discord and a bot that is connected to it."""

    local: LocalDiscord
    clock: ManualClock
    bot: Bot = field(default_factory=Bot)

    @property
    def channel(self) -> discord.PartialMessageable:
        return self.bot.get_partial_messageable(CHANNEL, guild_id=GUILD)

    async def hear(self, word: str) -> Interaction:
        """Send the command, and take it at the other end."""
        await self.local.slash("say", word=word)
        async with asyncio.timeout(10):
            return await self.bot.heard.get()


@asynccontextmanager
async def connected(monkeypatch: pytest.MonkeyPatch, local: LocalDiscord, bot: Bot) -> AsyncIterator[None]:
    monkeypatch.setattr(Route, "BASE", local.api_url)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(local.gateway_url))
    async with bot:
        await bot.login(TOKEN)
        connection = asyncio.create_task(bot.connect())
        async with asyncio.timeout(10):
            await bot.wait_until_ready()
        yield
        await bot.close()
        await connection


@pytest.fixture
async def line(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    line = Line(LocalDiscord(clock.now, token=TOKEN, heartbeat_s=0.1), clock)
    async with line.local.serving(), connected(monkeypatch, line.local, line.bot):
        yield line


# The gateway


async def test_a_bot_identifies_once_and_knows_the_server_and_beats(line: Line) -> None:
    (identify,) = line.local.gateway.identifies
    (guild,) = line.bot.guilds
    assert (identify["token"], identify["intents"]) == (TOKEN, 1)
    assert (guild.unavailable, [channel.id for channel in guild.channels]) == (False, [CHANNEL])

    await line.local.until(lambda: line.local.gateway.heartbeats >= 3)
    assert line.bot.latency < 10


async def test_a_wrong_token_is_turned_away_at_both_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    local = LocalDiscord(SystemClock().now, token="another")
    async with local.serving() as address, discord.Client(intents=discord.Intents.none()) as client:
        monkeypatch.setattr(Route, "BASE", address)
        with pytest.raises(discord.LoginFailure):
            await client.login(TOKEN)
        async with aiohttp.ClientSession() as http, http.ws_connect(local.gateway_url) as socket:
            assert (await socket.receive_json())["op"] == 10
            await socket.send_json({"op": 2, "d": {"token": TOKEN, "intents": 1}})
            assert (await socket.receive()).data == 4004


@pytest.mark.parametrize("asked", [False, True], ids=["dropped", "asked to reconnect"])
async def test_a_resumed_session_gets_what_it_missed_in_order(line: Line, asked: bool) -> None:
    gateway = line.local.gateway
    (session,) = gateway.sessions.values()
    heard_before = len(session.events)
    if asked:
        await gateway.ask_to_reconnect()
    else:
        await gateway.drop()
        for word in ("one", "two"):
            await line.local.slash("say", word=word)

    async with asyncio.timeout(10):
        await line.bot.resumed.wait()
    (resume,) = gateway.resumes
    assert (resume["session_id"], resume["seq"]) == (session.id, heard_before)
    assert (len(gateway.identifies), gateway.paths[-1]) == (1, "/gateway/resume")
    if not asked:
        heard = [line.bot.heard.get_nowait() for _ in range(line.bot.heard.qsize())]
        assert [interaction.namespace.word for interaction in heard] == ["one", "two"]
    assert (await line.hear("three")).namespace.word == "three"


async def test_a_session_that_is_not_known_any_more_begins_anew(line: Line) -> None:
    await line.local.gateway.drop(resumable=False)
    await line.local.until(lambda: len(line.local.gateway.identifies) == 2)

    assert len(line.local.gateway.resumes) == 1
    assert (await line.hear("again")).namespace.word == "again"


# Interactions


async def test_an_interaction_is_answered_once(line: Line) -> None:
    interaction = await line.hear("hello")
    said = await interaction.response.send_message("hello yourself")
    assert said.message_id is not None
    assert text_of(line.local.messages[said.message_id]) == "hello yourself"

    interaction.response._response_type = None
    with pytest.raises(discord.HTTPException, match="40060"):
        await interaction.response.send_message("hello again")


async def test_an_interaction_is_answered_within_3_seconds(line: Line) -> None:
    interaction = await line.hear("hello")
    line.clock.advance(3.1)

    with pytest.raises(discord.NotFound, match="10062"):
        await interaction.response.send_message("late")


async def test_a_token_lives_15_minutes(line: Line) -> None:
    interaction = await line.hear("hello")
    with pytest.raises(discord.NotFound, match="10015"):
        await interaction.edit_original_response(content="not answered yet")
    await interaction.response.defer()
    line.clock.advance(14 * 60)
    await interaction.edit_original_response(content="in time")
    line.clock.advance(60)

    with pytest.raises(discord.HTTPException, match="50027"):
        await interaction.edit_original_response(content="too late")


async def test_a_command_that_discord_would_not_send_is_not_sent(line: Line) -> None:
    with pytest.raises(ValueError, match="/say needs word"):
        await line.local.slash("say")
    with pytest.raises(ValueError, match="/say has no option loud"):
        await line.local.slash("say", word="hello", loud=True)
    with pytest.raises(KeyError):
        await line.local.slash("shout")


async def test_a_subcommand_is_sent_inside_its_group(line: Line) -> None:
    await line.local.slash("tell others", word="hello")
    async with asyncio.timeout(10):
        interaction = await line.bot.heard.get()

    assert isinstance(interaction.command, app_commands.Command)
    assert (interaction.command.qualified_name, interaction.namespace.word) == ("tell others", "hello")
    with pytest.raises(ValueError, match="/tell has no subcommand nobody"):
        await line.local.slash("tell nobody")


# Messages


async def test_a_follow_up_is_a_message_of_its_own_that_the_token_may_change_and_delete(line: Line) -> None:
    interaction = await line.hear("hello")
    await interaction.response.send_message("hello yourself")
    private = await interaction.followup.send("between us", ephemeral=True, wait=True)
    await private.edit(content="still between us")

    assert line.local.messages[private.id]["flags"] & EPHEMERAL
    assert text_of(line.local.messages[private.id]) == "still between us"
    with pytest.raises(discord.NotFound, match="10008"):  # only its reader knows of it
        await line.channel.get_partial_message(private.id).edit(content="as the bot")
    assert private.id not in [message.id async for message in line.channel.history()]
    await private.delete()
    assert private.id not in line.local.messages


async def test_a_follow_up_to_a_mere_defer_fills_it_in(line: Line) -> None:
    interaction = await line.hear("hello")
    deferred = await interaction.response.defer(ephemeral=True)
    shown = await interaction.followup.send("at last", wait=True)

    assert deferred is not None
    assert shown.id == deferred.message_id
    assert line.local.messages[shown.id]["flags"] == EPHEMERAL


async def test_a_reply_needs_its_message_unless_it_says_otherwise(line: Line) -> None:
    gone = discord.MessageReference(message_id=7, channel_id=CHANNEL)
    kind = discord.MessageReference(message_id=7, channel_id=CHANNEL, fail_if_not_exists=False)

    with pytest.raises(discord.HTTPException, match="50035"):
        await line.channel.send("hello", reference=gone)
    sent = await line.channel.send("hello", reference=kind)
    assert sent.type is discord.MessageType.reply


async def test_a_nonce_is_remembered_for_minutes(line: Line) -> None:
    first = await line.channel.send("hello", nonce=5)
    assert (await line.channel.send("hello", nonce=5)).id == first.id
    line.clock.advance(NONCE_LIFE.total_seconds() + 1)
    assert (await line.channel.send("hello", nonce=5)).id != first.id


async def test_the_history_goes_either_way_and_ends_at_its_channel(line: Line) -> None:
    ids = [line.local.post(content=str(number)) for number in range(5)]
    line.local.post(channel=CHANNEL + 1)

    latest = [message.id async for message in line.channel.history(limit=2)]
    later = [message.id async for message in line.channel.history(limit=2, after=discord.Object(ids[0]))]
    assert (latest, later) == ([ids[4], ids[3]], [ids[1], ids[2]])


async def test_a_message_is_deleted_and_another_members_is_not_edited(line: Line) -> None:
    theirs = line.channel.get_partial_message(line.local.post(author=30))
    with pytest.raises(discord.Forbidden, match="50005"):
        await theirs.edit(content="mine now")
    await theirs.delete()
    with pytest.raises(discord.NotFound, match="10008"):
        await theirs.delete()


async def test_a_member_gets_a_message_of_their_own_unless_they_want_none(line: Line) -> None:
    direct = await line.bot.create_dm(discord.Object(30))
    sent = await direct.send("it is done")
    line.local.routes.closed_to_dms.add(30)

    assert line.local.messages[sent.id]["channel_id"] == str(direct.id)
    with pytest.raises(discord.Forbidden, match="50007"):
        await direct.send("once more")


async def test_a_message_of_components_holds_nothing_else_and_not_too_much(line: Line) -> None:
    def view(*texts: str) -> discord.ui.LayoutView:
        view = discord.ui.LayoutView()
        for text in texts:
            view.add_item(discord.ui.TextDisplay(text))
        return view

    sent = await line.channel.send(view=view("hello"))
    with pytest.raises(discord.HTTPException, match="IS_COMPONENTS_V2"):
        await sent.edit(content="hello", embeds=[], attachments=[])
    with pytest.raises(discord.HTTPException, match="longer than 4000"):
        await sent.edit(view=view("x" * 2500, "y" * 2500))


async def test_what_a_checkup_asks_is_answered(line: Line) -> None:
    (guild,) = [guild async for guild in line.bot.fetch_guilds()]
    commands = await line.bot.tree.fetch_commands()

    assert (guild.id, [command.name for command in commands]) == (GUILD, ["say", "tell"])
    assert line.local.misshapen == []


# As a process


async def test_it_runs_as_a_process_and_is_steered_over_http(monkeypatch: pytest.MonkeyPatch) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.wire.local_discord", "--token", TOKEN), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    origin = (await process.stdout.readline()).decode().removeprefix("listening on ").strip()
    remote = LocalDiscord(SystemClock().now)
    remote.rest.origin = origin
    bot = Bot()
    try:
        async with aiohttp.ClientSession(f"{origin}/_control/") as http, connected(monkeypatch, remote, bot):
            act = {"act": "slash", "name": "say", "options": {"word": "hello"}}
            async with http.post("interactions", json=act) as response:
                made = await response.json()
            interaction = await bot.heard.get()
            file = discord.File(ROOT / "LICENSE")
            await interaction.response.send_message("hello yourself", file=file)
            file.close()
            async with http.get(f"interactions/{made['id']}?wait=5") as response:
                told = await response.json()
            async with http.get("messages?says=yourself&wait=5") as response:
                (message,) = await response.json()
            async with http.get(f"uploads/{message['attachments'][0]['id']}") as response:
                assert await response.read() == (ROOT / "LICENSE").read_bytes()
            async with http.get("counts") as response:
                counts = await response.json()
            async with http.post("drop", json={"resumable": True}):
                await bot.resumed.wait()
    finally:
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0

    assert (told["id"], told["message"]) == (str(interaction.id), message["id"])
    assert 0 < told["took_s"] < 3
    assert (counts["identifies"], counts["synced"], counts["connected"]) == (1, 1, 1)
