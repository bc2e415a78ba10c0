"""What `dreamreel check` says of a Discord, a relay and a machine that are well, and of each that is not."""

import asyncio
import io
import json
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from aiohttp import web

from bot import loading
from bot.checkup import commands, machine
from bot.checkup.finding import Finding, Verdict
from bot.checkup.report import _cleaned, check, examine, print_findings
from bot.log import Secrets
from bot.settings import Database, Discord, Media, Relay, Settings
from bot.storage import ProcessLock
from bot.storage.restored import STAMP
from bot.ui.sync import SYNCED, fingerprint, told
from sandbox.relay_server import RelayServer
from tests.clock import ManualClock
from tests.storing import NOW, new_database

TOKEN, KEY = "MTk4NjIy.Cl2FMQ.not-a-real-token", "sk-not-a-real-key"
ALL = 1024 | 2048 | 1 << 38 | 1 << 15 | 1 << 16
"""View channel, send messages, send in threads, attach files, read history (Discord's documentation, permissions)."""
OK, WARNING, FAILURE, SKIPPED = Verdict


@dataclass
class Stub:
    """A server on loopback that answers GETs as told, to those who have its credential."""

    credential: str
    answers: dict[str, Any]
    date: str = field(default_factory=lambda: format_datetime(NOW, usegmt=True))
    statuses: dict[str, int] = field(default_factory=dict)
    hanging: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    async def _answer(self, request: web.Request) -> web.Response:
        path = request.path
        self.asked.append((request.method, request.path_qs))
        if path in self.hanging:
            await asyncio.Event().wait()
        if request.headers.get("Authorization") != self.credential:
            status, body = 401, {"message": "401: Unauthorized", "code": 0}
        elif path in self.answers:
            status, body = self.statuses.get(path, 200), self.answers[path]
            body = body(request) if callable(body) else body
        else:
            status, body = 404, {"message": "404: Not Found", "code": 0}
        headers = {"Date": self.date, "Content-Type": "application/json", "Location": "/elsewhere"}
        raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        return web.Response(status=status, body=raw, headers=headers)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield
        finally:
            await runner.cleanup()


NO_TASK = "/luma/generations/dreamreel-check-no-such-task"


class Surroundings(NamedTuple):
    discord: Stub
    relay: Stub
    settings: Settings

    async def findings(self, **options: Any) -> dict[str, Finding]:
        """What the check finds, by name; no finding may hold a secret."""
        found = await examine(self.settings, ManualClock(NOW), **options)
        assert not any(secret in repr(found) for secret in (TOKEN, KEY))
        return {finding.name: finding for finding in found}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    new_database(tmp_path)
    return tmp_path / "bot.db"


def settings_for(discord: str, relay: str, database: Path) -> Settings:
    return Settings(
        discord=Discord.model_validate({"token": TOKEN, "api_url": discord}),
        relay=Relay.model_validate({"api_key": KEY, "base_url": relay}),
        database=Database.model_validate({"url": f"sqlite+aiosqlite:///{database}"}),
        media=Media(folder=database.parent / "media"),
    )


@pytest.fixture
async def around(database: Path) -> AsyncIterator[Surroundings]:
    """All is well."""
    discord = Stub(
        f"Bot {TOKEN}",
        {
            "/oauth2/applications/@me": {"id": "1000", "name": "Reels", "flags": 1 << 23},
            "/users/@me": {"id": "1001", "username": "dreamreel"},
            "/users/@me/guilds": [{"id": "7", "name": "Cinema", "permissions": str(ALL)}],
        },
    )
    relay = Stub(
        f"Bearer {KEY}",
        {
            NO_TASK: {"code": "task_not_exist", "message": "task_not_exist", "data": None},
            "/v1/models": {"object": "list", "data": [{"id": "ray-v2"}, {"id": "ray-v1"}]},
        },
        statuses={NO_TASK: 400},
    )
    async with discord.serving(), relay.serving():
        settings = settings_for(discord.url, relay.url, database)
        tree = await commands.tree_of(settings, ManualClock(NOW))
        registered = [{"id": "5", "version": "6", **each} for each in await told(tree)]
        discord.answers["/applications/1000/commands"] = registered
        note(database, SYNCED, await fingerprint(tree, 1000))
        yield Surroundings(discord, relay, settings)


def note(database: Path, key: str, value: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (key, value))


async def test_where_all_is_well_every_line_says_so_and_nothing_is_changed(
    around: Surroundings, database: Path
) -> None:
    before = content(database)
    found = await around.findings()
    assert {finding.verdict for finding in found.values()} == {OK}, found
    assert found["token"].says == "Discord knows the bot dreamreel of the application Reels (1000)."
    assert not any(finding.todo for finding in found.values())
    assert {method for method, _ in [*around.discord.asked, *around.relay.asked]} == {"GET"}
    assert content(database) == before


