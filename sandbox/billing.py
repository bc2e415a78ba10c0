"""What the relay charged and to whom it said so: the record that the bot's promises about money are checked against."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

VIOLATION = "violation"


@dataclass(frozen=True, slots=True)
class Bill:
    """One accepted paid call, or one call that broke the contract (kind `violation`, never charged).

    `answered` is true once an answer that carries the id has been handed to the connection.
    """

    seq: int
    task_id: str | None
    kind: str
    parent: str | None
    body: Any
    charged: bool
    at: float
    refunded: bool = False
    answered: bool = False
    problem: str | None = None


class BillLog:
    """The bills of one server, in the order of the calls."""

    def __init__(self) -> None:
        self._bills: list[Bill] = []
        self._places: dict[str, int] = {}

    @property
    def rows(self) -> tuple[Bill, ...]:
        return tuple(self._bills)

    def charge(self, task_id: str, kind: str, parent: str | None, body: Mapping[str, Any], at: float) -> None:
        self._places[task_id] = len(self._bills)
        self._bills.append(Bill(len(self._bills) + 1, task_id, kind, parent, dict(body), charged=True, at=at))

    def violation(self, problem: str, body: Any, at: float) -> None:
        self._bills.append(
            Bill(len(self._bills) + 1, None, VIOLATION, None, body, charged=False, at=at, problem=problem)
        )

    def refund(self, task_id: str) -> None:
        place = self._places[task_id]
        self._bills[place] = replace(self._bills[place], refunded=True)

    def answered(self, task_id: str) -> None:
        place = self._places[task_id]
        self._bills[place] = replace(self._bills[place], answered=True)


@dataclass(slots=True)
class RequestCounts:
    """How often each call came, whatever became of it; `gets` and `videos` count by id."""

    submit: int = 0
    extend: int = 0
    get: int = 0
    video: int = 0
    unauthorised: int = 0
    unknown: int = 0
    gets: Counter[str] = field(default_factory=Counter)
    videos: Counter[str] = field(default_factory=Counter)

    @property
    def posts(self) -> int:
        return self.submit + self.extend
