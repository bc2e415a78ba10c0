"""Where the bot is killed: each instant between two promises at which a careless bot would lose or pay twice."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Point(StrEnum):
    """An instant. Its text is how the table calls it."""

    ADMITTED = "after admission"
    ATTACHED = "after attaching"
    SUBMITTING = "before the POST"
    UNANSWERED = "the relay has the POST and has not answered"
    ANSWERED = "the answer is there and not saved"
    POLLING = "between two polls"
    COMPLETED = "after COMPLETED is saved"
    UPLOADING = "while uploading"
    SHOWN = "after showing and before noting it"
    RANDOM = "at random instants"


FROM_OUTSIDE = frozenset({Point.UNANSWERED, Point.UPLOADING, Point.RANDOM})
"""Points that only the other end of the wire, or nobody, can see: the harness kills by process id."""
NAMED = tuple(point for point in Point if point is not Point.RANDOM)
SUBMITTED_UNSAVED = frozenset({Point.SUBMITTING, Point.UNANSWERED, Point.ANSWERED})
"""Points between the SUBMITTING commit and the saved id, where the step that was killed must end UNCERTAIN."""

_NEEDS_READY = frozenset({Point.UPLOADING, Point.SHOWN})
"""Nothing is shown before READY."""
_MOST_PASSAGES = 3
_LATEST_S = 4.0
"""Seconds. A life needs about 1.5 to be READY and 2.5 to show what the one before left."""


@dataclass(frozen=True, slots=True)
class Kill:
    """One death. `passage`: so many times the point is passed, and the last time the bot dies there.

    `early`: passages count from the connection on; else from when all that the last life left is shown.
    `after_s` is the instant of a random one, in seconds from the start of the process.
    `seed` is for all else that is left to chance in this life.
    """

    number: int
    point: Point
    passage: int
    early: bool
    after_s: float
    seed: str

    def __str__(self) -> str:
        if self.point is Point.RANDOM:
            return f"#{self.number} {self.after_s:.2f} s after the start"
        return f"#{self.number} {self.point}, passage {self.passage}{', early' if self.early else ''}"


def plan(seed: int, rounds: int) -> list[Kill]:
    """So many kills in an order of their own: each named point alike often, at least once, and the rest at random."""
    dice = random.Random(f"{seed}:plan")  # noqa: S311  # a repeatable choice, no secret
    each = max(1, rounds // len(Point))
    named = [point for point in NAMED for _ in range(each)]
    points = [*named, *[Point.RANDOM] * (rounds - len(named))]
    dice.shuffle(points)
    if each == 1:  # a lost answer is only looked for when it is old enough, and a short run should not wait for it
        points.sort(key=lambda point: point is not Point.ADMITTED)
    return list(_drawn(seed, points, dice))


def _drawn(seed: int, points: Sequence[Point], dice: random.Random) -> Iterator[Kill]:
    for number, point in enumerate(points, start=1):
        passage, early, after_s = (
            dice.randint(1, _MOST_PASSAGES),
            dice.choice((False, True)),
            dice.uniform(0, _LATEST_S),
        )
        passage = 1 if point in FROM_OUTSIDE else passage
        yield Kill(number, point, passage, early and point not in _NEEDS_READY, after_s, f"{seed}:{number}")
