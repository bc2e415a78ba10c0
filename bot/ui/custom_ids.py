"""Which generations a message is about, by the buttons that it carries: what is left where nothing was noted of it."""

import re
from collections.abc import Iterator

import discord

_ID = re.compile(r"dreamreel:[a-z-]+:(?P<id>[0-9a-z]{4,32})(?::|$)")


def generations_in(message: discord.Message) -> frozenset[str]:
    """The ids in the custom ids of its buttons; none for a message without buttons of ours."""
    found = (_ID.match(each) for component in message.components for each in _custom_ids(component))
    return frozenset(match["id"] for match in found if match)


def _custom_ids(component: discord.Component) -> Iterator[str]:
    custom_id = getattr(component, "custom_id", None)
    if isinstance(custom_id, str):
        yield custom_id
    for inside in (*getattr(component, "children", ()), *filter(None, [getattr(component, "accessory", None)])):
        yield from _custom_ids(inside)
