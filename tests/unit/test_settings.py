"""What an operator may write, in which place, and the sentence that answers each mistake."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bot import loading
from bot.domain.generation import GenerationRequest, Kind
from bot.domain.prices import Price
from bot.domain.quota import Caps
from bot.domain.request import Offer
from bot.domain.schedule import PollSchedule
from bot.domain.turns import AtOnce
from bot.loading import KEYS, SettingsError, load, variable
from bot.settings import Discord, Relay, Settings

ROOT = Path(__file__).parents[2]
TOKEN = "MTk4NjIy.Cl2FMQ.not-a-real-token"
KEY = "sk-not-a-real-key"
FILLED = {"DREAMREEL_DISCORD__TOKEN": TOKEN, "DREAMREEL_RELAY__API_KEY": KEY}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of this machine is seen."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(loading, "SECRETS_FOLDER", tmp_path / "no-secrets")


def written(text: str) -> Path:
    """The text as ./config.toml."""
    path = Path("config.toml")
    path.write_text(text, "utf-8")
    return path


def problems(environ: dict[str, str] | None = None, toml: str | None = None) -> tuple[str, ...]:
    """What is wrong with a configuration that is otherwise complete."""
    if toml is not None:
        written(toml)
    with pytest.raises(SettingsError) as raised:
        load(environ=FILLED | (environ or {}))
    assert str(raised.value).splitlines() == list(raised.value.problems)
    return raised.value.problems


def test_a_token_and_a_key_are_enough() -> None:
    found = load(environ=FILLED)
    assert found.discord.token.get_secret_value() == TOKEN
    assert found.relay.api_key.get_secret_value() == KEY
    assert found == Settings(discord=Discord(token=SecretStr(TOKEN)), relay=Relay(api_key=SecretStr(KEY)))


def test_the_real_environment_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in FILLED.items():
        monkeypatch.setenv(name, value)
    assert load().discord.token.get_secret_value() == TOKEN


def test_a_model_built_directly_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DREAMREEL_LOG__LEVEL", "DEBUG")
    monkeypatch.setenv("LOG", '{"level": "DEBUG"}')
    assert Settings(discord=Discord(token=SecretStr(TOKEN)), relay=Relay(api_key=SecretStr(KEY))).log.level == "INFO"


def test_the_environment_beats_a_secret_file_and_that_beats_the_toml_file(tmp_path: Path) -> None:
    """Each place sets one key alone and shares another, within one section."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "poller__concurrency").write_text("2\n")
    (secrets / "poller__first_poll_s").write_text("2\n")
    written("[poller]\nconcurrency = 3\nfirst_poll_s = 3\nmax_interval_s = 33\n")
    environ = {"DREAMREEL_SECRETS_DIR": str(secrets), "DREAMREEL_POLLER__CONCURRENCY": "1"}
    poller = load(environ=FILLED | environ).poller
    assert (poller.concurrency, poller.first_poll_s, poller.max_interval_s, poller.min_interval_s) == (1, 2, 33, 3)


