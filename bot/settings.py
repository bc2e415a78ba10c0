"""What the operator decides, section by section: frozen, checked whole, and never read from a place by itself.

A model that is built directly reads nothing but its arguments; `bot.loading` brings the values from their places.
"""

import json
import re
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar
from urllib.parse import unquote, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.domain.prices import Price, PriceTable
from bot.domain.quota import Caps
from bot.domain.request import Offer
from bot.domain.schedule import PollSchedule
from bot.domain.turns import AtOnce

MOST_CHOICES = 25
"""Discord's limit on the choices of one option (Discord's documentation, application commands)."""

_SQLITE = "sqlite+aiosqlite:///"
_POSTGRES = "postgresql+asyncpg://"

T = TypeVar("T", int, str)


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


def _tables(value: object) -> object:
    """A list of tables, also where it is written in one line as in the environment: JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError("must be a list of tables, in the environment as JSON") from None


def _price(credits_: int, usd: float | None) -> Price:
    return Price(credits_, None if usd is None else round(usd * 1_000_000))


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
Credits = Annotated[Whole, Field(ge=0, le=1_000_000)]
Cap = Annotated[Whole, Field(ge=0, le=1_000_000_000)]
Dollars = Annotated[float, BeforeValidator(_number), Field(ge=0, le=10_000)]
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
    """How often the relay is asked, in seconds, and how many requests to it may run at once.

    When exactly is learnt from how long videos took: see `PollSchedule`, which these bound.
    """

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


class Health(Section):
    """Where the health checks are answered; port 0 turns them off."""

    host: Name = "127.0.0.1"
    port: Annotated[Whole, Field(ge=0, le=65_535)] = 8790


class SpecialPrice(Section):
    """A price for some requests: whatever is left out stands for any."""

    model: Name | None = None
    resolution: Name | None = None
    duration: Length | None = None
    credits: Credits
    usd: Dollars | None = None

    @property
    def key(self) -> tuple[str | None, str | None, int | None]:
        """What it is for."""
        return self.model, self.resolution, self.duration


def _distinct(prices: tuple[SpecialPrice, ...]) -> tuple[SpecialPrice, ...]:
    if len({price.key for price in prices}) < len(prices):
        raise ValueError("must not price the same thing twice")
    return prices


class Prices(Section):
    """What a generation costs in credits, and the operator in US dollars, where that is to be reported."""

    credits: Credits = 1
    usd: Dollars | None = None
    extend_credits: Credits | None = None
    extend_usd: Dollars | None = None
    special: Annotated[tuple[SpecialPrice, ...], BeforeValidator(_tables), AfterValidator(_distinct)] = ()

    def table(self) -> PriceTable:
        """The prices as the bot works with them."""
        extend = None if self.extend_credits is None else _price(self.extend_credits, self.extend_usd)
        special = {each.key: _price(each.credits, each.usd) for each in self.special}
        return PriceTable(_price(self.credits, self.usd), extend, special)


class Limits(Section):
    """The operator's last word: what no moderator can raise, and how many requests run and wait at once."""

    server_credits_a_day: Cap | None = None
    bot_credits_a_day: Cap | None = None
    member_at_once: Annotated[Whole, Field(ge=1, le=1000)] = 2
    server_at_once: Annotated[Whole, Field(ge=1, le=1000)] = 8
    member_waiting: Annotated[Whole, Field(ge=1, le=1000)] = 5
    server_waiting: Annotated[Whole, Field(ge=1, le=1000)] = 50

    def caps(self) -> Caps:
        """The caps as the bot works with them."""
        return Caps(self.server_credits_a_day, self.bot_credits_a_day)

    def at_once(self) -> AtOnce:
        """How many may be with the relay at once."""
        return AtOnce(self.member_at_once, self.server_at_once)


class Privacy(Section):
    """How long prompts and links are kept after a generation ended, in days."""

    retention_days: Annotated[Whole, Field(ge=1, le=3650)] = 30


class Settings(BaseSettings):
    """All that the operator decides."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    discord: Discord
    relay: Relay
    database: Database = Database()
    poller: Poller = Poller()
    media: Media = Media()
    log: Log = Log()
    health: Health = Health()
    prices: Prices = Prices()
    limits: Limits = Limits()
    privacy: Privacy = Privacy()

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