def content(path: Path) -> bytes:
    return path.read_bytes()


async def test_a_token_that_discord_refuses_leaves_the_rest_of_discord_unasked(around: Surroundings) -> None:
    around.discord.credential = "Bot another"
    found = await around.findings()
    assert found["token"].verdict is FAILURE
    assert "discord.token" in found["token"].says
    assert {found[name].verdict for name in ("intents", "commands", "servers")} == {SKIPPED}
    assert found["relay key"].verdict is OK
    assert len(around.discord.asked) == 1


async def test_a_privileged_intent_that_is_on_is_worth_a_word(around: Surroundings) -> None:
    around.discord.answers["/oauth2/applications/@me"]["flags"] = 1 << 14 | 1 << 19
    found = await around.findings()
    assert found["intents"].verdict is WARNING
    assert "server members, message content" in found["intents"].says


async def test_an_interactions_address_that_takes_all_commands_away_is_found(around: Surroundings) -> None:
    around.discord.answers["/oauth2/applications/@me"]["interactions_endpoint_url"] = "https://elsewhere.example"
    assert (await around.findings())["token"].verdict is FAILURE


async def test_permissions_that_are_missing_are_named_with_their_server(around: Surroundings) -> None:
    around.discord.answers["/users/@me/guilds"] += [
        {"id": "8", "name": "Attic", "permissions": str(ALL & ~(1 << 15) & ~1024)},
        {"id": "9", "name": "Palace", "permissions": "8"},
    ]
    servers = (await around.findings())["servers"]
    assert servers.verdict is WARNING
    assert servers.says == "In 3 servers; permissions are missing in 1: Attic (view channel, attach files)."


async def test_more_servers_than_one_page_are_all_looked_at(around: Surroundings) -> None:
    every = [{"id": str(number), "name": f"s{number}", "permissions": str(ALL)} for number in range(1, 451)]

    def page(request: web.Request) -> list[dict[str, str]]:
        after = int(request.query["after"])
        return every[after : after + int(request.query["limit"])]

    around.discord.answers["/users/@me/guilds"] = page
    assert (await around.findings())["servers"].says.startswith("In 450 servers, with all")


async def test_a_bot_in_no_server_gets_its_invitation(around: Surroundings) -> None:
    around.discord.answers["/users/@me/guilds"] = []
    servers = (await around.findings())["servers"]
    assert servers.verdict is WARNING
    assert "https://discord.com/oauth2/authorize?client_id=1000&scope=bot+applications.commands" in servers.todo
    assert f"permissions={ALL}" in servers.todo


async def test_commands_that_discord_does_not_have_yet_come_with_the_next_start(
    around: Surroundings, database: Path
) -> None:
    around.discord.answers["/applications/1000/commands"].pop(0)
    note(database, SYNCED, "older")
    found = (await around.findings())["commands"]
    assert (found.verdict, "Start the bot" in found.todo) == (WARNING, True)


async def test_commands_that_somebody_else_has_changed_are_told_with_the_way_back(around: Surroundings) -> None:
    around.discord.answers["/applications/1000/commands"][0]["description"] = "mine now"
    found = (await around.findings())["commands"]
    assert (found.verdict, SYNCED in found.todo) == (WARNING, True)


async def test_what_is_said_in_other_languages_is_compared_too(around: Surroundings) -> None:
    command = around.discord.answers["/applications/1000/commands"][0]
    command["options"][1]["choices"][0]["name_localizations"] = None  # Discord's word for none
    assert (await around.findings())["commands"].verdict is OK
    assert ("GET", "/applications/1000/commands?with_localizations=true") in around.discord.asked
    command["description_localizations"] = {"de": "etwas anderes"}
    assert (await around.findings())["commands"].verdict is WARNING


async def test_a_choice_that_the_settings_have_gained_makes_other_commands(around: Surroundings) -> None:
    around.discord.answers["/applications/1000/commands"][0]["options"][1]["choices"].pop()
    assert (await around.findings())["commands"].verdict is WARNING


