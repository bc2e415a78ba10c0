"""Faults on request: which call is struck, by what, and how often."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.fault_names import (
    ACCEPTED,
    COMPLETED_ONLY,
    DRESS,
    EITHER,
    NEEDS_VALUE,
    FaultName,
    Operation,
    reach,
)
from sandbox.tasks import State


@dataclass(slots=True)
class Fault:
    """One fault that was asked for. `left` counts down to 0; below 0 it strikes for ever. `struck` counts up.

    Calls with one and the same prompt are struck `each` times at most; None: as often as they come.
    """

    name: FaultName
    on: frozenset[Operation]
    left: int
    probability: float
    prompt_contains: str | None
    value: Any
    dice: random.Random
    each: int | None = None
    struck: int = 0
    by_prompt: Counter[str] = field(default_factory=Counter)

    @property
    def accepts(self) -> bool:
        """Whether the call does its work (and is charged) before the fault shows."""
        return self.name in ACCEPTED or self.name in DRESS or (self.name in EITHER and self.value == "after")

    def hits(self, operation: Operation, prompt: str, state: State | None) -> bool:
        """Decide whether this call is struck, and count it if so."""
        if self.left == 0 or operation not in self.on or (self.prompt_contains or "") not in prompt:
            return False
        if self.name in COMPLETED_ONLY and state is not State.COMPLETED:
            return False
        if self.name is FaultName.STATE_SPELLING and self.value.get("while", state) != state:
            return False
        if self.each is not None and self.by_prompt[prompt] >= self.each:
            return False
        if self.probability < 1 and self.dice.random() >= self.probability:
            return False
        if self.each is not None:
            self.by_prompt[prompt] += 1
        self.left -= 1 if self.left > 0 else 0
        self.struck += 1
        return True


@dataclass(frozen=True, slots=True)
class Blow:
    """What strikes one call: at most one fault that takes the answer's place, and any number that dress it."""

    ending: Fault | None = None
    dress: tuple[Fault, ...] = field(default=())

    @property
    def refuses(self) -> bool:
        return self.ending is not None and not self.ending.accepts

    def dressed(self, name: FaultName) -> Fault | None:
        return next((fault for fault in self.dress if fault.name is name), None)


class FaultPlan:
    """The faults that one server has been asked for, in the order of asking."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    @property
    def asked(self) -> tuple[Fault, ...]:
        return tuple(self._faults)

    def add(
        self,
        on: str,
        fault: str,
        *,
        times: int = 1,
        probability: float = 1.0,
        seed: int = 0,
        prompt_contains: str | None = None,
        each: int | None = None,
        value: Any = None,
    ) -> Fault:
        """Ask for a fault. Raises `ValueError` for an unknown name, or one that cannot strike that call."""
        name = FaultName(fault)
        asked = frozenset(Operation) if on == "any" else frozenset({Operation(on)})
        if not asked & reach(name):
            raise ValueError(f"{name} cannot strike {on}")
        _check_value(name, value)
        dice = random.Random(seed)  # noqa: S311 - a fault that can be repeated needs dice that can
        made = Fault(name, asked & reach(name), times, probability, prompt_contains, value, dice, each)
        self._faults.append(made)
        return made

    def clear(self) -> None:
        self._faults.clear()

    def take(self, operation: Operation, *, prompt: str = "", state: State | None = None) -> Blow:
        """Decide what strikes this call. A fault that lasts a number of times is used up by it."""
        endings = (fault for fault in self._faults if fault.name not in DRESS)
        ending = next((fault for fault in endings if fault.hits(operation, prompt, state)), None)
        if ending is not None and not ending.accepts:
            return Blow(ending)
        dress = [fault for fault in self._faults if fault.name in DRESS]
        return Blow(ending, tuple(fault for fault in dress if fault.hits(operation, prompt, state)))


def _check_value(name: FaultName, value: Any) -> None:
    if name in NEEDS_VALUE and value is None:
        raise ValueError(f"{name} needs a value")
    if name in EITHER and value not in {None, "before", "after"}:
        raise ValueError(f'{name} takes "before" or "after"')
    mapping = name in {FaultName.STATE_SPELLING, FaultName.FAIL} and value is not None
    if mapping and not (isinstance(value, Mapping) and set(value) <= {"key", "text", "while"}):
        raise ValueError(f'{name} takes {{"key", "text"}}')
