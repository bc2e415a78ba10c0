"""What must be true of the bot whatever members send: it answers, in its own words, and its log is quiet."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from discord import app_commands
from simcord.results import InteractionResult

from bot.domain.errors import Refusal
from tests.discord.stage import original
from tests.fuzz.visit import Visit

MOST_BYTES = 10_000
"""UTF-8 bytes of all text of a message: beyond some ten thousand Discord answers 500."""

_RAW = re.compile(r"Traceback|[a-z]Error\b|[a-z]Exception\b| object at 0x|NoneType|sqlite|<class ")
_STALE = (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch, app_commands.TransformerError)


class Ear(logging.Handler):
    """Keeps what is logged, as text."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.faults: list[str] = []
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        self.lines.append(line)
        if record.exc_info or record.levelno >= logging.ERROR:
            self.faults.append(f"{line} {record.exc_info and record.exc_info[1]!r}")


@contextmanager
def listening() -> Iterator[Ear]:
    """All that is logged at INFO and above, by anybody."""
    root, ear = logging.getLogger(), Ear()
    level = root.level
    root.addHandler(ear)
    root.setLevel(logging.INFO)
    try:
        yield ear
    finally:
        root.removeHandler(ear)
        root.setLevel(level)


def check(visit: Visit, ear: Ear, result: InteractionResult | None, sent: set[str]) -> None:
    """After each act. Raises AssertionError."""
    assert ear.faults == [], ear.faults
    errors = visit.stage.env.errors  # looked at with this, so that the stage does not complain of them again
    assert [each for each in errors if not isinstance(original(each), (Refusal, *_STALE))] == []
    if result is not None:
        assert result.acknowledged, "nobody answered"
        assert not result._interaction.loading, "the bot thinks for ever"
    said, tokens = told(visit), [each.token for each in visit.stage.env.backend.interactions.values()]
    secrets = [*tokens, "dreamreel.db"]
    for message in said:
        words = "\n".join(message)
        assert len(words.encode("utf-8", "surrogatepass")) <= MOST_BYTES
        assert not any(_RAW.search(line) and not any(each in line for each in sent) for line in message), words
        assert not any(secret in words for secret in secrets)
    log = "\n".join(ear.lines)
    assert not any(secret in log for secret in [*secrets, *(each for each in sent if len(each) > 12)])


def told(visit: Visit) -> list[list[str]]:
    """The texts of each message and answer that the bot sent."""
    sent = [body for kind, _, body in visit.stage.env.backend.transcript if kind == "HTTP"]
    return [list(_texts(body)) for body in sent]


def _texts(body: Any, key: str = "") -> Iterator[str]:
    if isinstance(body, dict):
        for name, value in body.items():
            yield from _texts(value, name)
    elif isinstance(body, list):
        for each in body:
            yield from _texts(each, key)
    elif isinstance(body, str) and key in {"content", "name", "title", "description", "label", "value", "placeholder"}:
        yield body
