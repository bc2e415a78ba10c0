"""Members look up how a video came about, and have one film made of its parts."""

from dataclasses import replace
from functools import partial
from typing import Any

import discord
import pytest
import simcord
from simcord.components import validate_components, walk_components

from bot.domain.generation import Generation
from bot.ports import FetchProblem
from bot.service.filming import MOST_AT_ONCE, Short, Trouble, WhyNoFilm
from bot.ui import house_words, story_words, words
from bot.ui.language import languages, speaking
from bot.ui.story import story_view
from bot.ui.text import utf16
from tests.discord.people import elsewhere, manager
from tests.discord.stage import Stage, told
from tests.discord.stage import text_of as text

MB = 1_000_000


async def extended(
    stage: Stage,
    parent: Generation,
    prompt: str = "then it rains",
    *,
    actor: simcord.MemberActor | None = None,
    channel: simcord.ChannelHandle | None = None,
    finish: bool = True,
) -> Generation:
    """The next part, shown in its own message; completed unless told otherwise."""
    answer = await (actor or stage.bob).slash(channel or stage.channel, "extend", video=parent.id, prompt=prompt)
    assert answer.response is not None
    generation = await stage.newest()
    if finish:
        generation = await stage.complete(generation)
        shown = await stage.shown(generation)
        await stage.store.note_shown(generation.id, generation.version, shown.card.message_id or 0, forget_token=True)
        await stage.draw(answer.response, shown)
    return generation


async def chain(stage: Stage, length: int) -> list[Generation]:
    parts = [await stage.finished(stage.alice, "a calm sea")]
    for number in range(2, length + 1):
        parts.append(await extended(stage, parts[-1], f"take {number}"))
    return parts


async def story(
    stage: Stage, reference: str, actor: simcord.MemberActor | None = None, channel: simcord.ChannelHandle | None = None
) -> simcord.InteractionResult:
    return await (actor or stage.alice).slash(channel or stage.channel, "story", video=reference)


def buttons(result: simcord.InteractionResult) -> list[str]:
    assert result.response is not None
    return [part["label"] for part in walk_components(result.response.components) if part["type"] == 2]


async def press(
    stage: Stage,
    generation: Generation,
    actor: simcord.MemberActor | None = None,
    channel: simcord.ChannelHandle | None = None,
) -> simcord.InteractionResult:
    """Ask for the story and press One film below it."""
    shown = await story(stage, generation.id, actor, channel)
    assert shown.response is not None
    return await (actor or stage.alice).click(shown.response, label=story_words.FILM_BUTTON())


def films(channel: simcord.ChannelHandle) -> list[discord.Message]:
    """The messages with a film, by the name of the file."""
    return [m for m in channel.history() if any("film" in each.filename for each in m.attachments)]


def read(message: Any) -> str:
    return components_text([component.to_dict() for component in message.components])


def components_text(components: list[Any]) -> str:
    return "\n".join(part["content"] for part in walk_components(components) if part["type"] == 10)


async def links(stage: Stage, *parts: Generation) -> list[str]:
    return [await stage.link(part) for part in parts]


