"""A file on its way to disk: it takes its name only when it is whole."""

import errno
import os
import shutil
import threading
from io import BufferedWriter
from pathlib import Path

LEFT_BYTES = 64_000_000
"""Bytes of the disk that videos leave free: their card has the link, but what the database cannot save is lost."""


class PartFile:
    """A file written from threads, one call after the other; `drop` may come at any moment, also during a write."""

    def __init__(self, place: Path) -> None:
        """Write beside `place`; nothing is opened yet."""
        self._place = place
        self._path = place.with_name(f"{place.name}.part")
        self._file: BufferedWriter | None = None
        self._over = False
        self._lock = threading.Lock()

    def write(self, data: bytes) -> None:
        """Append. Raises OSError where the disk does not take it. Does nothing after `drop`."""
        with self._lock:
            if self._over:
                return
            if shutil.disk_usage(self._path.parent).free < LEFT_BYTES + len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if self._file is None:
                self._file = self._path.open("wb")
            self._file.write(data)

    def keep(self, data: bytes = b"") -> None:
        """Append the rest and make it the file that it was to be, safe from a power cut.

        Raises OSError where the disk does not take it. Does nothing after `drop`.
        """
        self.write(data)
        with self._lock:
            if self._over or self._file is None:
                return
            self._over = True
            with self._file as file:
                file.flush()
                os.fsync(file.fileno())
            self._path.replace(self._place)

    def drop(self) -> None:
        """Remove what was written, unless it was kept. Raises OSError where the disk does not let go."""
        with self._lock:
            self._over = True
            try:
                if self._file is not None:
                    self._file.close()
            finally:
                self._path.unlink(missing_ok=True)
