"""What stands in the log, and what never does."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot.log import Json, Secrets, Text, about, configure

SECRET = "sk-not+a/real=key"
NOON = 1_767_268_801.25  # 2026-01-01 12:00:01.25 UTC


@pytest.fixture(autouse=True)
def _untouched() -> Iterator[None]:
    """The process's loggers are as before after each test."""
    root = logging.getLogger()
    handlers = list(root.handlers)
    levels = {each: each.level for each in (root, *_named())}
    yield
    root.handlers[:] = handlers
    for each in (root, *_named()):
        each.setLevel(levels.get(each, logging.NOTSET))


def _named() -> list[logging.Logger]:
    return [each for each in logging.Logger.manager.loggerDict.values() if isinstance(each, logging.Logger)]


def record(message: str = "sent", *args: object, level: int = logging.INFO, **extra: object) -> logging.LogRecord:
    """A record of the poller's, made at noon."""
    made = logging.LogRecord("bot.service.poller", level, __file__, 1, message, args, None)
    made.created = NOON
    made.__dict__.update(extra)
    return made


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (record(), "12:00:01 INFO  bot.service.poller sent"),
        (record(generation="k7m2q9xw"), "12:00:01 INFO  bot.service.poller [k7m2q9xw] sent"),
        (record("%s of %d", "one", 2, level=logging.WARNING), "12:00:01 WARNING bot.service.poller one of 2"),
    ],
)
def test_people_get_one_line_a_record(given: logging.LogRecord, line: str) -> None:
    assert Text(Secrets()).format(given) == line


def test_programs_get_one_object_a_line() -> None:
    line = Json(Secrets()).format(record("line\nbreak \u2028 \u00fc", generation="k7m2q9xw"))
    assert line.splitlines() == [line]
    assert json.loads(line) == {
        "ts": "2026-01-01T12:00:01.250+00:00",
        "level": "INFO",
        "logger": "bot.service.poller",
        "message": "line\nbreak \u2028 \u00fc",
        "generation": "k7m2q9xw",
    }


def test_a_record_about_no_generation_says_so_to_programs() -> None:
    assert json.loads(Json(Secrets()).format(record()))["generation"] is None


async def test_a_task_for_one_generation_names_it_in_whatever_it_calls_and_no_other_task_does() -> None:
    """The relay's client does not know of generations, and its lines are about one all the same."""

    async def line(generation: str) -> str:
        about(generation)
        return Text(Secrets()).format(record())

    one, other = await asyncio.gather(asyncio.create_task(line("g1")), asyncio.create_task(line("g2")))
    assert one.endswith("[g1] sent")
    assert other.endswith("[g2] sent")
    assert "[" not in Text(Secrets()).format(record())


def test_a_text_from_outside_cannot_forge_a_line_or_drive_a_terminal() -> None:
    line = Text(Secrets()).format(record("relay said: %s", "no\n12:00:02 INFO  forged\r\x1b[2J\x9b\u2028"))
    assert line == "12:00:01 INFO  bot.service.poller relay said: no\\n12:00:02 INFO  forged\\r\\x1b[2J\\x9b\\u2028"


def fail(text: str, cause: str | None = None) -> None:
    """Raise what the tests then log."""
    raise RuntimeError(text) from None if cause is None else KeyError(cause)


def failing(stream: io.StringIO, text: str) -> str:
    """What is written of an exception with this text."""
    try:
        fail(text)
    except RuntimeError:
        logging.getLogger("bot.service.poller").exception("poll failed", extra={"generation": "k7m2q9xw"})
    return stream.getvalue()


def test_a_traceback_follows_its_line() -> None:
    configure("INFO", "text", stream := io.StringIO())
    lines = failing(stream, "gone\x1b").splitlines()
    assert lines[0].endswith("ERROR bot.service.poller [k7m2q9xw] poll failed")
    assert (lines[1], lines[-1]) == ("Traceback (most recent call last):", "RuntimeError: gone\\x1b")


def test_a_traceback_stays_in_its_object() -> None:
    configure("INFO", "json", stream := io.StringIO())
    (line,) = failing(stream, "gone").splitlines()
    assert json.loads(line)["exc_info"].endswith("\nRuntimeError: gone")


