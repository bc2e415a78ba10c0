"""Everything one relay server remembers, in one place, so that no two servers can share any of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from sandbox.billing import Bill, BillLog, RequestCounts
from sandbox.faults import FaultPlan
from sandbox.tasks import Failure, Pace, State, TaskBook


@dataclass(frozen=True, slots=True)
class Books:
    clock: Callable[[], float]
    tasks: TaskBook
    bills: BillLog = field(default_factory=BillLog)
    requests: RequestCounts = field(default_factory=RequestCounts)
    faults: FaultPlan = field(default_factory=FaultPlan)

    @classmethod
    def new(cls, pace: Pace | None, clock: Callable[[], float]) -> Self:
        return cls(clock, TaskBook(pace, clock))

    def settled_bills(self) -> tuple[Bill, ...]:
        """Return the bills with every refund that is due by now, also those nobody has asked about."""
        for task in self.tasks:
            if self.tasks.state(task) is State.FAILED:
                self.bills.refund(task.id)
        return self.bills.rows

    def move(self, task_id: str, state: State, failure_reason: str | None = None) -> None:
        """Set a state by hand; a failure without a reason keeps the one that was foretold. Raises `KeyError`."""
        failure = None if failure_reason is None else Failure(failure_reason)
        self.tasks.move(task_id, state, failure)

    def move_all(self, state: State) -> None:
        """Move every generation that is not over yet."""
        for task in self.tasks:
            if self.tasks.state(task) not in {State.COMPLETED, State.FAILED}:
                self.tasks.move(task.id, state)
