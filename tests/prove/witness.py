"""What the database file itself tells: every committed step, seen by triggers, and what a dead bot left behind."""

import shutil
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.ui.connect import STARTS

_TRIGGERS = f"""
CREATE TABLE witness (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    generation_id TEXT NOT NULL, before TEXT, after TEXT NOT NULL, from_version INTEGER, to_version INTEGER NOT NULL
);
CREATE TRIGGER witness_admitted AFTER INSERT ON generations BEGIN
    INSERT INTO witness (generation_id, after, to_version) VALUES (NEW.id, NEW.state, NEW.version);
END;
CREATE TRIGGER witness_moved AFTER UPDATE ON generations WHEN OLD.state <> NEW.state OR OLD.version <> NEW.version
BEGIN
    INSERT INTO witness (generation_id, before, after, from_version, to_version)
    VALUES (NEW.id, OLD.state, NEW.state, OLD.version, NEW.version);
END;
CREATE TRIGGER no_brake_on_insert AFTER INSERT ON notes WHEN NEW.key = '{STARTS}'
BEGIN DELETE FROM notes WHERE key = NEW.key; END;
CREATE TRIGGER no_brake_on_update AFTER UPDATE ON notes WHEN NEW.key = '{STARTS}'
BEGIN DELETE FROM notes WHERE key = NEW.key; END;
"""  # noqa: S608  # a name of ours
"""A row for each step, written within the bot's own transaction: what is rolled back is not seen.

The bot slows a crash loop down by the starts that it noted, up to 5 minutes each; it has tests of its own for that.
Here each note of a start is taken away again, so that 200 lives follow each other at once.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A generation and its card, as the file has them. `created_at` is in microseconds since 1970."""

    id: str
    action_key: str
    guild_id: int
    channel_id: int
    user_id: int
    prompt: str
    price: int
    created_at: int
    state: str
    version: int
    relay_id: str | None
    video_url: str | None
    card_state: str
    message_id: int | None
    shown_version: int
    gone_reason: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One committed step; an admission has no `before`."""

    number: int
    generation_id: str
    before: str | None
    after: str
    from_version: int | None
    to_version: int


_ROWS = f"SELECT {', '.join(Row.__slots__)} FROM generations ORDER BY created_at, id"  # noqa: S608  # names of ours
_STEPS = f"SELECT {', '.join(Step.__slots__)} FROM witness ORDER BY number"  # noqa: S608  # as above


@dataclass(frozen=True, slots=True)
class File:
    """A database file that no process has open, or a copy of one."""

    path: Path

    def rows(self) -> list[Row]:
        return [Row(*row) for row in self.ask(_ROWS)]

    def steps(self) -> list[Step]:
        return [Step(*row) for row in self.ask(_STEPS)]

    def ask(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(question, values).fetchall()


def watch(database: Path) -> None:
    """Let every step be noted from now on. No bot may be running."""
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(_TRIGGERS)


def left_behind(database: Path, copy: Path) -> File:
    """A copy of what a dead bot left, journal included.

    The file itself stays as death left it: whoever opens it first recovers it, and that is to be the next life.
    """
    for end in ("", "-wal"):
        there, here = Path(f"{database}{end}"), Path(f"{copy}{end}")
        here.unlink(missing_ok=True)
        if there.exists():
            shutil.copyfile(there, here)
    Path(f"{copy}-shm").unlink(missing_ok=True)
    return File(copy)


@contextmanager
def looking(database: Path) -> Iterator[sqlite3.Connection]:
    """A look into the file of a bot that lives. It changes nothing, not even when the bot dies meanwhile."""
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
        yield connection


def rows_now(database: Path, names: Collection[str]) -> list[Row]:
    """These generations in the file of a bot that lives."""
    asked = _ROWS.replace(" ORDER BY", f" WHERE id IN ({', '.join('?' * len(names))}) ORDER BY")
    with looking(database) as connection:
        return [Row(*row) for row in connection.execute(asked, tuple(names))]
