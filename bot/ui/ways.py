"""Says where a part of a story goes on from and where it goes on, with links that its reader can follow."""

from collections.abc import Callable, Iterator, Sequence

from bot.domain.card import Shown
from bot.domain.story import Ways
from bot.ui import story_words
from bot.ui.language import listed, number
from bot.ui.links import message_link

MOST_LINKED = 5
"""Ways on that are linked; the rest are counted."""


def way_lines(ways: Ways, can_see: Callable[[int], bool]) -> Iterator[str]:
    """One line up and one down, each where there is a message in a channel that the reader sees.

    What stands elsewhere is not even counted: nobody is to learn what goes on in a channel that is hidden from them.
    """
    if ways.before is not None and (up := list(_links([ways.before], can_see))):
        yield story_words.WAY_UP(link=up[0])
    links = list(_links(ways.onwards, can_see))
    if links:
        rest = len(links) - MOST_LINKED
        more = [story_words.WAYS_MORE(rest)] if rest > 0 else []
        yield story_words.WAYS_ON(links=listed([*links[:MOST_LINKED], *more]))


def _links(parts: Sequence[Shown], can_see: Callable[[int], bool]) -> Iterator[str]:
    """Several of the same number are takes: the first one is simply the part."""
    take = 0
    for part in parts:
        link = message_link(part.generation.guild_id, part.card)
        if link is None or not can_see(part.generation.channel_id):
            continue
        take += 1
        told = number(part.generation.request.part)
        yield (
            story_words.BRANCH(part=told, link=link)
            if take == 1
            else story_words.TAKE(part=told, take=number(take), link=link)
        )
