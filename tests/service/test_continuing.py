"""Several parts asked for at once: each follows by itself, is charged and checked as it starts, and stops in time."""

from datetime import timedelta

import pytest

from bot.domain.card import CardState, GoneReason
from bot.domain.errors import Blocked, LimitReached, NotHere, Refusal, WordForbidden
from bot.domain.generation import Failure, FailureKind, Generation, GenerationState
from bot.domain.house import Block, GuildSettings
from bot.domain.period import Span
from bot.domain.quota import Limit, Scope
from bot.domain.reports import Failed
from bot.ports import Gone, Present, TryLater
from tests.rig import CHANNEL, GUILD, MEMBER, Rig, World, living
from tests.storing import rows

S = GenerationState


async def chain(rig: Rig) -> list[Generation]:
    """All parts, the first part first."""
    found = rows(rig.world.folder / "dreamreel.db", "SELECT id FROM generations ORDER BY part, created_at")
    return await rig.store.several([name for (name,) in found])


def credits_of(rig: Rig) -> int:
    ((total,),) = rows(rig.world.folder / "dreamreel.db", "SELECT coalesce(sum(credits), 0) FROM ledger")
    return int(total)


async def to_the_end_of_the_first(rig: Rig, more_parts: int = 2) -> Generation:
    """The first part is completed, and no round has looked at that yet."""
    part = await rig.ask(more_parts=more_parts)
    for _ in range(4):
        rig.world.clock.advance(20)
        await rig.poller.tick()
    part = await rig.now(part)
    assert part.state is S.COMPLETED
    return part


async def test_three_parts_are_made_one_after_the_other(rig: Rig) -> None:
    await rig.ask(more_parts=2)
    charged = [credits_of(rig)]
    for _ in range(20):
        await rig.pass_time(20)
        charged.append(credits_of(rig))
    parts = await chain(rig)
    assert [(part.state, part.request.part, part.more_parts) for part in parts] == [
        (S.COMPLETED, 1, 0),
        (S.COMPLETED, 2, 0),
        (S.COMPLETED, 3, 0),
    ]
    assert [part.request.parent_id for part in parts[1:]] == [parts[0].id, parts[1].id]
    assert [bill.parent_relay_id for bill in rig.world.relay.bills] == [None, "task-1", "task-2"]
    assert sorted(set(charged), reverse=True) == [-1, -2, -3], "each is charged as it starts"


async def test_each_card_is_a_reply_to_the_one_before(rig: Rig) -> None:
    await rig.ask(more_parts=2)
    await rig.pass_time(400, steps=20)
    messages = rig.world.discord.messages
    assert [messages[each].refers_to for each in sorted(messages)] == [None, 1, 2]
    assert [messages[each].videos for each in sorted(messages)] == [1, 1, 1]


async def test_one_alone_is_followed_by_nothing(rig: Rig) -> None:
    await rig.ask()
    await rig.pass_time(400, steps=20)
    assert len(await chain(rig)) == 1


async def test_nothing_is_sent_before_its_card_stands(rig: Rig) -> None:
    await to_the_end_of_the_first(rig)
    rig.world.discord.outcomes.append(TryLater("Discord is away"))
    await rig.continuing.round()
    await rig.poller.tick()
    assert ([part.state for part in await chain(rig)], len(rig.world.relay.bills)) == ([S.COMPLETED, S.WAITING], 1)
    await rig.continuing.round()
    await rig.poller.tick()
    assert len(rig.world.relay.bills) == 2
    assert len(rig.world.discord.messages) == 2


async def test_the_search_for_lost_answers_leaves_it_alone(rig: Rig) -> None:
    await to_the_end_of_the_first(rig)
    rig.world.discord.outcomes.append(TryLater("Discord is away"))
    await rig.continuing.round()
    rig.world.clock.advance(3600)
    await rig.upkeep.round()
    assert [part.state for part in await chain(rig)] == [S.COMPLETED, S.WAITING]


async def test_a_part_that_can_have_no_card_is_cancelled_with_its_credits_back(rig: Rig) -> None:
    await to_the_end_of_the_first(rig)
    rig.world.discord.outcomes.append(Gone(GoneReason.PERMISSION))
    await rig.continuing.round()
    _, second = await chain(rig)
    shown = await rig.store.get(second.id)
    assert shown is not None
    assert (second.state, shown.card.gone_reason, credits_of(rig)) == (S.CANCELLED, GoneReason.PERMISSION, -1)
    await rig.pass_time(400, steps=4)
    assert len(await chain(rig)) == 2


async def refused(rig: Rig) -> Refusal | None:
    """The round after the first part is completed: nothing follows, nothing more is charged, and one reply says why."""
    (part,) = await chain(rig)
    await rig.continuing.round()
    await rig.continuing.round()
    assert [each.id for each in await chain(rig)] == [part.id]
    assert credits_of(rig) == -1
    ((message_id, why),) = rig.world.discord.told
    assert message_id == 1
    return why


