"""Reads the settings, once at start, from three places, and tells every mistake in a sentence of its own.

A value is taken from the first place that has it: the environment (`DREAMREEL_SECTION__KEY`), a secret file
(`section__key` or `DREAMREEL_SECTION__KEY`, in any case), config.toml, the default in `bot.settings`. An empty value
counts as not set.
"""

import difflib
import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import (
    ValidationError,
)
from pydantic_core import ErrorDetails
from pydantic_settings import InitSettingsSource

from bot.domain.errors import DreamreelError
from bot.settings import Section, Settings

PREFIX = "DREAMREEL_"
CONFIG_VARIABLE = "DREAMREEL_CONFIG"
"""Names the TOML file, where the caller does not."""
SECRETS_VARIABLE = "DREAMREEL_SECRETS_DIR"
"""Names the folder of secret files; there they must be readable."""
CONFIG_FILE = Path("config.toml")
"""Read from the working directory when no file is named, if it is there."""
SECRETS_FOLDER = Path("/run/secrets")
"""Where Docker and Podman put secrets; read when no folder is named, if it can be."""


class SettingsError(DreamreelError):
    """The settings cannot be used: one sentence a problem, in `problems` and as its text. No value is in them."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


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
        if detail["type"] == "missing" and key == ".".join(map(str, detail["loc"])):
            if key in self._meant:
                return None
            return f"{key} is missing: set it in {CONFIG_FILE}, or as {variable(key)}."
        words = _WORDS.get(detail["type"], "is not usable").format(**detail.get("ctx", {}))
        if key not in KEYS:  # a rule about several settings, which names them itself
            return f"{words}."
        inside = [f"entry {part + 1}" if isinstance(part, int) else part for part in detail["loc"][2:]]
        entry = f", {', '.join(inside)}," if inside else ""
        return f"{key}{entry} {words} ({self._origins[key]})."


_WORDS = {
    "extra_forbidden": "is not known",
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
    "missing": "is missing",
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
