"""`python -m tests.prove kills`: so many deaths, the table of what came of them, and how to have one of them again."""

import argparse
import asyncio
import secrets
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.clock import SystemClock
from tests.prove.autopsy import Death
from tests.prove.books import Finding
from tests.prove.kill_points import Kill, plan
from tests.prove.killing import Killing
from tests.prove.surroundings import surroundings
from tests.prove.table import account, table

_MOST_SEED = 1_000_000
_LINES = 40
"""Of a log that are shown where something is broken."""


@dataclass
class Proof:
    """What came of a run. No kill follows one that breaks something: the last life tells what that led to."""

    deaths: list[Death] = field(default_factory=list)
    rest: list[Finding] = field(default_factory=list)
    account: list[str] = field(default_factory=list)
    took_s: float = 0.0

    @property
    def findings(self) -> list[Finding]:
        """All that must not be."""
        return [*(finding for death in self.deaths for finding in death.findings), *self.rest]


async def prove(folder: Path, kills: Sequence[Kill], say: Callable[[str], object]) -> Proof:
    """Kill so often, in an empty folder, and let the last life end in peace."""
    proof, clock = Proof(), SystemClock()
    began = clock.monotonic()
    async with surroundings(folder) as around:
        killing = Killing(around)
        for kill in kills:
            death = await killing.live_and_die(kill)
            proof.deaths.append(death)
            say(f"{clock.monotonic() - began:6.1f} s  {kill}: {death.own} + {death.beside} uncertain")
            if death.findings:
                break
        proof.rest = await killing.rest()
        if killing.evidence is not None:
            proof.account = list(account(killing.evidence, killing.traffic.acts))
    proof.took_s = clock.monotonic() - began
    return proof


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("kills", help="SIGKILL the bot under traffic, at exact points and at random instants")
    parser.add_argument("--seed", type=int, help="an earlier run's, to have the same kills (default: a new one)")
    parser.add_argument("--rounds", type=int, default=200, help="kills (default: 200)")
    parser.add_argument("--only", type=int, metavar="K", help="kill number K of that seed and so many rounds, alone")
    parser.set_defaults(do=_run)


def _run(options: argparse.Namespace) -> int:
    seed = secrets.randbelow(_MOST_SEED) if options.seed is None else options.seed
    again = f"python -m tests.prove kills --seed {seed} --rounds {options.rounds}"
    _say(f"again: {again}")
    kills = [kill for kill in plan(seed, options.rounds) if options.only in {None, kill.number}]
    if not kills:
        _say(f"there is no kill {options.only} among {options.rounds}")
        return 2
    with tempfile.TemporaryDirectory(prefix="dreamreel-kills-") as folder:
        proof = asyncio.run(prove(Path(folder), kills, _say))
    _say("", *table(proof.deaths), "", *proof.account, f"seed {seed}, {proof.took_s:.0f} s")
    if not proof.findings:
        return 0
    log = proof.deaths[-1].log.splitlines() if proof.deaths else []
    _say("", "-- the last that it wrote --", *log[-_LINES:])
    _say("", *proof.findings, f"that kill alone: {again} --only {proof.deaths[-1].kill.number}")
    return 1


def _say(*lines: object) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201  # a proof talks to a terminal
