"""What the operator decides: read once at start from three places, checked whole, and never changed afterwards.

A value is taken from the first place that has it: the environment (`DREAMREEL_SECTION__KEY`), a secret file
(`section__key` or `DREAMREEL_SECTION__KEY`, in any case), config.toml, the default here. An empty value counts as not
set. A model that is built directly reads nothing but its arguments.
"""

import difflib
import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import unquote, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from bot.domain.errors import DreamreelError
from bot.domain.request import Offer
from bot.domain.schedule import PollSchedule

PREFIX = "DREAMREEL_"
CONFIG_VARIABLE = "DREAMREEL_CONFIG"
"""Names the TOML file, where the caller does not."""
SECRETS_VARIABLE = "DREAMREEL_SECRETS_DIR"
"""Names the folder of secret files; there they must be readable."""
CONFIG_FILE = Path("config.toml")
"""Read from the working directory when no file is named, if it is there."""
SECRETS_FOLDER = Path("/run/secrets")
"""Where Docker and Podman put secrets; read when no folder is named, if it can be."""
MOST_CHOICES = 25
"""Discord's limit on the choices of one option (Discord's documentation, application commands)."""

_SQLITE = "sqlite+aiosqlite:///"
_POSTGRES = "postgresql+asyncpg://"

T = TypeVar("T", int, str)


class SettingsError(DreamreelError):
    """The settings cannot be used: one sentence a problem, in `problems` and as its text. No value is in them."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def _number(value: object) -> object:
    if isinstance(value, bool):  # pydantic would count true as 1
        raise ValueError("must be a number, not true or false")  # noqa: TRY004 - pydantic reports no TypeError
    return value


def _entries(value: object) -> object:
    """A list, also where it is written in one line as in the environment: JSON, or words between commas."""
    if not isinstance(value, str):
        return value
    if not value.lstrip().startswith("["):
        return [entry for entry in value.split(",") if entry.strip()]
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError("must be a list: a JSON array, or words between commas") from None


def _choices(entries: tuple[T, ...]) -> tuple[T, ...]:
    if not 1 <= len(entries) <= MOST_CHOICES:  # not a constraint: it would miscount beside a bad entry
        raise ValueError(f"must have 1 to {MOST_CHOICES} entries")
    if len(set(entries)) < len(entries):
        raise ValueError("must not name the same thing twice")
    return entries


def _credential(value: SecretStr) -> SecretStr:
    """Only what can stand in an HTTP header: a line break in it would end up as a fault of every request."""
    if not re.fullmatch(r"[!-~]+", value.get_secret_value()):
        raise ValueError("must be the bare token: plain ASCII, without spaces or line breaks")
    return value


def _address(text: str, *schemes: str) -> str:
    wanted = "must be a URL that begins with " + " or ".join(f"{scheme}://" for scheme in schemes)
    try:
        parts = urlsplit(text)
        usable = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError:
        raise ValueError(wanted) from None
    if not usable or not re.fullmatch(r"[!-~]+", text):
        raise ValueError(wanted)
    if parts.username is not None:
        raise ValueError("must not hold a user name or password")
    if "?" in text or "#" in text:
        raise ValueError("must not have a part after ? or #")
    return text.rstrip("/")


def _database(value: SecretStr) -> SecretStr:
    url = value.get_secret_value()
    if url.startswith(_SQLITE):
        path, _, query = url.removeprefix(_SQLITE).partition("?")
        if not path or ":memory:" in path or "mode=memory" in query:
            raise ValueError("must name a file: a database in memory forgets videos that were paid for")
    elif not url.startswith(_POSTGRES):
        raise ValueError(f"must begin with {_SQLITE} or {_POSTGRES}")
    return value


def _folder(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:
        raise ValueError("begins with ~, but there is no home folder") from None


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


Whole = Annotated[int, BeforeValidator(_number)]
Seconds = Annotated[float, BeforeValidator(_number), Field(gt=0, le=3600)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Length = Annotated[Whole, Field(ge=1, le=3600)]
Credential = Annotated[SecretStr, AfterValidator(_credential)]
HttpUrl = Annotated[str, AfterValidator(lambda text: _address(text, "https", "http"))]
SocketUrl = Annotated[str, AfterValidator(lambda text: _address(text, "wss", "ws"))]
_CHOICES = (BeforeValidator(_entries), AfterValidator(_choices))


class Section(BaseModel):
    """The strict base of every section: pydantic-settings does not pass its own strictness on."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True, allow_inf_nan=False
    )


class Discord(Section):
    """The bot's account. The URLs are for an API proxy, or a local server in tests; None is Discord's own gateway."""

    token: Credential
    api_url: HttpUrl = "https://discord.com/api/v10"
    gateway_url: SocketUrl | None = None


