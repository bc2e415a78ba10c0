"""`/extend times`: parts that follow by themselves, as the members of a server see them, and what stops them."""

from dataclasses import dataclass
from datetime import UTC, timedelta

import discord
import pytest
import simcord

from bot.domain.errors import (
    Blocked,
    LimitReached,
    NotHere,
    QueueFull,
    Refusal,
    StoreError,
    UnfinishedVideo,
    WordForbidden,
)
from bot.domain.generation import Generation, GenerationState
from bot.domain.house import Block, GuildSettings
from bot.domain.notices import Notice
from bot.domain.period import Span, period_of
from bot.domain.quota import Limit, Met, Scope, Standing
from bot.ports import TryLater
from bot.service.continuing import Continuing
from bot.ui import chain_words, words
from bot.ui.board import DiscordBoard
from bot.ui.language import languages, speaking
from bot.ui.membership import DiscordMembers
from bot.ui.notifying import DiscordMessenger
from bot.ui.pace import Pace
from tests.discord.people import manager
from tests.discord.stage import OFFER, Stage, text_of, told

S = GenerationState
STOP = "Stop after this part"


@dataclass
class Chain:
    """A chain under way, with what the bot's loops would do of it."""

    stage: Stage
    first: Generation
    result: simcord.InteractionResult

    async def round(self) -> None:
        """What the loop does, of the process that runs now."""
        stage, pace = self.stage, Pace()
        client = stage.env.bot
        board = DiscordBoard(
            client, stage.services.clock, OFFER, expand_prompt=True, pace=pace, house=stage.stores.house
        )
        members = DiscordMembers(client, stage.stores.house, pace)
        await Continuing(stage.store, board, members, stage.services.intake).round()
        await stage.env.settle()

    async def next(self) -> None:
        """The relay is done with the newest part, and the loop looks."""
        await self.stage.complete(await self.stage.newest())
        await self.round()

    async def parts(self) -> list[Generation]:
        """All but the video that was extended."""
        return [shown.generation for shown in (await self.stage.admitted())[1:]]

    def replies(self) -> list[discord.Message]:
        """What the bot sent of its own accord, the oldest first."""
        found = [each for each in self.stage.channel.history() if each.interaction_metadata is None]
        return sorted(found, key=lambda message: message.id)


async def chained(stage: Stage, times: int = 3) -> Chain:
    first = await stage.finished(stage.alice)
    result = await stage.alice.slash(stage.channel, "extend", video=first.id, prompt="then it rains", times=times)
    return Chain(stage, first, result)


def shown_text(message: discord.Message) -> str:
    return str([component.to_dict() for component in message.components])


async def test_three_times_plays_through(stage: Stage) -> None:
    chain = await chained(stage)
    assert "2 more follow by themselves" in text_of(chain.result.response)
    for _ in range(4):
        await chain.next() if (await stage.newest()).state is S.WAITING else await chain.round()
    parts = await chain.parts()
    assert [part.request.part for part in parts] == [2, 3, 4]
    assert [part.request.prompt for part in parts] == ["then it rains"] * 3
    assert [part.request.parent_id for part in parts] == [chain.first.id, parts[0].id, parts[1].id]
    cards = [(await stage.shown(part)).card.message_id for part in parts]
    replies = chain.replies()
    assert [message.id for message in replies] == cards[1:]
    assert [message.reference.message_id for message in replies if message.reference] == cards[:-1]
    assert "1 more follows by itself" in shown_text(replies[0])
    assert "more follow" not in shown_text(replies[1])


async def test_each_part_is_charged_as_it_starts(stage: Stage) -> None:
    chain = await chained(stage)
    for made in (1, 2, 3):
        assert len(await chain.parts()) == made
        await chain.next()
    assert len(await chain.parts()) == 3


async def test_the_option_says_when_it_costs(stage: Stage) -> None:
    command = next(each for each in stage.make_client().tree.get_commands() if each.name == "extend")
    (option,) = [each for each in command.parameters if each.name == "times"]  # type: ignore[union-attr]  # it is a command
    assert "each is charged as it starts" in str(option.description)
    assert (option.min_value, option.max_value, option.required) == (1, 4, False)