class TestTheStory:
    async def test_only_the_one_who_asks_sees_every_part_with_its_state_prompt_and_link(self, stage: Stage) -> None:
        parts = await chain(stage, 3)
        shown = await story(stage, parts[2].id)
        assert shown.response is not None
        assert shown.response.ephemeral
        said = text(shown.response)
        assert "3 parts · about 15 s in all" in said
        for number, (part, link) in enumerate(zip(parts, await links(stage, *parts), strict=True), 1):
            assert f"**Part {number}** · Completed · [go to it]({link})" in said
            assert f"> {part.request.prompt}" in said

    async def test_a_video_is_named_by_its_id_by_a_link_or_from_the_list(self, stage: Stage) -> None:
        parts = await chain(stage, 2)
        by_id, by_link = await story(stage, parts[1].id), await story(stage, await stage.link(parts[1]))
        assert text(by_id.response) == text(by_link.response)
        offered = await stage.alice.autocomplete(stage.channel, "story", "video", "calm")
        assert [each["value"] for each in offered] == [parts[0].id]

    async def test_a_part_that_is_not_finished_has_a_story_too(self, stage: Stage) -> None:
        parts = await chain(stage, 1)
        waiting = await extended(stage, parts[0], "and then", finish=False)
        shown = await story(stage, waiting.id)
        assert "**Part 2** · Waiting" in text(shown.response)
        assert buttons(shown) == []

    async def test_it_says_where_the_story_goes_other_ways_and_how_it_goes_on(self, stage: Stage) -> None:
        parts = await chain(stage, 3)
        other = await extended(stage, parts[0], "another way")
        other_link, third_link = await links(stage, other, parts[2])
        said = text((await story(stage, parts[1].id)).response)
        assert story_words.BRANCHES(links=f"[part 2]({other_link})") in said
        assert story_words.GOES_ON(links=f"[part 3]({third_link})") in said
        assert "another way" not in said

    async def test_a_video_without_further_parts_says_how_a_story_begins(self, stage: Stage) -> None:
        parts = await chain(stage, 1)
        shown = await story(stage, parts[0].id)
        assert story_words.ALONE() in text(shown.response)
        assert buttons(shown) == []

    async def test_parts_in_hidden_channels_are_neither_told_nor_linked_nor_filmed(self, stage: Stage) -> None:
        nobody = discord.PermissionOverwrite(view_channel=False)
        hidden = stage.guild.create_text_channel("staff", overwrites={stage.alice: nobody})
        boss = stage.bob
        first = await stage.finished(boss, "a secret lake", channel=hidden)
        second = await extended(stage, first, "a bright day", actor=boss)
        secret = await extended(stage, second, "a secret end", actor=boss, channel=hidden)
        shown = await story(stage, second.id)
        said = text(shown.response)
        assert story_words.PART_HIDDEN(part="1") in said
        assert story_words.GOES_ON(links="1 more") in said
        assert "secret" not in said
        assert str(hidden.id) not in said
        assert buttons(shown) == []
        assert told(await story(stage, secret.id)) == words.UNKNOWN_VIDEO()
        assert buttons(await story(stage, second.id, boss)) == [story_words.FILM_BUTTON()]

    async def test_a_deleted_message_is_not_linked(self, stage: Stage) -> None:
        parts = await chain(stage, 2)
        await stage.services.intake.taken_down(parts[0].id)
        assert story_words.PART_GONE(part="1", state="Completed") in text((await story(stage, parts[1].id)).response)

    async def test_an_erased_part_stays_a_part(self, stage: Stage) -> None:
        parts = await chain(stage, 2)
        for part in parts:
            shown = await stage.shown(part)
            await stage.store.note_shown(
                part.id, shown.generation.version, shown.card.message_id or 0, forget_token=True
            )
        await stage.alice.slash(stage.channel, "privacy delete")
        await stage.stores.privacy.forget(stage.alice.id, stage.guild.id, stage.env.now())
        shown_now = await story(stage, parts[1].id)
        assert story_words.ERASED() in text(shown_now.response)
        assert "a calm sea" not in text(shown_now.response)
        assert buttons(shown_now) == []

    async def test_another_servers_story_is_unknown(self, stage: Stage) -> None:
        parts = await chain(stage, 2)
        there = elsewhere(stage)
        said = await there.alice.slash(there.channel, "story", video=parts[1].id)
        assert told(said) == words.UNKNOWN_VIDEO()

    async def test_the_longest_story_with_the_longest_prompts_fits_one_message_in_every_language(
        self, stage: Stage
    ) -> None:
        part = await stage.finished(stage.alice, "@everyone **x** " * 300)
        for number in range(2, 26):
            before = part
            part = await extended(stage, before, f"{number} 海" * 600)
            for _ in range(2 if number > 13 else 1):
                await extended(stage, before, "elsewhere")
        longest = await stage.services.stories.told(part)
        for language in languages():
            with speaking(language):
                view = story_view(longest, longest.channel_ids)
            said = components_text(validate_components(view.to_components(), flags=1 << 15))  # type: ignore[no-untyped-call]  # discord.py leaves it untyped
            assert utf16(said) < 4_000, language
            assert len(said.encode()) < 9_000, language
            assert await stage.link(part) in said
        assert (await story(stage, part.id)).response is not None