@pytest.mark.parametrize(
    ("status", "body", "verdict", "words"),
    [
        (404, "", OK, "accepts"),
        (401, {"error": {"message": "", "type": "new_api_error", "code": ""}}, FAILURE, "relay.api_key"),
        (403, {"error": {"message": "no", "type": "", "code": "access_denied"}}, FAILURE, "relay.api_key"),
        (403, {"error": {"message": "", "type": "", "code": "insufficient_user_quota"}}, FAILURE, "balance"),
        (500, {"error": {"message": "oh", "type": "", "code": "oh"}}, WARNING, "does not say"),
        (429, {"error": {"message": "slow", "type": "", "code": ""}}, WARNING, "does not say"),
        (404, "<html>a shop</html>", WARNING, "does not say"),
    ],
)
async def test_the_key_is_judged_by_a_question_that_costs_nothing(
    around: Surroundings, status: int, body: Any, verdict: Verdict, words: str
) -> None:
    around.relay.answers[NO_TASK], around.relay.statuses[NO_TASK] = body, status
    found = (await around.findings())["relay key"]
    assert found.verdict is verdict
    assert words in found.says


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [(200, "<html>a shop</html>", FAILURE), (301, "", FAILURE), (502, "<html>502</html>", WARNING)],
)
async def test_an_address_with_no_relay_behind_it_is_found(
    around: Surroundings, status: int, body: str, verdict: Verdict
) -> None:
    around.relay.answers[NO_TASK], around.relay.statuses[NO_TASK] = body, status
    assert (await around.findings())["relay"].verdict is verdict
    assert not any("elsewhere" in path for _, path in around.relay.asked), "the key went where nobody sent it"


async def test_a_model_that_the_relay_does_not_list_is_named(around: Surroundings) -> None:
    around.relay.answers["/v1/models"]["data"].pop()
    found = (await around.findings())["models"]
    assert (found.verdict, "ray-v1" in found.says, "ray-v2" in found.says) == (WARNING, True, False)


@pytest.mark.parametrize("body", [{"data": []}, {"data": "x"}, "no JSON", [1], None])
async def test_a_relay_that_lists_no_models_is_not_blamed(around: Surroundings, body: Any) -> None:
    around.relay.answers["/v1/models"] = body
    assert (await around.findings())["models"].verdict is SKIPPED


async def test_the_sandbox_relay_takes_the_key_and_is_neither_charged_nor_broken(database: Path) -> None:
    async with RelayServer(api_key=KEY, pace=None, render=False) as relay:
        around = Surroundings(Stub("", {}), Stub("", {}), settings_for("http://127.0.0.1:9", relay.base_url, database))
        found = await around.findings()
        assert (found["relay"].verdict, found["relay key"].verdict, found["models"].verdict) == (OK, OK, SKIPPED)
        assert (relay.bills, relay.requests.get) == ((), 1)


async def test_servers_that_cannot_be_reached_are_told_as_such(database: Path) -> None:
    unreached = settings_for("http://127.0.0.1:9", "http://127.0.0.1:9", database)
    found = await Surroundings(Stub("", {}), Stub("", {}), unreached).findings()
    assert (found["token"].verdict, found["relay"].verdict, found["clock"].verdict) == (FAILURE, FAILURE, SKIPPED)
    assert "Connect call failed" in found["relay"].says or "refused" in found["relay"].says.casefold()


async def test_whatever_hangs_the_check_ends(around: Surroundings) -> None:
    around.discord.hanging = {"/users/@me/guilds"}
    around.relay.hanging = {NO_TASK}
    started = time.monotonic()
    found = await around.findings(longest_s=0.2)
    assert time.monotonic() - started < 5
    hung = {name for name, finding in found.items() if finding.verdict is FAILURE}
    assert hung == {"servers", "relay", "relay key"}
    assert found["token"].verdict is OK


@pytest.mark.parametrize("body", ["no JSON", [], {"id": 3}, {"id": {}}, "null", [[[]]]])
async def test_no_answer_of_discord_can_make_the_check_fail(around: Surroundings, body: Any) -> None:
    for path in around.discord.answers:
        around.discord.answers[path] = body
    for finding in (await around.findings()).values():
        assert "check itself" not in finding.says


@pytest.mark.parametrize(
    ("date", "verdict"),
    [
        ("Sun, 22 Nov 2026 12:00:04 GMT", OK),
        ("Sun, 22 Nov 2026 12:00:20 GMT", WARNING),
        ("Sun, 22 Nov 2026 11:57:00 GMT", FAILURE),
        ("yesterday", SKIPPED),
    ],
)
async def test_the_clock_is_compared_with_the_servers(around: Surroundings, date: str, verdict: Verdict) -> None:
    around.discord.date = around.relay.date = date
    assert (await around.findings())["clock"].verdict is verdict


def looked(database: Path) -> Finding:
    return machine.database(f"sqlite:///{database}", ManualClock(NOW))


def test_a_running_bot_is_said_to_run(database: Path) -> None:
    with ProcessLock(f"sqlite:///{database}"):
        found = looked(database)
    assert (found.verdict, "The bot is running (pid" in found.says) == (OK, True)
    assert "The bot is running" not in looked(database).says


