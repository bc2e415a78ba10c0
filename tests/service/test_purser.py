"""The operator settles what the moderators cannot, and a settled video is followed and shown."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import BadSetting, UnknownVideo
from bot.domain.generation import Generation, GenerationState
from bot.domain.house import GuildSettings
from bot.service.purse import OPERATOR, Purser, Verdict
from bot.storage.stores import Stores, open_database
from tests.clock import ManualClock
from tests.storing import CLAIM, GUILD, MEMBER, NOW, TOKEN, TOKEN_UNTIL, asked

OTHER_GUILD = GUILD + 1


@dataclass
class Office:
    """The purser over a real database, and all that it had followed and shown."""

    stores: Stores
    clock: ManualClock
    settled: list[Generation] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.purser = Purser(self.stores.purse, self.stores.store, self.clock, on_settled=self.settled.append)

    async def uncertain(self, name: str, guild: int = GUILD) -> Generation:
        waiting = asked(name, guild=guild, at=self.clock.now())
        await self.stores.store.admit(waiting, token=TOKEN, token_until=TOKEN_UNTIL, claim=CLAIM)
        sending = waiting.submitting(self.clock.now())
        held = sending.uncertain(self.clock.now())
        assert await self.stores.store.save(waiting, sending)
        assert await self.stores.store.save(sending, held)
        self.clock.advance(1)
        return held


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    clock = ManualClock(NOW)
    async with open_database(f"sqlite:///{tmp_path / 'bot.db'}", clock) as stores:
        yield Office(stores, clock)


async def test_the_operator_sees_what_is_uncertain_in_every_server_the_oldest_first(office: Office) -> None:
    first = await office.uncertain("first", OTHER_GUILD)
    second = await office.uncertain("second")
    assert await office.purser.uncertain(None) == [first, second]
    assert await office.purser.uncertain(GUILD) == [second]


async def test_the_operator_settles_in_any_server_and_it_is_noted_there(office: Office) -> None:
    video = await office.uncertain("far", OTHER_GUILD)
    done = await office.purser.resolve(None, video.id, Verdict.MADE, "task-1", why="seen in the bill")
    assert (done.state, done.relay_id) == (GenerationState.QUEUED, "task-1")
    assert office.settled == [done]
    (change,) = await office.stores.house.audit(OTHER_GUILD, 9)
    assert (change.actor_id, change.subject, change.why) == (OPERATOR, video.id, "seen in the bill")
    assert await office.stores.house.audit(GUILD, 9) == []


async def test_a_settled_video_is_among_those_that_the_relay_is_asked_about(office: Office) -> None:
    video = await office.uncertain("far")
    await office.purser.resolve(None, video.id, Verdict.MADE, "task-1")
    (followed,) = await office.stores.store.followed(NOW - timedelta(days=1))
    assert (followed.id, followed.relay_id, followed.submitted_at) == (video.id, "task-1", video.submitted_at)


async def test_a_moderator_reaches_no_video_of_another_server(office: Office) -> None:
    video = await office.uncertain("far", OTHER_GUILD)
    with pytest.raises(UnknownVideo):
        await office.purser.resolve(GUILD, video.id, Verdict.NOT_MADE, by=MEMBER)
    assert office.settled == []


async def test_a_late_answer_that_comes_first_wins(office: Office) -> None:
    """The relay's own word that it took the request is better than anybody's."""
    video = await office.uncertain("late")
    await office.stores.store.late_id(video.id, "task-1", office.clock.now())
    with pytest.raises(BadSetting) as refused:
        await office.purser.resolve(None, video.id, Verdict.NOT_MADE)
    assert (refused.value.name, refused.value.why) == ("video", "not_uncertain")


async def test_what_is_settled_between_the_look_and_the_change_is_left(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two moderators press at once."""
    video = await office.uncertain("twice")
    shown = await office.stores.store.get(video.id)
    await office.purser.resolve(None, video.id, Verdict.LOST_CHARGED)

    async def as_before(_: str) -> object:
        return shown

    monkeypatch.setattr(office.stores.store, "get", as_before)
    with pytest.raises(BadSetting):
        await office.purser.resolve(None, video.id, Verdict.NOT_MADE)
    assert [each.state for each in office.settled] == [GenerationState.LOST]


async def test_the_purser_needs_no_roles_and_caps_where_only_the_operator_acts(office: Office) -> None:
    view = await office.purser.server(GuildSettings(GUILD))
    assert (view.rules.server, view.standings) == (None, ())
