"""Runs the whole checkup at once, within a time that is kept whatever hangs, and prints it."""

import asyncio
import json
import logging
import sys
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

import aiohttp

from bot.checkup import commands as discord_commands
from bot.checkup import discord_side, machine, relay_side
from bot.checkup.abandoned import Abandoned
from bot.checkup.finding import Finding, Verdict, failure, ok, skipped
from bot.checkup.web import Web
from bot.clock import SystemClock
from bot.domain.errors import StoreError
from bot.loading import SettingsError, load
from bot.log import Secrets
from bot.ports import Clock
from bot.settings import Settings
from bot.storage.engine import file_of, url_of
from bot.storage.inspection import noted_in
from bot.ui.sync import SYNCED

LONGEST_S = 12.0
"""Seconds for all questions together; they run beside each other."""
SETTINGS = "configuration"
_MARKS = {Verdict.OK: "✓", Verdict.WARNING: "!", Verdict.FAILURE: "✗", Verdict.SKIPPED: "-"}
_PLAIN_MARKS = {Verdict.OK: "ok", Verdict.WARNING: "!", Verdict.FAILURE: "X", Verdict.SKIPPED: "-"}


def check(config: Path | None, *, as_json: bool, out: TextIO | None = None) -> int:
    """Print the checkup to `out`, by default stdout. The exit code: 1 where anything fails, else 0."""
    logging.disable(logging.CRITICAL)  # what is wrong stands in the findings
    try:
        settings = load(config)
    except SettingsError as error:
        findings = [
            failure(SETTINGS, problem, "Mend it: config.example.toml explains every setting.")
            for problem in error.problems
        ]
        findings.append(skipped("the rest", "Not looked at while the settings are wrong."))
    else:
        findings = _cleaned(_examined(settings), Secrets(settings.secrets()))
    finally:
        logging.disable(logging.NOTSET)
    print_findings(findings, out or sys.stdout, as_json=as_json)
    return int(any(finding.verdict is Verdict.FAILURE for finding in findings))


def _examined(settings: Settings) -> list[Finding]:
    async def run() -> list[Finding]:
        asyncio.get_running_loop().set_default_executor(Abandoned())
        return await examine(settings, SystemClock())

    return asyncio.run(run())


async def examine(settings: Settings, clock: Clock, *, longest_s: float = LONGEST_S) -> list[Finding]:
    """Look at everything; nothing is raised for what is found. Takes `longest_s` seconds at the most."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        examination = _Examination(settings, clock, Web(session, clock))
        try:
            found = await _gathered(examination.questions(), longest_s)
        finally:
            examination.end()
    return [
        ok(SETTINGS, "Complete, and every value can be used."),
        *found,
        machine.clock_of(examination.web.offsets),
    ]


class _Examination:
    """The questions. Some share an answer, which is asked for once."""

    def __init__(self, settings: Settings, clock: Clock, web: Web) -> None:
        self.web = web
        self._settings = settings
        self._clock = clock
        self._url = settings.database.url.get_secret_value()
        self._discord = discord_side.DiscordApi(
            web, settings.discord.api_url, settings.discord.token.get_secret_value()
        )
        self._relay = relay_side.RelayApi(web, settings.relay.base_url, settings.relay.api_key.get_secret_value())
        self._application = asyncio.create_task(discord_side.application(self._discord))
        self._answer = asyncio.create_task(relay_side.ask_for_no_task(self._relay))

    def questions(self) -> Mapping[str, Coroutine[Any, Any, Finding]]:
        """One for each line, in the order of the lines."""
        return {
            discord_side.TOKEN: self._token(),
            discord_side.INTENTS: self._intents(),
            discord_commands.COMMANDS: self._commands(),
            discord_side.SERVERS: self._servers(),
            relay_side.RELAY: self._reached(),
            relay_side.KEY: self._key(),
            relay_side.MODELS: relay_side.models(self._relay, self._settings.relay.models),
            machine.DATABASE: asyncio.to_thread(machine.database, self._url, self._clock),
            machine.DISK: asyncio.to_thread(machine.disk, self._url, self._settings.media.folder),
        }

    def end(self) -> None:
        """Ask nothing more."""
        self._application.cancel()
        self._answer.cancel()

    async def _token(self) -> Finding:
        found = await asyncio.shield(self._application)
        return found if isinstance(found, Finding) else discord_side.token(found)

    async def _intents(self) -> Finding:
        found = await asyncio.shield(self._application)
        return _unasked(discord_side.INTENTS) if isinstance(found, Finding) else discord_side.intents(found)

    async def _commands(self) -> Finding:
        tree = await discord_commands.tree_of(self._settings, self._clock)
        synced = await asyncio.to_thread(_synced, self._url)
        found = await asyncio.shield(self._application)
        if isinstance(found, Finding):
            return _unasked(discord_commands.COMMANDS)
        return await discord_commands.commands(self._discord, found, tree, synced)

    async def _servers(self) -> Finding:
        found = await asyncio.shield(self._application)
        if isinstance(found, Finding):
            return _unasked(discord_side.SERVERS)
        return await discord_side.servers(self._discord, found)

    async def _reached(self) -> Finding:
        return relay_side.relay(await asyncio.shield(self._answer))

    async def _key(self) -> Finding:
        return relay_side.key(await asyncio.shield(self._answer), self._relay)


def _synced(url: str) -> str | None:
    path = file_of(url_of(url))
    try:
        return None if path is None or not path.exists() else noted_in(path, SYNCED)
    except StoreError:
        return None  # the line about the database says why


async def _gathered(questions: Mapping[str, Coroutine[Any, Any, Finding]], longest_s: float) -> list[Finding]:
    tasks = {name: asyncio.create_task(question) for name, question in questions.items()}
    await asyncio.wait(tasks.values(), timeout=longest_s)
    return [_outcome(name, task, longest_s) for name, task in tasks.items()]


def _outcome(name: str, task: asyncio.Task[Finding], longest_s: float) -> Finding:
    if not task.done():
        task.cancel()
        return failure(name, f"No answer within {longest_s:.0f} s.", "Check again; something hangs if it stays so.")
    if fault := task.exception():
        return failure(name, f"The check itself failed ({type(fault).__name__}).", "Report this as a fault.")
    return task.result()


def _unasked(name: str) -> Finding:
    return skipped(name, "Not known without a token that Discord accepts.")


def _cleaned(findings: Iterable[Finding], secrets: Secrets) -> list[Finding]:
    """Without secrets, and in printable characters on one line: names and errors come from outside."""

    def clean(text: str) -> str:
        return "".join(sign if sign.isprintable() else " " for sign in secrets.clean(text))

    return [Finding(each.name, each.verdict, clean(each.says), clean(each.todo)) for each in findings]


def print_findings(findings: Sequence[Finding], out: TextIO, *, as_json: bool) -> None:
    """One JSON list, or a line for each finding with what to do below it."""
    if as_json:
        entries = [{"name": it.name, "verdict": it.verdict, "says": it.says, "todo": it.todo} for it in findings]
        out.write(json.dumps(entries, indent=2) + "\n")
        return
    encoding = out.encoding or "utf-8"
    marks = _MARKS if _writes(encoding, "".join(_MARKS.values())) else _PLAIN_MARKS
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        line = f"{marks[finding.verdict]} {finding.name:<{width}}  {finding.says}\n"
        if finding.todo:
            line += f"{'':>{width + 4}}-> {finding.todo}\n"
        out.write(line.encode(encoding, "replace").decode(encoding))


def _writes(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeError, LookupError):
        return False
    return True
