"""Who is let in, at what price, in whose turn, and what can still be called back: over a real database."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.card import Shown
from bot.domain.errors import Blocked, LimitReached, NotHere, QueueFull, TooLate, UnknownVideo, WordForbidden
from bot.domain.generation import Generation, GenerationState
from bot.domain.house import Block, GuildSettings
from bot.domain.period import Span
from bot.domain.quota import Limit, Scope
from bot.domain.reports import Running, Unanswered
from bot.domain.turns import AtOnce
from bot.ports import Claim, Showing
from bot.service.purse import Purser, Verdict
from tests.rig import CHANNEL, GUILD, MEMBER, Rig, World, living, text_request

S = GenerationState
OTHER_GUILD, OTHER_MEMBER = 11, 31


async def limited(rig: Rig, credits_: int) -> None:
    await rig.world.beside.purse.set_limit(
        GUILD, Scope.DEFAULT, 0, Limit(credits_, Span.DAY), by=1, why="", now=rig.world.clock.now()
    )


async def used(rig: Rig) -> int:
    """Credits that the member's own limit counts today."""
    balance = await rig.world.beside.purse.balance(GUILD, MEMBER, Claim(), rig.world.clock.now())
    (own,) = [each for each in balance.standings if each.scope is Scope.DEFAULT]
    return own.used


async def test_a_limit_is_met_and_tells_when_it_begins_anew(rig: Rig) -> None:
    await limited(rig, 2)
    await rig.ask()
    await rig.ask()
    with pytest.raises(LimitReached) as caught:
        await rig.ask()
    assert (caught.value.met.standing.scope, caught.value.met.left) == (Scope.DEFAULT, 0)
    assert caught.value.met.standing.period.ends_at == rig.world.clock.now().replace(hour=0) + timedelta(days=1)


async def test_what_a_member_spends_here_is_not_spent_elsewhere(rig: Rig) -> None:
    await limited(rig, 1)
    await rig.ask()
    elsewhere = replace(rig.asked(), guild_id=OTHER_GUILD)
    assert (await rig.intake.admit(elsewhere, text_request())).fresh


async def test_a_blocked_member_is_not_let_in_until_the_block_ends(rig: Rig) -> None:
    now = rig.world.clock.now()
    await rig.world.beside.house.block(Block(GUILD, MEMBER, now + timedelta(hours=1), "spam", by=1, at=now))
    with pytest.raises(Blocked):
        await rig.ask()
    assert (await rig.intake.admit(replace(rig.asked(), guild_id=OTHER_GUILD), text_request())).fresh
    rig.world.clock.advance(3601)
    assert await rig.ask()


async def test_a_forbidden_word_is_refused_and_charges_nothing(rig: Rig) -> None:
    await limited(rig, 5)
    await rig.world.beside.house.change_word(GUILD, "drag*n", forbid=True, by=1, now=rig.world.clock.now())
    with pytest.raises(WordForbidden):
        await rig.ask(text_request("Two DRAGÓN fight"))
    assert await used(rig) == 0


@pytest.mark.parametrize(
    ("channel", "parent", "roles", "welcome"),
    [(CHANNEL, None, (7,), True), (99, CHANNEL, (7,), True), (99, None, (7,), False), (CHANNEL, None, (8,), False)],
    ids=["here", "a-thread-of-here", "elsewhere", "without-the-role"],
)
async def test_the_bot_is_used_where_and_by_whom_the_server_says(
    rig: Rig, channel: int, parent: int | None, roles: tuple[int, ...], *, welcome: bool
) -> None:
    settings = GuildSettings(GUILD, channels=frozenset({CHANNEL}), roles=frozenset({7}))
    await rig.world.beside.house.change_settings(settings, by=1, why="", now=rig.world.clock.now())
    asked = replace(rig.asked(), channel_id=channel, parent_channel_id=parent, role_ids=roles)
    if welcome:
        assert (await rig.intake.admit(asked, text_request())).fresh
    else:
        with pytest.raises(NotHere):
            await rig.intake.admit(asked, text_request())