@pytest.mark.parametrize("name", ["discord__token", "DREAMREEL_DISCORD__TOKEN", "dreamreel_discord__token"])
def test_a_secret_file_is_found_under_its_usual_names(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in the folder of Docker and Podman, unasked; a line end at the end of the file is not part of it."""
    (tmp_path / name).write_text(TOKEN + "\r\n")
    monkeypatch.setattr(loading, "SECRETS_FOLDER", tmp_path)
    assert load(environ={"DREAMREEL_RELAY__API_KEY": KEY}).discord.token.get_secret_value() == TOKEN


def test_other_programs_files_among_the_secrets_are_left_alone(tmp_path: Path) -> None:
    for name in ("db_password", ".hidden", "other__token", "log_archive"):
        (tmp_path / name).write_bytes(b"\xff")
    (tmp_path / "kubernetes.io").mkdir()
    assert load(environ=FILLED | {"DREAMREEL_SECRETS_DIR": str(tmp_path)})


@pytest.mark.parametrize("name", ["relay__api_kee", "DREAMREEL_RELAY_API_KEY"])
def test_a_misspelt_secret_file_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(KEY)
    said = problems({"DREAMREEL_SECRETS_DIR": str(tmp_path)})
    assert said == (f"The secret file {tmp_path / name} is not a setting; did you mean relay__api_key?",)


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "relay__base_url").mkdir()
    (tmp_path / "log__level").write_bytes(b"\xff\xfe")
    said = problems({"DREAMREEL_SECRETS_DIR": str(tmp_path)})
    assert said == (
        f"log.level: the secret file {tmp_path / 'log__level'} is not UTF-8 text.",
        f"relay.base_url: the secret file {tmp_path / 'relay__base_url'} cannot be read (Is a directory).",
    )


def test_a_folder_of_secrets_that_was_named_must_be_there() -> None:
    assert problems({"DREAMREEL_SECRETS_DIR": "nowhere"}) == (
        "DREAMREEL_SECRETS_DIR: nowhere cannot be read (No such file or directory).",
    )


def test_a_file_that_was_named_must_be_there() -> None:
    """./config.toml need not be."""
    assert load(environ=FILLED)
    assert problems({"DREAMREEL_CONFIG": "other.toml"}) == ("other.toml does not exist.",)
    with pytest.raises(SettingsError, match=r"^mine\.toml does not exist\.$"):
        load(Path("mine.toml"), FILLED | {"DREAMREEL_CONFIG": "other.toml"})


def test_the_caller_names_the_file_before_the_environment_does_and_that_before_the_default() -> None:
    for name, level in (("config.toml", "DEBUG"), ("other.toml", "WARNING"), ("mine.toml", "ERROR")):
        Path(name).write_text(f'[log]\nlevel = "{level}"\n')
    environ = FILLED | {"DREAMREEL_CONFIG": "other.toml"}
    assert load(environ=FILLED).log.level == "DEBUG"
    assert load(environ=environ).log.level == "WARNING"
    assert load(Path("mine.toml"), environ).log.level == "ERROR"


def test_what_is_missing_is_said_with_both_ways_to_set_it() -> None:
    with pytest.raises(SettingsError) as raised:
        load(environ={})
    assert raised.value.problems == (
        "discord.token is missing: set it in config.toml, or as DREAMREEL_DISCORD__TOKEN.",
        "relay.api_key is missing: set it in config.toml, or as DREAMREEL_RELAY__API_KEY.",
    )


def test_an_empty_value_counts_as_not_set() -> None:
    """Compose files pass empty variables on; they must not hide what the file says."""
    written(f'[discord]\ntoken = "{TOKEN}"\ngateway_url = ""\n[relay]\napi_key = " "\n')
    with pytest.raises(SettingsError) as raised:
        load(environ={"DREAMREEL_DISCORD__TOKEN": "", "DREAMREEL_LOG__LEVEL": ""})
    assert raised.value.problems == (
        "relay.api_key is missing: set it in config.toml, or as DREAMREEL_RELAY__API_KEY.",
    )


@pytest.mark.parametrize("spelling", ["ray-9, ray-8", '["ray-9", "ray-8"]', "ray-9,ray-8,"])
def test_a_list_in_the_environment_is_json_or_words_between_commas(spelling: str) -> None:
    assert load(environ=FILLED | {"DREAMREEL_RELAY__MODELS": spelling}).relay.models == ("ray-9", "ray-8")


def test_numbers_and_flags_in_the_environment_are_understood() -> None:
    environ = {
        "DREAMREEL_RELAY__DURATIONS": "5,10",
        "DREAMREEL_RELAY__EXPAND_PROMPT": "false",
        "DREAMREEL_POLLER__MIN_INTERVAL_S": "0.05",
        "DREAMREEL_LOG__LEVEL": "debug",
        "DREAMREEL_LOG__FORMAT": "JSON",
    }
    found = load(environ=FILLED | environ)
    assert found.relay.durations == (5, 10)
    assert (found.relay.expand_prompt, found.poller.min_interval_s) == (False, 0.05)
    assert (found.log.level, found.log.format) == ("DEBUG", "json")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("DREAMREEL_RELY__API_KEY", "; did you mean DREAMREEL_RELAY__API_KEY?"),
        ("DREAMREEL_RELAY__MODLES", "; did you mean DREAMREEL_RELAY__MODELS?"),
        ("DREAMREEL_DISCORD_TOKEN", "; did you mean DREAMREEL_DISCORD__TOKEN?"),
        ("dreamreel_discord__tokn", "; did you mean DREAMREEL_DISCORD__TOKEN?"),
        ("DREAMREEL_QQQQ", "."),
        ("DREAMREEL_LOG", "."),
    ],
)
def test_a_misspelt_variable_is_named_with_the_likely_one(name: str, hint: str) -> None:
    assert problems({name: "{}"}) == (f"{name} is not a setting{hint}",)


def test_other_programs_variables_are_left_alone() -> None:
    assert load(environ=FILLED | {"DISCORD__TOKEN": "x", "PATH": "/bin", "RELAY": "3"})


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ("[relay]\nmodles = []", "relay.modles is not a setting; did you mean relay.models?"),
        ("[rely]\napi_key = 'x'", "rely is not a section of config.toml; did you mean relay?"),
        ("token = 'x'", "token is not a section of config.toml; did you mean discord.token?"),
        ("[zzzz]", "zzzz is not a section of config.toml."),
        ("discord = 3", "discord must be a section, [discord] with its settings below it (in config.toml)."),
        ("[[log]]\nlevel = 1", "log must be a section, [log] with its settings below it (in config.toml)."),
        ("[log]\nlevel = 3", "log.level must be 'DEBUG', 'INFO', 'WARNING', 'ERROR' or 'CRITICAL' (in config.toml)."),
        ("[log]\nformat = 'xml'", "log.format must be 'text' or 'json' (in config.toml)."),
        ("[poller]\nconcurrency = 0", "poller.concurrency must be at least 1 (in config.toml)."),
        ("[poller]\nconcurrency = 201", "poller.concurrency must be at most 200 (in config.toml)."),
        ("[poller]\nconcurrency = 1.5", "poller.concurrency must be a whole number (in config.toml)."),
        ("[poller]\nconcurrency = []", "poller.concurrency must be a whole number (in config.toml)."),
        ("[poller]\nconcurrency = true", "poller.concurrency must be a number, not true or false (in config.toml)."),
        ("[poller]\nfirst_poll_s = 0", "poller.first_poll_s must be more than 0 (in config.toml)."),
        ("[poller]\nfirst_poll_s = 3601", "poller.first_poll_s must be at most 3600 (in config.toml)."),
        ("[poller]\nfirst_poll_s = nan", "poller.first_poll_s must be a finite number (in config.toml)."),
        ("[poller]\nfirst_poll_s = {}", "poller.first_poll_s must be a number (in config.toml)."),
        (
            "[poller]\nmin_interval_s = 9\nmax_interval_s = 8",
            "poller.min_interval_s must not be more than poller.max_interval_s.",
        ),
        ("[relay]\nexpand_prompt = 'perhaps'", "relay.expand_prompt must be true or false (in config.toml)."),
        ("[relay]\nexpand_prompt = []", "relay.expand_prompt must be true or false (in config.toml)."),
        ("[relay]\nmodels = []", "relay.models must have 1 to 25 entries (in config.toml)."),
        (f"[relay]\ndurations = {list(range(1, 27))}", "relay.durations must have 1 to 25 entries (in config.toml)."),
        ("[relay]\nmodels = ['a', ' a']", "relay.models must not name the same thing twice (in config.toml)."),
        ("[relay]\nmodels = 3", "relay.models must be a list (in config.toml)."),
        (
            "[relay]\nmodels = '[a'",
            "relay.models must be a list: a JSON array, or words between commas (in config.toml).",
        ),
        ("[relay]\nmodels = ['a', 3]", "relay.models, entry 2, must be text, in quotes (in config.toml)."),
        ("[relay]\nmodels = ['a', ' ']", "relay.models, entry 2, must not be empty (in config.toml)."),
        (
            f"[relay]\nmodels = ['{'a' * 101}']",
            "relay.models, entry 1, must have at most 100 characters (in config.toml).",
        ),
        ("[relay]\ndurations = [0]", "relay.durations, entry 1, must be at least 1 (in config.toml)."),
        ("[relay]\ndurations = ['x']", "relay.durations, entry 1, must be a whole number (in config.toml)."),
        ("[media]\nfolder = 3", "media.folder must be a path, in quotes (in config.toml)."),
        ("[media]\nmost_mb = 0", "media.most_mb must be at least 1 (in config.toml)."),
    ],
)
def test_each_mistake_in_the_file_is_one_sentence(toml: str, sentence: str) -> None:
    assert problems(toml=toml) == (sentence,)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"[log]\nlevel =\n", "config.toml, line 2, column 8: this is not TOML (Invalid value)."),
        (b"[log", "config.toml, end of document: this is not TOML (Expected ']' at the end of a table declaration)."),
        (b"a = '\xff'", "config.toml is not UTF-8 text."),
    ],
)
def test_a_broken_file_is_named_with_the_place(content: bytes, sentence: str) -> None:
    """Nothing is called missing: it may well stand in what could not be read."""
    Path("config.toml").write_bytes(content)
    with pytest.raises(SettingsError) as raised:
        load(environ={})
    assert raised.value.problems == (sentence,)


def test_a_folder_in_the_place_of_the_file_is_one_sentence() -> None:
    assert problems({"DREAMREEL_CONFIG": "."}) == (". cannot be read (Is a directory).",)


def test_a_file_saved_with_a_byte_order_mark_is_read() -> None:
    Path("config.toml").write_text("[log]\nlevel = 'ERROR'", "utf-8-sig")
    assert load(environ=FILLED).log.level == "ERROR"


def test_all_problems_are_told_at_once_each_with_its_place() -> None:
    written("[poller]\nconcurrency = 0\nfirst_poll_s = 0\n[log]\nlevle = 'INFO'\n")
    with pytest.raises(SettingsError) as raised:
        load(environ={"DREAMREEL_RELAY__API_KEE": KEY, "DREAMREEL_POLLER__FIRST_POLL_S": "soon"})
    assert raised.value.problems == (
        "DREAMREEL_RELAY__API_KEE is not a setting; did you mean DREAMREEL_RELAY__API_KEY?",
        "log.levle is not a setting; did you mean log.level?",
        "discord.token is missing: set it in config.toml, or as DREAMREEL_DISCORD__TOKEN.",
        "poller.first_poll_s must be a number (from DREAMREEL_POLLER__FIRST_POLL_S).",
        "poller.concurrency must be at least 1 (in config.toml).",
    )


@pytest.mark.parametrize(
    ("key", "url", "complaint"),
    [
        ("relay.base_url", "ftp://relay", "must be a URL that begins with https:// or http://"),
        ("relay.base_url", "relay.example", "must be a URL that begins with https:// or http://"),
        ("relay.base_url", "https://", "must be a URL that begins with https:// or http://"),
        ("relay.base_url", "https://a b", "must be a URL that begins with https:// or http://"),
        ("relay.base_url", "https://a\nb", "must be a URL that begins with https:// or http://"),
        ("relay.base_url", "https://[a", "must be a URL that begins with https:// or http://"),
        ("relay.base_url", "https://a:99999", "must be a URL that begins with https:// or http://"),
        ("relay.base_url", "https://me:hush@relay.example", "must not hold a user name or password"),
        ("relay.base_url", "https://relay.example/?key=1", "must not have a part after ? or #"),
        ("discord.api_url", "wss://x", "must be a URL that begins with https:// or http://"),
        ("discord.gateway_url", "https://x", "must be a URL that begins with wss:// or ws://"),
        ("database.url", "sqlite:///x.db", "must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://"),
        ("database.url", "sqlite+aiosqlite://", "must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://"),
        (
            "database.url",
            "sqlite+aiosqlite:///:memory:",
            "must name a file: a database in memory forgets videos that were paid for",
        ),
    ],
)
def test_a_url_that_cannot_work_is_told_at_start(key: str, url: str, complaint: str) -> None:
    assert problems({variable(key): url}) == (f"{key} {complaint} (from {variable(key)}).",)


def test_spaces_around_a_value_do_not_matter() -> None:
    environ = {
        "DREAMREEL_DISCORD__TOKEN": f" {TOKEN}\n",
        "DREAMREEL_DATABASE__URL": " sqlite+aiosqlite:///x.db ",
        "DREAMREEL_LOG__LEVEL": " info ",
    }
    found = load(environ=FILLED | environ)
    assert found.discord.token.get_secret_value() == TOKEN
    assert found.database.url.get_secret_value() == "sqlite+aiosqlite:///x.db"
    assert found.log.level == "INFO"


def test_the_slash_at_the_end_of_a_url_does_not_matter() -> None:
    environ = {
        "DREAMREEL_RELAY__BASE_URL": " http://127.0.0.1:8080/v1/ ",
        "DREAMREEL_DISCORD__API_URL": "https://proxy.example/api/v10/",
        "DREAMREEL_DISCORD__GATEWAY_URL": "ws://localhost:9000/",
    }
    found = load(environ=FILLED | environ)
    assert found.relay.base_url == "http://127.0.0.1:8080/v1"
    assert found.discord.api_url == "https://proxy.example/api/v10"
    assert found.discord.gateway_url == "ws://localhost:9000"


@pytest.mark.parametrize("key", ["discord.token", "relay.api_key"])
@pytest.mark.parametrize("bad", ["Bot hush-hush", "hush\nhush", "h\u00fcsh-hush"])
def test_a_credential_that_cannot_stand_in_a_header_is_refused(key: str, bad: str) -> None:
    (said,) = problems({variable(key): bad})
    assert said == f"{key} must be the bare token: plain ASCII, without spaces or line breaks (from {variable(key)})."


def test_no_secret_is_in_any_error_or_repr() -> None:
    """Neither where a value is right nor where it is wrong, nor in what a traceback would show of the causes."""
    hush = "hush-hush"
    written(f"[discord]\ntoken = ['{hush}']\n[relay]\nbase_url = 'https://me:{hush}@relay.example'\n")
    environ = {"DREAMREEL_RELAY__API_KEY": f"two words {hush}", "DREAMREEL_DATABASE__URL": f"mysql://me:{hush}@db/x"}
    with pytest.raises(SettingsError) as raised:
        load(environ=environ)
    assert len(raised.value.problems) == 4
    assert raised.value.__cause__ is raised.value.__context__ is None
    assert hush not in str(raised.value) + repr(raised.value)

    with pytest.raises(ValidationError) as direct:
        Discord.model_validate({"token": [hush], "tokn": hush})
    assert hush not in str(direct.value) + repr(direct.value)

    url = f"postgresql+asyncpg://me:{hush}@db.example/dreamreel?password={hush}"
    found = load(environ=FILLED | {"DREAMREEL_DATABASE__URL": url}, config=_nothing())
    for secret in (hush, TOKEN, KEY):
        assert secret not in repr(found) + str(found) + found.model_dump_json() + found.database.shown


def _nothing() -> Path:
    Path("empty.toml").touch()
    return Path("empty.toml")


def test_pydantics_own_debug_log_shows_no_secret(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """PYDANTIC_SETTINGS_DEBUG makes it write all that it has read."""
    monkeypatch.setenv("PYDANTIC_SETTINGS_DEBUG", "1")
    caplog.set_level("DEBUG")
    load(environ=FILLED)
    assert "Resolving settings" in caplog.text
    assert TOKEN not in caplog.text
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    ("url", "shown", "passwords"),
    [
        ("sqlite+aiosqlite:////var/lib/reel.db", "sqlite+aiosqlite:////var/lib/reel.db", ()),
        ("postgresql+asyncpg://db/reel", "postgresql+asyncpg://db/reel", ()),
        ("postgresql+asyncpg://me@db/reel", "postgresql+asyncpg://***@db/reel", ()),
        ("postgresql+asyncpg://me:a%2Fb@db/reel", "postgresql+asyncpg://***@db/reel", ("a%2Fb", "a/b")),
        ("postgresql+asyncpg://me:a/b@c@db/reel?x=y", "postgresql+asyncpg://***@db/reel", ("a/b@c", "a/b@c")),
    ],
)
def test_the_database_is_shown_without_its_password(url: str, shown: str, passwords: tuple[str, ...]) -> None:
    found = load(environ=FILLED | {"DREAMREEL_DATABASE__URL": url})
    assert found.database.url.get_secret_value() == url
    assert found.database.shown == shown
    assert found.secrets() == (TOKEN, KEY, *passwords)


def test_settings_are_never_changed_afterwards() -> None:
    found = load(environ=FILLED)
    with pytest.raises(ValidationError, match="frozen"):
        found.log.level = "DEBUG"  # type: ignore[misc] # that mypy sees it too is the point
    with pytest.raises(ValidationError, match="frozen"):
        found.log = found.log  # type: ignore[misc] # as above


def test_the_domain_gets_its_values() -> None:
    found = load(environ=FILLED | {"DREAMREEL_MEDIA__MOST_MB": "2"})
    assert found.offer() == Offer(("ray-v2", "ray-v1"), (5, 9), ("720p", "540p", "1080p"))
    assert found.schedule() == PollSchedule(15.0, 3.0, 20.0)
    assert found.media.most_bytes == 2_000_000


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load(environ=FILLED | {"DREAMREEL_MEDIA__FOLDER": "~/films"}).media.folder == tmp_path / "films"


EXAMPLE = (ROOT / "config.example.toml").read_text("utf-8")
STATED = re.compile(r"^(?:# )?([a-z_]+) = ", re.MULTILINE)


def test_the_example_names_every_setting_once_under_its_section() -> None:
    stated = [
        f"{section}.{key}"
        for section, text in re.findall(r"^\[(\w+)\]\n(.*?)(?=^\[|\Z)", EXAMPLE, re.MULTILINE | re.DOTALL)
        for key in STATED.findall(text)
    ]
    assert sorted(stated) == sorted(KEYS)


def _filled(example: str) -> str:
    return example.replace('token = ""', f'token = "{TOKEN}"').replace('api_key = ""', f'api_key = "{KEY}"')


@pytest.mark.parametrize("uncomment", [str, lambda text: STATED.sub(r"\1 = ", text)], ids=["as it is", "uncommented"])
def test_the_example_states_the_real_defaults(uncomment: Callable[[str], str]) -> None:
    """Filled with token and key it loads, and every default that it states is the default."""
    assert load(written(_filled(uncomment(EXAMPLE))), {}) == load(_nothing(), FILLED)


def test_the_example_states_defaults_in_the_type_that_is_meant() -> None:
    """As text a number would load too, and teach a newcomer the wrong spelling."""
    tables = tomllib.loads(STATED.sub(r"\1 = ", EXAMPLE))
    expected = load(environ=FILLED).model_dump(mode="json", exclude={"discord": {"token", "gateway_url"}})
    expected["relay"].pop("api_key")
    expected["database"].pop("url")  # dumped as stars
    for section, values in expected.items():
        for key, value in values.items():
            assert tables[section][key] == ("" if value is None else value), f"{section}.{key}"


def test_the_example_unfilled_says_what_to_fill() -> None:
    with pytest.raises(SettingsError) as raised:
        load(written(EXAMPLE), {})
    assert [said.partition(" is ")[0] for said in raised.value.problems] == ["discord.token", "relay.api_key"]


def test_settings_load_no_library_of_the_bot() -> None:
    """A wrong configuration is told at once, not after discord.py and SQLAlchemy have been imported."""
    code = "import sys, bot.loading; print({'discord', 'aiohttp', 'sqlalchemy', 'alembic'} & set(sys.modules))"
    done = subprocess.run(  # noqa: S603 - this interpreter, with a literal
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"set()\n"


def test_prices_and_limits_become_what_the_bot_works_with(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        "[prices]\ncredits = 2\nusd = 0.2\nextend_credits = 3\n"
        'special = [{ resolution = "1080p", credits = 5 }, { model = "ray-v1", credits = 1, usd = 0.1 }]\n'
        "[limits]\nbot_credits_a_day = 9\nmember_at_once = 3\n"
    )
    settings = load(config, FILLED)
    table = settings.prices.table()
    request = GenerationRequest(Kind.TEXT, "a calm sea", "ray-v2", 5, "720p", expand_prompt=True)
    assert table.of(request) == Price(2, 200_000)
    assert table.of(replace(request, resolution="1080p")) == Price(5)
    assert table.of(replace(request, resolution="1080p", model="ray-v1")) == Price(1, 100_000)
    assert table.of(replace(request, kind=Kind.EXTEND, resolution="1080p")) == Price(3)
    assert settings.limits.caps() == Caps(None, 9)
    assert settings.limits.at_once() == AtOnce(3, 8)


@pytest.mark.parametrize(
    ("special", "why"),
    [
        ("[{ credits = -1 }]", "at least 0"),
        ("[{ model = 3, credits = 1 }]", "must be text"),
        ("[{ credits = 1 }, { credits = 2 }]", "twice"),
        ("[{ model = 'ray-v2' }]", "prices.special, entry 1, credits, is missing"),
        ("[{ modle = 'ray-v2', credits = 1 }]", "prices.special"),
        ("3", "must be a list"),
    ],
)
def test_a_wrong_price_is_a_sentence(tmp_path: Path, special: str, why: str) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f"[prices]\nspecial = {special}\n")
    with pytest.raises(SettingsError, match=why) as caught:
        load(config, FILLED)
    assert len(caught.value.problems) == 1
