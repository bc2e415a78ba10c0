"""What `/help` says, made from the commands as Discord is told of them: a command that is added appears by itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import discord
from discord import AppCommandType, app_commands

from bot.ui import help_words as words
from bot.ui.language import Message, language_for, spoken
from bot.ui.sync import told
from bot.ui.text import cut, utf16

MOST_ON_A_PAGE = 3_500
"""Characters of a page, as Discord's clients count them: 4,000 are its limit on all text of a message."""
MOST_OF_AN_ENTRY = 1_000

_SUBCOMMAND, _GROUP = 1, 2
"""Discord's types of a command in a command, and of a group of them; the others are options."""
_MENUS = {AppCommandType.message.value: words.IN_MESSAGE_MENU, AppCommandType.user.value: words.IN_MEMBER_MENU}

Payload = dict[str, Any]


class Audience(StrEnum):
    """Whom a page is for."""

    EVERYONE = "everyone"
    MODERATORS = "moderators"


FAMILIES: dict[Message, tuple[str, ...]] = {
    words.MAKE: ("generate", "extend", "menus"),
    words.FIND: ("show", "history", "story"),
    words.ACCOUNT: ("balance", "preferences", "privacy"),
    words.MORE: (),
    words.MODERATE: (),
}
"""The headings, in the order in which they stand, with the modules of `cogs` whose commands stand below each.

What Discord hides from members by default is for moderators; what else is registered elsewhere is "More".
"""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One command below its heading."""

    heading: Message
    text: str


async def pages(tree: app_commands.CommandTree[Any], ids: Mapping[str, int], audience: Audience) -> list[str]:
    """The pages for an audience, in the language that is spoken: at least one, and each fits one message.

    `ids` are those of Discord's that are known; a command without one is named and cannot be clicked.
    """
    found = [entry for payload in await told(tree) for entry in _entries(tree, payload, ids)]
    for_moderators = audience is Audience.MODERATORS
    return _packed([each for each in found if (each.heading == words.MODERATE) is for_moderators])


def _entries(tree: app_commands.CommandTree[Any], payload: Payload, ids: Mapping[str, int]) -> Iterator[_Entry]:
    heading = _heading(tree, payload)
    for text in _described(payload, ids.get(payload["name"])):
        yield _Entry(heading, cut(text, MOST_OF_AN_ENTRY, utf16))


def _heading(tree: app_commands.CommandTree[Any], payload: Payload) -> Message:
    if payload.get("default_member_permissions") is not None:
        return words.MODERATE
    command = tree.get_command(payload["name"], type=AppCommandType(payload["type"]))
    module = (getattr(command, "module", None) or "").rpartition(".")[2]
    return next((heading for heading, modules in FAMILIES.items() if module in modules), words.MORE)


def _described(payload: Payload, command_id: int | None) -> Iterator[str]:
    """One text for each command in it: names, options and what it is for."""
    if payload["type"] in _MENUS:
        yield _MENUS[payload["type"]](name=_said(payload, "name"))
        return
    for path in _paths(payload):
        options = [each for each in path[-1].get("options", ()) if each["type"] > _GROUP]
        yield (
            f"{_named(path, command_id)} {' '.join(map(_option, options))}".strip()
            + f"\n{_said(path[-1], 'description')}"
        )


def _paths(part: Payload, above: tuple[Payload, ...] = ()) -> Iterator[tuple[Payload, ...]]:
    """Every command that can be used, with the groups that it is in."""
    path = (*above, part)
    inside = [each for each in part.get("options", ()) if each["type"] in {_SUBCOMMAND, _GROUP}]
    for each in inside:
        yield from _paths(each, path)
    if not inside:
        yield path


def _named(path: Sequence[Payload], command_id: int | None) -> str:
    """A name to click where its id is known. Such a one is always English: Discord finds subcommands by it."""
    english, own = (" ".join(name(each) for each in path) for name in (_english, _own))
    if command_id is None:
        return f"**/{own}**"
    mention = f"</{english}:{command_id}>"
    return mention if own == english else f"{mention} **/{own}**"


def _option(option: Payload) -> str:
    name = _own(option)
    return f"`{name}`" if option.get("required") else f"`[{name}]`"


def _english(part: Payload) -> str:
    return str(part["name"])


def _own(part: Payload) -> str:
    return _said(part, "name")


def _said(part: Payload, field: str) -> str:
    """What Discord shows to those whose language is spoken now."""
    translated = part.get(f"{field}_localizations") or {}
    language = spoken()
    said = (translated.get(each.value) for each in discord.Locale if language_for(each.value) == language)
    return str(next(filter(None, said), part[field]))


def _packed(entries: Sequence[_Entry]) -> list[str]:
    """As much on each page as fits; a heading that is parted stands again on the next."""
    done, page, last = list[str](), "", None
    for heading in FAMILIES:
        for entry in (each for each in entries if each.heading == heading):
            added = "\n\n".join(filter(None, [page, _below(heading, entry, last)]))
            if page and utf16(added) > MOST_ON_A_PAGE:
                done.append(page)
                added = _below(heading, entry, None)
            page, last = added, heading
    return [*done, page or words.MORE()]


def _below(heading: Message, entry: _Entry, last: Message | None) -> str:
    return entry.text if heading == last else f"### {heading()}\n{entry.text}"
