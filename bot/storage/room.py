"""Keeps the last of the disk for what was begun, so that what a paid request brings can be saved."""

import shutil
from pathlib import Path

from bot.domain.errors import StoreError

LEAST_BYTES = 16_000_000
"""Bytes that nothing new may take. A generation takes some 40 KB of journal from its sending to its end."""


def require_room(database: Path | None) -> None:
    """Raise StoreError where the disk of this file is too full to begin anything. None: not a file, never full here."""
    if database is None:
        return
    try:
        free = shutil.disk_usage(database.parent).free
    except OSError:
        return  # whoever writes will say what is wrong
    if free < LEAST_BYTES:
        raise StoreError(f"the disk of {database} is full ({free / 1e6:.1f} MB are left): nothing new is begun")
