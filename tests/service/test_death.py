"""The bot dies at every await between the command and the shown video: nothing is lost, nothing is paid twice.

A death is a `BaseException` raised at one call of a port, before or after its effect; from then on that life's every
other call dies too, so that nothing it still holds can act. The world goes on, and a second life begins in it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import create_engine, text

from bot.domain.generation import GenerationRequest
from bot.ports import Board, Media, Relay, Store
from bot.service.intake import Asked
from tests.clock import ManualClock
from tests.fakes import FakeDiscord
from tests.rig import CHANNEL, GUILD, MEMBER, Rig, World, living, text_request


class Killed(BaseException):
    """The process is gone."""


class Life:
    """Counts the calls of one life and ends it at one of them: `at` counts from 0, None lives for ever."""

    def __init__(self, at: int | None, *, after: bool) -> None:
        self._at = at
        self._after = after
        self.calls: list[str] = []
        self.dead = False

    async def call(self, name: str, method: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any) -> Any:
        if self.dead:
            raise Killed(name)
        mine = len(self.calls) == self._at
        self.calls.append(name)
        self.dead = mine
        if mine and not self._after:
            raise Killed(name)
        result = await method(*args, **kwargs)
        if mine:
            raise Killed(name)
        return result


class Mortal:
    """Any port, with a life."""

    def __init__(self, port: object, life: Life) -> None:
        self._port = port
        self._life = life

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        if not asyncio.iscoroutinefunction(method):
            return method

        async def call(*args: Any, **kwargs: Any) -> Any:
            return await self._life.call(name, method, *args, **kwargs)

        return call


async def ask(rig: Rig, discord: FakeDiscord, number: int, request: GenerationRequest) -> None:
    """The command's trip, as `bot.ui.placing` makes it."""
    asked = Asked(f"interaction:{number}", GUILD, CHANNEL, MEMBER, f"token-{number}", rig.world.clock.now())
    admitted = await rig.intake.admit(asked, request)
    await rig.intake.attach(admitted.generation.id, await discord.answer(asked.token))


async def one_life(world: World, life: Life, asked: list[int]) -> None:
    """Ask for a video, and let it be made; the command is typed once, as people do."""
    async with world.store() as store:
        mortal = cast("Store", Mortal(store, life))
        try:
            async with living(
                world,
                store=mortal,
                relay=cast("Relay", Mortal(world.relay, life)),
                board=cast("Board", Mortal(world.discord, life)),
                media=cast("Media", Mortal(world.disk, life)),
            ) as rig:
                await the_conversation(rig, cast("FakeDiscord", Mortal(world.discord, life)), life, asked)
        except Killed:
            assert life.dead


async def the_conversation(rig: Rig, discord: FakeDiscord, life: Life, asked: list[int]) -> None:
    if not asked:
        asked.append(1)
        await ask(rig, discord, 1, text_request())
    for _ in range(7):
        await rig.pass_time(20)
        if life.dead:
            raise Killed


def new_world(folder: Path) -> World:
    folder.mkdir()
    return World(folder, ManualClock(datetime(2026, 11, 22, 12, tzinfo=UTC)))


def rows(world: World, question: str) -> list[tuple[Any, ...]]:
    engine = create_engine(world.url.replace("+aiosqlite", ""))
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(question))]
    engine.dispose()
    return found


def check_what_must_hold(world: World, died_at: str) -> None:
    answered = len(world.discord.answers)
    generations = rows(world, "SELECT id, prompt, state, relay_id, message_id, card_state FROM generations")
    prompts = [bill.prompt for bill in world.relay.bills]
    assert len(prompts) == len(set(prompts)), "paid twice"
    for generation_id, prompt, state, relay_id, message_id, card_state in generations:
        about = f"{generation_id} died at {died_at}"
        assert state in ({"completed", "uncertain"} if answered else {"cancelled"}), about
        if state == "uncertain":
            assert died_at in {"submit", "save"}, about
        if state == "completed":
            assert relay_id == f"task-{prompts.index(prompt) + 1}", about
        if card_state == "live":
            assert world.discord.messages[message_id].shows == state, about
        else:
            assert (state, card_state) == ("cancelled", "gone"), about
    done = sum(1 for row in generations if row[2] == "completed")
    assert sum(message.videos for message in world.discord.messages.values()) == done
    assert all(message.videos <= 1 for message in world.discord.messages.values())
    refunded = sum(1 for row in generations if row[2] == "cancelled")
    (balance,) = rows(world, "SELECT COALESCE(SUM(credits), 0) FROM ledger")[0]
    assert balance == refunded - len(generations)


async def the_undisturbed_calls(folder: Path) -> list[str]:
    world, life = new_world(folder), Life(None, after=False)
    await one_life(world, life, asked=[])
    check_what_must_hold(world, "nothing")
    assert len(world.relay.bills) == 1
    return life.calls


async def test_a_life_without_death_makes_the_video(tmp_path: Path) -> None:
    assert "submit" in await the_undisturbed_calls(tmp_path / "whole")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # tasks of the dead are never awaited
@pytest.mark.parametrize("after", [False, True], ids=["before-its-effect", "after-its-effect"])
async def test_a_death_at_any_await_loses_nothing_and_pays_nothing_twice(tmp_path: Path, *, after: bool) -> None:
    calls = await the_undisturbed_calls(tmp_path / "whole")
    for at in range(len(calls)):
        world, life, asked = new_world(tmp_path / f"world-{at}"), Life(at, after=after), list[int]()
        await one_life(world, life, asked)
        assert life.dead, f"death {at} never came"
        await one_life(world, Life(None, after=False), asked)
        check_what_must_hold(world, life.calls[at])
