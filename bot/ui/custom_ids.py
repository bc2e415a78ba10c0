"""The custom ids of buttons about a generation: how they are written, and whose buttons a message carries."""

import re
from collections.abc import Iterator

import discord

ID = "[0-9a-z]{4,32}"
"""The id of a generation, as a pattern."""
_ABOUT = re.compile(rf"dreamreel:[a-z-]+:(?P<id>{ID})(?::|$)")


def about(verb: str, generation_id: str) -> str:
    """The custom id of a button that does one thing with one generation."""
    return f"dreamreel:{verb}:{generation_id}"


def generations_in(message: discord.Message) -> frozenset[str]:
    """The ids in the custom ids of its buttons; none for a message without buttons of ours.

    It is what is left where nothing was noted of a message.
    """
    found = (_ABOUT.match(each) for component in message.components for each in _custom_ids(component))
    return frozenset(match["id"] for match in found if match)


def _custom_ids(component: discord.Component) -> Iterator[str]:
    custom_id = getattr(component, "custom_id", None)
    if isinstance(custom_id, str):
        yield custom_id
    for inside in (*getattr(component, "children", ()), *filter(None, [getattr(component, "accessory", None)])):
        yield from _custom_ids(inside)