class Relay(Section):
    """Whom the bot pays, and what is on offer; durations in seconds; the first of each is what members get unasked.

    The defaults are those of the relay's page for Luma, docs.crazyrouter.com.
    """

    api_key: Credential
    base_url: HttpUrl = "https://crazyrouter.com"
    models: Annotated[tuple[Name, ...], *_CHOICES] = ("ray-v2", "ray-v1")
    durations: Annotated[tuple[Length, ...], *_CHOICES] = (5, 9)
    resolutions: Annotated[tuple[Name, ...], *_CHOICES] = ("720p", "540p", "1080p")
    expand_prompt: bool = True


class Database(Section):
    """Where everything is kept. The URL is secret, since it can hold a password."""

    url: Annotated[SecretStr, AfterValidator(_database)] = SecretStr(f"{_SQLITE}dreamreel.db")

    @property
    def shown(self) -> str:
        """The URL fit to be read by others: no user name, no password, no options."""
        return re.sub(r"//.*@", "//***@", self.url.get_secret_value()).partition("?")[0]

    @property
    def passwords(self) -> tuple[str, ...]:
        """The password as it is written and as it is meant, where there is one."""
        found = re.search(r"://[^:@/]*:(.+)@", self.url.get_secret_value())
        return (found[1], unquote(found[1])) if found else ()


class Poller(Section):
    """How often the relay is asked, in seconds, and how many requests to it may run at once."""

    first_poll_s: Seconds = 15.0
    min_interval_s: Seconds = 3.0
    max_interval_s: Seconds = 20.0
    concurrency: Annotated[Whole, Field(ge=1, le=200)] = 16

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min_interval_s > self.max_interval_s:
            raise ValueError("poller.min_interval_s must not be more than poller.max_interval_s")
        return self


class Media(Section):
    """Where finished videos lie, from the working directory, and the most one may weigh, in megabytes of 1,000,000."""

    folder: Annotated[Path, AfterValidator(_folder)] = Path("dreamreel-media")
    most_mb: Annotated[Whole, Field(ge=1, le=10_000)] = 500

    @property
    def most_bytes(self) -> int:
        """The same limit in bytes."""
        return self.most_mb * 1_000_000


class Log(Section):
    """How much is written to the log, and as what."""

    level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_upper)] = "INFO"
    format: Annotated[Literal["text", "json"], BeforeValidator(_lower)] = "text"


class Settings(BaseSettings):
    """All that the operator decides."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    discord: Discord
    relay: Relay
    database: Database = Database()
    poller: Poller = Poller()
    media: Media = Media()
    log: Log = Log()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only arguments: `load` brings its own sources, which pydantic's would read without checking the names."""
        return (init_settings,)

    def offer(self) -> Offer:
        """What members can choose from."""
        return Offer(self.relay.models, self.relay.durations, self.relay.resolutions)

    def schedule(self) -> PollSchedule:
        """When the relay is asked."""
        return PollSchedule(self.poller.first_poll_s, self.poller.min_interval_s, self.poller.max_interval_s)

    def secrets(self) -> tuple[str, ...]:
        """What must never be printed, for the log to strike out."""
        credentials = (self.discord.token, self.relay.api_key)
        return (*(each.get_secret_value() for each in credentials), *self.database.passwords)


