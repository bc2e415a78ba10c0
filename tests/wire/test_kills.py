"""The short form of `python -m tests.prove kills`: each exact point once, and two random instants."""

import random
from pathlib import Path

from tests.prove.kill_points import NAMED, SUBMITTED_UNSAVED, Point, plan
from tests.prove.kills import prove
from tests.prove.table import table

ROUNDS = len(NAMED) + 2


async def test_killed_at_each_point_the_bot_loses_nothing_pays_nothing_twice_and_shows_nothing_twice(
    tmp_path: Path,
) -> None:
    seed = random.randrange(1_000_000)  # noqa: S311  # other instants each time; a failure names its seed
    proof = await prove(tmp_path, plan(seed, ROUNDS), print)
    print(f"seed {seed}", *table(proof.deaths), *proof.account, sep="\n")  # noqa: T201  # pytest shows it where it failed

    assert proof.findings == [], f"again: python -m tests.prove kills --seed {seed} --rounds {ROUNDS}"
    assert {death.kill.point for death in proof.deaths} == set(Point)
    assert {death.kill.point for death in proof.deaths if death.own} == SUBMITTED_UNSAVED
