"""A database with a million finished generations, made once and kept under build/: their number is what counts."""

import hashlib
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from benchmarks import seeding
from benchmarks.process import ROOT
from benchmarks.stage import Card
from bot.clock import SystemClock
from bot.storage.tables import generations
from tests.wire.local_discord import CHANNEL, GUILD, MEMBER

KEPT = ROOT / "build" / "benchmarks"
SERVERS, MEMBERS = 500, 5_000
APART = timedelta(seconds=26)
"""Between two of them: a million take ten months, so that most have been erased and those of a month have not."""
RETENTION = timedelta(days=29)
_LIKE = "open00000000"
_MICROSECOND = timedelta(microseconds=1)


async def copied(count: int, place: Path) -> None:
    """Put a database with so many finished generations there."""
    kept = await _kept(count)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(kept, place)


async def _kept(count: int) -> Path:
    """One that fits the schema of now; older ones are removed, since a million rows are a gigabyte."""
    KEPT.mkdir(parents=True, exist_ok=True)
    new = KEPT / "new.db"
    for leftover in KEPT.glob("new.db*"):
        leftover.unlink()
    await seeding.prepared(new)
    with closing(sqlite3.connect(new)) as connection:
        schema = "".join(str(row[0]) for row in connection.execute("SELECT sql FROM sqlite_master ORDER BY name"))
    # A day is long enough: what stands there as a month's must be no older than the bot keeps it.
    today = SystemClock().now().date().isoformat()
    name = f"past-{count}-{hashlib.sha256(f'{today} {schema}'.encode()).hexdigest()[:12]}.db"
    if not (KEPT / name).exists():
        for old in KEPT.glob(f"past-{count}-*.db"):
            old.unlink()
        _fill(new, count)
        new.rename(KEPT / name)
    else:
        new.unlink()
    return KEPT / name


def _fill(database: Path, count: int) -> None:
    """Write one row by the bot's own words, and the others after it by one statement."""
    now = SystemClock().now()
    seeding.write(database, [seeding.opened(0, "past", Card(1, CHANNEL, "", {}), now, dead=True)])
    made = {
        "id": "printf('past%08d', i)",
        "action_key": "'past:' || i",
        "guild_id": f"{GUILD} + i % {SERVERS}",
        "user_id": f"{MEMBER} + i % {MEMBERS}",
        "state": "CASE WHEN i % 10 THEN 'completed' ELSE 'failed' END",
        "version": "5",
        "shown_version": "5",
        "relay_id": "'luma_past_' || i",
        "message_id": "1000000000000 + i",
        "first_message_id": "1000000000000 + i",
        "video_url": "CASE WHEN i % 10 AND i < :month THEN 'https://relay.example/videos/' || i || '.mp4' END",
        "failure_kind": "CASE WHEN i % 10 = 0 THEN 'unknown' END",
        "failure_detail": "CASE WHEN i % 10 = 0 THEN '' END",
        "prompt": "CASE WHEN i < :month THEN prompt ELSE '' END",
        "prompt_words": "CASE WHEN i < :month THEN prompt_words ELSE '' END",
        "erased_at": "CASE WHEN i >= :month THEN changed_at END",
        **dict.fromkeys(("created_at", "submitted_at"), f"created_at - (i + 4) * {APART // _MICROSECOND}"),
        **dict.fromkeys(("changed_at", "finished_at"), f"created_at - i * {APART // _MICROSECOND}"),
    }
    names = [column.name for column in generations.columns]
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(
            "WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < :count) "  # noqa: S608  # our own words
            f"INSERT INTO generations ({', '.join(names)}) "
            f"SELECT {', '.join(made.get(name, name) for name in names)} FROM generations, numbers WHERE id = :like",
            {"count": count, "month": RETENTION // APART, "like": _LIKE},
        )
        connection.execute("DELETE FROM generations WHERE id = ?", (_LIKE,))
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