class TestTheWays:
    """Among the details of a video, which its More button shows: what it goes on from, and in what it goes on."""

    async def details(
        self, stage: Stage, of: Generation, actor: simcord.MemberActor | None = None
    ) -> simcord.ResponseMessage:
        opened = await (actor or stage.alice).click(await stage.message(of), label="⋯ More")
        assert opened.response is not None
        return opened.response

    async def test_a_part_leads_to_the_one_before_and_to_each_that_follows(self, stage: Stage) -> None:
        parts = await chain(stage, 3)
        await stage.env.advance_time(1)
        another = await extended(stage, parts[1], "another end", finish=False)
        up, down, take = await links(stage, parts[0], parts[2], another)
        said = text(await self.details(stage, parts[1]))
        assert story_words.WAY_UP(link=f"[part 1]({up})") in said
        assert story_words.WAYS_ON(links=f"[part 3]({down}) and [part 3 (take 2)]({take})") in said

    async def test_a_video_that_stands_alone_says_nothing_of_it(self, stage: Stage) -> None:
        said = text(await self.details(stage, (await chain(stage, 1))[0]))
        assert "Goes on" not in said

    async def test_what_failed_what_is_gone_and_what_is_hidden_is_neither_linked_nor_counted(
        self, stage: Stage
    ) -> None:
        nobody = discord.PermissionOverwrite(view_channel=False)
        hidden = stage.guild.create_text_channel("staff", overwrites={stage.alice: nobody})
        first = await stage.finished(stage.bob, channel=hidden)
        second = await extended(stage, first)
        secret = await extended(stage, second, channel=hidden)
        deleted, failed = await extended(stage, second), await extended(stage, second, finish=False)
        await stage.services.intake.taken_down(deleted.id)
        assert await stage.store.save(failed, failed.cancelled(stage.env.now()))
        assert "Goes on" not in text(await self.details(stage, second))
        said = text(await self.details(stage, second, stage.bob))
        up, down = await links(stage, first, secret)
        assert story_words.WAY_UP(link=f"[part 1]({up})") in said
        assert story_words.WAYS_ON(links=f"[part 3]({down})") in said

    async def test_of_many_the_first_five_are_linked_and_the_story_has_more_within_discords_limits(
        self, stage: Stage
    ) -> None:
        first = await stage.finished(stage.alice, "@everyone **x** " * 300)
        parent = await extended(stage, first, "海" * 1_600)
        takes = []
        for _ in range(8):
            await stage.env.advance_time(1)
            takes.append(await extended(stage, parent))
        for language in languages():
            await stage.services.preferences.change(stage.alice.id, partial(replace, language=language))
            opened = await self.details(stage, parent)
            said = text(opened)
            for take in takes[:5]:
                assert f"({await stage.link(take)})" in said
            assert str((await stage.shown(takes[5])).card.message_id) not in said
            with speaking(language):
                assert story_words.WAYS_MORE(3) in said
            assert utf16(said) < 4_000
            assert len(said.encode()) < 9_000
        told_all = text((await story(stage, parent.id)).response)
        assert all([await stage.link(take) in told_all for take in takes])

    async def test_a_video_that_is_shown_again_leads_to_the_part_before_too(self, stage: Stage) -> None:
        parts = await chain(stage, 2)
        again = await stage.bob.slash(stage.channel, "show", video=parts[1].id)
        (link,) = await links(stage, parts[0])
        assert f"goes on from [part 1]({link})" in text(again.response)


class TestTheCard:
    async def test_an_extensions_card_tells_the_length_and_leads_to_the_part_before(self, stage: Stage) -> None:
        parts = await chain(stage, 2)
        third = await stage.bob.slash(stage.channel, "extend", video=parts[1].id, prompt="and on")
        (link,) = await links(stage, parts[1])
        assert story_words.PART_AFTER(part="3", seconds="15", before="2", link=link) in text(third.response)

    async def test_a_parent_without_a_message_is_not_linked(self, stage: Stage) -> None:
        parts = await chain(stage, 1)
        await stage.services.intake.taken_down(parts[0].id)
        second = await stage.bob.slash(stage.channel, "extend", video=parts[0].id, prompt="and on")
        assert story_words.PART(part="2", seconds="10") in text(second.response)


