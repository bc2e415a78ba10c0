"""Moderators say where, by whom and how the bot is used; each change shows the new state and stands in the log."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from simcord.components import walk_components

from bot.domain.generation import Generation
from bot.ports import Posted
from bot.ui import house_words, log_words, settings_words
from bot.ui.board import DiscordBoard
from bot.ui.pace import Pace
from tests.discord.people import elsewhere, manager, show_commands
from tests.discord.stage import OFFER, Stage, headline_of, text_of, told
from tests.foreign import foreign


async def change(
    stage: Stage,
    actor: simcord.MemberActor,
    command: str,
    channel_of: simcord.ChannelHandle | None = None,
    **given: Any,
) -> str:
    """What the one who used `/settings` was told."""
    return told(await actor.slash(channel_of or stage.channel, f"settings {command}", **given))


async def ask(
    actor: simcord.MemberActor, channel: simcord.ChannelHandle, prompt: str = "a calm sea"
) -> simcord.InteractionResult:
    return await actor.slash(channel, "generate", prompt=prompt)


async def test_the_state_is_shown_whole(stage: Stage) -> None:
    mona = manager(stage)
    assert await change(stage, mona, "show") == (
        "### How I am set up in this server\n"
        "**Used in:** everywhere\n"
        "**Used by:** everyone\n"
        "**Moderated by:** members with Manage Server\n"
        "**Log and reports:** nowhere\n"
        "**Time zone:** UTC, where it is 00:00 now\n"
        "**Videos:** shown openly\n"
        "**Language:** as this server's own settings in Discord say\n"
        "**Blocked members:** 0 · **Forbidden words:** 0"
    )


async def test_with_a_list_the_bot_is_used_in_those_channels_and_their_threads_only(stage: Stage) -> None:
    mona, other = manager(stage), stage.guild.create_text_channel("other")
    assert f"**Used in:** <#{other.id}>" in await change(stage, mona, "channels add", channel=other)
    refusal = told(await ask(stage.alice, stage.channel))
    assert f"may only be used in <#{other.id}>." in refusal
    assert "Waiting" in headline_of((await ask(stage.alice, other)).response)
    stage.env.backend.create_thread(other.id, "takes", stage.alice.id)
    assert "Waiting" in headline_of((await ask(stage.alice, other.threads[0])).response)


async def test_an_empty_list_is_said_to_mean_everywhere(stage: Stage) -> None:
    mona, other = manager(stage), stage.guild.create_text_channel("other")
    await change(stage, mona, "channels add", channel=other)
    assert settings_words.EVERYWHERE_NOW() in await change(stage, mona, "channels remove", channel=other)
    assert "Waiting" in headline_of((await ask(stage.alice, stage.channel)).response)


async def test_what_is_so_already_is_no_change(stage: Stage) -> None:
    mona = manager(stage)
    await change(stage, mona, "channels add", channel=stage.channel)
    said = await change(stage, mona, "channels add", channel=stage.channel)
    assert said == f"{settings_words.SAME()}\n**Used in:** <#{stage.channel.id}>"
    assert len(await stage.stores.house.audit(stage.guild.id, 9)) == 1


async def test_with_a_list_of_roles_only_they_use_the_bot(stage: Stage) -> None:
    mona, artists = manager(stage), stage.guild.create_role("artists")
    carol = stage.guild.add_member(stage.env.create_user("carol"), roles=[artists])
    assert f"**Used by:** <@&{artists.id}>" in await change(stage, mona, "roles add", role=artists)
    assert f"by members who have <@&{artists.id}>." in told(await ask(stage.alice, stage.channel))
    assert "Waiting" in headline_of((await ask(carol, stage.channel)).response)
    assert settings_words.EVERYONE_NOW() in await change(stage, mona, "roles clear")
    assert "Waiting" in headline_of((await ask(stage.alice, stage.channel)).response)


@pytest.mark.parametrize("which", ["roles", "moderators"])
async def test_the_role_of_everyone_is_on_no_list(stage: Stage, which: str) -> None:
    said = await change(stage, manager(stage), f"{which} add", role=stage.guild.default_role)
    assert "role of everyone" in said
    assert not await stage.stores.house.audit(stage.guild.id, 9)


async def test_a_moderators_role_is_told_where_discord_shows_it_the_commands(stage: Stage) -> None:
    mona, role = manager(stage), stage.guild.create_role("helpers")
    said = await change(stage, mona, "moderators add", role=role)
    assert f"members with Manage Server and <@&{role.id}>" in said
    assert settings_words.MODERATORS_SEE() in said


async def test_a_list_holds_no_more_than_a_message_shows(stage: Stage) -> None:
    mona = manager(stage)
    before = await stage.stores.house.settings(stage.guild.id)
    full = replace(before, channels=frozenset(range(1, 41)))
    await stage.stores.house.change_settings(full, by=mona.id, why="", now=stage.env.now())
    assert "40 channels at most" in await change(stage, mona, "channels add", channel=stage.channel)


async def test_settings_of_one_server_are_nothing_to_another(stage: Stage) -> None:
    mona, there = manager(stage), elsewhere(stage)
    await change(stage, mona, "channels add", channel=stage.guild.create_text_channel("other"))
    await change(stage, mona, "timezone", zone="Asia/Tokyo")
    assert "may only be used" in told(await ask(stage.alice, stage.channel))
    assert "Waiting" in headline_of((await ask(there.alice, there.channel)).response)
    said = await change(stage, there.manager, "show", there.channel)
    assert "everywhere" in said
    assert "UTC" in said
    assert await change(stage, there.manager, "log recent", there.channel) == log_words.NOTHING_RECENT()


async def test_a_time_zone_is_found_by_words_and_shown_with_its_time(stage: Stage) -> None:
    mona = manager(stage)
    found = await mona.autocomplete(stage.channel, "settings timezone", "zone", "new york")
    assert found[0] == {"name": "America/New_York · 19:00", "value": "America/New_York"}
    assert len(await mona.autocomplete(stage.channel, "settings timezone", "zone", "")) > 5
    assert "**Time zone:** America/New_York" in await change(stage, mona, "timezone", zone="america/new york")
    assert "**Time zone:** Europe/Berlin" in await change(stage, mona, "timezone", zone="berlin")


@pytest.mark.parametrize("zone", ["Atlantis", "", "America", "../../etc/passwd"])
async def test_a_time_zone_that_is_none_or_several_is_refused(stage: Stage, zone: str) -> None:
    assert "I do not know that time zone" in await change(stage, manager(stage), "timezone", zone=zone)
    assert not await stage.stores.house.audit(stage.guild.id, 9)


async def test_the_log_channel_begins_with_its_own_setting(stage: Stage) -> None:
    mona = manager(stage)
    log = private(stage, mona)
    said = await change(stage, mona, "log set", channel=log, reason="a **place** for it")
    assert f"**Log and reports:** <#{log.id}>" in said
    assert settings_words.LOG_IS_PUBLIC() not in said
    (posted,) = log.history()
    assert posted.content == (
        f"**Setting changed: Log and reports** · by <@{mona.id}>\n"
        f"-# Before: nowhere\n-# Now: <#{log.id}>\n-# Why: a \\*\\*place\\*\\* for it"
    )


def private(stage: Stage, reader: simcord.MemberActor) -> simcord.ChannelHandle:
    """A channel that one member sees, and the bot."""
    assert stage.guild.me is not None
    return stage.guild.create_text_channel(
        "log",
        overwrites={
            stage.guild.default_role: discord.PermissionOverwrite(view_channel=False),
            stage.guild.me: discord.PermissionOverwrite(view_channel=True, send_messages=True),
            reader: discord.PermissionOverwrite(view_channel=True),
        },
    )


async def test_a_log_channel_that_everyone_reads_is_remarked_on(stage: Stage) -> None:
    assert settings_words.LOG_IS_PUBLIC() in await change(stage, manager(stage), "log set", channel=stage.channel)


async def test_nobody_turns_the_log_off_unseen(stage: Stage) -> None:
    mona, log = manager(stage), stage.guild.create_text_channel("log")
    await change(stage, mona, "log set", channel=log)
    await change(stage, mona, "log off")
    assert log.history()[-1].content.endswith("-# Now: nowhere")
    await change(stage, mona, "spoiler", state="on")
    assert len(log.history()) == 2


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [(403, 50013, "LOG_FORBIDDEN"), (404, 10003, "LOG_GONE"), (500, 0, "LOG_TROUBLE")],
)
async def test_a_log_channel_that_takes_nothing_fails_no_change_and_is_told_once(
    stage: Stage, status: int, code: int, sentence: str
) -> None:
    mona, log = manager(stage), stage.guild.create_text_channel("log")
    await change(stage, mona, "log set", channel=log)
    stage.env.inject_error("POST", f"/channels/{log.id}/messages", status=status, code=code)
    said = await change(stage, mona, "spoiler", state="on")
    assert said.startswith("Done. **Videos:** hidden until clicked")
    assert said.count(getattr(log_words, sentence)()) == 1
    assert (await stage.stores.house.settings(stage.guild.id)).spoiler
    assert len(log.history()) == 1


async def test_the_log_is_read_back_in_words(stage: Stage) -> None:
    mona, role = manager(stage), stage.guild.create_role("artists")
    await change(stage, mona, "roles add", role=role, reason="they asked")
    await change(stage, mona, "spoiler", state="on")
    await mona.slash(stage.channel, "moderation block", member=stage.bob, reason="<@&1>")
    head, block, spoiler, roles = (await change(stage, mona, "log recent")).split("\n")
    now = int(stage.env.now().timestamp())
    assert head == log_words.RECENT_HEAD()
    assert block.startswith(f"- <t:{now}:R> <@{mona.id}>: Member blocked · <@{stage.bob.id}> · not blocked → blocked")
    assert block.endswith(r"· \<\@&1\>")
    assert spoiler.endswith("Setting changed · Videos · shown openly → hidden until clicked")
    assert roles.endswith(f"Setting changed · Used by · everyone → <@&{role.id}> · they asked")


@pytest.mark.parametrize("state", ["on", "off"])
async def test_a_finished_video_is_hidden_where_the_server_wants_that(stage: Stage, tmp_path: Path, state: str) -> None:
    there = elsewhere(stage)
    await change(stage, manager(stage), "spoiler", state=state)
    film = tmp_path / "film.mp4"
    film.write_bytes(b"moving pictures")
    for actor, channel, wanted in (
        (stage.alice, stage.channel, state == "on"),
        (there.alice, there.channel, False),
    ):
        await ask(actor, channel)
        shown = (await stage.admitted())[-1]
        await stage.complete(shown.generation)
        outcome = await board_of(stage).edit(await stage.shown(shown.generation), film)
        assert isinstance(outcome, Posted)
        (message,) = [each for each in channel.history() if each.id == outcome.message_id]
        galleries = [part for part in walk_components([c.to_dict() for c in message.components]) if part["type"] == 12]
        assert [item["spoiler"] for gallery in galleries for item in gallery["items"]] == [wanted]


SPANISH = {
    "Waiting": "En espera",
    "Completed": "Terminado",
    "-# Now: {value}": "-# Ahora: {value}",
    settings_words.AS_THE_SERVER.english: "como dice el servidor",
    house_words.NOT_MODERATOR.english: "Solo los moderadores.",
}


@pytest.fixture
def _spanish(tmp_path: Path) -> Iterator[None]:
    with foreign(tmp_path / "languages", {"es": SPANISH}):
        yield


@pytest.mark.usefixtures("_spanish")
async def test_all_that_everyone_reads_is_in_the_language_that_moderators_chose(stage: Stage) -> None:
    """Cards, also when they are drawn again, and the log; without a choice, as Discord says of the server."""
    guild = stage.env.create_guild("Estudio", preferred_locale="es-ES")
    channel, log = guild.create_text_channel("videos"), guild.create_text_channel("log")
    boss, alice = manager(stage, guild), guild.add_member(stage.alice.user)
    await boss.slash(channel, "settings log set", channel=log)
    assert log.history()[-1].content.endswith(f"-# Ahora: <#{log.id}>")
    assert "En espera" in text_of((await ask(alice, channel)).response)

    said = await change(stage, boss, "language", channel, language="en")
    assert "Done. **Language:** English" in said
    assert log.history()[-1].content.endswith("-# Now: English")
    assert "Waiting" in headline_of((await ask(alice, channel)).response)
    done = await stage.complete(await stage.newest())
    assert "Completed" in await redrawn(stage, done, channel)

    await change(stage, boss, "language", channel, language="server")
    assert log.history()[-1].content.endswith("-# Ahora: como dice el servidor")
    assert "Terminado" in await redrawn(stage, done, channel)
    recent = await change(stage, boss, "log recent", channel)
    assert "Setting changed · Language · English → as this server's own settings in Discord say" in recent


async def redrawn(stage: Stage, video: Generation, channel: simcord.ChannelHandle) -> str:
    """What a card says once the board has drawn it."""
    outcome = await board_of(stage).edit(await stage.shown(video), None)
    assert isinstance(outcome, Posted)
    (message,) = [each for each in channel.history() if each.id == outcome.message_id]
    parts = walk_components([part.to_dict() for part in message.components])
    return "\n".join(part["content"] for part in parts if part["type"] == 10)


@pytest.mark.usefixtures("_spanish")
async def test_what_only_one_member_reads_is_in_their_own_language(stage: Stage) -> None:
    show_commands(stage, stage.guild, stage.alice)
    assert await change(stage, stage.alice, "show") == house_words.NOT_MODERATOR()
    await stage.deliver(lambda payload: payload.update(locale="es-419"))
    assert stage.said() == "Solo los moderadores."


async def test_a_language_that_is_not_spoken_any_more_is_refused(stage: Stage) -> None:
    """A Discord that has loaded the list of an older version may still offer it."""
    await change(stage, manager(stage), "language", language="en")

    def older(payload: dict[str, Any]) -> None:
        payload["data"]["options"][0]["options"][0]["value"] = "tlh"

    await stage.deliver(older)
    assert stage.said().startswith("I do not speak that language. Nothing was changed.")
    assert (await stage.stores.house.settings(stage.guild.id)).language == "en"


def board_of(stage: Stage) -> DiscordBoard:
    return DiscordBoard(
        stage.env.bot, stage.services.clock, OFFER, expand_prompt=True, pace=Pace(), house=stage.stores.house
    )
