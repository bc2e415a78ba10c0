"""A video over the server's limit is shown as a smaller copy: the card does not wait long, and no death loses it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.domain.card import Copy, Shown
from bot.domain.generation import Generation, GenerationState
from bot.ports import FetchProblem, NoEdit, Showing
from bot.service.publisher import TOO_OLD
from tests.fakes import FakeDiscord, FakeFilms
from tests.rig import Rig, World, living

S = GenerationState
LIMIT = 999
"""Bytes; the fake disk's videos have 1,000."""


@dataclass
class Watched(FakeDiscord):
    """A Discord that notes what each completed card was shown with."""

    showings: list[tuple[Copy | None, str | None]] = field(default_factory=list)

    def _watch(self, shown: Shown, video: Path | None) -> None:
        assert video is None or video.stat().st_size <= self.limit, "Discord takes no file that large"
        if shown.generation.state is S.COMPLETED:
            self.showings.append((shown.copy, video.name if video else None))

    async def edit(self, shown: Shown, video: Path | None) -> Showing:
        self._watch(shown, video)
        return await super().edit(shown, video)

    async def repost(self, shown: Shown, video: Path | None) -> Showing:
        self._watch(shown, video)
        return await super().repost(shown, video)


@pytest.fixture
def discord(world: World) -> Watched:
    watched = Watched(limit=LIMIT)
    world.discord = watched
    return watched


@pytest.fixture
async def rig(world: World, discord: Watched) -> AsyncIterator[Rig]:
    async with world.store() as store, living(world, store=store, patience_s=0.05) as rig:
        yield rig


async def completed(rig: Rig) -> Generation:
    generation = await rig.ask()
    await rig.pass_time(30, steps=6)
    return generation


async def is_shown(rig: Rig, generation: Generation) -> bool:
    shown = await rig.store.get(generation.id)
    assert shown is not None
    return not shown.pending


def on_disk(world: World) -> list[str]:
    return sorted(path.name for path in world.folder.glob("*.mp4"))


async def test_a_copy_that_is_made_at_once_needs_one_edit(rig: Rig, discord: Watched) -> None:
    generation = await completed(rig)
    assert discord.showings == [(Copy.ATTACHED, f"{generation.id}.small.mp4")]
    assert await is_shown(rig, generation)
    assert on_disk(rig.world) == []


async def test_a_copy_that_takes_longer_is_attached_by_a_second_edit(rig: Rig, discord: Watched) -> None:
    rig.world.films.slow = asyncio.Event()
    generation = await completed(rig)
    await rig.pass_time(60, steps=6)
    assert discord.showings == [(Copy.COMING, None)]
    assert not await is_shown(rig, generation)
    rig.world.films.slow.set()
    await rig.pass_time(30, steps=3)
    assert discord.showings == [(Copy.COMING, None), (Copy.ATTACHED, f"{generation.id}.small.mp4")]
    assert rig.world.films.made == [f"{generation.id}.small.mp4"]
    assert rig.world.discord.messages[1].videos == 1
    assert await is_shown(rig, generation)
    assert on_disk(rig.world) == []


async def test_other_cards_do_not_wait_for_a_copy(rig: Rig, discord: Watched) -> None:
    rig.world.films.slow = asyncio.Event()
    await completed(rig)
    discord.limit = 10_000
    await completed(rig)
    assert discord.showings[-1][0] is None
    assert discord.messages[2].videos == 1


async def test_where_no_copy_can_be_watched_the_link_alone_stays(rig: Rig, discord: Watched) -> None:
    rig.world.films.slow, rig.world.films.fits = asyncio.Event(), False
    generation = await completed(rig)
    rig.world.films.slow.set()
    await rig.pass_time(30, steps=3)
    assert discord.showings == [(Copy.COMING, None), (None, None)]
    assert await is_shown(rig, generation)
    assert on_disk(rig.world) == []


async def test_a_workshop_that_cannot_be_opened_costs_the_copy_and_no_more(
    rig: Rig, discord: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_process(*_: object) -> bool:
        raise OSError(11, "no more processes")

    monkeypatch.setattr(rig.world.films, "fit", no_process)
    generation = await completed(rig)
    assert discord.showings == [(None, None)]
    assert await is_shown(rig, generation)


async def test_an_original_that_cannot_be_fetched_is_linked(rig: Rig, discord: Watched) -> None:
    rig.world.disk.problems = [FetchProblem.TOO_LARGE] * 10
    generation = await completed(rig)
    assert discord.showings == [(None, None)]
    assert await is_shown(rig, generation)


async def test_a_copy_that_discord_still_finds_too_large_is_left_out_and_not_spoken_of(
    rig: Rig, discord: Watched
) -> None:
    await rig.ask()
    await rig.pass_time(15, steps=3)
    discord.outcomes = [NoEdit.TOO_LARGE]
    await rig.pass_time(30, steps=3)
    assert [copy for copy, _ in discord.showings] == [Copy.ATTACHED, None]
    assert discord.messages[1].videos == 0


async def test_a_card_too_old_to_edit_gets_one_new_message_with_the_copy(rig: Rig, discord: Watched) -> None:
    rig.world.films.slow = asyncio.Event()
    generation = await rig.ask()
    await rig.pass_time(15, steps=3)
    rig.world.clock.advance(TOO_OLD.total_seconds())
    await rig.pass_time(30, steps=3)
    assert discord.showings == []
    rig.world.films.slow.set()
    await rig.pass_time(30, steps=3)
    assert discord.showings == [(Copy.ATTACHED, f"{generation.id}.small.mp4")]
    assert [message.refers_to for message in discord.messages.values()] == [None, 1]


@pytest.mark.parametrize("made", [False, True], ids=["half made", "made"])
async def test_a_life_that_ends_over_a_copy_leaves_it_to_the_next(
    world: World, discord: Watched, *, made: bool
) -> None:
    """The card shows the link meanwhile; the next life makes the copy, or finds it, and attaches it once."""
    world.films = FakeFilms(slow=asyncio.Event())
    async with world.store() as store:
        async with living(world, store=store, patience_s=0.05) as rig:
            generation = await completed(rig)
        if made:
            (world.folder / f"{generation.id}.small.mp4").write_bytes(bytes(LIMIT))
        world.films = FakeFilms()
        async with living(world, store=store) as rig:
            await rig.pass_time(60, steps=6)
            assert await is_shown(rig, generation)
    assert discord.showings == [(Copy.COMING, None), (Copy.ATTACHED, f"{generation.id}.small.mp4")]
    assert world.films.made == ([] if made else [f"{generation.id}.small.mp4"])
    assert [message.videos for message in discord.messages.values()] == [1]
    assert on_disk(world) == []


async def test_a_server_that_takes_less_by_now_gets_a_copy_that_fits_it(rig: Rig, discord: Watched) -> None:
    rig.world.films.slow = asyncio.Event()
    await completed(rig)
    discord.limit = 500
    rig.world.films.slow.set()
    await rig.pass_time(30, steps=3)
    assert discord.showings[-1][0] is Copy.ATTACHED
    assert rig.world.films.made[-1].endswith(".small.mp4")
    assert discord.messages[1].videos == 1
