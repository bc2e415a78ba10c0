"""The main line: asked, sent once, followed, shown, over a real database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.card import CardState, GoneReason
from bot.domain.errors import NotAccepting
from bot.domain.generation import Failure, FailureKind, GenerationState, Kind
from bot.domain.reports import Accepted, Failed, Finishing, NotFound, NotSent, Refused, Running, Unanswered, Unavailable
from bot.ports import FetchProblem, Gone, NoEdit, TryLater
from tests.rig import Rig, text_request

S = GenerationState
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


async def finished(rig: Rig) -> int:
    """Ask, and let the fake relay finish; the message that shows it."""
    generation = await rig.ask()
    await rig.pass_time(MINUTE, steps=12)
    assert (await rig.now(generation)).state is S.COMPLETED
    return len(rig.world.discord.messages)


async def test_a_request_becomes_a_video_in_its_own_message(rig: Rig) -> None:
    await finished(rig)
    (message,) = rig.world.discord.messages.values()
    assert (message.shows, message.videos) == (S.COMPLETED, 1)
    assert len(rig.world.relay.bills) == 1


async def test_a_video_costs_three_edits_at_most(rig: Rig) -> None:
    await finished(rig)
    (message,) = rig.world.discord.messages.values()
    assert message.edits <= 3


async def test_a_request_that_is_not_attached_is_not_sent(rig: Rig) -> None:
    await rig.intake.admit(rig.asked(), text_request())
    await rig.pass_time(10, steps=2)
    assert rig.world.relay.bills == []


async def test_the_same_action_is_charged_and_sent_once(rig: Rig) -> None:
    asked = rig.asked("interaction:77")
    first = await rig.ask(asked=asked)
    again = await rig.intake.admit(asked, text_request())
    await rig.settle()
    assert (again.generation.id, again.fresh) == (first.id, False)
    assert len(rig.world.relay.bills) == 1


async def test_a_stopping_bot_takes_nothing_in(rig: Rig) -> None:
    rig.intake.close()
    with pytest.raises(NotAccepting):
        await rig.intake.admit(rig.asked(), text_request())


async def test_no_more_requests_are_on_their_way_than_the_limit(rig: Rig) -> None:
    for _ in range(20):
        await rig.ask()
    await rig.settle()
    assert len(rig.world.relay.bills) == 20
    assert rig.poller.following == 20


async def test_a_rate_limit_holds_all_sending_for_as_long_as_the_relay_says(rig: Rig) -> None:
    rig.world.relay.submissions = [NotSent("429", retry_after_s=40)]
    generation = await rig.ask()
    await rig.settle()
    assert (await rig.now(generation)).state is S.WAITING
    await rig.pass_time(39)
    assert rig.world.relay.bills == []
    await rig.pass_time(10)
    assert (await rig.now(generation)).state is S.QUEUED


@pytest.mark.parametrize("kind", list(FailureKind))
async def test_a_refusal_ends_it_and_gives_the_credits_back(rig: Rig, kind: FailureKind) -> None:
    rig.world.relay.submissions = [Refused(Failure(kind, "no"))]
    generation = await rig.ask()
    await rig.pass_time(10)
    ended = await rig.now(generation)
    assert (ended.state, ended.failure) == (S.FAILED, Failure(kind, "no"))
    assert rig.world.discord.messages[1].shows is S.FAILED


async def test_an_unanswered_request_is_never_sent_again(rig: Rig) -> None:
    rig.world.relay.submissions = [Unanswered("the connection was cut")]
    generation = await rig.ask()
    await rig.pass_time(HOUR / 2, steps=30)
    assert (await rig.now(generation)).state is S.UNCERTAIN
    assert rig.world.discord.messages[1].shows is S.UNCERTAIN
    assert rig.world.relay.bills == []


async def test_an_uncertain_one_is_given_up_after_a_day(rig: Rig) -> None:
    rig.world.relay.submissions = [Unanswered("cut")]
    generation = await rig.ask()
    await rig.settle()
    await rig.pass_time(DAY - MINUTE)
    assert (await rig.now(generation)).state is S.UNCERTAIN
    await rig.pass_time(2 * MINUTE)
    assert (await rig.now(generation)).state is S.LOST


async def test_the_relays_failure_ends_it_with_its_reason(rig: Rig) -> None:
    failure = Failure(FailureKind.MODERATION, "Contains blacklisted words")
    rig.world.relay.reports = [Running(S.DREAMING), Failed(failure)]
    generation = await rig.ask()
    await rig.pass_time(MINUTE, steps=10)
    assert (await rig.now(generation)).failure == failure
    assert rig.world.discord.messages[1].shows is S.FAILED


async def test_silence_of_the_relay_changes_nothing_but_the_next_poll(rig: Rig) -> None:
    rig.world.relay.reports = [Unavailable("502")] * 5
    generation = await rig.ask()
    await rig.pass_time(MINUTE, steps=12)
    assert (await rig.now(generation)).state is S.QUEUED
    asked = rig.world.relay.asked
    await rig.pass_time(10 * MINUTE, steps=60)
    assert (await rig.now(generation)).state is S.COMPLETED
    assert asked <= 5


async def test_a_report_of_queued_does_not_take_a_dreaming_one_back(rig: Rig) -> None:
    rig.world.relay.reports = [Running(S.DREAMING), Running(S.QUEUED), Running(S.QUEUED)]
    generation = await rig.ask()
    await rig.pass_time(25, steps=5)
    assert (await rig.now(generation)).state is S.DREAMING


async def test_completed_without_a_link_is_asked_again_until_there_is_one(rig: Rig) -> None:
    rig.world.relay.reports = [Finishing()] * 3
    generation = await rig.ask()
    await rig.pass_time(2 * MINUTE, steps=24)
    assert (await rig.now(generation)).state is S.COMPLETED


async def test_completed_without_a_link_for_an_hour_expires(rig: Rig) -> None:
    rig.world.relay.reports = [Finishing()] * 1000
    generation = await rig.ask()
    await rig.pass_time(50 * MINUTE, steps=50)
    assert (await rig.now(generation)).state is S.QUEUED
    await rig.pass_time(20 * MINUTE, steps=20)
    assert (await rig.now(generation)).state is S.EXPIRED


async def test_not_found_is_believed_only_when_it_lasts(rig: Rig) -> None:
    rig.world.relay.reports = [NotFound()] * 3
    generation = await rig.ask()
    await rig.pass_time(5 * MINUTE, steps=60)
    assert (await rig.now(generation)).state is S.COMPLETED


async def test_a_lasting_not_found_expires(rig: Rig) -> None:
    rig.world.relay.reports = [NotFound()] * 1000
    generation = await rig.ask()
    await rig.pass_time(20 * MINUTE, steps=60)
    assert (await rig.now(generation)).state is S.EXPIRED


async def test_a_day_without_an_end_expires_and_a_later_look_still_finds_the_video(rig: Rig) -> None:
    rig.world.relay.reports = [Running(S.DREAMING)] * 100_000
    generation = await rig.ask()
    await rig.pass_time(DAY - HOUR, steps=50)
    assert (await rig.now(generation)).state is S.DREAMING
    await rig.pass_time(2 * HOUR, steps=10)
    assert (await rig.now(generation)).state is S.EXPIRED
    rig.world.relay.reports = []
    await rig.pass_time(4 * HOUR, steps=8)
    assert (await rig.now(generation)).state is S.COMPLETED


async def test_nothing_expires_unasked(rig: Rig) -> None:
    rig.world.relay.reports = [Unavailable("away")] * 100_000
    generation = await rig.ask()
    await rig.pass_time(3 * DAY, steps=100)
    assert (await rig.now(generation)).state is S.QUEUED


async def test_a_clock_set_forward_does_not_expire_a_young_task(rig: Rig) -> None:
    rig.world.relay.reports = [Running(S.DREAMING)] * 3
    generation = await rig.ask()
    await rig.settle()
    rig.world.clock._now += timedelta(days=2)
    await rig.pass_time(10, steps=2)
    assert (await rig.now(generation)).state is S.DREAMING


async def test_a_picture_whose_address_has_died_is_not_paid_for(rig: Rig) -> None:
    rig.world.relay.submissions = [NotSent("429", retry_after_s=21 * HOUR)]
    request = replace(text_request(), kind=Kind.IMAGE, image_url="https://cdn.example/a.png")
    generation = await rig.ask(request)
    await rig.settle()
    await rig.pass_time(24 * HOUR, steps=4)
    ended = await rig.now(generation)
    assert (ended.state, ended.failure) == (S.FAILED, Failure(FailureKind.UNREADABLE_IMAGE))
    assert rig.world.relay.bills == []


class TestShowing:
    """What Discord does, and what becomes of the card."""

    async def test_a_video_too_large_for_the_server_without_a_watchable_copy_is_shown_by_its_link(
        self, rig: Rig
    ) -> None:
        rig.world.discord.limit, rig.world.films.fits = 999, False
        await finished(rig)
        assert (rig.world.discord.messages[1].shows, rig.world.discord.messages[1].videos) == (S.COMPLETED, 0)

    async def test_a_file_that_discord_finds_too_large_is_left_out(self, rig: Rig) -> None:
        generation = await rig.ask()
        await rig.pass_time(15, steps=3)
        rig.world.discord.outcomes = [NoEdit.TOO_LARGE]
        await rig.pass_time(MINUTE, steps=6)
        assert (await rig.now(generation)).state is S.COMPLETED
        assert (rig.world.discord.messages[1].shows, rig.world.discord.messages[1].videos) == (S.COMPLETED, 0)

    async def test_a_busy_discord_is_tried_again_later(self, rig: Rig) -> None:
        rig.world.discord.outcomes = [TryLater("503")] * 4
        await rig.ask()
        await rig.pass_time(5 * MINUTE, steps=60)
        assert (rig.world.discord.messages[1].shows, rig.world.discord.messages[1].videos) == (S.COMPLETED, 1)

    async def test_a_deleted_card_is_noted_and_left(self, rig: Rig) -> None:
        rig.world.discord.outcomes = [Gone(GoneReason.MESSAGE)]
        generation = await rig.ask()
        await rig.pass_time(2 * MINUTE, steps=20)
        shown = await rig.store.get(generation.id)
        assert shown is not None
        assert (shown.card.state, shown.card.gone_reason) == (CardState.GONE, GoneReason.MESSAGE)
        assert shown.generation.state is S.COMPLETED
        assert rig.world.discord.messages[1].edits == 0

    async def test_a_video_that_comes_after_twenty_minutes_reaches_its_card(self, rig: Rig) -> None:
        rig.world.relay.reports = [Running(S.DREAMING)] * 50
        await rig.ask()
        await rig.pass_time(25 * MINUTE, steps=100)
        assert list(rig.world.discord.messages) == [1]
        assert rig.world.discord.messages[1].videos == 1

    async def test_a_video_that_comes_after_an_hour_is_one_new_message_that_refers_to_the_card(self, rig: Rig) -> None:
        rig.world.relay.reports = [Unavailable("away")] * 30
        await rig.ask()
        await rig.pass_time(4 * HOUR, steps=200)
        assert [(m.videos, m.refers_to) for m in rig.world.discord.messages.values()] == [(0, None), (1, 1)]

    async def test_a_message_that_discord_calls_too_old_gets_a_new_one(self, rig: Rig) -> None:
        await rig.ask()
        await rig.pass_time(15, steps=3)
        rig.world.discord.outcomes = [NoEdit.TOO_OLD]
        await rig.pass_time(MINUTE, steps=6)
        assert [m.videos for m in rig.world.discord.messages.values()] == [0, 1]

    async def test_a_video_found_after_its_end_was_reposted_gets_one_more_message(self, rig: Rig) -> None:
        rig.world.relay.reports = [Running(S.DREAMING)] * 100_000
        generation = await rig.ask()
        await rig.pass_time(MINUTE, steps=6)
        await rig.pass_time(26 * HOUR, steps=50)
        assert [m.shows for m in rig.world.discord.messages.values()] == [S.DREAMING, S.EXPIRED]
        rig.world.relay.reports = []
        rig.world.discord.outcomes = [TryLater("503")]
        await rig.pass_time(4 * HOUR, steps=50)
        assert (await rig.now(generation)).state is S.COMPLETED
        assert [(m.videos, m.refers_to) for m in rig.world.discord.messages.values()] == [(0, None), (0, 1), (1, 2)]

    async def test_a_dead_link_is_renewed_before_the_video_is_given_up(self, rig: Rig) -> None:
        rig.world.disk.problems = [FetchProblem.LINK_DEAD]
        rig.world.relay.reports = [Running(S.DREAMING)]
        await rig.ask()
        await rig.pass_time(2 * MINUTE, steps=24)
        assert rig.world.discord.messages[1].videos == 1

    async def test_a_video_that_cannot_be_fetched_is_shown_by_its_link_within_a_minute(self, rig: Rig) -> None:
        rig.world.disk.problems = [FetchProblem.UNREACHABLE] * 100
        generation = await rig.ask()
        await rig.pass_time(2 * MINUTE, steps=60)
        ended = await rig.now(generation)
        assert ended.state is S.COMPLETED
        assert (rig.world.discord.messages[1].shows, rig.world.discord.messages[1].videos) == (S.COMPLETED, 0)

    async def test_the_token_is_forgotten_once_the_card_is_final(self, rig: Rig) -> None:
        generation = await rig.ask()
        shown = await rig.store.get(generation.id)
        assert shown is not None
        assert shown.card.token is not None
        await rig.pass_time(MINUTE, steps=12)
        shown = await rig.store.get(generation.id)
        assert shown is not None
        assert shown.card.token is None

    async def test_the_file_is_thrown_away_once_it_is_delivered(self, rig: Rig) -> None:
        await finished(rig)
        assert list(rig.world.folder.glob("*.mp4")) == []


async def test_a_late_answer_saves_an_uncertain_one(rig: Rig) -> None:
    """Another process swept the row while the paid request was on the wire: its id is worth money all the same."""
    generation = await rig.ask()

    class SlowRelay:
        async def submit(self, request: object) -> Accepted:
            await rig.store.sweep(rig.world.clock.now())
            rig.world.relay.steps["late"] = 0
            return Accepted("late")

        report = rig.world.relay.report

    rig.poller._sending._relay = SlowRelay()
    await rig.settle()
    saved = await rig.now(generation)
    assert (saved.state, saved.relay_id) == (S.QUEUED, "late")
    await rig.pass_time(MINUTE, steps=12)
    assert (await rig.now(generation)).state is S.COMPLETED
