"""Runs the bot and lets it die at an exact instant: `python -m tests.prove.mortal POINT PASSAGE run --config FILE`.

A kill from outside comes too late or too early for most instants between two lines of code. So this process counts the
passages of one method of one port, and at the chosen one sends itself SIGKILL, which no code can catch, delay or
answer: no `finally`, no flush, no farewell on any socket.

What dies is still the unmodified bot. No file of it is changed. `bot.cli.main` is run with the arguments that
`dreamreel` would get, on the settings of a file. A passage that is not the last calls the very same method with the
very same arguments and hands back its very result or error, and nothing of it waits. Until SIGUSR1 comes, the passages
are not even counted. Nothing is told to the bot, and nothing it does depends on whether it is watched.
"""

import functools
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot import cli
from bot.domain.generation import GenerationState
from bot.ports import Posted
from bot.relay.client import RelayClient
from bot.storage.generations import SqlStore
from bot.ui.board import DiscordBoard
from tests.prove.kill_points import Point

ARM = signal.SIGUSR1
"""From this signal on, passages are counted."""
DIED = "died of "
"""What the last line begins with; the point, and whose passage it was, follow."""

Arguments = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A method of a port, and whose passage a call of it is: None where the call is none of this point's.

    Where `after`, the passage is looked at when the method has done its work, and the name is of its result too.
    """

    port: type
    method: str
    whose: Callable[[Arguments, Any], str | None]
    after: bool = True


class AskedBefore:
    """Names a task from the second time on that it is asked after: what lies between is between two polls."""

    def __init__(self) -> None:
        self._asked: set[str] = set()

    def __call__(self, arguments: Arguments, _: Any) -> str | None:
        (relay_id,) = arguments
        if relay_id in self._asked:
            return str(relay_id)
        self._asked.add(relay_id)
        return None


def _saved(state: GenerationState) -> Callable[[Arguments, Any], str | None]:
    return lambda arguments, saved: str(arguments[1].id) if saved and arguments[1].state is state else None


def _completed(arguments: Arguments, after: Any) -> str | None:
    return str(arguments[0]) if after is not None and after.state is GenerationState.COMPLETED else None


def _brings_id(arguments: Arguments, _: Any) -> str | None:
    before, after = arguments
    return str(after.id) if before.state is GenerationState.SUBMITTING and after.relay_id is not None else None


def _shows_video(arguments: Arguments, outcome: Any) -> str | None:
    return str(arguments[0].generation.id) if isinstance(outcome, Posted) and arguments[1] is not None else None


PLACES = {
    Point.ADMITTED: Place(SqlStore, "admit", lambda _, it: str(it.generation.id) if it.fresh else None),
    Point.ATTACHED: Place(SqlStore, "attach", lambda arguments, noted: str(arguments[0]) if noted else None),
    Point.SUBMITTING: Place(SqlStore, "save", _saved(GenerationState.SUBMITTING)),
    Point.ANSWERED: Place(SqlStore, "save", _brings_id, after=False),
    Point.POLLING: Place(RelayClient, "report", AskedBefore(), after=False),
    Point.COMPLETED: Place(SqlStore, "advance", _completed),
    Point.SHOWN: Place(DiscordBoard, "edit", _shows_video),
}


class Fate:
    """Counts passages once it is armed, and ends the process at the last of them."""

    def __init__(self, point: Point, passages: int) -> None:
        self._point = point
        self._left = passages
        self._armed = False

    def arm(self, *_: object) -> None:
        self._armed = True

    def passes(self, name: str | None) -> None:
        if name is None or not self._armed:
            return
        self._left -= 1
        if self._left == 0:
            os.write(sys.stderr.fileno(), f"{DIED}{self._point}: {name}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)


def watch(place: Place, fate: Fate) -> None:
    """Have each call of the method told to fate."""
    original = getattr(place.port, place.method)

    @functools.wraps(original)
    async def passing(port: object, *arguments: Any, **named: Any) -> Any:
        if not place.after:
            fate.passes(place.whose(arguments, None))
        result = await original(port, *arguments, **named)
        if place.after:
            fate.passes(place.whose(arguments, result))
        return result

    setattr(place.port, place.method, passing)


def main(arguments: list[str]) -> int:
    """Run the bot's own command, mortal at one point."""
    point, passage, *command = arguments
    fate = Fate(Point(point), int(passage))
    signal.signal(ARM, fate.arm)
    watch(PLACES[Point(point)], fate)
    return cli.main(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
