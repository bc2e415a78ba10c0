"""Limits, looked at again row by row: what every counter held after each charge, and who was served meanwhile."""

from collections import Counter
from collections.abc import Iterator

from bot.domain.generation import WITH_RELAY, GenerationState
from tests.prove.witness import File
from tests.wire.local_discord import GUILD

DEFAULT_LIMIT = 12
"""Credits a day of each member."""
MEMBER_AT_ONCE, SERVER_AT_ONCE = 2, 8
MEMBER_WAITING, SERVER_WAITING = 4, 40

_BUSY = WITH_RELAY | {GenerationState.SUBMITTING}
_MOVES = """
SELECT ledger.id, ledger.entry, spent.scope, spent.period, spent.credits
FROM ledger JOIN spent USING (generation_id) ORDER BY ledger.id
"""


def limits_kept(file: File, caps: list[tuple[int, int]]) -> Iterator[str]:
    """What passed a limit. `caps`: the operator's cap of each life, and the last ledger row before it."""
    yield from _spending(file, caps)
    yield from _turns(file)


def _spending(file: File, caps: list[tuple[int, int]]) -> Iterator[str]:
    """Every charge looked at when it was made: a refund that came later hides nothing here."""
    used: Counter[tuple[str, str]] = Counter()
    for number, entry, scope, period, credits_ in file.ask(_MOVES):
        used[scope, period] += credits_ if entry == "charge" else -credits_
        most = _most(scope, period, number, caps)
        if entry == "charge" and most is not None and used[scope, period] > most:
            yield f"{scope} stood at {used[scope, period]} of {most} in {period}, ledger row {number}"


def _most(scope: str, period: str, number: int, caps: list[tuple[int, int]]) -> int | None:
    is_day = "W" not in period and period.count("-") == 2  # year, month and day
    if scope.startswith(f"member:{GUILD}:") and is_day:
        return DEFAULT_LIMIT
    if scope == f"operator:{GUILD}":
        return next((cap for after, cap in reversed(caps) if number > after), None)
    return None


def _turns(file: File) -> Iterator[str]:
    """How many of a member, and of the server, were with the relay at once, and how many waited."""
    users = dict(file.ask("SELECT id, user_id FROM generations WHERE guild_id = ?", GUILD))
    busy: Counter[int] = Counter()
    waiting: Counter[int] = Counter()
    for step in file.steps():
        user = users.get(step.generation_id)
        if user is None:
            continue
        for each in (user, 0):
            busy[each] += (step.after in _BUSY) - (step.before in _BUSY)
            waiting[each] += (step.after == GenerationState.WAITING) - (step.before == GenerationState.WAITING)
        for name, who, at_once, in_line in (
            (f"member {user}", user, MEMBER_AT_ONCE, MEMBER_WAITING),
            ("the server", 0, SERVER_AT_ONCE, SERVER_WAITING),
        ):
            if step.after in _BUSY and busy[who] > at_once:
                yield f"{name} had {busy[who]} of {at_once} with the relay, step {step.number}"
            if step.before is None and waiting[who] > in_line:
                yield f"{name} had {waiting[who]} of {in_line} waiting, step {step.number}"
