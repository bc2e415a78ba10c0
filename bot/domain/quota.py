"""Who may spend how much, as values: a price on every generation, allowances it must fit under, a ledger of what moved.

No allowance is configured yet; the place where they are checked, inside the transaction that admits, is in use.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Entry(StrEnum):
    """A kind of ledger row. Each stands at most once for a generation."""

    CHARGE = "charge"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most `limit` credits under `scope` within `period`: opaque names, such as `server:42` and `2026-11-22`."""

    scope: str
    period: str
    limit: int


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One movement of credits: negative when charged, positive when given back. Rows are only ever added."""

    generation_id: str
    guild_id: int
    user_id: int
    entry: Entry
    credits: int
    at: datetime


PRICE = 1
"""Credits. What one generation costs until there is a price table."""
