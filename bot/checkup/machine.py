"""What this machine says: the database file, the room on its disks, and its clock."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from bot.checkup.finding import Finding, failure, ok, skipped, warning
from bot.domain.errors import StoreDamaged, StoreError
from bot.ports import Clock
from bot.storage.border import TO_RESTORE
from bot.storage.engine import file_of, url_of
from bot.storage.files import one_line
from bot.storage.inspection import Inspection, inspect

DATABASE, DISK, CLOCK = "database", "disk space", "clock"
READ_FOR_S = 6.0
"""Seconds spent on reading the database through."""
LOW_BYTES, NO_BYTES = 1_000_000_000, 100_000_000
"""Free bytes below which the operator is warned, and below which a video or a write may soon fail."""
OFF_S, FAR_OFF_S = 5.0, 60.0
"""Seconds by which a clock may be wrong: interactions live 3 s and 15 minutes, and their ages are reckoned here."""

_RESTORE = f"Stop the bot and {TO_RESTORE}."


def database(url: str, clock: Clock) -> Finding:
    """Whether the file can be used as it is. It is neither made nor migrated. May take `READ_FOR_S` seconds."""
    path = file_of(url_of(url))
    if path is None:
        return skipped(DATABASE, "PostgreSQL is not looked into.")
    return _missing(path) or _inspected(path, clock)


def _missing(path: Path) -> Finding | None:
    folder = path.parent
    if not folder.is_dir():
        return failure(DATABASE, f"There is no folder {folder}.", "Make it, writable for the bot; see database.url.")
    if not os.access(folder, os.W_OK):
        return failure(DATABASE, f"The folder {folder} cannot be written.", "Give it to the user that runs the bot.")
    if not path.exists():
        return warning(DATABASE, f"{path} is not there yet.", "Nothing, when the bot is new: its first start makes it.")
    return None


def _inspected(path: Path, clock: Clock) -> Finding:
    try:
        return _judged(path, inspect(path, clock, within_s=READ_FOR_S))
    except StoreDamaged as error:
        return failure(DATABASE, _sentence(str(error).removesuffix(f"; {TO_RESTORE}")), _RESTORE)
    except StoreError as error:
        return failure(DATABASE, _sentence(str(error)), "Mend it: the bot does not start like this.")


def _judged(path: Path, seen: Inspection) -> Finding:
    running = f" The bot is running ({seen.holder})." if seen.holder else ""
    whole = ok(DATABASE, f"{path} is whole and up to date.{running}")
    return _broken(path, seen) or _notable(path, seen, running) or whole


def _broken(path: Path, seen: Inspection) -> Finding | None:
    if not seen.ours:
        return failure(DATABASE, f"{path} belongs to another program.", "Name another file in database.url.")
    if seen.faults:
        return failure(DATABASE, f"{path} is damaged: {one_line(seen.faults)}.", _RESTORE)
    if not seen.writable:
        return failure(DATABASE, f"{path} cannot be written.", "Give it to the user that runs the bot.")
    if seen.ahead:
        return failure(DATABASE, f"{path} was made by a newer version.", "Start that version, or restore a backup.")
    return None


def _notable(path: Path, seen: Inspection, running: str) -> Finding | None:
    if seen.backup_of is not None:
        return warning(
            DATABASE,
            f"{path} was restored from a backup of {seen.backup_of}.{running}",
            "Nothing: the next start cancels what waited then, and gives the credits back.",
        )
    if seen.behind:
        return warning(DATABASE, f"{path} is of an older version.{running}", "Nothing: the next start migrates it.")
    if seen.faults is None:
        return warning(
            DATABASE,
            f"{path} is too large to be read through in {READ_FOR_S:.0f} s; what was read is whole.{running}",
            'Now and then run: sqlite3 DATABASE "PRAGMA quick_check"',
        )
    if seen.uncertain:
        return warning(
            DATABASE,
            f"{path} is whole and up to date. Whether {seen.uncertain} of its videos were paid for is open.{running}",
            'See "UNCERTAIN" in docs/operations.md.',
        )
    return None


def disk(url: str, media: Path) -> Finding:
    """Whether there is room where the database and the videos lie."""
    file = file_of(url_of(url))
    folders = [folder for folder in (file.parent if file else None, media) if folder is not None]
    rooms = [(shutil.disk_usage(_standing(folder)).free, folder) for folder in folders]
    free, folder = min(rooms)
    says = f"{free / 1e9:.1f} GB are free for {folder}."
    if free < NO_BYTES:
        return failure(DISK, says, "Make room now: the bot is about to fail, and its database with it.")
    if free < LOW_BYTES:
        return warning(DISK, says, "Make room.")
    unwritable = _standing(media)
    if not os.access(unwritable, os.W_OK):
        return failure(DISK, f"The folder {unwritable} cannot be written.", "Give media.folder to the bot's user.")
    return ok(DISK, says)


def clock_of(offsets: Mapping[str, float]) -> Finding:
    """How far this machine's clock is off, by the servers that answered; the kindest, since one may be wrong."""
    if not offsets:
        return skipped(CLOCK, "Nobody answered to compare it with.")
    offset = min(offsets.values(), key=abs)
    if abs(offset) <= OFF_S:
        return ok(CLOCK, f"Right within {OFF_S:.0f} s.")
    says = f"This machine's clock is {abs(offset):.0f} s {'ahead' if offset > 0 else 'behind'}."
    todo = "Set it, and have it kept by NTP (timedatectl set-ntp true)."
    return failure(CLOCK, says, todo) if abs(offset) > FAR_OFF_S else warning(CLOCK, says, todo)


def _standing(folder: Path) -> Path:
    """The folder, or the one that it will be made in."""
    whole = folder.absolute()
    return next((each for each in (whole, *whole.parents) if each.is_dir()), whole)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."
