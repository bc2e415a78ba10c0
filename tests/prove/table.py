"""Says what came of the kills, for people at a terminal and for docs/reliability.md."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.prove.autopsy import Death
from tests.prove.books import EPHEMERAL, Evidence, Harm, videos
from tests.prove.kill_points import Point
from tests.wire.local_discord import text_of

_HEAD = "| killed | kills | UNCERTAIN | others on the wire | lost | paid twice | shown twice | broken |"
_RULE = "|---|---:|---:|---:|---:|---:|---:|---:|"
_REFUSALS = {
    "by a limit": "It starts over",
    "by a full line": "no more can wait",
    "for want of such a video": "no such video",
}
"""What refusals are known by among the private answers."""


def table(deaths: Sequence[Death]) -> Iterator[str]:
    """A markdown table, a line for each point and one for all."""
    yield from (_HEAD, _RULE)
    for point in Point:
        if at := [death for death in deaths if death.kill.point is point]:
            yield _line(point.value, at)
    yield _line("**all**", deaths)


def _line(name: str, deaths: Sequence[Death]) -> str:
    harms = Counter(finding.harm for death in deaths for finding in death.findings)
    own, beside = sum(death.own for death in deaths), sum(death.beside for death in deaths)
    counts = [len(deaths), own, beside, *(harms[harm] for harm in Harm)]
    return f"| {name} | {' | '.join(str(count) for count in counts)} |"


def account(evidence: Evidence, acts: int) -> Iterator[str]:
    """What the kills fell into."""
    ends = Counter(row.state for row in evidence.rows.values() if row.guild_id != evidence.neighbours.guild_id)
    yield f"members' acts: {acts}"
    yield f"generations: {sum(ends.values())} ({', '.join(f'{count} {state}' for state, count in ends.most_common())})"
    yield f"paid requests on the relay's bills: {sum(1 for bill in evidence.bills if bill['charged'])}"
    yield f"videos in the channel: {len(videos(evidence.messages))}"
    private = [text_of(message) for message in evidence.messages.values() if message["flags"] & EPHEMERAL]
    refused = (f"{sum(words in text for text in private)} {why}" for why, words in _REFUSALS.items())
    yield f"refused: {', '.join(refused)}"
