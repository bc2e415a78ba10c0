"""Draws a generation as a message: pure, a fresh view at every call, and within Discord's limits for any prompt."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import discord
from discord import ui

from bot.domain.card import Copy, Shown
from bot.domain.generation import (
    ENDED,
    WITH_RELAY,
    FailureKind,
    Generation,
    GenerationRequest,
    GenerationState,
    Kind,
)
from bot.domain.request import Offer
from bot.domain.story import length_s
from bot.ui import chain_words, story_words, words
from bot.ui.cancelling import CancelButton
from bot.ui.extension import ExtendButton
from bot.ui.language import number
from bot.ui.links import message_link
from bot.ui.posting import alternative
from bot.ui.result_buttons import again_button, more_button, remix_button
from bot.ui.steps import EMOJI, steps
from bot.ui.stopping import StopButton
from bot.ui.text import fitted, one_line, plain, quoted, utf8, utf16, web_address

MOST_BYTES = 3_900
"""Of all texts of a card, with room to spare: Discord takes 4,000 characters and some 10,000 bytes."""
MOST_BUTTON_URL = 512
"""Characters. Discord's limit on a link button."""
MOST_IN_A_ROW = 5
"""Buttons. Discord's limit on one row."""
_PROMPT_BYTES = 400
_PROMPT_LINES = 8
_LEAST_PROMPT_BYTES = 200
_DETAIL_BYTES = 300
_LINK_BYTES = 3_000
_OPTIONS_BYTES = 300
_CAMERA_BYTES = 200

S = GenerationState
_EDGES = {
    S.WAITING: 0x80848E,
    S.SUBMITTING: 0x80848E,
    S.QUEUED: 0x5865F2,
    S.DREAMING: 0x9B59B6,
    S.COMPLETED: 0x23A55A,
    S.FAILED: 0xF23F43,
    S.CANCELLED: 0x80848E,
    S.EXPIRED: 0xF0B232,
    S.UNCERTAIN: 0xF0B232,
    S.LOST: 0xF0B232,
}


@dataclass(frozen=True, slots=True)
class _Defaults:
    offer: Offer
    expand_prompt: bool


def card(
    shown: Shown,
    *,
    offer: Offer,
    expand_prompt: bool,
    attached: str | None = None,
    spoiler: bool = False,
    reposted: bool = False,
    usually: datetime | None = None,
    late: bool = False,
) -> ui.LayoutView:
    """The message of a generation, in the language that is spoken.

    `offer` and `expand_prompt` are the defaults, which a card leaves out. `attached` is the name of the video file
    that goes with the message; with `spoiler`, or where it was asked for so, it is hidden until it is clicked.
    `reposted` says that the message stands in place of one that cannot be changed any more. `usually` is when videos
    like it are done, where that is known; `late` says that this one takes longer.
    """
    generation = shown.generation
    head = _head(generation)
    where = f"-# {steps(generation)}"
    below = [*_says(shown, usually, late=late), *_link(generation)]
    below += _stand_in(shown, attached)
    if reposted:
        below.append(words.REPOSTED())
    small = "\n".join(f"-# {line}" for line in _small(shown, _Defaults(offer, expand_prompt)))
    room = MOST_BYTES - utf8("\n".join([head, where, *_camera(generation.request), *below, small]))
    quote = quoted(generation.request.prompt, max(_LEAST_PROMPT_BYTES, min(_PROMPT_BYTES, room)), _PROMPT_LINES)

    box: ui.Container[Any] = ui.Container(accent_colour=_EDGES[generation.state])
    box.add_item(ui.TextDisplay(f"{head}\n{where}\n{quote}"))
    for line in _camera(generation.request):
        box.add_item(ui.TextDisplay(line))
    if attached is not None:
        hidden = spoiler or generation.request.spoiler
        item = discord.MediaGalleryItem(
            f"attachment://{attached}", description=alternative(generation.request.prompt), spoiler=hidden
        )
        box.add_item(ui.MediaGallery(item))
    if below:
        box.add_item(ui.TextDisplay("\n".join(below)))
    box.add_item(ui.Separator())
    box.add_item(ui.TextDisplay(small))
    buttons = list(_buttons(generation))
    for first in range(0, len(buttons), MOST_IN_A_ROW):
        box.add_item(ui.ActionRow(*buttons[first : first + MOST_IN_A_ROW]))
    view = ui.LayoutView(timeout=None)
    view.add_item(box)
    return view


def _head(generation: Generation) -> str:
    return f"### {EMOJI[generation.state]} {words.STATES[generation.state]()}"


def _camera(request: GenerationRequest) -> Iterator[str]:
    """A line of its own; one that this version does not know is shown as it was stored."""
    if request.camera is not None:
        yield words.CAMERA_LINE(movement=movement(request.camera))


def movement(camera: str) -> str:
    """What a movement of the camera is called."""
    name = words.CAMERAS.get(camera)
    return fitted(one_line(camera), _CAMERA_BYTES) if name is None else name()