class TestOneFilm:
    async def test_the_presser_is_answered_and_the_film_is_posted_for_all(self, stage: Stage) -> None:
        parts = await chain(stage, 3)
        result = await press(stage, parts[2])
        (film,) = films(stage.channel)
        assert [each.filename for each in film.attachments] == [f"dreamreel-film-{parts[2].id}.mp4"]
        said = read(film)
        assert "3 parts · 15 s in all" in said
        assert all(link in said for link in await links(stage, *parts))
        assert f"<@{stage.alice.id}>" in said
        assert stage.answers()[-1]["content"] == story_words.WORKING()
        assert told(result) == story_words.DONE(link=film.jump_url)
        assert sorted(path.name for path in stage.disk.folder.glob("*.mp4")) == []

    async def test_the_film_costs_nothing_and_asks_the_relay_for_nothing_paid(self, stage: Stage) -> None:
        parts = await chain(stage, 2)
        before = await stage.stores.purse.balance(
            stage.guild.id, stage.alice.id, stage.services.intake.claim((), "UTC"), stage.env.now()
        )
        await press(stage, parts[1])
        after = await stage.stores.purse.balance(
            stage.guild.id, stage.alice.id, stage.services.intake.claim((), "UTC"), stage.env.now()
        )
        assert after == before
        assert stage.relay.bills == []

    async def test_the_button_works_after_a_restart(self, stage: Stage) -> None:
        parts = await chain(stage, 2)
        shown = await story(stage, parts[1].id)
        assert shown.response is not None
        await stage.restart()
        await stage.alice.click(shown.response, label=story_words.FILM_BUTTON())
        assert len(films(stage.channel)) == 1

    async def test_a_dead_link_is_renewed_by_the_relay(self, stage: Stage) -> None:
        parts = await chain(stage, 2)
        stage.relay.steps = {part.relay_id or "": 9 for part in parts}
        stage.disk.problems = [FetchProblem.LINK_DEAD]
        await press(stage, parts[1])
        assert len(films(stage.channel)) == 1
        assert (await stage.shown(parts[0])).generation.video_url == f"https://cdn.example/{parts[0].relay_id}.mp4"

    async def test_where_all_do_not_fit_as_many_as_fit_are_posted_and_that_is_said(self, stage: Stage) -> None:
        parts = await chain(stage, 3)
        stage.disk.size = 4 * MB
        result = await press(stage, parts[2])
        (film,) = films(stage.channel)
        assert story_words.SHORT[Short.NO_ROOM](n="2", all="3") in read(film)
        assert told(result) == story_words.DONE_SHORT(link=film.jump_url)

    async def test_a_part_that_is_not_to_be_had_ends_the_film_before_it(self, stage: Stage) -> None:
        parts = await chain(stage, 3)
        bring = stage.disk.fetch

        async def fetch(generation_id: str, url: str) -> Any:
            return FetchProblem.LINK_DEAD if generation_id == parts[2].id else await bring(generation_id, url)

        stage.disk.fetch = fetch  # type: ignore[method-assign]  # one link is dead for good
        await press(stage, parts[2])
        assert story_words.SHORT[Short.NOT_FETCHED](n="2", all="3") in read(films(stage.channel)[0])

    @pytest.mark.parametrize("trouble", list(Trouble))
    async def test_where_there_is_no_film_the_presser_is_told_why(self, stage: Stage, trouble: Trouble) -> None:
        parts = await chain(stage, 2)
        if trouble is Trouble.TOO_LARGE:
            stage.disk.size = 6 * MB
        elif trouble is Trouble.NOT_FETCHED:
            stage.disk.problems = [FetchProblem.UNREACHABLE]
        else:
            stage.films.readable = False
        assert told(await press(stage, parts[1])) == story_words.TROUBLES[trouble]()
        assert films(stage.channel) == []
        assert sorted(path.name for path in stage.disk.folder.glob("*.mp4")) == []

    async def test_a_film_that_may_not_be_posted_is_told(self, stage: Stage) -> None:
        parts = await chain(stage, 2)
        shown = await story(stage, parts[1].id)
        assert shown.response is not None
        stage.env.inject_error("POST", f"/channels/{stage.channel.id}/messages", status=403, code=50013)
        result = await stage.alice.click(shown.response, label=story_words.FILM_BUTTON())
        assert told(result) == story_words.NOT_POSTED_FORBIDDEN()

    async def test_hidden_videos_make_a_hidden_film(self, stage: Stage) -> None:
        parts = await chain(stage, 2)
        await manager(stage).slash(stage.channel, "settings spoiler", state="on")
        await press(stage, parts[1])
        items = [
            item
            for component in films(stage.channel)[0].components
            for part in walk_components([component.to_dict()])
            for item in part.get("items", ())
        ]
        assert [item["spoiler"] for item in items] == [True]
        assert [item["description"] for item in items] == ["a calm sea → take 2"]

    async def test_one_film_of_a_story_is_made_at_a_time_and_one_for_a_member(self, stage: Stage) -> None:
        parts, others = await chain(stage, 2), await chain(stage, 2)
        mine = await stage.services.stories.told(parts[1])
        shown, other = await story(stage, parts[1].id, stage.bob), await story(stage, others[1].id)
        assert shown.response is not None
        assert other.response is not None
        with stage.services.filming.begun(mine, stage.alice.id):
            for actor, message in ((stage.bob, shown.response), (stage.alice, other.response)):
                said = await actor.click(message, label=story_words.FILM_BUTTON())
                assert told(said) == story_words.NO_FILM[WhyNoFilm.RUNNING]()
        assert films(stage.channel) == []
        await stage.bob.click(shown.response, label=story_words.FILM_BUTTON())
        assert len(films(stage.channel)) == 1

    async def test_only_a_few_films_are_made_at_once(self, stage: Stage) -> None:
        parts = await chain(stage, 2)
        told_story = await stage.services.stories.told(parts[1])
        shown = await story(stage, parts[1].id)
        assert shown.response is not None
        first = told_story.parts[0]
        begun = []
        for number in range(MOST_AT_ONCE):
            part = replace(first, generation=replace(first.generation, id=f"other{number}"))
            begun.append(stage.services.filming.begun(replace(told_story, parts=(part,)), number))
            begun[-1].__enter__()
        said = await stage.alice.click(shown.response, label=story_words.FILM_BUTTON())
        assert told(said) == story_words.NO_FILM[WhyNoFilm.BUSY]()
        for each in begun:
            each.__exit__(None, None, None)


