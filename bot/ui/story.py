"""Draws the story of a video: each part with its state, a cut of its prompt, a way to its message, and its branches."""

from collections.abc import Iterator, Sequence
from typing import Any

from discord import ui

from bot.domain.card import Shown
from bot.domain.story import MOST_FILMED, MOST_PARTS, Story, length_s
from bot.ui import story_words, words
from bot.ui.filming import FilmButton
from bot.ui.language import number
from bot.ui.links import message_link
from bot.ui.text import fitted, one_line, utf8

MOST_BYTES = 3_900
"""Of all texts, with room to spare: Discord takes 4,000 characters."""
MOST_SHOWN = 14
"""Parts that are drawn, in two texts each: a message has at most 40 components. Of more, the first few and the last."""
FIRST_SHOWN = 4
MOST_LINKS = 8
"""Ways on that are linked for one part, where there is room; the rest are counted."""

_MOST_PROMPT = 300
_LEAST_PROMPT = 40
_SLACK = 12
"""Bytes for what stands between two parts, and the mark of the quote."""
_BLUE = 0x5865F2


def story_view(story: Story, seen: frozenset[int]) -> ui.LayoutView:
    """The answer to `/story`, for one who sees the channels `seen`."""
    top, bottom = "\n".join(_top(story)), _hint(story)
    box: ui.Container[Any] = ui.Container(accent_colour=_BLUE)
    box.add_item(ui.TextDisplay(top))
    box.add_item(ui.Separator())
    # Each in a text of its own: where a quote is followed by a line, some clients take it for a part of the quote.
    for text in _parts(story, seen, MOST_BYTES - utf8(top) - utf8(bottom)):
        box.add_item(ui.TextDisplay(text))
    if bottom:
        box.add_item(ui.Separator())
        box.add_item(ui.TextDisplay(bottom))
    if story.filmable and story.channel_ids <= seen:
        box.add_item(ui.ActionRow(FilmButton(story.last.generation.id)))
    view = ui.LayoutView(timeout=None)
    view.add_item(box)
    return view


def _top(story: Story) -> Iterator[str]:
    last = story.last.generation.request
    yield story_words.HEAD()
    yield f"-# {story_words.LENGTH(last.part, seconds=number(length_s(last)))}"
    if story.parts[0].generation.request.part > 1 and len(story.parts) == MOST_PARTS:
        yield f"-# {story_words.EARLIER(MOST_PARTS)}"


def _hint(story: Story) -> str:
    if len(story.parts) == 1 and not story.branches and story.last.generation.request.part == 1:
        return story_words.ALONE()
    if not story.filmable:
        return ""
    if len(story.parts) > MOST_FILMED:
        return story_words.FILM_HINT_MOST(n=number(MOST_FILMED))
    return story_words.FILM_HINT()


def _parts(story: Story, seen: frozenset[int], most_bytes: int) -> Iterator[str]:
    """The parts, with as many links to other ways and as much of the prompts as there is room for."""
    shown = list(story.parts)
    left_out = max(0, len(shown) - MOST_SHOWN)
    del shown[FIRST_SHOWN : FIRST_SHOWN + left_out]
    for links in range(MOST_LINKS, -1, -1):
        heads = [_heads(story, part, seen, links) for part in shown]
        room = (most_bytes - sum(utf8("".join(head)) for head in heads)) // len(shown) - _SLACK
        if room >= _LEAST_PROMPT:
            break
    for place, (part, head) in enumerate(zip(shown, heads, strict=True)):
        if left_out and place == FIRST_SHOWN:
            yield f"-# {story_words.LEFT_OUT(left_out)}"
        yield from _part(part, head, seen, max(_LEAST_PROMPT, min(_MOST_PROMPT, room)))


def _heads(story: Story, part: Shown, seen: frozenset[int], most_links: int) -> tuple[str, str]:
    """What stands above and below the prompt of a part."""
    generation = part.generation
    told = number(generation.request.part)
    if generation.channel_id not in seen:
        return story_words.PART_HIDDEN(part=told), ""
    state = words.STATES[generation.state]()
    link = message_link(generation.guild_id, part.card)
    gone, here = story_words.PART_GONE, story_words.PART_HERE
    above = gone(part=told, state=state) if link is None else here(part=told, state=state, link=link)
    others = story.branches.get(generation.id, ())
    if not others:
        return above, ""
    says = story_words.GOES_ON if part is story.last else story_words.BRANCHES
    return above, f"-# {says(links=_links(others, seen, most_links))}"


def _links(others: Sequence[Shown], seen: frozenset[int], most: int) -> str:
    """The first few ways on that the reader may see; the rest are counted."""
    links: list[str] = []
    for other in others:
        link = message_link(other.generation.guild_id, other.card)
        if link is not None and other.generation.channel_id in seen and len(links) < most:
            links.append(story_words.BRANCH(part=number(other.generation.request.part), link=link))
    rest = len(others) - len(links)
    return ", ".join([*links, *([story_words.BRANCHES_HIDDEN(rest)] if rest else [])])


def _part(part: Shown, heads: tuple[str, str], seen: frozenset[int], room: int) -> Iterator[str]:
    above, below = heads
    if part.generation.channel_id not in seen:
        yield above
        return
    prompt = fitted(one_line(part.generation.request.prompt), room)
    yield f"{above}\n> {prompt or story_words.ERASED()}"
    if below:
        yield below