class TestTurns:
    """Above what may be with the relay at once, requests wait, in a fair order."""

    async def test_nobodys_third_passes_anothers_first(self, world: World) -> None:
        world.relay.reports = [Running(S.DREAMING)] * 1000
        async with world.store() as store, living(world, store=store, at_once=AtOnce(1, 100)) as rig:
            mine = [await rig.ask() for _ in range(3)]
            theirs = await rig.ask(asked=replace(rig.asked(), user_id=OTHER_MEMBER))
            await rig.settle()
            states = [(await rig.now(each)).state for each in (*mine, theirs)]
            assert states == [S.QUEUED, S.WAITING, S.WAITING, S.QUEUED]

    async def test_the_next_goes_when_one_is_done(self, world: World) -> None:
        async with world.store() as store, living(world, store=store, at_once=AtOnce(1, 1)) as rig:
            first, second = await rig.ask(), await rig.ask()
            await rig.settle()
            assert (await rig.now(second)).state is S.WAITING
            await rig.pass_time(60, steps=12)
            assert (await rig.now(first)).state is S.COMPLETED
            assert (await rig.now(second)).state is not S.WAITING

    async def test_a_card_that_waits_is_told_its_new_place(self, world: World) -> None:
        world.relay.reports = [Running(S.DREAMING)] * 1000
        places: list[int | None] = []
        async with world.store() as store, living(world, store=store, at_once=AtOnce(1, 1)) as rig:
            edit = world.discord.edit

            async def noted(shown: Shown, video: Path | None) -> Showing:
                if shown.generation.state is S.WAITING:
                    places.append(shown.place)
                return await edit(shown, video)

            world.discord.edit = noted  # type: ignore[method-assign]  # a spy
            waiting = [await rig.ask() for _ in range(3)]
            assert [await rig.intake.place(each) for each in waiting] == [1, 2, 3]
            await rig.settle()
            await rig.settle()
            assert places
            assert max(place or 0 for place in places) == 2

    async def test_one_more_than_may_wait_is_refused(self, world: World) -> None:
        async with world.store() as store, living(world, store=store, at_once=AtOnce(1, 1)) as rig:
            for _ in range(100):
                await rig.ask()
            with pytest.raises(QueueFull) as caught:
                await rig.ask()
            assert (caught.value.whose, caught.value.most) == ("member", 100)


class TestCancelling:
    """A request can be called back until it is sent."""

    async def test_its_credits_come_back_and_its_card_says_so(self, rig: Rig) -> None:
        await limited(rig, 5)
        generation = await rig.ask()
        assert await used(rig) == 1
        await rig.intake.cancel(GUILD, generation.id)
        await rig.settle()
        assert await used(rig) == 0
        assert rig.world.discord.messages[1].shows is S.CANCELLED
        assert rig.world.relay.bills == []

    async def test_not_once_it_was_sent(self, rig: Rig) -> None:
        generation = await rig.ask()
        await rig.settle()
        with pytest.raises(TooLate):
            await rig.intake.cancel(GUILD, generation.id)

    async def test_not_from_another_server(self, rig: Rig) -> None:
        generation = await rig.ask()
        with pytest.raises(UnknownVideo):
            await rig.intake.cancel(OTHER_GUILD, generation.id)

    async def test_while_its_turn_comes_it_is_not_sent_and_that_is_no_fault(
        self, rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Between the look at the line and the look at the row it may be called back."""
        generation, other = await rig.ask(), await rig.ask(text_request("a calm sea at dusk"))
        several = rig.store.several

        async def called_back(generation_ids: Sequence[str]) -> list[Generation]:
            with suppress(TooLate):
                await rig.intake.cancel(GUILD, generation.id)
            return await several(generation_ids)

        monkeypatch.setattr(rig.store, "several", called_back)
        await rig.settle()
        assert [bill.prompt for bill in rig.world.relay.bills] == [other.request.prompt]
        assert (await rig.now(generation)).state is S.CANCELLED
        assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


async def settled(rig: Rig, generation: Generation, verdict: Verdict, relay_id: str | None = None) -> None:
    """What `dreamreel resolve` does, in a process of its own."""
    purser = Purser(rig.world.beside.purse, rig.store, rig.world.clock)
    await purser.resolve(None, generation.id, verdict, relay_id)


async def test_an_uncertain_one_that_the_operator_found_is_followed_and_shown(rig: Rig) -> None:
    rig.world.relay.submissions = [Unanswered("cut")]
    generation = await rig.ask()
    await rig.pass_time(10, steps=2)
    rig.world.relay.steps["found"] = 0
    await settled(rig, generation, Verdict.MADE, "found")
    await rig.pass_time(90, steps=9)
    assert (await rig.now(generation)).state is S.COMPLETED
    assert rig.world.discord.messages[1].videos == 1


async def test_a_verdict_before_the_bot_looked_again_is_taken_up_as_well(rig: Rig) -> None:
    """The operator may be quicker than the round of chores, which then never sees the video as uncertain."""
    rig.world.relay.submissions = [Unanswered("cut")]
    generation = await rig.ask()
    await rig.poller.tick()
    assert (await rig.now(generation)).state is S.UNCERTAIN
    rig.world.relay.steps["found"] = 0
    await settled(rig, generation, Verdict.MADE, "found")
    await rig.pass_time(90, steps=9)
    assert (await rig.now(generation)).state is S.COMPLETED
    assert rig.world.discord.messages[1].videos == 1


async def test_what_is_followed_already_is_not_taken_up_anew(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Generation] = []
    monkeypatch.setattr(rig.upkeep, "_on_settled", taken.append)
    await rig.ask()
    await rig.pass_time(10, steps=2)
    assert rig.poller.following == 1
    assert taken == []


async def test_prompts_and_links_are_erased_when_their_time_is_over(rig: Rig) -> None:
    generation = await rig.ask()
    await rig.pass_time(60, steps=12)
    await rig.pass_time(29 * 86400)
    assert (await rig.now(generation)).request.prompt
    await rig.pass_time(2 * 86400, steps=2)
    erased = await rig.now(generation)
    assert (erased.request.prompt, erased.video_url) == ("", None)
