"""Looks at what one death left: whether it came at its point, and whether only what was being sent is UNCERTAIN."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.domain.generation import WITH_RELAY, GenerationState
from tests.prove.books import Evidence, Finding, Harm, filename
from tests.prove.kill_points import SUBMITTED_UNSAVED, Kill, Point
from tests.prove.relay_side import API_KEY
from tests.prove.surroundings import TOKEN
from tests.prove.witness import Row
from tests.wire.bot_process import BotProcess
from tests.wire.local_discord import Json

S = GenerationState


@dataclass
class Death:
    """How one kill went. `own` is 1 where the step that was killed may have been paid for, and nobody knows.

    `beside` counts others that were between the commit and the saved id at this instant. `log` is all that it wrote.
    """

    kill: Kill
    own: int = 0
    beside: int = 0
    log: str = ""
    findings: list[Finding] = field(default_factory=list)


def victim(kill: Kill, told: str | None, evidence: Evidence) -> Row | None:
    """The generation whose step was killed."""
    if kill.point is Point.UNANSWERED:
        unanswered = {bill["task_id"]: bill for bill in evidence.bills if not bill["answered"]}
        prompts = {bill["body"]["user_prompt"] for bill in unanswered.values()}
        return next(
            (row for row in evidence.rows.values() if row.state == S.SUBMITTING and row.prompt in prompts), None
        )
    return next((row for row in evidence.rows.values() if told in {row.id, row.relay_id, str(row.message_id)}), None)


@dataclass(frozen=True, slots=True)
class _Scene:
    """What was found of the step that was killed: its row, its bill, and whether its video is in its message."""

    row: Row
    bill: Json | None
    shown: bool

    @property
    def answered(self) -> bool:
        return self.bill is not None and bool(self.bill["answered"])

    @property
    def noted(self) -> bool:
        return self.row.shown_version == self.row.version


_AS_IT_MUST_BE: dict[Point, Callable[[_Scene], bool]] = {
    Point.ADMITTED: lambda it: it.row.state == S.WAITING and it.row.message_id is None and it.bill is None,
    Point.ATTACHED: lambda it: it.row.state == S.WAITING and it.row.message_id is not None and it.bill is None,
    Point.SUBMITTING: lambda it: it.row.state == S.SUBMITTING and it.bill is None,
    Point.UNANSWERED: lambda it: it.row.state == S.SUBMITTING and it.bill is not None and not it.answered,
    Point.ANSWERED: lambda it: it.row.state == S.SUBMITTING and it.answered,
    Point.POLLING: lambda it: it.row.state in WITH_RELAY and it.answered,
    Point.COMPLETED: lambda it: it.row.state == S.COMPLETED and not it.shown and not it.noted,
    Point.UPLOADING: lambda it: it.row.state == S.COMPLETED and not it.noted,
    Point.SHOWN: lambda it: it.row.state == S.COMPLETED and it.shown and not it.noted,
}


def came_at_its_point(kill: Kill, row: Row | None, evidence: Evidence) -> bool:
    """Whether file, bills and messages are as they must be at that point."""
    if kill.point is Point.RANDOM:
        return True
    if row is None:
        return False
    bills = (bill for bill in evidence.bills if bill["charged"] and bill["body"]["user_prompt"] == row.prompt)
    message = evidence.messages.get(row.message_id or 0)
    files = [] if message is None else [each["filename"] for each in message["attachments"]]
    return _AS_IT_MUST_BE[kill.point](_Scene(row, next(bills, None), filename(row.id) in files))


def uncertain_as_owed(rows: Mapping[str, Row], owed: set[str], *, swept: bool) -> Iterator[Finding]:
    """UNCERTAIN are those that were being sent when a bot died, all of them once the next has swept, and no others."""
    uncertain, submitting = in_state(rows, S.UNCERTAIN), in_state(rows, S.SUBMITTING)
    for name in uncertain - owed:
        yield Finding(Harm.BROKEN, name, "is uncertain, and no kill came while it was being sent")
    for name in owed - uncertain - (set() if swept else submitting):
        yield Finding(Harm.BROKEN, name, f"was being sent at a kill, and is {rows[name].state} after the next start")


def counted(kill: Kill, row: Row | None, fresh: set[str]) -> tuple[int, int, list[Finding]]:
    """Of those newly found being sent: the killed step's own, the others, and what must not be of the first."""
    own = int(row is not None and row.id in fresh)
    wrong = (
        [] if own == (kill.point in SUBMITTED_UNSAVED) else [Finding(Harm.BROKEN, str(row and row.id), "is wrongly so")]
    )
    return own, len(fresh) - own, wrong


def in_state(rows: Mapping[str, Row], state: GenerationState) -> set[str]:
    """Whose state it is."""
    return {row.id for row in rows.values() if row.state == state}


def indiscretions(bot: BotProcess) -> Iterator[Finding]:
    """What a log must not hold."""
    for name, text in (("a traceback", "Traceback"), ("discord.token", TOKEN), ("relay.api_key", API_KEY)):
        if text in bot.output:
            yield Finding(Harm.BROKEN, "the log", f"holds {name}")
