"""`/help`: every command there is, for whom it is, in the reader's language; and the hint below a first video."""

from collections.abc import Iterator
from typing import Any, cast

import discord
import pytest
import simcord
from discord import app_commands
from simcord.components import walk_components

import cogs
from bot.domain.errors import StoreError
from bot.ui import help_words as words
from bot.ui import house_words, manual
from bot.ui import words as shared_words
from bot.ui.client import DreamreelClient
from bot.ui.language import languages, speaking
from bot.ui.manual import Audience, pages
from bot.ui.sync import known_ids
from bot.ui.text import utf16
from bot.ui.translator import Translator
from tests.discord.people import elsewhere, helper, manager
from tests.discord.stage import Stage, original, text_of, told


async def opened(stage: Stage, actor: simcord.MemberActor) -> simcord.ResponseMessage:
    result = await actor.slash(stage.channel, "help")
    assert result.response is not None
    assert result.response.ephemeral
    return result.response


def offered(shown: simcord.ResponseMessage) -> list[str]:
    """The pages that can be turned to."""
    lists = [part for part in walk_components(shown.components) if part["type"] == 3]
    return [option["value"] for part in lists for option in part["options"]]


async def turned(stage: Stage, actor: simcord.MemberActor, shown: simcord.ResponseMessage, value: str) -> str:
    await actor.select(shown, [value], custom_id="dreamreel:help")
    return text_of(shown)


def commands(stage: Stage) -> Iterator[app_commands.Command[Any, ..., Any]]:
    return (each for each in stage.make_client().tree.walk_commands() if isinstance(each, app_commands.Command))


def for_moderators(command: app_commands.Command[Any, ..., Any]) -> bool:
    return (command.root_parent or command).default_permissions is not None


def bot(stage: Stage) -> DreamreelClient:
    return cast("DreamreelClient", stage.env.bot)


def hints(stage: Stage) -> int:
    sent = [body for kind, _, body in stage.env.backend.transcript if kind == "HTTP" and isinstance(body, dict)]
    return sum(body.get("content") == words.FIRST_VIDEO() for body in sent)


async def test_a_member_reads_of_every_command_for_members_and_of_no_other(stage: Stage) -> None:
    shown = await opened(stage, stage.alice)
    said = text_of(shown)
    for command in commands(stage):
        assert (f"</{command.qualified_name}:" in said) is not for_moderators(command), command.qualified_name
    assert "Report this video" in said
    assert offered(shown) == []


async def test_a_moderator_turns_to_every_command_for_moderators(stage: Stage) -> None:
    mona = manager(stage)
    shown = await opened(stage, mona)
    theirs = [each for each in offered(shown) if each.startswith("moderators:")]
    said = "\n".join([await turned(stage, mona, shown, each) for each in theirs])
    for command in commands(stage):
        assert (f"</{command.qualified_name}:" in said) is for_moderators(command), command.qualified_name
    assert words.MAKE() in await turned(stage, mona, shown, "everyone:0")


async def test_a_command_is_told_with_its_options_and_what_it_is_for(stage: Stage) -> None:
    said = text_of(await opened(stage, stage.alice))
    story = next(each for each in commands(stage) if each.name == "story")
    line, described = said[said.index("</story:") :].splitlines()[:2]
    assert line.endswith("> `video`")
    assert described == story.description
    assert "`prompt` `[model]` `[duration]`" in said


async def test_a_command_stands_below_the_heading_of_where_it_is_registered(stage: Stage) -> None:
    said = text_of(await opened(stage, stage.alice))
    order = [
        words.MAKE(),
        "</generate:",
        words.FIND(),
        "</history:",
        words.ACCOUNT(),
        "</balance:",
        words.MORE(),
        "</help:",
    ]
    assert sorted(order, key=said.index) == order
    modules = {each for names in manual.FAMILIES.values() for each in names}
    assert modules <= {each for each in vars(cogs) if hasattr(getattr(cogs, each), "register")}


async def test_a_new_command_appears_by_itself(stage: Stage) -> None:
    tree = stage.make_client().tree

    @tree.command(name="sparkle", description="Add sparkles.")
    async def sparkle(interaction: discord.Interaction[Any], many: int, colour: str = "") -> None: ...

    @tree.command(name="polish", description="Polish it.")
    @app_commands.default_permissions(manage_guild=True)
    async def polish(interaction: discord.Interaction[Any]) -> None: ...

    @tree.context_menu(name="Frame it")
    async def frame(interaction: discord.Interaction[Any], member: discord.Member) -> None: ...

    everyone, moderators = ["\n".join(await pages(tree, {}, each)) for each in (Audience.EVERYONE, Audience.MODERATORS)]
    assert "**/sparkle** `many` `[colour]`\nAdd sparkles." in everyone
    assert words.IN_MEMBER_MENU(name="Frame it") in everyone
    assert "**/polish**\nPolish it." in moderators


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("audience", Audience)
async def test_each_page_fits_one_message_in_every_language(stage: Stage, language: str, audience: Audience) -> None:
    client = bot(stage)
    ids = {each.name: 2**63 for each in client.tree.get_commands()}
    with speaking(language):
        found = await pages(client.tree, ids, audience)
        assert all(utf16(each + words.LEGEND()) <= 4_000 for each in found)
        assert max(map(utf16, found)) > 1_000
        command = next(each for each in commands(stage) if for_moderators(each) is (audience is Audience.MODERATORS))
        described = await command.get_translated_payload(client.tree, Translator())
        own = [text for key, text in described["description_localizations"].items() if key.startswith(language[:2])]
        assert (own or [described["description"]])[0] in "\n".join(found)


