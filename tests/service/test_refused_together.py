"""The pause after the relay refuses: it grows with each refusal in a row, and not with each request of one moment."""

import asyncio
from pathlib import Path

from bot.domain.generation import GenerationRequest, GenerationState
from bot.domain.reports import NotSent, Submission
from tests.fakes import FakeRelay
from tests.rig import World, living


class Busy(FakeRelay):
    """Lets requests come together, and refuses all of them."""

    def __init__(self, together: int) -> None:
        super().__init__()
        self.here = asyncio.Barrier(together)
        self.refusing = True

    async def submit(self, request: GenerationRequest) -> Submission:
        if not self.refusing:
            return await super().submit(request)
        await self.here.wait()
        return NotSent("429", None)


async def test_requests_that_are_refused_together_are_one_refusal_in_a_row(tmp_path: Path, world: World) -> None:
    """Eight at once, each counted, would make a pause of a minute out of one busy second of the relay's."""
    relay = Busy(together=8)
    world.relay = relay
    async with world.store() as store, living(world, store=store, relay=relay, concurrency=8) as rig:
        asked = [await rig.ask() for _ in range(8)]
        await rig.poller.tick()
        relay.refusing = False
        await rig.pass_time(1)
        states = {(await rig.now(each)).state for each in asked}
    assert states == {GenerationState.QUEUED}
