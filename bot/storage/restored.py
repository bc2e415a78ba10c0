"""What is done once in a database that was started from a backup: what came after the copy is not known.

A generation that waited then may have been sent since, and one that was being sent may have been paid for. Sending
either again could pay twice. So the first is cancelled, with its credits back, and the second is uncertain.
"""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, text, update

from bot.domain.card import GoneReason
from bot.domain.generation import GenerationState
from bot.ports import Restored
from bot.storage import cards, facts, progress
from bot.storage.rows import shown_of
from bot.storage.tables import generations, notes

STAMP = "backup.made_at"
"""The note that only a backup carries: when it was made, in ISO 8601."""

WAITING = select(generations).where(text(f"state = '{GenerationState.WAITING}'"))
END_CHAINS = update(generations).where(generations.c.more_parts > 0).values(more_parts=0)
FORGET = delete(notes).where(notes.c.key == bindparam("which"))


def settle_restored(connection: Connection, now: datetime) -> Restored | None:
    """Do it all, in one transaction with the stamp's removal; None where there is no stamp.

    Discord may show more of such a generation than its row knows, even its video. So no card is edited: what became
    of it is told in a new message that refers to the card (see `cards.note_repost`).
    """
    made_at = facts.noted(connection, STAMP)
    if made_at is None:
        return None
    connection.execute(END_CHAINS)  # the parts that were to follow may have been made since
    cancelled = _cancel_waiting(connection, now)
    uncertain = progress.sweep(connection, now)
    for generation_id in [*cancelled, *uncertain]:
        cards.note_repost(connection, generation_id, now)
    connection.execute(FORGET, {"which": STAMP})
    return Restored(made_at, tuple(cancelled), tuple(uncertain))


def _cancel_waiting(connection: Connection, now: datetime) -> list[str]:
    rows = [shown_of(row) for row in connection.execute(WAITING)]
    for row in rows:
        progress.save(connection, row.generation, row.generation.cancelled(now))
        if row.card.message_id is None:  # whether it was answered is not known either, and its token is not here
            cards.note_gone(connection, row.generation.id, GoneReason.UNANSWERED)
    return [row.generation.id for row in rows]
