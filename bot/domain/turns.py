"""Whose turn it is: a fair order of what waits, under the limits on what may be with the relay at once."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class InLine:
    """A waiting generation, as far as the order needs it."""

    id: str
    guild_id: int
    user_id: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AtOnce:
    """How many of a member's (in one server) and of a server's generations may be with the relay at once."""

    member: int
    server: int


Busy = Mapping[tuple[int, int], int]
"""How many generations of (server, member) are with the relay, or being sent."""


def in_order(waiting: Iterable[InLine], busy: Busy) -> list[InLine]:
    """Everything that waits, in the order it will be sent.

    Members of a server take turns: the first request of one goes before the second of another, whoever came first,
    and what a member has with the relay counts as turns taken. Among equals the older request goes first.
    """
    turns: Counter[tuple[int, int]] = Counter(dict(busy))
    placed: list[tuple[int, datetime, str, InLine]] = []
    for each in sorted(waiting, key=lambda one: (one.created_at, one.id)):
        who = (each.guild_id, each.user_id)
        turns[who] += 1
        placed.append((turns[who], each.created_at, each.id, each))
    return [each for *_, each in sorted(placed, key=lambda one: one[:3])]


def may_go(waiting: Iterable[InLine], busy: Busy, at_once: AtOnce, free: int) -> list[InLine]:
    """Those that may be sent now, in their order, at most `free` of them."""
    members: Counter[tuple[int, int]] = Counter(dict(busy))
    servers: Counter[int] = Counter()
    for (guild_id, _), count in busy.items():
        servers[guild_id] += count
    going: list[InLine] = []
    for each in in_order(waiting, busy):
        who = (each.guild_id, each.user_id)
        if len(going) < free and members[who] < at_once.member and servers[each.guild_id] < at_once.server:
            members[who] += 1
            servers[each.guild_id] += 1
            going.append(each)
    return going


def places(waiting: Iterable[InLine], busy: Busy) -> dict[str, int]:
    """The place of each in its own server's line, from 1: other servers' requests are nobody's business."""
    seen: Counter[int] = Counter()
    found: dict[str, int] = {}
    for each in in_order(waiting, busy):
        seen[each.guild_id] += 1
        found[each.id] = seen[each.guild_id]
    return found
