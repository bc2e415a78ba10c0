"""A member's past as a page that only they see: which page, of whom and of what stands in the ids of its buttons.

So every page is found again by any process, is the same whatever is made meanwhile, and is looked up for whoever
presses, with the rights that they have then.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import discord
from discord import ui

from bot.domain.card import Shown
from bot.domain.generation import ENDED, Generation, GenerationState
from bot.ports import PlaceInTime, Side, Sought
from bot.service.queries import Page, everywhere, place_of
from bot.ui import history_words, words
from bot.ui.extension import ExtendButton
from bot.ui.failures import ServerOnly, Stale
from bot.ui.language import Message, number
from bot.ui.links import message_link
from bot.ui.pressing import Pressable
from bot.ui.result_buttons import again_button, more_button, remix_button
from bot.ui.rights import moderated
from bot.ui.room import sees
from bot.ui.services import services_of
from bot.ui.showing import ShowButton
from bot.ui.steps import EMOJI
from bot.ui.text import clip, cut, fitted, one_line, quoted, utf16

ROWS = 8
"""Of one page: with more, the buttons under it would be out of sight."""
MOST_WORDS = 40
"""Characters of the words looked for: they stand in the ids of the buttons, which have 100."""

S = GenerationState


@dataclass(frozen=True, slots=True)
class Kept:
    """States that are looked for together, by a word that stands in a filter and a letter that stands in an id."""

    letter: str
    typed: str
    name: Message
    states: frozenset[GenerationState]


KEPT = (
    Kept("c", "is:completed", history_words.COMPLETED, frozenset({S.COMPLETED})),
    Kept(
        "u",
        "is:under-way",
        history_words.UNDER_WAY,
        frozenset({S.WAITING, S.SUBMITTING, S.QUEUED, S.DREAMING, S.UNCERTAIN}),
    ),
    Kept("f", "is:failed", history_words.FAILED, frozenset({S.FAILED, S.CANCELLED, S.EXPIRED, S.LOST})),
)
_SIDES = {Side.FIRST: "1", Side.FROM: "=", Side.OLDER: "<", Side.NEWER: ">"}
_SIDE_OF = {letter: side for side, letter in _SIDES.items()}
_LETTERS = {kept.letter: kept for kept in KEPT}
_LOOK = re.compile(
    r"(?P<member>[0-9a-z]{1,13}):(?P<kept>[cuf]?):"
    r"(?P<side>[1=<>])(?:(?P<at>[0-9a-z]{1,13})\.(?P<id>[0-9a-z]{1,32}))?:(?P<words>[\s\S]*)"
)
_IN_AN_ID = r"@(?P<look>[\s\S]*)"
"""The @ tells it from the ids of videos, which stand there in other buttons."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ROW_BYTES = 180
_PICKED_BYTES = 900
_PICKED_LINES = 8
_MOST_OPTION = 100
_BUTTONS_IN_A_ROW = 5
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Look:
    """Which page of whose past: all that a button of it must say."""

    member_id: int
    kept: str = ""
    words: str = ""
    side: Side = Side.FIRST
    start: PlaceInTime | None = None

    def __str__(self) -> str:
        """As it stands in a custom id; `read` is the way back."""
        start = self.start
        place = "" if start is None else f"{_base36((start.at - _EPOCH) // _MICROSECOND)}.{start.id}"
        return f"{_base36(self.member_id)}:{self.kept}:{_SIDES[self.side]}{place}:{self.words}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """What stands in a custom id; None where no version of now wrote it."""
        match = _LOOK.fullmatch(text)
        if match is None:
            return None
        side = _SIDE_OF[match["side"]]
        if (side is Side.FIRST) is not (match["at"] is None):
            return None
        start = PlaceInTime(_EPOCH + int(match["at"], 36) * _MICROSECOND, match["id"]) if match["at"] else None
        return cls(int(match["member"], 36), match["kept"], match["words"], side, start)

    @classmethod
    def typed(cls, member_id: int, text: str) -> Self:
        """The first page of what a member typed as their filter: a state by its word, the rest words of the prompt."""
        parts = text.split()
        kept = [each for each in KEPT if each.typed in {part.casefold() for part in parts}]
        rest = [part for part in parts if part.casefold() not in {each.typed for each in KEPT}]
        return cls(member_id, kept[0].letter if kept else "", clip(" ".join(rest), MOST_WORDS, utf16))

    def sought(self, guild_id: int) -> Sought:
        """The same as a question."""
        states = _LETTERS[self.kept].states if self.kept else None
        words_ = tuple(self.words.split())
        return Sought(guild_id, self.member_id, self.side, ROWS, self.start, states, words_)

    def at(self, side: Side, shown: Shown) -> "Look":
        """The page on one side of a row."""
        return replace(self, side=side, start=place_of(shown))

    def first(self) -> "Look":
        """The first page."""
        return replace(self, side=Side.FIRST, start=None)


def told(kept: str, typed: str) -> str:
    """What is looked for, in a few words; empty where that is everything."""
    state = _LETTERS[kept].name() if kept else ""
    if not typed:
        return state
    return history_words.STATE_AND_WORDS(state=state, words=typed) if state else history_words.WORDS_ALONE(words=typed)


async def looked_up(
    interaction: discord.Interaction[Any], look: Look | None, picked: str | None = None
) -> ui.LayoutView:
    """The page for whoever asks for it now.

    Raises ServerOnly, Stale without a look, NotModerator for another member's past, and StoreError. Of another's past
    a moderator sees what stands in channels that they see.
    """
    if interaction.guild_id is None:
        raise ServerOnly("not in a server")
    if look is None:
        raise Stale("a page that is not known")
    own = look.member_id == interaction.user.id
    if not own:
        await moderated(interaction)
    can_see = everywhere if own else (lambda channel_id: sees(interaction, channel_id) is True)
    services = services_of(interaction)
    found = await services.queries.history(look.sought(interaction.guild_id), can_see)
    return drawn(found, look, own=own, now=services.clock.now(), picked=picked)


def drawn(found: Page, look: Look, *, own: bool, now: datetime, picked: str | None = None) -> ui.LayoutView:
    """The page as a message, in the language that is spoken; `picked` is the id of the row that has its buttons out."""
    box: ui.Container[Any] = ui.Container(accent_colour=0x5865F2)
    box.add_item(ui.TextDisplay("\n".join(_head(look, own=own))))
    if found.rows:
        for each in found.rows:
            box.add_item(ui.TextDisplay(_row(each)))
        box.add_item(ui.ActionRow(PickMenu(look.at(Side.FROM, found.rows[0]), _options(found, now, picked))))
    else:
        box.add_item(ui.TextDisplay(_nothing(look, own=own)))
    for each in found.rows:
        if each.generation.id == picked:
            _add_picked(box, each)
    if pages := list(_pages(found, look)):
        box.add_item(ui.Separator())
        box.add_item(ui.ActionRow(*pages))
    view = ui.LayoutView(timeout=None)
    view.add_item(box)
    view.stop()  # known by the ids of its buttons alone: discord.py need not keep it
    return view


def actions(shown: Shown) -> Iterator[ui.Item[Any]]:
    """What can be done with a row: buttons that live by their ids, in the order in which they stand."""
    generation = shown.generation
    if generation.state is S.COMPLETED and generation.video_url is not None:
        yield ShowButton(generation.id)
        if generation.relay_id is not None:
            yield ExtendButton(generation.id)
    if generation.state in ENDED and generation.request.prompt:
        yield again_button(generation.id, after_failure=generation.state is not S.COMPLETED)
        yield remix_button(generation.id)
    yield more_button(generation.id)


def _head(look: Look, *, own: bool) -> Iterator[str]:
    yield f"### {history_words.OWN() if own else history_words.OF_MEMBER(user_id=look.member_id)}"
    if what := told(look.kept, fitted(look.words, _ROW_BYTES)):
        yield history_words.FILTERED(filter=what)


def _nothing(look: Look, *, own: bool) -> str:
    if look.start is not None:
        return history_words.PAGE_EMPTY()
    if look.kept or look.words:
        return history_words.NOTHING_FITS()
    return history_words.NOTHING_YET() if own else history_words.NOTHING_OF_MEMBER()


def _row(shown: Shown) -> str:
    generation = shown.generation
    prompt = fitted(one_line(generation.request.prompt), _ROW_BYTES) or words.A_VIDEO()
    link = message_link(generation.guild_id, shown.card)
    if link is None:
        return history_words.ROW_WITHOUT_LINK(prompt=prompt, **_facts(generation))
    return history_words.ROW(prompt=prompt, link=link, **_facts(generation))


def _facts(generation: Generation) -> dict[str, object]:
    return {
        "emoji": EMOJI[generation.state],
        "state": words.STATES[generation.state](),
        "unix": int(generation.created_at.timestamp()),
    }


def _options(found: Page, now: datetime, picked: str | None) -> list[discord.SelectOption]:
    return [_option(each.generation, now, chosen=each.generation.id == picked) for each in found.rows]


def _option(generation: Generation, now: datetime, *, chosen: bool) -> discord.SelectOption:
    facts = {"state": words.STATES[generation.state](), "ago": words.ago(now - generation.created_at)}
    part = generation.request.part
    says = history_words.CHOICE_PART(part=number(part), **facts) if part > 1 else history_words.CHOICE(**facts)
    return discord.SelectOption(
        label=cut(one_line(generation.request.prompt) or words.A_VIDEO(), _MOST_OPTION, utf16),
        value=generation.id,
        description=cut(says, _MOST_OPTION, utf16),
        emoji=EMOJI[generation.state],
        default=chosen,
    )


def _add_picked(box: "ui.Container[Any]", shown: Shown) -> None:
    generation = shown.generation
    part = generation.request.part
    head = (
        history_words.PICKED_PART(part=number(part), **_facts(generation))
        if part > 1
        else history_words.PICKED(**_facts(generation))
    )
    prompt = generation.request.prompt
    quote = quoted(prompt, _PICKED_BYTES, _PICKED_LINES) if prompt else f"> {words.A_VIDEO()}"
    box.add_item(ui.Separator())
    box.add_item(ui.TextDisplay(f"{head}\n{quote}"))
    buttons = list(actions(shown))
    for start in range(0, len(buttons), _BUTTONS_IN_A_ROW):
        box.add_item(ui.ActionRow(*buttons[start : start + _BUTTONS_IN_A_ROW]))


def _pages(found: Page, look: Look) -> Iterator["PageButton"]:
    """None at all where there is one page; else all three, so that a button stays where it was."""
    if not found.rows:
        if look.start is not None:
            yield PageButton(look.first(), history_words.NEWEST_BUTTON())
        return
    if not (found.newer or found.older):
        return
    newer, older = look.at(Side.NEWER, found.rows[0]), look.at(Side.OLDER, found.rows[-1])
    yield PageButton(look.first(), history_words.NEWEST_BUTTON(), off=not found.newer)
    yield PageButton(newer, history_words.NEWER_BUTTON(), off=not found.newer)
    yield PageButton(older, history_words.OLDER_BUTTON(), off=not found.older)


class PageButton(Pressable[ui.Button[ui.LayoutView]], template=rf"dreamreel:history:{_IN_AN_ID}"):
    """Turns to another page."""

    def __init__(self, look: Look | None, label: str = "", *, off: bool = False) -> None:
        super().__init__(
            ui.Button(
                label=label or history_words.OLDER_BUTTON(),
                style=discord.ButtonStyle.secondary,
                disabled=off,
                custom_id=f"dreamreel:history:@{look or ''}",
            )
        )
        self.look = look

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        """Made from the look that its custom id holds."""
        return cls(Look.read(match["look"]))

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Draw the other page in place of this one."""
        await interaction.response.edit_message(view=await looked_up(interaction, self.look))


class PickMenu(Pressable[ui.Select[ui.LayoutView]], template=rf"dreamreel:pick:{_IN_AN_ID}"):
    """Picks one row of the page, whose buttons are then put out."""

    def __init__(self, look: Look | None, options: list[discord.SelectOption]) -> None:
        super().__init__(
            ui.Select(placeholder=history_words.PICK(), options=options, custom_id=f"dreamreel:pick:@{look or ''}")
        )
        self.look = look

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        """Made from the look that its custom id holds."""
        return cls(Look.read(match["look"]), [])

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Draw the same page again, with the buttons of what was picked."""
        data: Any = interaction.data or {}
        chosen = next(iter(data.get("values") or ()), None)
        await interaction.response.edit_message(view=await looked_up(interaction, self.look, chosen))


def _base36(n: int) -> str:
    digits = ""
    while n:
        n, digit = divmod(n, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
