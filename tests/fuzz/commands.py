"""Every command that the bot has, as Discord is told of it: read from the tree, so that a new one is drawn too."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, cast

import cogs
from bot.domain.prices import PriceTable
from bot.ui.client import DreamreelClient
from bot.ui.services import Services
from tests.discord.stage import OFFER

_GROUPS = {1, 2}
SLASH, ON_A_MEMBER, ON_A_MESSAGE = 1, 2, 3
"""The types of a command."""
TEXT, INTEGER, FLAG, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, FILE = 3, 4, 5, 6, 7, 8, 9, 10, 11
"""The types of an option."""


@dataclass(frozen=True)
class Known:
    """One command that can be sent: its words, its options as Discord knows them, and its type."""

    name: str
    options: tuple[dict[str, Any], ...]
    type: int


def all_commands() -> list[Known]:
    """All of them, the groups' own commands in place of the groups."""
    # What a command calls is not asked for when the tree is made, but what it offers is.
    none: Any = {each.name: None for each in fields(Services)}
    services = Services(**none | {"offer": OFFER, "prices": PriceTable(), "expand_prompt": True})
    tree = DreamreelClient(services, cogs.register, cast("Any", None)).tree
    return [known for command in tree.get_commands() for known in _leaves(command.to_dict(tree), [])]


def _leaves(told: dict[str, Any], path: list[str]) -> Iterator[Known]:
    path, options = [*path, told["name"]], told.get("options") or []
    inner = [each for each in options if each["type"] in _GROUPS]
    if inner:
        for each in inner:
            yield from _leaves(each, path)
    else:
        yield Known(" ".join(path), tuple(options), told.get("type", SLASH) if len(path) == 1 else SLASH)
