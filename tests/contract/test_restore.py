"""The restore drill of docs/operations.md, step by step: what is open in a backup is never paid for again."""

import logging
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.app import assembled
from bot.domain.card import CardState, GoneReason
from bot.domain.errors import StoreDamaged
from bot.domain.generation import Generation, GenerationState
from bot.ports import Restored
from bot.settings import Database, Discord, Media, Relay, Settings
from bot.storage.backup import back_up
from tests.clock import ManualClock
from tests.rig import Rig, World, living, text_request
from tests.storing import NOW, rows

S = GenerationState
CREDITS = "SELECT coalesce(sum(credits), 0) FROM ledger"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, ManualClock(NOW))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "dreamreel.db"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "dreamreel.backup"


def restore(database: Path, copy: Path) -> None:
    """The drill: put the old files aside, all three, and the copy in their place."""
    aside = database.parent / "broken"
    aside.mkdir()
    for name in (database.name, f"{database.name}-wal", f"{database.name}-shm"):
        if (database.parent / name).exists():
            (database.parent / name).rename(aside / name)
    shutil.copyfile(copy, database)


@asynccontextmanager
async def restarted(world: World) -> AsyncIterator[tuple[Rig, Restored]]:
    """The bot's next life, which settles the backup before all else."""
    async with world.store() as store:
        restored = await store.settle_restored(world.clock.now())
        assert restored is not None
        async with living(world, store=store) as rig:
            yield rig, restored


async def submitting(rig: Rig) -> Generation:
    """One that is being sent."""
    waiting = await rig.ask()
    sending = waiting.submitting(rig.world.clock.now())
    assert await rig.store.save(waiting, sending)
    return sending


async def test_after_a_restore_nothing_is_paid_for_again(world: World, database: Path, copy: Path) -> None:
    """The copy has one of each; all of them are finished after it was made, and delivered, and then it is restored."""
    async with world.store() as store, living(world, store=store) as rig:
        queued = await rig.ask()
        await rig.poller.tick()
        waiting, sending = await rig.ask(), await submitting(rig)
        unseen = (await rig.intake.admit(rig.asked(), text_request())).generation
        back_up(world.url, copy, world.clock.now())
        assert await store.save(sending, sending.accepted("task-99", world.clock.now()))
        await rig.pass_time(60, steps=12)
        assert (await rig.now(waiting)).state is S.COMPLETED
    paid, messages = len(world.relay.bills), dict(world.discord.messages)
    assert sum(message.videos for message in messages.values()) == 2

    restore(database, copy)
    async with restarted(world) as (rig, restored):
        assert (set(restored.cancelled), restored.uncertain) == ({waiting.id, unseen.id}, (sending.id,))
        await rig.pass_time(60, steps=12)
        states = [(await rig.now(each)).state for each in (waiting, unseen, sending, queued)]
        assert states == [S.CANCELLED, S.CANCELLED, S.UNCERTAIN, S.COMPLETED]
        assert len(world.relay.bills) == paid
        assert await rig.store.settle_restored(world.clock.now()) is None
    assert rows(database, CREDITS) == [(-(queued.price + sending.price),)]
    for message_id, before in messages.items():  # what Discord showed is still there
        assert world.discord.messages[message_id].videos == before.videos
    told = [message for number, message in world.discord.messages.items() if number not in messages]
    assert [message.shows for message in told] == [S.CANCELLED]


async def test_one_whose_message_was_never_noted_is_not_looked_for(world: World, database: Path, copy: Path) -> None:
    async with world.store() as store, living(world, store=store) as rig:
        unseen = (await rig.intake.admit(rig.asked(), text_request())).generation
        back_up(world.url, copy, world.clock.now())
    restore(database, copy)
    async with world.store() as store:
        await store.settle_restored(world.clock.now())
        shown = await store.get(unseen.id)
        assert shown is not None
        assert (shown.card.state, shown.card.gone_reason) == (CardState.GONE, GoneReason.UNANSWERED)


async def test_parts_that_were_to_follow_do_not_follow_a_second_time(world: World, database: Path, copy: Path) -> None:
    """They may have been made after the copy."""
    async with world.store() as store, living(world, store=store) as rig:
        part = await rig.ask(more_parts=1)
        await rig.poller.tick()
        back_up(world.url, copy, world.clock.now())
        await rig.pass_time(120, steps=12)
    paid = len(world.relay.bills)
    assert paid == 2
    restore(database, copy)
    async with restarted(world) as (rig, _):
        await rig.pass_time(120, steps=12)
        assert ((await rig.now(part)).state, len(world.relay.bills)) == (S.COMPLETED, paid)