async def test_once_is_a_plain_extension(stage: Stage) -> None:
    chain = await chained(stage, times=1)
    assert "follow" not in text_of(chain.result.response)
    with pytest.raises(LookupError):
        await press(chain, stage.alice)
    await chain.next()
    assert len(await chain.parts()) == 1


async def press(chain: Chain, actor: simcord.MemberActor) -> simcord.InteractionResult:
    part = await chain.stage.newest()
    message = await chain.stage.message(part)
    if STOP not in shown_text(message):
        raise LookupError(STOP)
    return await actor.click(message, label=STOP)


async def test_who_asked_stops_after_this_part_also_after_a_restart(stage: Stage) -> None:
    chain = await chained(stage)
    await stage.restart()
    assert told(await press(chain, stage.alice)) == chain_words.STOPPED(part=2)
    assert told(await press(chain, stage.alice)) == chain_words.ALREADY_STOPPED()
    await chain.next()
    assert [part.state for part in await chain.parts()] == [S.COMPLETED]
    assert chain.replies() == []


async def test_a_moderator_may_stop_it_and_another_member_may_not(stage: Stage) -> None:
    chain = await chained(stage)
    assert told(await press(chain, stage.bob)) == words.NOT_YOURS()
    assert (await stage.newest()).more_parts == 2
    assert told(await press(chain, manager(stage))) == chain_words.STOPPED(part=2)


async def test_a_button_of_a_part_that_is_over_stops_the_one_that_follows(stage: Stage) -> None:
    chain = await chained(stage)
    old = await stage.message(await stage.newest())
    await chain.next()
    assert told(await stage.alice.click(old, label=STOP)) == chain_words.STOPPED(part=3)
    await chain.next()
    assert len(await chain.parts()) == 2


async def test_it_can_be_stopped_on_the_card_of_each_part(stage: Stage) -> None:
    chain = await chained(stage)
    await chain.next()
    assert told(await press(chain, stage.alice)) == chain_words.STOPPED(part=3)
    await chain.next()
    assert len(await chain.parts()) == 2


async def test_a_cancelled_part_is_followed_by_nothing(stage: Stage) -> None:
    chain = await chained(stage)
    await chain.next()
    message = await stage.message(await stage.newest())
    assert told(await stage.alice.click(message, label=words.CANCEL_BUTTON())) == words.CANCELLED_NOW()
    await chain.round()
    assert [part.state for part in await chain.parts()] == [S.COMPLETED, S.CANCELLED]


async def test_a_restart_in_the_middle_goes_on_with_one_message(stage: Stage) -> None:
    chain = await chained(stage)
    await stage.complete(await stage.newest())
    await stage.restart()
    await chain.round()
    await stage.restart()
    await chain.round()
    assert len(await chain.parts()) == 2
    assert len(chain.replies()) == 1