def test_a_stack_that_was_asked_for_is_written() -> None:
    configure("INFO", "text", stream := io.StringIO())
    logging.getLogger("bot").info("here", stack_info=True)
    assert "\nStack (most recent call last):\n" in stream.getvalue()


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("logger", ["bot.relay.client", "discord.gateway", "aiohttp.client", "anything.else"])
def test_no_secret_reaches_the_log(form: str, logger: str) -> None:
    """Not from a message, its arguments, an exception, an id, nor percent-encoded; not from others' loggers."""
    configure("DEBUG", "json" if form == "json" else "text", stream := io.StringIO(), secrets=[SECRET, "other-secret"])
    log = logging.getLogger(logger)
    log.error(f"key {SECRET}")  # noqa: G004 - others write so
    log.error("headers %r", {"Authorization": f"Bearer {SECRET}"})
    log.error("GET https://relay.example/?key=%s", "sk-not%2Ba%2Freal%3Dkey", extra={"generation": SECRET})
    try:
        fail(SECRET, cause="other-secret")
    except RuntimeError:
        log.exception("failed", stack_info=True)
    written = stream.getvalue()
    assert "***" in written
    for hidden in (SECRET, "other-secret", "sk-not%2Ba%2Freal%3Dkey"):
        assert hidden not in written


def test_a_secret_within_a_longer_one_leaves_no_rest() -> None:
    assert Secrets(["abcdef", "abcdefghij"]).clean("x abcdefghij y abcdef z") == "x *** y *** z"


def test_what_is_too_short_for_a_secret_blots_no_words() -> None:
    assert Secrets(["", "a", "video"]).clean("a video") == "a video"


def test_other_handlers_see_the_record_as_it_was(caplog: pytest.LogCaptureFixture) -> None:
    configure("INFO", "text", io.StringIO(), secrets=[SECRET])
    logging.getLogger("bot").warning("key %s", SECRET)
    assert caplog.records[-1].args == (SECRET,)


def test_a_record_that_cannot_be_written_is_told_without_its_values(capsys: pytest.CaptureFixture[str]) -> None:
    """The standard library would print the arguments. The caller goes on."""
    logging.getLogger().handlers.clear()  # pytest's own would raise
    configure("INFO", "text", io.StringIO(), secrets=[SECRET])
    logging.getLogger("bot").warning("%d", SECRET)
    told = capsys.readouterr().err
    assert told.startswith("A log record of bot, line ")
    assert told.endswith(", is lost (TypeError).\n")


def test_the_log_goes_to_stderr_when_no_stream_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", "text")
    logging.getLogger("bot").info("ready")
    assert capsys.readouterr().err.endswith(" INFO  bot ready\n")


def test_configuring_again_replaces_the_first() -> None:
    configure("INFO", "text", first := io.StringIO())
    configure("WARNING", "json", second := io.StringIO())
    logging.getLogger("bot").info("quiet")
    logging.getLogger("bot").warning("loud")
    assert first.getvalue() == ""
    assert [json.loads(line)["message"] for line in second.getvalue().splitlines()] == ["loud"]


@pytest.mark.parametrize(
    ("level", "logger", "record_level", "heard"),
    [
        ("DEBUG", "bot.service.poller", logging.DEBUG, True),
        ("INFO", "bot.service.poller", logging.DEBUG, False),
        ("DEBUG", "discord.gateway", logging.DEBUG, False),
        ("INFO", "discord.gateway", logging.INFO, True),
        ("ERROR", "discord.gateway", logging.WARNING, False),
        ("DEBUG", "discord.http", logging.INFO, False),
        ("DEBUG", "discord.webhook.async_", logging.INFO, False),
        ("DEBUG", "discord.http", logging.WARNING, True),
        ("DEBUG", "sqlalchemy.engine.Engine", logging.INFO, False),
        ("DEBUG", "aiosqlite", logging.DEBUG, False),
        ("INFO", "alembic.runtime.migration", logging.INFO, True),
    ],
)
def test_others_are_heard_from_their_own_level_and_never_below_the_operators(
    level: str, logger: str, record_level: int, heard: bool
) -> None:
    configure(level, "text", stream := io.StringIO())
    logging.getLogger(logger).log(record_level, "something")
    assert ("something" in stream.getvalue()) is heard
