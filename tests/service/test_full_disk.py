"""While the database takes no write, Discord is not asked for the same thing again and again."""

import logging
from pathlib import Path
from typing import cast

import pytest

from bot.domain.card import Shown
from bot.domain.errors import StoreError
from bot.domain.generation import GenerationState
from bot.ports import Showing, Store, TryLater
from bot.service import publisher
from tests.fakes import FakeDiscord
from tests.rig import World, living


class CountingDiscord(FakeDiscord):
    """Counts the edits that it is asked for."""

    asked = 0

    async def edit(self, shown: Shown, video: Path | None) -> Showing:
        self.asked += 1
        return await super().edit(shown, video)


class FullStore:
    """A store that refuses one kind of note a few times."""

    def __init__(self, store: Store, name: str, times: int) -> None:
        self._store, self._name, self.times = store, name, times

    def __getattr__(self, name: str) -> object:
        if name != self._name:
            return getattr(self._store, name)

        async def note(*args: object, **kwargs: object) -> None:
            if self.times:
                self.times -= 1
                raise StoreError("the disk is full")
            await getattr(self._store, name)(*args, **kwargs)

        return note


@pytest.mark.parametrize(("name", "outcomes"), [("note_shown", []), ("note_try", [TryLater("Discord is busy")])])
async def test_what_was_shown_is_noted_when_it_can_be_and_not_shown_again_for_that(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str, outcomes: list[Showing]
) -> None:
    monkeypatch.setattr(publisher, "NOTE_AGAIN_S", 0)
    world.discord = discord = CountingDiscord(outcomes=outcomes)
    async with world.store() as store:
        full = FullStore(store, name, times=5)
        async with living(world, store=cast("Store", full)) as rig:
            generation = await rig.ask()
            with caplog.at_level(logging.ERROR):
                await rig.settle()
            assert (full.times, discord.asked) == (0, 1)
            assert (await rig.now(generation)).state is GenerationState.QUEUED
    (told,) = [record for record in caplog.records if "cannot note what became of its card" in record.message]
    assert told.exc_info is None
