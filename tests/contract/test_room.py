"""The last of the disk is kept: for what was begun before what is new, and for the database before videos."""

import errno
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.domain.errors import StoreError
from bot.relay.part import LEFT_BYTES, PartFile
from bot.storage import open_store
from bot.storage.room import LEAST_BYTES
from tests.clock import ManualClock
from tests.storing import NOW, admitted, asked, moved


class Usage(NamedTuple):
    """What `shutil.disk_usage` tells."""

    total: int
    used: int
    free: int


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """The disk that the bot sees; `free` bytes of it are left."""
    said = {"free": LEAST_BYTES}
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 0, said["free"]))
    return said


async def test_on_a_nearly_full_disk_nothing_begins_and_what_was_begun_ends(
    tmp_path: Path, disk: dict[str, int]
) -> None:
    async with open_store(f"sqlite:///{tmp_path}/bot.db", ManualClock(NOW)) as store:
        waiting, other = await admitted(store), await admitted(store, asked("g2"))
        sending = waiting.submitting(NOW)
        await moved(store, waiting, sending)
        disk["free"] = LEAST_BYTES - 1
        with pytest.raises(StoreError, match="nothing new is begun"):
            await admitted(store, asked("g3"))
        with pytest.raises(StoreError, match="nothing new is begun"):
            await store.save(other, other.submitting(NOW))
        await moved(
            store, sending, queued := sending.accepted("relay-1", NOW), queued.completed("https://x.test/v", NOW)
        )
        disk["free"] = LEAST_BYTES
        assert await store.save(other, other.submitting(NOW))


def test_videos_stop_before_the_database_does(tmp_path: Path, disk: dict[str, int]) -> None:
    assert LEFT_BYTES > LEAST_BYTES
    part = PartFile(tmp_path / "film.mp4")
    disk["free"] = LEFT_BYTES + 10
    part.write(bytes(10))
    with pytest.raises(OSError, match="No space left") as full:
        part.write(bytes(11))
    assert full.value.errno == errno.ENOSPC
    part.drop()
