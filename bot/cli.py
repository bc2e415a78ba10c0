"""The `dreamreel` command: an operator's mistake becomes one sentence and an exit code, never a traceback."""

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any

from bot import log
from bot.domain.errors import DreamreelError
from bot.loading import SettingsError, load
from bot.settings import Settings

OK, FAILED, MISUSED = 0, 1, 2
"""Exit codes: all well; it did not work; the settings or the command line are wrong, and nothing was connected."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.do(options))
    except SettingsError as error:
        print(error, file=sys.stderr)
        return MISUSED
    except DreamreelError as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dreamreel", description="Make videos with Luma's Dream Machine from Discord."
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    run = _command(commands, "run", _run, "run the bot")
    migrate = _command(commands, "migrate", _migrate, "bring the database to this version, and end")
    for command in (run, migrate):
        command.add_argument("--config", type=Path, help="the settings file (default: config.toml, where it exists)")
    demo = _command(commands, "demo", _demo, "play a conversation against a sandbox: no token, no key, no cost")
    demo.add_argument("--headless", action="store_true", help="print the conversation")
    demo.add_argument("--videos", type=Path, default=Path("demo-videos"), help="where to save the videos")
    return parser


def _command(
    commands: Any, name: str, do: Any, summary: str
) -> argparse.ArgumentParser:  # argparse names no public type for `commands`
    parser: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=summary)
    parser.set_defaults(do=do)
    return parser


def _settings(options: argparse.Namespace) -> Settings:
    settings = load(options.config)
    log.configure(settings.log.level, settings.log.format, secrets=settings.secrets())
    return settings


def _run(options: argparse.Namespace) -> int:
    settings = _settings(options)
    from bot import app  # noqa: PLC0415  # wrong settings are told before discord.py is imported

    with _one_sentence():
        asyncio.run(_until_signalled(lambda stop: app.run(settings, stop)))
    return OK


def _migrate(options: argparse.Namespace) -> int:
    settings = _settings(options)
    from bot.clock import SystemClock  # noqa: PLC0415  # as above
    from bot.storage.generations import open_store  # noqa: PLC0415  # as above
    from bot.storage.lock import ProcessLock  # noqa: PLC0415  # as above

    async def migrate() -> None:
        url = settings.database.url.get_secret_value()
        with ProcessLock(url):
            async with open_store(url, SystemClock()):
                print("The database is up to date.")

    asyncio.run(migrate())
    return OK


def _demo(options: argparse.Namespace) -> int:
    from sandbox.demo import play  # noqa: PLC0415  # the sandbox is an extra, and the bot runs without it

    return play(options.videos)


async def _until_signalled(work: Any) -> None:
    """Run `work(stop)`, with SIGTERM and Ctrl-C setting `stop`."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers on its loop
            loop.add_signal_handler(number, stop.set)
    job: Coroutine[Any, Any, None] = work(stop)
    await job


@contextlib.contextmanager
def _one_sentence() -> Iterator[None]:
    """Let an error of ours out of a task group as itself."""
    try:
        yield
    except* DreamreelError as group:
        first: BaseException = group
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        raise first from None
