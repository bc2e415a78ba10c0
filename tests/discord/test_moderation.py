"""Moderators block members and forbid words; what they may is asked at each use, and holds in their own server only."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import simcord

from bot.ui import house_words
from tests.discord.people import elsewhere, helper, manager, posted, show_commands
from tests.discord.stage import Stage, headline_of, told
from tests.foreign import foreign


async def moderate(
    stage: Stage, actor: simcord.MemberActor, command: str, channel: simcord.ChannelHandle | None = None, **options: Any
) -> str:
    """What the one who used `/moderation` was told."""
    return told(await actor.slash(channel or stage.channel, f"moderation {command}", **options))


async def ask(
    stage: Stage, actor: simcord.MemberActor, prompt: str = "a calm sea", channel: simcord.ChannelHandle | None = None
) -> simcord.InteractionResult:
    return await actor.slash(channel or stage.channel, "generate", prompt=prompt)


async def changes(stage: Stage, guild_id: int | None = None) -> list[str]:
    """What the audit log of a server holds, the newest first."""
    return [change.action for change in await stage.stores.house.audit(guild_id or stage.guild.id, 99)]


async def test_a_role_that_is_taken_off_the_list_moderates_no_more(stage: Stage) -> None:
    mona = manager(stage)
    hal = await helper(stage, mona)
    await mona.slash(stage.channel, "settings moderators remove", role=hal.role)
    assert await moderate(stage, hal.actor, "block", member=stage.bob) == house_words.NOT_MODERATOR()


async def test_a_blocked_member_is_told_why_and_until_when_and_is_let_in_again_after_that(stage: Stage) -> None:
    mona = manager(stage)
    said = await moderate(stage, mona, "block", member=stage.bob, duration="12h", reason="spam")
    ends = int(stage.env.now().timestamp()) + 12 * 3600
    assert said.startswith(f"<@{stage.bob.id}> is blocked")
    assert f"<t:{ends}:R>" in said
    refusal = told(await ask(stage, stage.bob))
    assert f"<t:{ends}:R>" in refusal
    assert "spam" in refusal
    assert not await stage.admitted()
    await stage.env.advance_time(12 * 3600)
    assert "Waiting" in headline_of((await ask(stage, stage.bob)).response)


async def test_a_block_without_a_duration_holds_until_it_is_lifted(stage: Stage) -> None:
    mona = manager(stage)
    await moderate(stage, mona, "block", member=stage.bob)
    await stage.env.advance_time(400 * 86_400)
    assert "until a moderator lifts the block" in told(await ask(stage, stage.bob))
    assert "again" in await moderate(stage, mona, "unblock", member=stage.bob, reason="sorry")
    assert "Waiting" in headline_of((await ask(stage, stage.bob)).response)
    assert await changes(stage) == ["unblock", "block"]


async def test_a_second_block_takes_the_place_of_the_first_and_says_what_was(stage: Stage) -> None:
    mona = manager(stage)
    await moderate(stage, mona, "block", member=stage.bob)
    said = await moderate(stage, mona, "block", member=stage.bob, duration="30m")
    assert "Before, the member was blocked until lifted." in said
    assert len(await stage.stores.house.blocks(stage.guild.id, stage.env.now())) == 1


async def test_who_is_not_blocked_has_nothing_to_lift(stage: Stage) -> None:
    assert "is not blocked" in await moderate(stage, manager(stage), "unblock", member=stage.bob)
    assert not await changes(stage)


async def test_a_block_holds_in_its_own_server_only(stage: Stage) -> None:
    there = elsewhere(stage)
    await moderate(stage, manager(stage), "block", member=stage.alice)
    assert "blocked" in told(await ask(stage, stage.alice))
    assert "Waiting" in headline_of((await ask(stage, there.alice, channel=there.channel)).response)
    assert await moderate(stage, there.manager, "blocked", there.channel) == house_words.NOBODY_BLOCKED()
    assert "is not blocked" in await moderate(stage, there.manager, "unblock", there.channel, member=there.alice)
    assert not await changes(stage, there.guild.id)


async def test_somebody_who_has_left_can_be_blocked_before_they_come_back(stage: Stage) -> None:
    user = stage.bob.user
    stage.guild.remove_member(stage.bob)
    await moderate(stage, manager(stage), "block", member=user)
    assert "blocked" in told(await ask(stage, stage.guild.add_member(user)))


@pytest.mark.parametrize("duration", ["soon", "5", "-3h", "0m", "9999y", "3 fortnights"])
async def test_a_duration_that_cannot_be_read_blocks_nobody_and_is_explained(stage: Stage, duration: str) -> None:
    said = await moderate(stage, manager(stage), "block", member=stage.bob, duration=duration)
    assert "Nothing was changed." in said
    assert not await changes(stage)


async def test_bots_and_oneself_are_not_to_be_blocked(stage: Stage) -> None:
    mona = manager(stage)
    robot = stage.guild.add_member(stage.env.create_user("robot", bot=True))
    assert "Bots cannot" in await moderate(stage, mona, "block", member=robot)
    assert "yourself" in await moderate(stage, mona, "block", member=mona)


async def test_who_moderates_by_a_role_cannot_lift_the_own_block(stage: Stage) -> None:
    mona = manager(stage)
    hal = await helper(stage, mona)
    await moderate(stage, mona, "block", member=hal.actor)
    assert "your own block" in await moderate(stage, hal.actor, "unblock", member=hal.actor)
    assert "blocked" in told(await ask(stage, hal.actor))


async def test_a_manager_blocked_by_a_helper_can_lift_that(stage: Stage) -> None:
    mona = manager(stage)
    hal = await helper(stage, mona)
    await moderate(stage, hal.actor, "block", member=mona)
    assert "again" in await moderate(stage, mona, "unblock", member=mona)


async def test_the_list_of_blocks_ticks_and_leaves_out_what_is_over(stage: Stage) -> None:
    mona = manager(stage)
    await moderate(stage, mona, "block", member=stage.alice, duration="30m")
    await moderate(stage, mona, "block", member=stage.bob, duration="2d", reason="**rude** <@&1>")
    await stage.env.advance_time(3600)
    said = await moderate(stage, mona, "blocked")
    assert f"<@{stage.bob.id}> until <t:" in said
    assert f"by <@{mona.id}>" in said
    assert r"\*\*rude\*\* \<\@&1\>" in said
    assert f"<@{stage.alice.id}>" not in said


async def test_more_blocks_than_a_message_holds_come_as_a_file(stage: Stage) -> None:
    mona = manager(stage)
    users = [stage.env.create_user(f"u{number}") for number in range(40)]
    for user in users:
        await moderate(stage, mona, "block", member=user)
    result = await mona.slash(stage.channel, "moderation blocked")
    assert "**Blocked in this server: 40**" in told(result)
    assert "the file has them all" in told(result)
    assert result.response is not None
    assert [each.filename for each in result.response.attachments] == ["blocked-members.txt"]


async def test_a_forbidden_word_is_refused_in_any_spelling_and_never_repeated(stage: Stage) -> None:
    mona = manager(stage)
    assert "“Krakén”" in await moderate(stage, mona, "words add", word="Krakén")
    for prompt in ("a KRAKEN at sea", "kr\u200baken", "the \uff2b\uff32\uff21\uff2b\uff25\uff2e"):
        refusal = told(await ask(stage, stage.alice, prompt))
        assert refusal == house_words.WORD_FORBIDDEN()
    assert "kraken" not in house_words.WORD_FORBIDDEN().lower()
    assert "Waiting" in headline_of((await ask(stage, stage.alice, "krakens in a row")).response)


async def test_a_forbidden_word_is_refused_in_an_extension_too(stage: Stage) -> None:
    video = await stage.finished(stage.alice)
    await moderate(stage, manager(stage), "words add", word="kraken")
    window = await stage.bob.click(await stage.message(video), label="Extend")
    assert told(await stage.bob.submit_modal(window, {"prompt": "a kraken comes"})) == house_words.WORD_FORBIDDEN()


async def test_a_word_is_forbidden_once_however_it_is_spelt_and_allowed_again_likewise(stage: Stage) -> None:
    mona = manager(stage)
    await moderate(stage, mona, "words add", word="Some  Thing*")
    assert "already" in await moderate(stage, mona, "words add", word="SOME thing*")
    said = await moderate(stage, mona, "words remove", word="some THING*")
    assert "again" in said
    assert "No word is forbidden now." in said
    assert "not on the list" in await moderate(stage, mona, "words remove", word="some thing*")
    assert "Waiting" in headline_of((await ask(stage, stage.alice, "some thing")).response)
    assert await changes(stage) == ["allow word", "forbid word"]


@pytest.mark.parametrize("word", ["*", "? *", " ", "\u200b", "x" * 61])
async def test_a_word_that_would_forbid_everything_or_is_too_long_is_refused(stage: Stage, word: str) -> None:
    assert "Nothing was changed." in await moderate(stage, manager(stage), "words add", word=word)
    assert await stage.stores.house.words(stage.guild.id) == []


async def test_the_words_are_listed_for_moderators_and_come_as_a_file_when_they_are_many(stage: Stage) -> None:
    mona = manager(stage)
    assert await moderate(stage, mona, "words list") == house_words.NO_WORDS()
    for number in range(100):
        word = f"a rather long word, number {number}"
        await stage.stores.house.change_word(stage.guild.id, word, forbid=True, by=mona.id, now=stage.env.now())
    result = await mona.slash(stage.channel, "moderation words list")
    assert "**Forbidden in this server: 100**" in told(result)
    assert result.response is not None
    assert [each.filename for each in result.response.attachments] == ["forbidden-words.txt"]


async def test_a_word_is_shown_as_it_is_written(stage: Stage) -> None:
    mona = manager(stage)
    assert r"“\*\*kill\_\*”" in await moderate(stage, mona, "words add", word="**kill_*")
    assert r"- \*\*kill\_\*" in await moderate(stage, mona, "words list")


async def test_words_are_suggested_to_moderators_and_to_nobody_else(stage: Stage) -> None:
    mona = manager(stage)
    for word in ("kraken", "leviathan"):
        await moderate(stage, mona, "words add", word=word)
    show_commands(stage, stage.guild, stage.alice)

    async def suggested(actor: simcord.MemberActor) -> list[str]:
        found = await actor.autocomplete(stage.channel, "moderation words remove", "word", "KRA")
        return [each["value"] for each in found]

    assert await suggested(mona) == ["kraken"]
    assert await suggested(stage.alice) == []


async def test_words_hold_in_their_own_server_only(stage: Stage) -> None:
    there = elsewhere(stage)
    await moderate(stage, manager(stage), "words add", word="kraken")
    assert told(await ask(stage, stage.alice, "a kraken")) == house_words.WORD_FORBIDDEN()
    assert "Waiting" in headline_of((await ask(stage, there.alice, "a kraken", there.channel)).response)
    assert await moderate(stage, there.manager, "words list", there.channel) == house_words.NO_WORDS()


async def test_the_log_channel_is_in_the_servers_language_and_the_answer_in_the_moderators(
    stage: Stage, tmp_path: Path
) -> None:
    mona, log = manager(stage), stage.guild.create_text_channel("log")
    before = await stage.stores.house.settings(stage.guild.id)
    spanish = replace(before, language="es", log_channel_id=log.id)
    await stage.stores.house.change_settings(spanish, by=mona.id, why="", now=stage.env.now())
    with foreign(tmp_path / "languages", {"es": {"-# Before: {value}": "-# Antes: {value}"}}):
        for command, given in (
            ("block", {"member": stage.bob}),
            ("unblock", {"member": stage.bob}),
            ("words add", {"word": "kraken"}),
            ("words remove", {"word": "kraken"}),
        ):
            said = await moderate(stage, mona, command, **given)
            assert "ntes" not in said
            assert "-# Antes: " in log.history()[-1].content
    assert len(log.history()) == 4


async def test_the_log_channel_shows_every_change_and_never_a_word(stage: Stage) -> None:
    mona, log = manager(stage), stage.guild.create_text_channel("log")
    await mona.slash(stage.channel, "settings log set", channel=log)
    await moderate(stage, mona, "block", member=stage.bob, reason="@everyone spam")
    await moderate(stage, mona, "unblock", member=stage.bob)
    await moderate(stage, mona, "words add", word="kraken")
    shown = [message.content for message in log.history()][1:]
    assert shown[0].startswith(f"**Member blocked**: <@{stage.bob.id}> · by <@{mona.id}>")
    assert "-# Before: not blocked\n-# Now: blocked until lifted\n-# Why: \\@everyone spam" in shown[0]
    assert shown[1].startswith("**Block lifted")
    assert shown[2].startswith("**Word forbidden** · by")
    assert shown[2].endswith("-# Before: 0 forbidden words\n-# Now: 1 forbidden word")
    assert not any("kraken" in text for text in shown)
    assert all(sent["allowed_mentions"] == {"parse": []} for sent in posted(stage, log))