def load(config: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings from all places. Raises SettingsError with every problem found, one sentence each."""
    reading = _Reading()
    reading.environment(environ)
    reading.secret_files(environ.get(SECRETS_VARIABLE, ""))
    named = config or (Path(environ[CONFIG_VARIABLE]) if environ.get(CONFIG_VARIABLE) else None)
    whole = reading.toml(named or CONFIG_FILE, required=named is not None)
    settings = reading.settings() if whole else None  # a file half read would make much else look missing
    if settings is None or reading.problems:
        raise SettingsError(reading.problems)
    return settings


KEYS = tuple(
    f"{section}.{key}"
    for section, field in Settings.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
    for key in field.annotation.model_fields
)
"""Every setting, as `section.key`."""


def variable(key: str) -> str:
    """The environment variable of a setting such as `relay.api_key`."""
    return PREFIX + key.upper().replace(".", "__", 1)


def _key(name: str) -> str:
    """The setting that a variable or a secret file of this name would be for; it need not exist."""
    return name.lower().removeprefix(PREFIX.lower()).replace("__", ".", 1)


class _Reading:
    """Values as they are found, where each came from, and what is wrong so far. The first place read wins."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._meant: set[str] = set()
        self._origins: dict[str, str] = {}
        self._layers: list[dict[str, Any]] = []

    def environment(self, environ: Mapping[str, str]) -> None:
        self._layers.append({})
        for name in sorted(environ):
            if not name.upper().startswith(PREFIX) or name.upper() in {CONFIG_VARIABLE, SECRETS_VARIABLE}:
                continue
            if _key(name) in KEYS:
                self._take(_key(name), environ[name], f"from {name}")
            else:
                self._unknown(name, _key(name), variable)

    def secret_files(self, named: str) -> None:
        self._layers.append({})
        folder = Path(named) if named else SECRETS_FOLDER
        try:
            files = sorted(folder.iterdir())
        except OSError as error:
            if named:
                self.problems.append(f"{SECRETS_VARIABLE}: {folder} cannot be read ({error.strerror}).")
            return
        for file in files:
            self._secret_file(file)

    def _secret_file(self, file: Path) -> None:
        key = _key(file.name)
        if key in KEYS:
            try:
                self._take(key, file.read_text("utf-8").strip(), f"in {file}")
            except OSError as error:
                self.problems.append(f"{key}: the secret file {file} cannot be read ({error.strerror}).")
            except UnicodeDecodeError:
                self.problems.append(f"{key}: the secret file {file} is not UTF-8 text.")
        elif file.name.upper().startswith(PREFIX) or file.name.lower().partition("__")[0] in Settings.model_fields:
            # Other files are other programs': the folder may be shared.
            self._unknown(f"The secret file {file}", key, lambda meant: meant.replace(".", "__", 1))

    def toml(self, path: Path, *, required: bool) -> bool:
        """Read the file. False if it could not be read through."""
        self._layers.append({})
        try:
            tables = tomllib.loads(path.read_text("utf-8-sig"))  # some editors put a byte order mark first
        except FileNotFoundError:
            if required:
                self.problems.append(f"{path} does not exist.")
            return not required
        except OSError as error:
            self.problems.append(f"{path} cannot be read ({error.strerror}).")
            return False
        except UnicodeDecodeError:
            self.problems.append(f"{path} is not UTF-8 text.")
            return False
        except tomllib.TOMLDecodeError as error:
            self.problems.append(_broken(path, str(error)))
            return False
        for section, table in tables.items():
            self._section(section, table, path)
        return True

    def _section(self, section: str, table: object, path: Path) -> None:
        if section not in Settings.model_fields:
            homeless = [key for key in KEYS if key.partition(".")[2] == section]
            self._meant.update(homeless)
            close = homeless or difflib.get_close_matches(section, Settings.model_fields, 1)
            self.problems.append(f"{section} is not a section of {path}{_hint(close)}")
        elif not isinstance(table, dict):
            self.problems.append(f"{section} must be a section, [{section}] with its settings below it (in {path}).")
        else:
            for name, value in table.items():
                if f"{section}.{name}" in KEYS:
                    self._take(f"{section}.{name}", value, f"in {path}")
                else:
                    self._unknown(f"{section}.{name}", f"{section}.{name}", str)

    def _take(self, key: str, value: object, origin: str) -> None:
        if isinstance(value, str) and not value.strip():
            return
        section, _, name = key.partition(".")
        self._layers[-1].setdefault(section, {}).setdefault(name, value)
        self._origins.setdefault(key, origin)

    def _unknown(self, written: str, key: str, spelled: Callable[[str], str]) -> None:
        close = difflib.get_close_matches(key, KEYS, 1)
        self._meant.update(close)
        self.problems.append(f"{written} is not a setting{_hint([spelled(each) for each in close])}")

    def settings(self) -> Settings | None:
        """The settings, if all that was taken is right; else None, and the problems are noted."""
        empty: dict[str, Any] = {section: {} for section in Settings.model_fields}
        sources = tuple(InitSettingsSource(Settings, layer) for layer in (*self._layers, empty))
        try:
            return Settings(_build_sources=(sources, {}))
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False)
        self.problems.extend(filter(None, map(self._sentence, details)))
        return None

    def _sentence(self, detail: ErrorDetails) -> str | None:
        """What pydantic found, in words. None for a setting that is missing only because its name is misspelt."""
        key = ".".join(map(str, detail["loc"][:2]))
        if detail["type"] == "missing":
            if key in self._meant:
                return None
            return f"{key} is missing: set it in {CONFIG_FILE}, or as {variable(key)}."
        words = _WORDS.get(detail["type"], "is not usable").format(**detail.get("ctx", {}))
        if key not in KEYS:  # a rule about several settings, which names them itself
            return f"{words}."
        entry = "".join(f", entry {int(index) + 1}," for index in detail["loc"][2:])
        return f"{key}{entry} {words} ({self._origins[key]})."


_WORDS = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "finite_number": "must be a finite number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "int_type": "must be a whole number",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "path_type": "must be a path, in quotes",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must not be empty",
    "string_type": "must be text, in quotes",
    "tuple_type": "must be a list",
    "value_error": "{error}",
}
"""pydantic's names for what is wrong, as they read after a setting's name."""


def _hint(close: list[str]) -> str:
    return f"; did you mean {close[0]}?" if close else "."


def _broken(path: Path, message: str) -> str:
    """The parser's complaint as a sentence that opens with the place, as an editor wants it."""
    what, _, where = message.rpartition(" (at ")
    return f"{path}, {where.rstrip(')')}: this is not TOML ({what})."
