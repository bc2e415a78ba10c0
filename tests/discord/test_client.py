"""The client as Discord sees it: what it tells of its commands and when, how it becomes ready, what it passes on."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import discord
import pytest
import simcord
from discord import app_commands

from bot.clock import SystemClock
from bot.ports import Store
from bot.service.right_of_way import RightOfWay
from bot.storage.generations import open_store
from bot.ui import words
from bot.ui.client import DreamreelClient, Register
from bot.ui.language import Message
from bot.ui.services import Services
from bot.ui.tree import DreamreelTree
from tests.clock import ManualClock
from tests.foreign import foreign

COMMANDS = "/applications/*/commands"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite+aiosqlite:///{tmp_path / 'dreamreel.db'}", clock()) as store:
        yield store


def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 1, tzinfo=UTC))


def commands(description: str | app_commands.locale_str) -> Register:
    """The commands of one version of the bot."""

    def register(tree: DreamreelTree, services: Services) -> None:
        @tree.command(name="generate", description=description)
        async def generate(interaction: discord.Interaction[DreamreelClient], prompt: str) -> None:
            await interaction.response.send_message(prompt)

        @tree.context_menu(name="Extend")
        async def extend(interaction: discord.Interaction[DreamreelClient], message: discord.Message) -> None:
            await interaction.response.send_modal(Foreign())

    return register


class Foreign(discord.ui.Modal, title="A window"):
    """A window of no process that is known."""

    text: discord.ui.TextInput["Foreign"] = discord.ui.TextInput(label="Text", custom_id="text")

    def __init__(self) -> None:
        super().__init__(custom_id="from-another-time")
        self.stop()


def client(store: Store, register: Register) -> DreamreelClient:
    """These commands ask no service; only who goes first, and whose language is to be spoken, is asked of some."""
    services = SimpleNamespace(
        preferences=SimpleNamespace(language_of=lambda _: None), right_of_way=RightOfWay(SystemClock())
    )
    return DreamreelClient(cast("Services", services), register, store)


def synced(env: simcord.Env) -> list[list[str]]:
    """The names told to Discord, sync by sync."""
    told = [request.json for request in env.http_requests if request.method == "PUT" and "commands" in request.path]
    return [sorted(command["name"] for command in payload) for payload in told if isinstance(payload, list)]


async def test_commands_are_told_at_the_first_start(store: Store) -> None:
    async with simcord.run(client(store, commands("Make a video"))) as env:
        assert synced(env) == [["Extend", "generate"]]


async def test_the_same_commands_are_not_told_again(store: Store) -> None:
    async with simcord.run(client(store, commands("Make a video"))) as env:
        await env.restart_bot(client(store, commands("Make a video")))

        assert len(synced(env)) == 1


async def test_changed_commands_are_told_again(store: Store) -> None:
    async with simcord.run(client(store, commands("Make a video"))) as env:
        await env.restart_bot(client(store, commands("Make a video, for once")))

        assert len(synced(env)) == 2


async def test_another_application_is_told_even_the_same_commands(store: Store) -> None:
    """A token changed for another bot's leaves the database as it was."""
    async with simcord.run(client(store, commands("Make a video"))):
        pass
    async with simcord.run(client(store, commands("Make a video"))) as env:
        env.backend.application_id += 1
        await env.restart_bot(client(store, commands("Make a video")))

        assert len(synced(env)) == 1


async def test_a_failed_sync_hinders_nothing_and_is_tried_at_the_next_start(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    async with simcord.run(client(store, commands("Make a video"))) as env:
        env.inject_error("PUT", COMMANDS, status=429, code=30034, times=1)
        changed = client(store, commands("Make a video, for once"))
        await env.restart_bot(changed)
        assert changed.ready.is_set()
        assert "could not be synced" in caplog.text

        await env.restart_bot(client(store, commands("Make a video, for once")))

        assert len(synced(env)) == 3


async def test_the_client_is_ready_after_ready_and_stays_so_when_it_comes_again(store: Store) -> None:
    bot = client(store, commands("Make a video"))
    assert not bot.ready.is_set()
    async with simcord.run(bot):
        assert bot.ready.is_set()
        await bot.on_ready()
        assert bot.ready.is_set()


async def test_a_command_is_answered(store: Store) -> None:
    async with simcord.run(client(store, commands("Make a video"))) as env:
        guild = env.create_guild()
        member = guild.add_member(env.create_user("mira"))

        result = await member.slash(guild.create_text_channel("films"), "generate", prompt="a calm sea")

        assert result.response is not None
        assert result.response.content == "a calm sea"


async def test_a_window_that_nobody_knows_is_answered(store: Store) -> None:
    async with simcord.run(client(store, commands("Make a video"))) as env:
        guild = env.create_guild()
        member, channel = guild.add_member(env.create_user("mira")), guild.create_text_channel("films")
        message = await member.send(channel, "hello")
        window = await member.context_menu(channel, "Extend", message)

        result = await member.submit_modal(window, {"text": "words"})

        assert result.response is not None
        assert result.response.content == words.STALE()


async def test_a_language_that_is_new_is_told_to_discord(store: Store, tmp_path: Path) -> None:
    """The commands are the same, but not all that is said of them."""
    described = Message("Make a video")
    async with simcord.run(client(store, commands(described.located()))) as env:
        with foreign(tmp_path / "languages", {"es": {"Make a video": "Haz un vídeo"}}):
            await env.restart_bot(client(store, commands(described.located())))
            await env.restart_bot(client(store, commands(described.located())))

        first, second = [request.json for request in env.http_requests if request.method == "PUT"]
        assert isinstance(first, list)
        assert isinstance(second, list)
        told = [next(each for each in sync if each["name"] == "generate") for sync in (first, second)]
        assert not told[0]["description_localizations"]
        assert told[1]["description_localizations"] == {"es-ES": "Haz un vídeo", "es-419": "Haz un vídeo"}


async def test_the_client_asks_discord_for_servers_and_nothing_else(store: Store) -> None:
    """No privileged intent, no members, no messages kept: the bot needs none, and memory stays flat."""
    bot = client(store, commands("Make a video"))

    assert bot.intents == discord.Intents(guilds=True)
    assert not bot._connection.member_cache_flags
    assert bot._connection.max_messages is None
    assert isinstance(bot.tree, app_commands.CommandTree)
    assert bot.allowed_mentions is not None
    assert bot.allowed_mentions.to_dict() == discord.AllowedMentions.none().to_dict()
