"""Which files make up a whole film: decided from what was seen of them.

Relays differ on what an extension's file holds: the whole film so far, or the new part only.
"""

from collections.abc import Sequence

from bot.films.looking import Look, difference

LEAST_GROWTH_S = 0.5
"""Seconds. A file that holds the film so far and a new part is longer than the film so far by more than that."""


def needed(looks: Sequence[Look]) -> list[int]:
    """The places, in order, of the files to be joined: what a later file holds again is left out.

    A file holds the film so far again when it is longer than that, and begins as the film begins rather than as it
    ends. Length alone would take a new part of 9 s after a first of 5 s for the whole of both.
    """
    kept: list[int] = []
    for place, seen in enumerate(looks):
        if kept and _holds_again(seen, looks[kept[0]], looks[kept[-1]], sum(looks[each].seconds for each in kept)):
            kept = [place]
        else:
            kept.append(place)
    return kept


def _holds_again(seen: Look, beginning: Look, end: Look, so_far_s: float) -> bool:
    longer = seen.seconds > so_far_s + LEAST_GROWTH_S
    return longer and difference(seen.first, beginning.first) < difference(seen.first, end.last)