def _says(shown: Shown, usually: datetime | None, *, late: bool) -> Iterator[str]:
    generation = shown.generation
    if generation.state is S.WAITING and shown.place is not None and shown.place > 1:
        yield words.IN_LINE(place=number(shown.place))
        if shown.away:
            yield words.AWAY_WAITING()
    elif generation.state is S.WAITING and shown.away:
        yield words.AWAY_WAITING()
    elif generation.state is S.FAILED:
        failure = generation.failure
        yield words.FAILURES[failure.kind if failure else FailureKind.UNKNOWN]()
        if failure and (detail := fitted(one_line(failure.detail), _DETAIL_BYTES)):
            yield f"-# {words.DETAIL(detail=detail)}"
    elif generation.state is S.LOST and generation.failure:
        yield words.FAILURES[generation.failure.kind]()
    elif generation.state in WITH_RELAY:
        yield _started(shown, usually, late=late)
    elif generation.state in words.SAYS:
        yield words.SAYS[generation.state]()


def _started(shown: Shown, usually: datetime | None, *, late: bool) -> str:
    started = int((shown.generation.submitted_at or shown.generation.created_at).timestamp())
    if shown.away:
        return words.AWAY_STARTED(started=started)
    if late:
        return words.TAKES_LONGER(started=started)
    if usually is None:
        return words.STARTED(started=started)
    return words.STARTED_USUALLY(started=started, unix=math.ceil(usually.timestamp()))


def _button_address(generation: Generation) -> str | None:
    """Where the link button leads, for a link that a button can hold."""
    address = web_address(generation.video_url) if generation.state is S.COMPLETED else None
    return address if address and utf16(address) <= MOST_BUTTON_URL else None


def _link(generation: Generation) -> Iterator[str]:
    """The link in full view where there is no button for it; where there is one, the small print has it too."""
    url = generation.video_url
    if generation.state is not S.COMPLETED or url is None or _button_address(generation):
        return
    address = web_address(url)
    text = f"[{words.LINK()}]({address})" if address else plain(one_line(url))
    yield text if utf8(text) <= _LINK_BYTES else words.LINK_TOO_LONG()


def _stand_in(shown: Shown, attached: str | None) -> Iterator[str]:
    """What is to be seen in place of the video as it was made."""
    if attached is not None:
        if shown.copy is Copy.ATTACHED:
            yield story_words.SMALLER_COPY()
    elif shown.generation.state is S.COMPLETED:
        yield (story_words.COPY_COMING if shown.copy is Copy.COMING else words.NOT_ATTACHED)()


def _part(shown: Shown) -> Iterator[str]:
    """Which part of a story an extension is, with a link to the one before it."""
    request = shown.generation.request
    if request.kind is not Kind.EXTEND:
        return
    part, seconds = number(request.part), number(length_s(request))
    link = None if shown.parent is None else message_link(shown.generation.guild_id, shown.parent)
    if link is None:
        yield story_words.PART(part=part, seconds=seconds)
    else:
        before = number(request.part - 1)
        yield story_words.PART_AFTER(part=part, seconds=seconds, before=before, link=link)


def _follow(generation: Generation) -> Iterator[str]:
    """How many parts follow by themselves: on the card of the one that is being made."""
    if generation.more_parts and not generation.over:
        yield chain_words.FOLLOW(generation.more_parts)


def _small(shown: Shown, defaults: _Defaults) -> Iterator[str]:
    generation = shown.generation
    if part := [*_part(shown), *_follow(generation)]:
        yield " · ".join(part)
    if options := list(_options(generation.request, defaults)):
        yield fitted(" · ".join(options), _OPTIONS_BYTES)
    asked = int(generation.created_at.timestamp())
    if generation.finished_at is None:
        yield words.ASKED(generation.price, user_id=generation.user_id, unix=asked)
    elif generation.state is S.COMPLETED:
        took = words.span(generation.finished_at - generation.created_at)
        ended = int(generation.finished_at.timestamp())
        made = words.MADE(generation.price, user_id=generation.user_id, span=took, unix=ended)
        address = _button_address(generation)
        yield f"{made} · [{words.SMALL_LINK()}]({address})" if address else made
    else:
        yield words.ENDED(user_id=generation.user_id, unix=int(generation.finished_at.timestamp()))


def _options(request: GenerationRequest, defaults: _Defaults) -> Iterator[str]:
    """Only what is not the default. What an extension inherits is no choice of its own."""
    if request.kind is Kind.EXTEND:
        return
    if request.model != defaults.offer.models[0]:
        yield request.model
    if request.duration != defaults.offer.durations[0]:
        yield words.SECONDS(count=number(request.duration))
    if request.resolution != defaults.offer.resolutions[0]:
        yield request.resolution
    if request.expand_prompt != defaults.expand_prompt:
        yield (words.PROMPT_EXPANDED if request.expand_prompt else words.PROMPT_AS_WRITTEN)()
    if request.kind is Kind.IMAGE:
        yield (words.FIRST_FRAME if request.end_image_url is None else words.BOTH_FRAMES)()


def _buttons(generation: Generation) -> Iterator[ui.Item[Any]]:
    if generation.state is S.WAITING:
        yield CancelButton(generation.id)
    if generation.more_parts and not generation.over:
        yield StopButton(generation.id)
    if address := _button_address(generation):
        yield ui.Button(label=words.LINK_BUTTON(), style=discord.ButtonStyle.link, url=address)
    if generation.state is S.COMPLETED and generation.relay_id is not None:
        yield ExtendButton(generation.id)
    if generation.state in ENDED:
        yield again_button(generation.id, after_failure=generation.state is not S.COMPLETED)
        yield remix_button(generation.id)
    yield more_button(generation.id)
