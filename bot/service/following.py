"""The little that is kept in memory of each task that the relay has: when to ask next, and what was heard so far."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.domain.finishing import Experience, FinishingTimes, Sort
from bot.domain.generation import WITH_RELAY, GenerationState
from bot.domain.schedule import LOOK_AGAIN_FOR_S, LOOK_AGAIN_S, PollSchedule
from bot.ports import Clock, Followed

JUST_SENT_S = 60.0
"""Seconds. The paid request and its saving take less; a task that is older may have ended long ago."""


@dataclass(slots=True)
class Task:
    """One task at the relay. Moments are monotonic seconds, so that a clock that is set does not move them.

    `times` are those of its sort, one object for all of them. `born` is the moment it was sent, worked out once from
    its row, `unfinished_at` the last at which it is known not to have ended, None where this process does not know;
    `silences` counts useless answers in a row; `missing_since` and `linkless_since` are when the relay began to say
    "not found", or "completed" with no link.
    """

    id: str
    relay_id: str
    state: GenerationState
    times: FinishingTimes
    born: float
    unfinished_at: float | None = None
    next_at: float = 0.0
    silences: int = 0
    missing_since: float | None = None
    linkless_since: float | None = None
    told_late: bool = False

    def heard(self) -> None:
        """Forget earlier silences: the relay knows the task."""
        self.silences = 0
        self.missing_since = None


class Following:
    """All followed tasks, ordered by when they are due."""

    def __init__(self, schedule: PollSchedule, clock: Clock, luck: Callable[[], float], experience: Experience) -> None:
        self._schedule = schedule
        self._experience = experience
        self._clock = clock
        self._luck = luck
        self._tasks: dict[str, Task] = {}
        self._due: list[tuple[float, str]] = []

    def __len__(self) -> int:
        """How many tasks are followed."""
        return len(self._tasks)

    def __contains__(self, generation_id: object) -> bool:
        """Whether a generation's task is followed."""
        return generation_id in self._tasks

    def follow(self, row: Followed) -> None:
        """Begin to follow a task, or go on after a start."""
        age = max(0.0, (self._clock.now() - row.submitted_at).total_seconds())
        born = self._clock.monotonic() - age
        times = self._experience.of(row.sort)
        task = Task(row.id, row.relay_id, GenerationState(row.state), times, born)
        self._tasks[task.id] = task
        if task.state is GenerationState.EXPIRED:
            self._ask_in(task, LOOK_AGAIN_S * self._luck())
        else:
            self._ask_in(task, self._schedule.first(age, times.hazard if times.known else None, self._luck()))

    def begin(self, generation_id: str, relay_id: str, submitted_at: datetime, sort: Sort) -> None:
        """Follow a task that the relay has taken, just now or as somebody found out later."""
        self.follow(Followed(generation_id, relay_id, GenerationState.QUEUED, submitted_at, sort))
        task = self._tasks[generation_id]
        if self.age(task) < JUST_SENT_S:
            task.unfinished_at = task.born

    def end(self, task: Task) -> None:
        """Follow it no more, and learn from when it ended: not where the relay could not be asked in between."""
        self.drop(task)
        if task.unfinished_at is not None and task.silences == 0 and task.state is not GenerationState.EXPIRED:
            task.times.learn(task.unfinished_at - task.born, self.age(task))

    def drop(self, task: Task) -> None:
        """Follow it no more."""
        self._tasks.pop(task.id, None)

    def age(self, task: Task) -> float:
        """Seconds since it was sent."""
        return self._clock.monotonic() - task.born

    def newly_late(self) -> list[str]:
        """The ids of tasks that take longer than usual since the last question."""
        late = [
            task
            for task in self._tasks.values()
            if not task.told_late and task.state in WITH_RELAY and self.age(task) > task.times.late_after_s
        ]
        for task in late:
            task.told_late = True
        return [task.id for task in late]

    def due(self) -> Iterator[Task]:
        """Take the tasks that are to be asked for now; each must be rescheduled or dropped afterwards."""
        now = self._clock.monotonic()
        while self._due and self._due[0][0] <= now:
            at, generation_id = heapq.heappop(self._due)
            task = self._tasks.get(generation_id)
            if task is not None and task.next_at == at:
                yield task

    def next_in(self) -> float | None:
        """Seconds until the next one is due, or None when nothing is followed."""
        return max(0.0, self._due[0][0] - self._clock.monotonic()) if self._due else None

    def again(self, task: Task) -> None:
        """Ask again, after an answer that was heard."""
        task.unfinished_at = self._clock.monotonic()
        if task.state is not GenerationState.EXPIRED:
            self._ask_in(task, self._schedule.after_news(self.age(task), task.times.hazard, self._luck()))
        elif self.age(task) < LOOK_AGAIN_FOR_S:
            self._ask_in(task, LOOK_AGAIN_S)
        else:
            self.drop(task)

    def again_after_silence(self, task: Task, retry_after_s: float | None) -> None:
        """Ask again, after no use came of it."""
        task.silences += 1
        self._ask_in(task, self._schedule.after_silence(task.silences, retry_after_s, self._luck()))

    def _ask_in(self, task: Task, seconds: float) -> None:
        task.next_at = self._clock.monotonic() + seconds
        heapq.heappush(self._due, (task.next_at, task.id))
