"""The bot as a process between a Discord and a relay that misbehave, and members who ask for thousands of videos."""

import argparse
import asyncio
import contextlib
import secrets
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.clock import SystemClock
from sandbox.relay_process import relay_process
from tests.prove.relay_side import API_KEY
from tests.storing import rows
from tests.wire.bot_process import BotProcess, run_bot
from tests.wire.config import ROOMY, write_config
from tests.wire.local_discord import CHANNEL, MEMBER, Interaction, Limits, LocalDiscord, text_of

TOKEN = "a-bot.token-of.the-fire"
ANSWERED_S = 15.0
"""Seconds that a member waits for an answer: on a busy machine, five times what Discord gives."""
CROWD = 200
"""Members, who ask in turn."""
MOST_WAITING = 600
"""Requests that wait to be sent, at once: the server's line holds a thousand."""
OVER = ("completed", "failed", "uncertain", "cancelled", "expired", "lost")
"""States after which nothing changes by itself, for a day."""
_OUT_OF_REACH = "my own records are out of reach"
_MOST_SEED = 1_000_000
_LOOK_S = 0.1
_AT_ONCE = 20
"""Members who act at the same time."""


@dataclass
class Report:
    """What came of a proof: lines for docs/reliability.md, and all that must not be."""

    title: str
    seed: int
    lines: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    took_s: float = 0.0

    def hold(self, true: object, otherwise: str) -> None:
        """Note what does not hold."""
        if not true:
            self.broken.append(otherwise)

    def __str__(self) -> str:
        said = [f"### {self.title}", *self.lines, f"seed {self.seed}, {self.took_s:.0f} s"]
        return "\n".join([*said, *(f"BROKEN: {each}" for each in self.broken[:20])])


@dataclass
class Fire:
    """Everything around the bot, and the bot."""

    folder: Path
    local: LocalDiscord
    relay_url: str
    http: aiohttp.ClientSession
    concurrency: int
    channels: int
    poll_s: float
    lives: list[BotProcess] = field(default_factory=list)
    asked_again: int = 0

    # The bot

    @asynccontextmanager
    async def bot(self) -> AsyncIterator[BotProcess]:
        """One life, connected and ready."""
        path = write_config(
            self.folder / "config.toml",
            database=self.folder / "bot.db",
            videos=self.folder / "videos",
            discord={"token": TOKEN, "api_url": self.local.api_url, "gateway_url": self.local.gateway_url},
            relay={"api_key": API_KEY, "base_url": self.relay_url},
            poller={
                "first_poll_s": self.poll_s,
                "min_interval_s": self.poll_s,
                "max_interval_s": self.poll_s * 2,
                "concurrency": self.concurrency,
            },
            limits=ROOMY,
        )
        async with run_bot(path) as bot:
            self.lives.append(bot)
            await bot.says("ready, in")
            yield bot

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database holds."""
        return rows(self.folder / "bot.db", query)

    def states(self) -> Counter[str]:
        """How many generations are in each state."""
        return Counter(dict(self.rows("SELECT state, COUNT(*) FROM generations GROUP BY state")))

    def unshown(self) -> int:
        """How many cards do not show how their generations ended."""
        listed = ", ".join(f"'{each}'" for each in OVER)
        query = f"SELECT COUNT(*) FROM generations WHERE state IN ({listed}) AND card_state = 'live' AND shown_version < version"  # noqa: E501,S608  # our own words
        return int(self.rows(query)[0][0])

    def log(self) -> str:
        """All that every life of the bot wrote."""
        return "".join(bot.output for bot in self.lives)

    # Members

    async def ask(self, prompt: str, number: int) -> Interaction:
        """One member asks for a video, and has an answer; or none in time, where answers are lost.

        Whoever is told that the bot's records are out of reach, as on a machine that is busy otherwise, asks again.
        """
        channel, member = CHANNEL + number % self.channels, MEMBER + number % CROWD
        while True:
            asked = await self.local.slash("generate", by=member, channel_id=channel, prompt=prompt)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asked.settled.wait(), ANSWERED_S)
            if _OUT_OF_REACH not in self.card(asked):
                return asked
            self.asked_again += 1

    async def ask_all(self, prompts: Sequence[str]) -> list[Interaction]:
        """All of them, many at once, and never more than the line holds."""
        gate, asked = asyncio.Semaphore(_AT_ONCE), list[Interaction]()

        async def one(number: int, prompt: str) -> None:
            async with gate:
                asked.append(await self.ask(prompt, number))

        for start in range(0, len(prompts), MOST_WAITING // 2):
            await self.until(lambda: self.states()["waiting"] <= MOST_WAITING // 2, 600)
            part = prompts[start : start + MOST_WAITING // 2]
            await asyncio.gather(*(one(start + place, prompt) for place, prompt in enumerate(part)))
        return asked

    async def over(self, within_s: float) -> None:
        """Wait until all that was admitted has ended, and each card shows it. Raises TimeoutError."""

        def done() -> bool:
            states = self.states()
            return sum(states[each] for each in OVER) == sum(states.values()) and self.unshown() == 0

        await self.until(done, within_s)

    async def until(self, condition: Callable[[], object], within_s: float) -> None:
        """Wait until it is true of what nobody tells the changes of. Raises TimeoutError."""
        try:
            async with asyncio.timeout(within_s):
                while not condition():  # noqa: ASYNC110  # another process writes there
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError as error:
            error.add_note(f"states: {dict(self.states())}, not shown: {self.unshown()}; {self.log()[-3000:]}")
            raise

    def card(self, asked: Interaction) -> str:
        """What the card says that answered it."""
        return "" if asked.message_id is None else text_of(self.local.messages[asked.message_id])

    # The relay

    async def fail(self, on: str, fault: str, **how: Any) -> None:
        """Ask the relay for a fault."""
        body = {"on": on, "fault": fault, "times": -1, **how}
        async with self.http.post(f"{self.relay_url}/_sandbox/faults", json=body) as response:
            response.raise_for_status()

    async def complete(self) -> None:
        """Let all that the relay has be completed, at once."""
        async with self.http.post(f"{self.relay_url}/_sandbox/tasks", json={"state": "completed"}) as response:
            response.raise_for_status()

    async def mend(self) -> None:
        """No more of the relay's faults."""
        async with self.http.delete(f"{self.relay_url}/_sandbox/faults") as response:
            response.raise_for_status()

    async def of_relay(self, what: str) -> Any:
        """Its bills, its tasks, its counts or its faults."""
        async with self.http.get(f"{self.relay_url}/_sandbox/{what}") as response:
            return await response.json()


