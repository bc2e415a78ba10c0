"""The `dreamreel` command: an operator's mistake becomes one sentence and an exit code, never a traceback."""

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bot import log
from bot.domain.errors import DreamreelError
from bot.loading import SettingsError, load
from bot.settings import Settings

OK, FAILED, MISUSED = 0, 1, 2
"""Exit codes: all well; it did not work; the settings or the command line are wrong, and nothing was connected."""
MOST_PORT = 65_535


class DemoNotInstalled(DreamreelError):
    """A package that only the demo needs is missing."""


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
    _check_and_backup(commands)
    _settling(commands)
    demo = _command(commands, "demo", _demo, "try the bot in your browser: no token, no key, no cost")
    demo.add_argument("--port", type=_port, default=0, help="where to serve the page (default: any free port)")
    demo.add_argument("--headless", action="store_true", help="print a conversation instead")
    demo.add_argument("--videos", type=Path, default=Path("demo-videos"), help="where --headless saves the videos")
    return parser


def _settling(commands: Any) -> None:
    uncertain = _command(commands, "uncertain", _uncertain, "list the videos whose fate nobody knows")
    resolve = _command(commands, "resolve", _resolve, "say what became of an uncertain video")
    resolve.add_argument("video", metavar="ID", help="as `uncertain` lists it")
    resolve.add_argument("outcome", choices=("made", "lost-charged", "lost-refunded", "not-made"))
    resolve.add_argument("--relay-id", help="the relay's id, where the outcome is made")
    resolve.add_argument("--why", default="", help="kept in the audit log")
    for command in (uncertain, resolve):
        command.add_argument("--config", type=Path, help="the settings file, as for run")


def _check_and_backup(commands: Any) -> None:
    check = _command(commands, "check", _check, "look at everything the bot needs; changes nothing, costs nothing")
    check.add_argument("--json", action="store_true", help="for programs: a list of name, verdict, says, todo")
    backup = _command(commands, "backup", _backup, "copy the database, also while the bot runs")
    backup.add_argument("file", type=Path, metavar="FILE", help="where to write the copy")
    backup.add_argument("--force", action="store_true", help="replace FILE where it is there already")
    for command in (check, backup):
        command.add_argument("--config", type=Path, help="the settings file, as for run")


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
    from bot.clock import SystemClock  # noqa: PLC0415  # wrong settings are told before anything large is imported
    from bot.storage.files import refuse_damaged  # noqa: PLC0415  # as above

    with _one_sentence(), ThreadPoolExecutor(max_workers=1) as reader:
        # The file is read through while discord.py is imported: each takes half a second.
        url = settings.database.url.get_secret_value()
        looked = reader.submit(refuse_damaged, url, SystemClock())
        from bot import app  # noqa: PLC0415  # as above

        asyncio.run(_until_signalled(lambda stop: app.run(settings, stop, looked.result)))
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


def _check(options: argparse.Namespace) -> int:
    from bot.checkup import check  # noqa: PLC0415  # it imports all there is

    return check(options.config, as_json=options.json)


def _backup(options: argparse.Namespace) -> int:
    settings = _settings(options)
    from bot.clock import SystemClock  # noqa: PLC0415  # as for run
    from bot.storage.backup import back_up  # noqa: PLC0415  # as for run

    url = settings.database.url.get_secret_value()
    made = back_up(url, options.file, SystemClock().now(), overwrite=options.force)
    print(f"{made.path}: {made.generations:,} videos, {made.size / 1e6:.1f} MB, read back and whole.")
    return OK


def _uncertain(options: argparse.Namespace) -> int:
    settings = _settings(options)
    from bot.resolving import list_uncertain  # noqa: PLC0415  # as for run

    asyncio.run(list_uncertain(settings))
    return OK


def _resolve(options: argparse.Namespace) -> int:
    settings = _settings(options)
    from bot.resolving import resolve  # noqa: PLC0415  # as for run

    asyncio.run(resolve(settings, options.video, options.outcome, options.relay_id, options.why))
    return OK


def _demo(options: argparse.Namespace) -> int:
    with _extra():
        if options.headless:
            from sandbox.demo import play  # noqa: PLC0415  # the sandbox is an extra, and the bot runs without it

            return play(options.videos)
        from sandbox.page import show  # noqa: PLC0415  # as above

        asyncio.run(_until_signalled(lambda stop: show(options.port, stop)))
        return OK


@contextlib.contextmanager
def _extra() -> Iterator[None]:
    """Say in one sentence that the demo's packages are not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise DemoNotInstalled(
            f"The demo needs {error.name}, which is not installed: pip install 'dreamreel[demo]'"
        ) from error


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) <= MOST_PORT):
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to {MOST_PORT}")
    return int(text)


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
