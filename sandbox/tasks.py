"""The relay's generations and where each stands, worked out from the clock when somebody asks, never by a timer."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from sandbox.orders import Order


class State(StrEnum):
    QUEUED = "queued"
    DREAMING = "dreaming"
    COMPLETED = "completed"
    FAILED = "failed"


class IdStyle(StrEnum):
    """The shapes that ids have on relays of this family; all of them are opaque."""

    PLAIN = "plain"
    NUMERIC = "numeric"
    ODD = "odd"


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a generation stays in each state, in seconds."""

    queued_s: float = 2.0
    dreaming_s: float = 6.0


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a generation fails and under which key of the answer that stands (`error.message` is nested)."""

    text: str | None
    key: str = "failure_reason"


@dataclass(frozen=True, slots=True)
class Task:
    """One generation; `moved` is the state set by hand, which the pace then leaves alone."""

    id: str
    numeric: bool
    order: Order
    born: float
    parent: str | None = None
    part: int = 1
    doom: Failure | None = None
    moved: State | None = None

    @property
    def told_id(self) -> str | int:
        """The id as the answers carry it."""
        return int(self.id) if self.numeric else self.id


class TaskBook:
    """Every generation of one server."""

    def __init__(self, pace: Pace | None, clock: Callable[[], float]) -> None:
        """Without a pace, only `move` moves a task on."""
        self.pace = pace
        self._clock = clock
        self._tasks: dict[str, Task] = {}

    def __iter__(self) -> Iterator[Task]:
        return iter(tuple(self._tasks.values()))

    def get(self, task_id: str) -> Task | None:
        return self._tasks.get(task_id)

    def add(self, order: Order, style: IdStyle, *, parent: Task | None = None, doom: Failure | None = None) -> Task:
        # An extension is as large as what it extends.
        order = order if parent is None else replace(order, size=parent.order.size)
        task = Task(
            id=self._new_id(style),
            numeric=style is IdStyle.NUMERIC,
            order=order,
            born=self._clock(),
            parent=None if parent is None else parent.id,
            part=1 if parent is None else parent.part + 1,
            doom=doom or foretold(order.prompt),
        )
        self._tasks[task.id] = task
        return task

    def state(self, task: Task) -> State:
        if task.moved is not None:
            return task.moved
        if self.pace is None:
            return State.QUEUED
        age = self._clock() - task.born
        if age < self.pace.queued_s:
            return State.QUEUED
        if age < self.pace.queued_s + self.pace.dreaming_s:
            return State.DREAMING
        return State.COMPLETED if task.doom is None else State.FAILED

    def move(self, task_id: str, state: State, failure: Failure | None = None) -> Task:
        """Set a state by hand; without a `failure`, one that was on its way stays. Raises `KeyError`."""
        task = self._tasks[task_id]
        self._tasks[task_id] = replace(task, moved=state, doom=failure or task.doom)
        return self._tasks[task_id]

    def doom(self, task_id: str, failure: Failure) -> None:
        """Let a task fail when its time has come."""
        self._tasks[task_id] = replace(self._tasks[task_id], doom=failure)

    def chain(self, task: Task) -> list[Task]:
        """Return the task and all that it extends, the first part first."""
        parts = [task]
        while (parent := parts[0].parent) is not None:
            parts.insert(0, self._tasks[parent])
        return parts

    def _new_id(self, style: IdStyle) -> str:
        number, token = len(self._tasks) + 1, uuid.uuid4().hex[:12]
        if style is IdStyle.NUMERIC:
            # Above 2**53: a client that reads numbers as floats loses the last digits.
            return str(7_412_345_678_901_230_000 + number)
        if style is IdStyle.ODD:
            return f"gen/{number} ü?#%2F&=+片 {token}"
        return f"luma_gen_{token}"


def foretold(prompt: str) -> Failure | None:
    """Tell how a generation with this prompt fails, by the words that the demo and the tests use for it."""
    words = prompt.casefold()
    if "forbidden" in "".join(c if c.isalnum() else " " for c in words).split():
        return Failure("Contains blacklisted words")
    return Failure(None) if "nobody knows" in words else None