@asynccontextmanager
async def under_fire(
    folder: Path,
    *,
    concurrency: int = 200,
    limits: Limits | None = None,
    channels: int = 1,
    pace: Sequence[str] = ("--queued", "1", "--dreaming", "2"),
    poll_s: float = 0.5,
) -> AsyncIterator[Fire]:
    """Discord in this process, the relay and the bot each in one of its own; `pace` is how the relay makes films.

    The bot asks after each film every `poll_s` seconds, or half as often.
    """
    local = LocalDiscord(SystemClock().now, token=TOKEN, limits=limits, channels=channels, lean=True)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(local.serving())
        url = await stack.enter_async_context(relay_process(*pace, "--no-render", "--api-key", API_KEY))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        yield Fire(folder, local, url, http, concurrency, channels, poll_s)


Run = Callable[[Path, int, int], Awaitable[Report]]
Proofs = Mapping[str, tuple[Run, int]]
"""Each with how much of it there is to be."""


async def run_in_a_folder(proof: Run, seed: int, count: int) -> Report:
    """One proof, in a folder that is gone afterwards."""
    clock = SystemClock()
    began = clock.monotonic()
    with tempfile.TemporaryDirectory(prefix="dreamreel-fire-") as folder:
        report = await proof(Path(folder), seed, count)
    report.took_s = clock.monotonic() - began
    return report


def main(about: str | None, module: str, proofs: Proofs) -> int:
    """A terminal's view: all proofs of a module, or those named, each with its own number of what is tried."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=about)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(_MOST_SEED), help="an earlier run's")
    parser.add_argument("--count", type=int, help="how much of it (default: what each proof is to be)")
    parser.add_argument("proof", nargs="*", choices=[[], *proofs], help="default: all")
    options = parser.parse_args()
    return _played(module, options.proof or list(proofs), proofs, options.seed, options.count)


def _played(module: str, names: Iterable[str], proofs: Proofs, seed: int, count: int | None) -> int:
    broken = 0
    for name in names:
        proof, usual = proofs[name]
        sys.stdout.write(f"again: python -m {module} --seed {seed} --count {count or usual} {name}\n")
        report = asyncio.run(run_in_a_folder(proof, seed, count or usual))
        sys.stdout.write(f"{report}\n\n")
        sys.stdout.flush()
        broken += len(report.broken)
    return int(broken > 0)
