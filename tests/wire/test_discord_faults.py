"""The short form of `python -m tests.prove.discord_faults`: the same proofs, of less."""

from pathlib import Path

from tests.prove.discord_faults import deliveries, drops

SEED = 1
EDITS = ("/webhooks/", "/channels/")
"""A lost answer is looked for after half a minute, which is left to the long form."""


async def test_each_video_is_visible_once_in_its_channel_whatever_its_requests_meet(tmp_path: Path) -> None:
    report = await deliveries(tmp_path, SEED, 20, kinds=EDITS, share=0.006, poll_s=0.5)
    assert report.broken == []


async def test_dropped_connections_and_repeated_interactions_make_no_second_generation(tmp_path: Path) -> None:
    report = await drops(tmp_path, SEED, 2)
    assert report.broken == []
