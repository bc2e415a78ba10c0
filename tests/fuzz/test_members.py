"""Whatever members send, the bot answers each of them in its own words, and nothing in it breaks."""

import asyncio
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz import drawn
from tests.fuzz.drawn import Act
from tests.fuzz.effort import share
from tests.fuzz.manners import check, listening
from tests.fuzz.visit import visited

VISIT = 8
"""Acts in one visit at most: what one leaves behind, another meets."""


async def visit(acts: Sequence[Act]) -> None:
    with TemporaryDirectory() as folder:
        async with visited(Path(folder)) as now:
            with listening() as ear:
                for act in acts:
                    try:
                        check(now, ear, await now.act(act), {text for each in acts for text in _texts(each)})
                    except BaseException as error:
                        error.add_note(f"after {act}")
                        raise


def _texts(value: Any) -> set[str]:
    """Every text that an act sends to be read."""
    if isinstance(value, str):
        return {value} - {""}
    if isinstance(value, Act | drawn.Forged):
        inner = [getattr(value, each.name) for each in fields(value) if each.name not in {"known", "custom_id"}]
    elif isinstance(value, dict):
        inner = list(value.values())
    else:
        inner = list(value) if isinstance(value, list | tuple) else []
    return {text for each in inner for text in _texts(each)}


def test_every_command_is_drawn() -> None:
    """A command whose options nobody can draw would be left out in silence."""
    assert {known.name for known in drawn.KNOWN} >= {"generate", "quota set", "privacy delete", "Report this video"}
    for known in drawn.KNOWN:
        for option in known.options:
            drawn._value(option)


@share(0.2, shrink=False)
@given(st.lists(drawn.acts, min_size=1, max_size=VISIT))
def test_whatever_members_do_is_answered(acts: list[Act]) -> None:
    asyncio.run(visit(acts))


@share(0.05, shrink=False)
@given(st.permutations(drawn.KNOWN).flatmap(lambda order: st.tuples(*map(drawn.command, order))))
def test_every_command_has_its_turn(acts: tuple[Act, ...]) -> None:
    """In one visit, in any order: what one command sets, all the others meet."""
    asyncio.run(visit(acts))
