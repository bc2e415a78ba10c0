"""What the bot's way of asking the relay saves, as rows of the table: `python -m benchmarks.polls`.

`benchmarks.polling` has the whole of it; this is its first world, in which members choose among four sorts.
"""

import sys

from benchmarks.figure import Figure, Found
from benchmarks.polling import FULL, SCHEDULE, a_menu, figures, follow, gain, rivals, tasks
from bot.domain.finishing import Experience

SEED = 1


def measure(count: int = FULL) -> Found:
    """Over a fixed interval and over a back-off that doubles, each tuned to be as good in the other respect."""
    given = tasks(a_menu, count, SEED)
    ours = figures(follow(given, SCHEDULE, Experience(), SEED))
    others = rivals(given)
    fixed, doubling = gain(ours, others["fixed"]), gain(ours, others["doubling"])
    return Found(
        [
            Figure(
                "relay polls, fewer than a fixed interval's at the same mean delay",
                25.0,
                fixed.fewer * 100,
                "%",
                at_least=True,
            ),
            Figure(
                "mean delay, less than a fixed interval's for as many polls",
                25.0,
                fixed.sooner * 100,
                "%",
                at_least=True,
            ),
            Figure(
                "mean delay, less than a doubling back-off's for as many polls",
                50.0,
                doubling.sooner * 100,
                "%",
                at_least=True,
            ),
        ],
        [f"{ours.polls:.2f} polls a video, {ours.delay_s:.2f} s from its end to that of the poll, {count:,} videos"],
    )


if __name__ == "__main__":
    print(measure(int(sys.argv[1]) if len(sys.argv) > 1 else FULL).text())