class TestRightsAtThePress:
    """What was allowed when the story was shown may not be any more."""

    async def test_a_blocked_member_gets_no_film(self, stage: Stage) -> None:
        parts = await chain(stage, 2)
        shown = await story(stage, parts[1].id)
        assert shown.response is not None
        await manager(stage).slash(stage.channel, "moderation block", member=stage.alice)
        said = told(await stage.alice.click(shown.response, label=story_words.FILM_BUTTON()))
        assert said == house_words.blocked(None, "")
        assert films(stage.channel) == []

    async def test_where_the_bot_may_not_be_used_no_film_is_posted(self, stage: Stage) -> None:
        parts = await chain(stage, 2)
        shown = await story(stage, parts[1].id)
        assert shown.response is not None
        only = stage.guild.create_text_channel("only-here")
        await manager(stage).slash(stage.channel, "settings channels add", channel=only)
        said = told(await stage.alice.click(shown.response, label=story_words.FILM_BUTTON()))
        assert said == house_words.not_here([only.id], [])

    async def test_a_word_forbidden_since_keeps_the_film_from_being_posted(self, stage: Stage) -> None:
        parts = await chain(stage, 2)
        shown = await story(stage, parts[1].id)
        assert shown.response is not None
        await manager(stage).slash(stage.channel, "moderation words add", word="calm")
        said = told(await stage.alice.click(shown.response, label=story_words.FILM_BUTTON()))
        assert said == story_words.NO_FILM[WhyNoFilm.WORD]()

    async def test_a_channel_hidden_since_keeps_its_part_out_of_a_film(self, stage: Stage) -> None:
        room = stage.guild.create_text_channel("room")
        first = await stage.finished(stage.alice, channel=room)
        second = await extended(stage, first)
        shown = await story(stage, second.id)
        assert shown.response is not None
        channel, alice = stage.env.bot.get_channel(room.id), discord.Object(stage.alice.id, type=discord.Member)
        assert isinstance(channel, discord.TextChannel)
        await channel.edit(overwrites={alice: discord.PermissionOverwrite(view_channel=False)})
        await stage.env.settle()
        said = told(await stage.alice.click(shown.response, label=story_words.FILM_BUTTON()))
        assert said == story_words.NO_FILM[WhyNoFilm.HIDDEN]()
        assert films(stage.channel) == []