async def test_a_message_that_was_sent_and_not_noted_is_found(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = await chained(stage)
    part = await stage.complete(await stage.newest())

    async def lost(generation_id: str, message_id: int) -> None:
        return

    with monkeypatch.context() as away:
        away.setattr(stage.services.intake, "attach", lost)
        await chain.round()
    await stage.restart()
    await chain.round()
    (message,) = chain.replies()
    assert (await stage.shown(await stage.newest())).card.message_id == message.id
    assert (await stage.newest()).request.parent_id == part.id


async def stopped_with(chain: Chain) -> str:
    """The part is done, and no other follows: what the bot says below its card."""
    await chain.next()
    await chain.round()
    assert len(await chain.parts()) == 1
    (message,) = chain.replies()
    assert message.reference is not None
    assert message.reference.message_id == (await chain.stage.shown(await chain.stage.newest())).card.message_id
    assert "Nothing was charged for it." in message.content
    assert "<@" not in message.content
    return message.content


async def test_a_limit_met_in_the_middle_is_told_with_the_time_it_starts_over(stage: Stage) -> None:
    chain, now = await chained(stage), stage.services.clock.now()
    await stage.stores.purse.set_limit(stage.guild.id, Scope.DEFAULT, 0, Limit(2, Span.DAY), by=1, why="", now=now)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    said = await stopped_with(chain)
    assert said.startswith("Part 3 does not follow: it would pass a limit of 2 credits a day.")
    assert f"<t:{int(midnight.timestamp())}:R>" in said


async def test_who_is_blocked_meanwhile_gets_no_more_and_nobody_learns_why(stage: Stage) -> None:
    chain = await chained(stage)
    block = Block(stage.guild.id, stage.alice.id, None, "a private reason", 1, stage.services.clock.now())
    await stage.stores.house.block(block)
    assert "a private reason" not in await stopped_with(chain)


async def test_the_roles_are_asked_of_discord_as_the_part_starts(stage: Stage) -> None:
    artists = stage.guild.create_role("artists")
    chain = await chained(stage)
    settings = GuildSettings(stage.guild.id, roles=frozenset({artists.id}))
    await stage.stores.house.change_settings(settings, by=1, why="", now=stage.services.clock.now())
    guild = stage.env.bot.get_guild(stage.guild.id)
    assert guild is not None
    member = await guild.fetch_member(stage.alice.id)
    await member.add_roles(discord.Object(artists.id))
    await chain.next()
    assert len(await chain.parts()) == 2
    await member.remove_roles(discord.Object(artists.id))
    await chain.next()
    assert len(await chain.parts()) == 2
    assert "settings do not let" in chain.replies()[-1].content


async def test_who_left_the_server_gets_no_more(stage: Stage) -> None:
    chain = await chained(stage)
    guild = stage.env.bot.get_guild(stage.guild.id)
    assert guild is not None
    await guild.kick(discord.Object(stage.alice.id))
    assert "not in the server any more" in await stopped_with(chain)


@pytest.mark.parametrize("permission", ["view_channel", "use_application_commands"])
async def test_who_may_not_use_the_bot_in_the_channel_any_more_gets_no_more(stage: Stage, permission: str) -> None:
    chain = await chained(stage)
    channel = stage.env.bot.get_channel(stage.channel.id)
    assert isinstance(channel, discord.TextChannel)
    member = await channel.guild.fetch_member(stage.alice.id)
    await channel.set_permissions(member, overwrite=discord.PermissionOverwrite(**{permission: False}))
    assert "may not use me in this channel" in await stopped_with(chain)


async def kicked(stage: Stage) -> Chain:
    """A chain whose member has left: its next part cannot follow."""
    chain = await chained(stage)
    guild = stage.env.bot.get_guild(stage.guild.id)
    assert guild is not None
    await guild.kick(discord.Object(stage.alice.id))
    return chain


@pytest.mark.parametrize("lost", ["tell_stopped", "stop_told"], ids=["not said", "said and not noted"])
async def test_a_stop_that_a_crash_kept_from_being_told_is_told_once_by_the_next_life(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    chain = await kicked(stage)

    async def dies(*_: object, **__: object) -> None:
        raise StoreError("the process dies here")

    with monkeypatch.context() as dying:
        dying.setattr(DiscordMembers if lost == "tell_stopped" else stage.store, lost, dies)
        await chain.next()
    assert len(chain.replies()) == (0 if lost == "tell_stopped" else 1)
    await stage.restart()
    await stage.env.advance_time(3600)
    await chain.round()
    await chain.round()
    (message,) = chain.replies()
    assert message.content.startswith("Part 3 does not follow")
    assert message.content == chain_words.stopped_early(
        await stage.newest(), None if lost == "stop_told" else Refusal("forgotten")
    )


@pytest.mark.parametrize("notice_first", [False, True])
async def test_the_word_that_it_is_done_is_not_taken_for_the_word_that_no_part_follows(
    stage: Stage, *, notice_first: bool
) -> None:
    """Both answer the same card, and each is looked for where it may have been sent."""
    chain = await kicked(stage)
    part = await stage.shown(await stage.complete(await stage.newest()))
    members = DiscordMembers(stage.env.bot, stage.stores.house, Pace())
    messenger = DiscordMessenger(stage.env.bot, stage.services.preferences, stage.stores.house, Pace())
    for notice in (notice_first, not notice_first, True, False):
        if notice:
            assert await messenger.tell(part, by_dm=False, look=True) is Notice.TOLD
        else:
            assert await members.tell_stopped(part, None, look=True) is None
    first, second = chain.replies()
    assert ["Your video is done" in each.content for each in (first, second)] == [notice_first, not notice_first]


async def test_a_stop_below_a_card_that_was_deleted_meanwhile_is_told_no_more(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = await kicked(stage)

    async def away(*_: object, **__: object) -> TryLater:
        return TryLater("Discord is away")

    with monkeypatch.context() as later:
        later.setattr(DiscordMembers, "tell_stopped", away)
        await chain.next()
    await stage.services.intake.taken_down((await stage.newest()).id)
    await chain.round()
    assert chain.replies() == []
    assert await stage.store.untold_stops(10) == []


@pytest.mark.parametrize(("status", "code"), [(403, 50013), (404, 10003)], ids=["permission lost", "channel gone"])
async def test_a_part_that_can_have_no_card_gives_its_credits_back(stage: Stage, status: int, code: int) -> None:
    chain = await chained(stage)
    stage.env.inject_error("POST", "/channels/*/messages", status=status, code=code)
    await chain.next()
    assert [part.state for part in await chain.parts()] == [S.COMPLETED, S.CANCELLED]
    await chain.round()
    assert len(await chain.parts()) == 2


async def test_while_discord_is_in_trouble_the_part_waits(stage: Stage) -> None:
    chain = await chained(stage)
    stage.env.inject_error("POST", "/channels/*/messages", status=503)
    await chain.next()
    assert [part.state for part in await chain.parts()] == [S.COMPLETED, S.WAITING]
    await chain.round()
    (message,) = chain.replies()
    assert (await stage.shown(await stage.newest())).card.message_id == message.id


async def test_where_the_member_cannot_be_asked_for_the_step_waits(stage: Stage) -> None:
    chain = await chained(stage)
    stage.env.inject_error("GET", "/guilds/*/members/*", status=503)
    await chain.next()
    assert len(await chain.parts()) == 1
    await chain.round()
    assert len(await chain.parts()) == 2


async def test_no_word_of_a_stop_is_longer_than_a_message(stage: Stage) -> None:
    part, now = await stage.finished(stage.alice), stage.services.clock.now()
    day = period_of(Span.DAY, now, UTC)
    standings = [Standing(scope, Limit(limit, Span.DAY), day, limit) for scope in Scope for limit in (0, 10**6)]
    whys = [
        None,
        *(LimitReached(Met(standing, 0), 4) for standing in standings),
        QueueFull("member", 10),
        Blocked(None, "private"),
        NotHere(frozenset(), frozenset()),
        WordForbidden("private"),
        UnfinishedVideo("gen0001"),
    ]
    for language in languages():
        with speaking(language):
            said = [chain_words.stopped_early(part, why) for why in whys]
        assert all(len(each) <= 300 and "private" not in each for each in said), language


@pytest.mark.parametrize("archived", [False, True])
async def test_in_a_thread_the_parts_follow_in_the_thread(stage: Stage, *, archived: bool) -> None:
    """Where the thread's channel is one of those that the server named. One that is archived is opened again."""
    channel = stage.env.bot.get_channel(stage.channel.id)
    assert isinstance(channel, discord.TextChannel)
    thread = await channel.create_thread(name="takes", type=discord.ChannelType.public_thread)
    handle = next(each for each in stage.channel.threads if each.id == thread.id)
    first = await stage.finished(stage.alice)
    result = await stage.alice.slash(handle, "extend", video=first.id, prompt="then it rains", times=2)
    settings = GuildSettings(stage.guild.id, channels=frozenset({channel.id}))
    await stage.stores.house.change_settings(settings, by=1, why="", now=stage.services.clock.now())
    await thread.edit(archived=archived)
    await stage.env.settle()
    await Chain(stage, first, result).next()
    following = await stage.newest()
    message_id = (await stage.shown(following)).card.message_id
    assert (following.request.part, following.channel_id) == (3, thread.id)
    assert message_id in [message.id for message in handle.history()]
