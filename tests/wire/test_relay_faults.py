"""The short form of `python -m tests.prove.relay_faults`: the same proofs, of less, without the hangs of 25 s."""

from pathlib import Path

from tests.prove.relay_away import hour_away
from tests.prove.relay_faults import GROUPS, dropped, storm

SEED = 1


async def test_whatever_a_paid_request_meets_it_is_charged_once_at_most_and_its_card_says_what_is_known(
    tmp_path: Path,
) -> None:
    report = await storm(tmp_path, SEED, 40, [group for group in GROUPS if group != "hang"])
    assert report.broken == []


async def test_requests_whose_answers_were_lost_are_uncertain_and_never_sent_again(tmp_path: Path) -> None:
    report = await dropped(tmp_path, SEED, 15)
    assert report.broken == []


async def test_an_hour_without_the_relay_loses_nothing_and_ends_without_a_stampede(tmp_path: Path) -> None:
    report = await hour_away(tmp_path, SEED, 60)
    assert report.broken == []
