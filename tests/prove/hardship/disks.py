"""Ways to take a disk away from a running bot, and to give it back."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tests.wire.bot_process import BotProcess

_BATCH = 64 * 1024


class Disk(Protocol):
    """A disk that a bot's files are on."""

    def refuse(self, bot: BotProcess) -> None:
        """Take no write any more."""
        ...

    def relent(self, bot: BotProcess) -> None:
        """Be as before."""
        ...


class Limited:
    """The kernel refuses the process every write to a file (RLIMIT_FSIZE 0; "File too large").

    Not the error of a full disk, but it comes at the same moment, from the same call, and anybody may set it.
    """

    def refuse(self, bot: BotProcess) -> None:
        self._hard = resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (0, self._hard))

    def relent(self, bot: BotProcess) -> None:
        resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (self._hard, self._hard))


class Full:
    """A small file system of its own, filled to the last byte (ENOSPC), or all but `left` bytes."""

    def __init__(self, folder: Path, left: int = 0) -> None:
        self._folder, self._left = folder, left

    def refuse(self, bot: BotProcess) -> None:
        with (self._folder / "ballast").open("wb", buffering=0) as ballast:
            while (room := self._free() - self._left) > 0:
                ballast.write(bytes(min(room, _BATCH)))

    def relent(self, bot: BotProcess) -> None:
        (self._folder / "ballast").unlink()

    def _free(self) -> int:
        disk = os.statvfs(self._folder)
        return disk.f_bavail * disk.f_frsize


class Immutable:
    """The database's files may not be changed, not by root either (`chattr +i`; ext4 and its like, root alone)."""

    def __init__(self, folder: Path) -> None:
        self._files = [folder / f"bot.db{end}" for end in ("", "-wal", "-shm")]

    def refuse(self, bot: BotProcess) -> None:
        self._attribute("+i")

    def relent(self, bot: BotProcess) -> None:
        self._attribute("-i")

    def _attribute(self, change: str) -> None:
        subprocess.run(["chattr", change, *map(str, self._files)], check=True)  # noqa: S603, S607  # our own files


@contextmanager
def mounted(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of that size; for root in a mount namespace of its own. Raises CalledProcessError."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=True)  # noqa: S603, S607  # our own folder
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S603, S607  # as above