async def test_a_limit_that_is_met_ends_the_chain_kindly(rig: Rig) -> None:
    await to_the_end_of_the_first(rig)
    await rig.world.beside.purse.set_limit(
        GUILD, Scope.DEFAULT, 0, Limit(1, Span.DAY), by=1, why="", now=rig.world.clock.now()
    )
    assert isinstance(await refused(rig), LimitReached)
    rig.world.clock.advance(timedelta(days=2).total_seconds())
    await rig.settle()
    assert len(await chain(rig)) == 1, "it does not begin again by itself"


async def test_a_member_who_is_blocked_meanwhile_gets_no_more(rig: Rig) -> None:
    await to_the_end_of_the_first(rig)
    await rig.world.beside.house.block(Block(GUILD, MEMBER, None, "spam", 1, rig.world.clock.now()))
    assert isinstance(await refused(rig), Blocked)


@pytest.mark.parametrize(
    "settings",
    [
        GuildSettings(GUILD, channels=frozenset({CHANNEL + 1})),
        GuildSettings(GUILD, roles=frozenset({77})),
    ],
    ids=["channel", "role"],
)
async def test_the_rules_of_the_house_hold_at_each_step(rig: Rig, settings: GuildSettings) -> None:
    await to_the_end_of_the_first(rig)
    await rig.world.beside.house.change_settings(settings, by=1, why="", now=rig.world.clock.now())
    assert isinstance(await refused(rig), NotHere)


async def test_the_roles_and_the_channel_are_those_of_the_moment(rig: Rig) -> None:
    await to_the_end_of_the_first(rig)
    settings = GuildSettings(GUILD, channels=frozenset({CHANNEL + 1}), roles=frozenset({77}))
    await rig.world.beside.house.change_settings(settings, by=1, why="", now=rig.world.clock.now())
    rig.world.discord.member = Present((77,), CHANNEL + 1)
    await rig.continuing.round()
    assert len(await chain(rig)) == 2


async def test_a_word_that_is_forbidden_meanwhile_holds(rig: Rig) -> None:
    await to_the_end_of_the_first(rig)
    await rig.world.beside.house.change_word(GUILD, "sea", forbid=True, by=1, now=rig.world.clock.now())
    assert isinstance(await refused(rig), WordForbidden)


async def test_who_left_the_server_gets_no_more(rig: Rig) -> None:
    await to_the_end_of_the_first(rig)
    rig.world.discord.member = None
    assert await refused(rig) is None


async def test_while_discord_is_away_the_step_waits(rig: Rig) -> None:
    await to_the_end_of_the_first(rig)
    rig.world.discord.member = TryLater("not connected")
    await rig.continuing.round()
    assert (len(await chain(rig)), rig.world.discord.told) == (1, [])
    rig.world.discord.member = Present()
    await rig.continuing.round()
    assert len(await chain(rig)) == 2


async def test_a_bot_that_stops_leaves_the_step_to_its_next_life(rig: Rig, world: World) -> None:
    part = await to_the_end_of_the_first(rig)
    rig.intake.close()
    await rig.continuing.round()
    assert (await rig.now(part)).more_parts == 2
    async with living(world, store=rig.store) as next_life:
        await next_life.continuing.round()
        assert len(await chain(next_life)) == 2


async def test_a_card_that_was_taken_down_is_followed_by_nothing_and_no_word(rig: Rig) -> None:
    part = await to_the_end_of_the_first(rig)
    await rig.intake.taken_down(part.id)
    await rig.continuing.round()
    shown = await rig.store.get(part.id)
    assert shown is not None
    assert (shown.card.state, shown.generation.more_parts) == (CardState.GONE, 0)
    assert (len(await chain(rig)), rig.world.discord.told) == (1, [])


async def test_a_part_that_fails_ends_the_chain(rig: Rig) -> None:
    await rig.ask(more_parts=2)
    await rig.pass_time(5)
    rig.world.relay.reports.append(Failed(Failure(FailureKind.MODERATION)))
    await rig.pass_time(400, steps=20)
    assert [(part.state, part.more_parts) for part in await chain(rig)] == [(S.FAILED, 0)]
    assert credits_of(rig) == 0


async def test_who_stops_after_a_part_gets_that_part_and_no_more(rig: Rig) -> None:
    part = await rig.ask(more_parts=2)
    await rig.pass_time(5)
    last = await rig.intake.stop_chain(GUILD, part.id)
    assert last is not None
    assert last.id == part.id
    await rig.pass_time(400, steps=20)
    assert [part.state for part in await chain(rig)] == [S.COMPLETED]
    assert credits_of(rig) == -1


async def test_who_stops_too_late_for_one_part_gets_that_one_and_no_more(rig: Rig) -> None:
    part = await to_the_end_of_the_first(rig)
    await rig.continuing.round()
    last = await rig.intake.stop_chain(GUILD, part.id)
    assert last is not None
    assert last.request.part == 2
    await rig.pass_time(400, steps=20)
    assert len(await chain(rig)) == 2


async def test_the_same_step_twice_starts_one_part(rig: Rig) -> None:
    part = await to_the_end_of_the_first(rig)
    assert await rig.intake.admit_next(part, Present()) is not None
    assert await rig.intake.admit_next(part, Present()) is None
    assert (len(await chain(rig)), credits_of(rig)) == (2, -2)
