"""How the log looks, and the last net under the secrets: nothing that is written can hold one.

Everything logs with `logging.getLogger(__name__)`; a record about a generation names it with
`extra={"generation": id}`, which is all that a module needs to know of this one. A task that does one generation's
work says so once, with `about`, for the parts it calls that do not know of generations.
"""

import contextlib
import json
import logging
import re
import sys
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal, TextIO
from urllib.parse import quote

_about: ContextVar[str | None] = ContextVar("generation", default=None)

LEAST_SECRET = 6
"""Characters. A shorter string is no secret worth the name, and striking it out would blot ordinary words."""

_FLOORS = {
    "aiohttp": logging.WARNING,
    "aiosqlite": logging.WARNING,  # writes every statement with its values
    "alembic": logging.INFO,
    "alembic.runtime.plugins": logging.WARNING,
    "asyncio": logging.WARNING,
    "discord": logging.INFO,
    "discord.http": logging.WARNING,  # writes URLs with the tokens of interactions
    "discord.webhook": logging.WARNING,  # as above
    "pydantic_settings": logging.WARNING,  # can write all it has read
    "sqlalchemy": logging.WARNING,  # writes every statement with its values
}
"""The least level at which others' loggers are heard, whatever the operator's own level."""

_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))} | {
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\t",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}
"""Characters with which a text from outside could forge a line or drive a terminal."""


def about(generation_id: str) -> None:
    """All that this task logs from now on is about that generation, where a record does not say otherwise."""
    _about.set(generation_id)


class Secrets:
    """Strikes known secrets out of texts, also where they stand percent-encoded in a URL."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        spellings = {each for secret in known for each in (secret, quote(secret, safe=""), quote(secret))}
        longest_first = sorted((each for each in spellings if len(each) >= LEAST_SECRET), key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def clean(self, text: str) -> str:
        """The text with *** for each secret."""
        return self._pattern.sub("***", text) if self._pattern else text


class _Formatter(logging.Formatter):
    """What both forms have in common. A record is never changed: other handlers see it as it was."""

    def __init__(self, secrets: Secrets) -> None:
        super().__init__()
        self._secrets = secrets

    def message(self, record: logging.LogRecord) -> str:
        return self._secrets.clean(record.getMessage())

    def generation(self, record: logging.LogRecord) -> str | None:
        generation = getattr(record, "generation", None) or _about.get()
        return None if generation is None else self._secrets.clean(str(generation))

    def trace(self, record: logging.LogRecord) -> str:
        parts = [record.exc_text or ""]
        if record.exc_info and not record.exc_text:
            parts = [self.formatException(record.exc_info)]
        if record.stack_info:
            parts.append(self.formatStack(record.stack_info))
        return self._secrets.clean("\n".join(filter(None, parts)))


class Text(_Formatter):
    """One line a record, for people; a traceback follows on lines of its own. The time is UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """As in `12:00:01 INFO  bot.service.poller [k7m2q9xw] sent`."""
        time = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        generation = self.generation(record)
        about = "" if generation is None else f"[{generation}] "
        line = f"{time} {record.levelname:<5} {record.name} {about}{self.message(record)}".translate(_CONTROLS)
        trace = self.trace(record)
        return "\n".join([line, *(each.translate(_CONTROLS) for each in trace.split("\n") if trace)])


class Json(_Formatter):
    """One object a record and a line, for programs. `ts` is ISO 8601 in UTC; `exc_info` only where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON in ASCII, which no line break or encoding can cut."""
        entry = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self.message(record),
            "generation": self.generation(record),
        }
        if trace := self.trace(record):
            entry["exc_info"] = trace
        return json.dumps(entry)


class _Handler(logging.StreamHandler[TextIO]):
    """The one handler of the bot, known by its type so that a second `configure` replaces it."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is the standard library's
        """Say that a record is lost; the standard words would print its arguments, secrets among them."""
        fault = type(sys.exc_info()[1]).__name__
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"A log record of {record.name}, line {record.lineno}, is lost ({fault}).\n")


def configure(
    level: str, form: Literal["text", "json"], stream: TextIO | None = None, *, secrets: Iterable[str] = ()
) -> None:
    """Send everything of `level` and above to the stream, by default stderr; secrets never reach it.

    Calling it again replaces all.
    """
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, _Handler)]:
        root.removeHandler(handler)
    known = Secrets(secrets)
    handler = _Handler(stream or sys.stderr)
    handler.setFormatter(Json(known) if form == "json" else Text(known))
    root.addHandler(handler)
    root.setLevel(level)
    for name, floor in _FLOORS.items():
        logging.getLogger(name).setLevel(max(floor, root.level))