@pytest.mark.parametrize(
    ("statement", "verdict", "words"),
    [
        ("UPDATE alembic_version SET version_num = '0999'", FAILURE, "newer version"),
        ("DELETE FROM alembic_version", WARNING, "older version"),
        ("PRAGMA application_id = 5", FAILURE, "another program"),
        (f"INSERT INTO notes VALUES ('{STAMP}', '2026-11-22')", WARNING, "restored from a backup"),  # noqa: S608  # our own constant
        ("DROP TABLE notes", FAILURE, "no such table"),
    ],
)
def test_what_stands_in_the_database_is_told(database: Path, statement: str, verdict: Verdict, words: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement)
    found = looked(database)
    assert (found.verdict, words in found.says) == (verdict, True), found


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert looked(tmp_path / "none.db").verdict is WARNING
    assert looked(tmp_path / "missing" / "none.db").verdict is FAILURE
    assert list(tmp_path.iterdir()) == []


def test_a_database_or_a_folder_that_cannot_be_written_is_told(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, _: path != database)
    assert (looked(database).verdict, "bot.db cannot be written" in looked(database).says) == (FAILURE, True)
    monkeypatch.setattr("os.access", lambda path, _: path != database.parent)
    assert (looked(database).verdict, looked(database).says.startswith("The folder")) == (FAILURE, True)


@pytest.mark.parametrize("content", [b"\x00" * 8192, b"holiday" * 1000])
def test_a_file_that_is_no_database_is_told_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.db").write_bytes(content)
    found = looked(tmp_path / "bad.db")
    assert (found.verdict, "Restore a backup" in found.todo) == (FAILURE, True)


def test_postgresql_is_skipped() -> None:
    found = machine.database("postgresql+asyncpg://bot:hunter2@db/x", ManualClock(NOW))
    assert (found.verdict, "hunter2" in found.says) == (SKIPPED, False)


@pytest.mark.parametrize(("free", "verdict"), [(2e9, OK), (5e8, WARNING), (5e7, FAILURE)])
def test_room_on_the_disk_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: float, verdict: Verdict
) -> None:
    usage = SimpleNamespace(total=4e9, used=0, free=free)
    monkeypatch.setattr("bot.checkup.machine.shutil.disk_usage", lambda _: usage)
    assert machine.disk(f"sqlite:///{tmp_path}/bot.db", tmp_path / "not" / "yet").verdict is verdict


@pytest.fixture
def _nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(loading, "SECRETS_FOLDER", tmp_path / "no-secrets")


@pytest.mark.usefixtures("_nothing_set")
def test_wrong_settings_are_all_told_and_the_rest_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[relay]\napi_kee = 'sk-1'\n[poller]\nconcurrency = 0\n")
    out = io.StringIO()
    assert check(None, as_json=True, out=out) == 1
    told = json.loads(out.getvalue())
    assert [entry["verdict"] for entry in told] == ["failure"] * (len(told) - 1) + ["skipped"]
    assert any("poller.concurrency must be at least 1" in entry["says"] for entry in told)
    assert set(told[0]) == {"name", "verdict", "says", "todo"}


@pytest.mark.usefixtures("_nothing_set")
def test_the_whole_check_runs_without_a_network_and_ends_with_1(tmp_path: Path) -> None:
    """No name server is asked: both addresses are numbers, and nothing listens there."""
    config = tmp_path / "mine.toml"
    config.write_text(
        f"[discord]\ntoken = '{TOKEN}'\napi_url = 'http://127.0.0.1:9'\n"
        f"[relay]\napi_key = '{KEY}'\nbase_url = 'http://127.0.0.1:9'\n"
    )
    out = io.StringIO()
    assert check(config, as_json=False, out=out) == 1
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("✓ configuration")
    assert any(line.startswith("✗ relay ") for line in lines)
    assert TOKEN not in out.getvalue()
    assert KEY not in out.getvalue()


def test_what_comes_from_outside_gives_no_secret_away_and_drives_no_terminal() -> None:
    named = Finding("servers", WARNING, f"In 1 server: {TOKEN}\x1b[2J\n✓ forged", f"Ask {KEY}.")
    assert _cleaned([named], Secrets((TOKEN, KEY))) == [
        Finding("servers", WARNING, "In 1 server: *** [2J ✓ forged", "Ask ***.")
    ]


def test_a_terminal_without_the_marks_gets_letters() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    print_findings([Finding("relay", FAILURE, "Müde.", "Wait.")], out, as_json=False)
    out.flush()
    assert raw.getvalue() == b"X relay  M?de.\n         -> Wait.\n"