async def test_an_uncertain_one_is_told_when_its_credits_come_back(world: World, database: Path, copy: Path) -> None:
    """Its card may show the video by now, so it is left alone; a day later a message below says how it ended."""
    async with world.store() as store, living(world, store=store) as rig:
        sending = await submitting(rig)
        back_up(world.url, copy, world.clock.now())
    restore(database, copy)
    async with restarted(world) as (rig, _):
        await rig.pass_time(3600, steps=2)
        assert len(world.discord.messages) == 1
        await rig.pass_time(86_400, steps=2)
        assert (await rig.now(sending)).state is S.LOST
    (card, told) = world.discord.messages.values()
    assert (card.edits, told.shows, told.refers_to) == (0, S.LOST, 1)
    assert rows(database, CREDITS) == [(0,)]


async def test_a_database_that_is_no_backup_is_left_alone(world: World) -> None:
    async with world.store() as store, living(world, store=store) as rig:
        waiting = await rig.ask()
        assert await store.settle_restored(world.clock.now()) is None
        assert (await rig.now(waiting)).state is S.WAITING


def spoil_the_middle(path: Path) -> None:
    whole = path.read_bytes()
    middle = len(whole) // 4096 // 2 * 4096
    path.write_bytes(whole[:middle] + b"\x55" * 4096 + whole[middle + 4096 :])


def blank(path: Path) -> None:
    path.write_bytes(b"\x00" * 8192)


def settings(folder: Path, database: Path) -> Settings:
    return Settings(
        discord=Discord.model_validate({"token": "a.b.c"}),
        relay=Relay.model_validate({"api_key": "sk-none", "base_url": "http://127.0.0.1:9"}),
        database=Database.model_validate({"url": f"sqlite+aiosqlite:///{database}"}),
        media=Media(folder=folder / "media"),
    )


async def test_the_bot_itself_settles_a_backup_at_its_start_and_says_so(
    world: World, database: Path, copy: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with world.store() as store, living(world, store=store) as rig:
        waiting, sending = await rig.ask(), await submitting(rig)
        back_up(world.url, copy, world.clock.now())
    restore(database, copy)
    with caplog.at_level(logging.WARNING):
        async with assembled(settings(database.parent, database), clock=world.clock) as app:
            assert await app.store.line() == ([], {})
    lines = {getattr(record, "generation", None): record.getMessage() for record in caplog.records}
    assert lines[None] == (
        f"started from a backup made at {NOW.isoformat()}: 1 cancelled, 1 uncertain; what came after it is not known"
    )
    assert lines[waiting.id].endswith("cancelled")
    assert lines[sending.id].endswith("uncertain")


async def test_a_damaged_database_is_not_started_with(world: World, database: Path, tmp_path: Path) -> None:
    """Damage far from the first page is found before anything is sent, and the sentence says where to read on."""
    async with world.store() as store, living(world, store=store) as rig:
        for _ in range(60):
            await rig.intake.admit(rig.asked(), text_request("a long one " * 100))
    spoil_the_middle(database)
    with pytest.raises(StoreDamaged, match=r'see "Restore a backup" in docs/operations\.md'):
        async with assembled(settings(tmp_path, database), clock=world.clock):
            raise AssertionError("it started")


async def test_a_file_without_a_header_is_not_started_with(tmp_path: Path, database: Path) -> None:
    blank(database)
    with pytest.raises(StoreDamaged, match="Restore a backup"):
        async with assembled(settings(tmp_path, database), clock=ManualClock(NOW)):
            raise AssertionError("it started")


def test_the_documents_name_the_section_that_the_sentence_names() -> None:
    documents = Path(__file__).parents[2] / "docs" / "operations.md"
    assert "\n## Restore a backup\n" in documents.read_text("utf-8")


async def test_a_restored_copy_without_a_stamp_can_be_stamped_by_hand(world: World) -> None:
    """As docs/operations.md tells those who copy disks or use pg_dump."""
    async with world.store() as store, living(world, store=store) as rig:
        waiting = await rig.ask()
        await store.note("backup.made_at", "unknown")
        assert await store.settle_restored(world.clock.now()) is not None
        assert (await rig.now(waiting)).state is S.CANCELLED
