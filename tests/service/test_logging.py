"""What stands in the log of a video from the request to its end, or its loss: its id, and never its prompt."""

import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.domain.generation import GenerationState
from bot.log import configure
from bot.relay.client import RelayClient
from sandbox.relay_server import RelayServer
from tests.logs import untouched
from tests.rig import World, living, text_request

OPERATIONS = Path(__file__).parents[2] / "docs/operations.md"
PROMPT = "a lighthouse that whispers to the herring"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """All that is written at INFO, as an operator reads it."""
    with untouched():
        stream = io.StringIO()
        configure("INFO", "text", stream)
        yield stream


@pytest.fixture
async def relay() -> AsyncIterator[RelayServer]:
    async with RelayServer(pace=None, render=False) as server:
        yield server


@pytest.mark.parametrize("fault", ["no_balance", "bad_key"])
async def test_a_refusal_that_only_the_operator_can_mend_is_one_error_with_the_videos_id(
    world: World, relay: RelayServer, written: io.StringIO, fault: str
) -> None:
    """`docs/operations.md` names the line; two of them would look like two troubles."""
    relay.fault("submit", fault)
    client = RelayClient(relay.base_url, "sandbox-key", clock=world.clock)
    async with client, world.store() as store, living(world, store=store, relay=client) as rig:
        generation = await rig.ask(text_request(PROMPT))
        await rig.settle()
    (line,) = [line for line in written.getvalue().splitlines() if " ERROR " in line]
    kind = {"no_balance": "no_balance", "bad_key": "key"}[fault]
    assert f"[{generation.id}]" in line
    assert f"the relay refused it: {kind}" in line
    assert f"`the relay refused it: {kind}`" in OPERATIONS.read_text(encoding="utf-8")


@pytest.mark.parametrize("fault", [None, "cut_after", "no_balance"])
async def test_every_line_about_a_video_has_its_id_and_none_has_its_prompt(
    world: World, relay: RelayServer, written: io.StringIO, fault: str | None
) -> None:
    if fault is not None:
        relay.fault("submit", fault)
    client = RelayClient(relay.base_url, "sandbox-key", clock=world.clock)
    async with client, world.store() as store, living(world, store=store, relay=client) as rig:
        generation = await rig.ask(text_request(PROMPT))
        await rig.settle()
        relay.move_all("completed")
        await rig.pass_time(120, steps=12)
        assert (await rig.now(generation)).state is not GenerationState.WAITING
    lines = [line for line in written.getvalue().splitlines() if " bot." in line]
    assert len(lines) >= 2
    assert [line for line in lines if f"[{generation.id}]" not in line] == []
    assert PROMPT not in written.getvalue()