async def test_more_commands_than_fit_go_on_with_their_heading_on_the_next_page(stage: Stage) -> None:
    tree = stage.make_client().tree
    for n in range(50):

        @tree.command(name=f"extra-{n}", description="x" * 100)
        async def extra(interaction: discord.Interaction[Any]) -> None: ...

    found = await pages(tree, {}, Audience.EVERYONE)
    assert len(found) > 2
    assert found[-1].startswith(f"### {words.MORE()}\n")
    assert sum(each.count("**/extra-") for each in found) == 50


async def test_the_right_is_asked_for_when_the_page_is_turned(stage: Stage) -> None:
    """Also of one who had it when the help was opened; and by a role that the server named."""
    boss = manager(stage)
    hal = await helper(stage, boss)
    shown = await opened(stage, hal.actor)
    assert words.MODERATE() in await turned(stage, hal.actor, shown, "moderators:0")
    await boss.slash(stage.channel, "settings moderators clear")
    result = await hal.actor.select(shown, ["moderators:0"], custom_id="dreamreel:help")
    assert told(result) == house_words.NOT_MODERATOR()
    assert set(offered(await opened(stage, hal.actor))) == set()


async def test_pages_turn_after_a_restart_and_an_old_page_is_the_last_there_is(stage: Stage) -> None:
    mona = manager(stage)
    shown = await opened(stage, mona)
    await stage.restart()
    last = [each for each in offered(shown) if each.startswith("moderators:")][-1]
    expected = await turned(stage, mona, shown, last)
    await turned(stage, mona, shown, "everyone:0")

    def older(payload: dict[str, Any]) -> None:
        payload["data"]["values"] = ["moderators:99"]

    await stage.deliver(older)
    tried = stage.answers()[-2]  # Discord takes no second answer, which is what is told then
    assert expected.startswith(tried["components"][0]["components"][0]["content"])


async def test_a_page_that_no_version_knows_is_stale(stage: Stage) -> None:
    mona = manager(stage)
    await turned(stage, mona, await opened(stage, mona), "everyone:0")

    def strange(payload: dict[str, Any]) -> None:
        payload["data"]["values"] = ["operators:0"]

    await stage.deliver(strange)
    assert stage.said() == shared_words.STALE()


async def test_without_known_ids_commands_are_named_as_the_reader_knows_them(stage: Stage) -> None:
    tree = bot(stage).tree
    with speaking("ru"):
        (first, *_) = await pages(tree, {}, Audience.EVERYONE)
    story = next(each for each in commands(stage) if each.name == "story")
    payload = await story.get_translated_payload(tree, Translator())
    assert f"**/{payload['name_localizations']['ru']}** `" in first
    assert "</" not in first


async def test_the_ids_hold_for_the_application_that_they_were_given_to(stage: Stage) -> None:
    client = bot(stage)
    assert set(client.command_ids) == {
        each.name for each in client.tree.get_commands(type=discord.AppCommandType.chat_input)
    }
    assert await known_ids(stage.store, client.application_id) == client.command_ids
    assert await known_ids(stage.store, 1) == {}


async def test_the_first_video_in_a_server_and_no_other_brings_a_hint(stage: Stage) -> None:
    await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")
    assert hints(stage) == 1
    await stage.env.advance_time(1)
    await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")
    await stage.deliver()
    assert hints(stage) == 1
    await stage.bob.slash(stage.channel, "generate", prompt="a calm sea")
    there = elsewhere(stage)
    await there.alice.slash(there.channel, "generate", prompt="a calm sea")
    assert hints(stage) == 3


async def test_only_the_member_sees_the_hint_and_a_refusal_brings_none(stage: Stage) -> None:
    await stage.alice.slash(stage.channel, "generate", prompt="")
    assert hints(stage) == 0
    result = await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")
    assert [each.content for each in result.followups if each.ephemeral] == [words.FIRST_VIDEO()]


async def test_who_looks_for_help_without_a_database_is_told(stage: Stage) -> None:
    await stage.lose_the_database()
    assert told(await stage.alice.slash(stage.channel, "help")) == shared_words.STORE_DOWN()
    assert all(isinstance(original(error), StoreError) for error in stage.env.errors)
