"""The words that a reader sees, in the reader's language.

A sentence is a `Message` or a `Plural`, written in English in the words modules, and becomes text when it is called:
in the language that is `speaking` then. A language is one file, `bot/languages/NAME.po`, NAME as Babel has it
(`es`, `zh_Hans`); `make words` brings the files up to date with the code.
"""

import gettext
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from io import BytesIO
from pathlib import Path

from babel.core import Locale, UnknownLocaleError, get_global, parse_locale
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from discord.app_commands import locale_str

FOLDER = Path(__file__).parents[1] / "languages"
ENGLISH = "en"
NAME_CONTEXT = "name"
"""The context under which a catalogue holds the names of commands and options, which Discord wants short and small."""
_SAID = "said"
_LISTS = {ENGLISH: "en_GB"}
"""How lists are written where Babel's way is not ours: as in all our sentences, no comma stands before the "and"."""

_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


def languages() -> tuple[str, ...]:
    """Every language there is, English first."""
    return (ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.po")))


@cache
def language_for(tag: str | None) -> str:
    """The language for a tag such as Discord's `zh-CN`, `es-419` or `en-GB`; English where there is no file for it."""
    try:
        locale = Locale.parse(str(tag), sep="-")
    except (UnknownLocaleError, ValueError):
        return ENGLISH
    likely = get_global("likely_subtags").get(str(locale)) or get_global("likely_subtags").get(locale.language, "")
    script = locale.script or (parse_locale(likely)[2] if likely else None)
    known = languages()
    for name in (f"{locale.language}_{script}", locale.language):
        if name in known:
            return name
    return ENGLISH


def own_name(language: str) -> str:
    """What its speakers call a language."""
    return (Locale.parse(language).get_display_name() or language).capitalize()


def speak(language: str) -> None:
    """Speak so from here on, within this task."""
    _language.set(language)


def spoken() -> str:
    """The language that is spoken now."""
    return _language.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak so for a while."""
    before = _language.set(language)
    try:
        yield
    finally:
        _language.reset(before)


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence. Called, it is text in the language spoken, with the facts in its `{places}`.

    Numbers that are read as numbers go in by `number`, so that they are grouped as the reader is used to.
    """

    english: str

    def __call__(self, **facts: object) -> str:
        text = _catalogue(_language.get()).gettext(self.english)
        return text.format(**facts) if facts else text

    def located(self, **facts: object) -> locale_str:
        """The same for Discord, which shows each reader a language of their own: for commands, options and choices."""
        return _located(lambda: self(**facts))


@dataclass(frozen=True, slots=True)
class Plural:
    """A sentence that depends on a number, which stands in it as `{n}`."""

    one: str
    many: str

    def __call__(self, n: int, **facts: object) -> str:
        text = _catalogue(_language.get()).ngettext(self.one, self.many, n)
        return text.format(n=number(n), **facts)

    def located(self, n: int, **facts: object) -> locale_str:
        """As of a `Message`."""
        return _located(lambda: self(n, **facts))


def number(n: int) -> str:
    """A number as the reader is used to it: 12,500, 12.500, 12 500."""
    return _decimal(n, _language.get())


@lru_cache(maxsize=1_000)
def _decimal(n: int, language: str) -> str:
    """Kept: each card has some small numbers, and Babel takes a tenth of a millisecond over one."""
    return str(format_decimal(n, locale=language))


def listed(parts: Sequence[str], *, either: bool = False) -> str:
    """Several things in a row, as in "a, b and c", or with `either` as in "a, b or c"."""
    spoken_now = _language.get()
    return format_list(list(parts), style="or" if either else "standard", locale=_LISTS.get(spoken_now, spoken_now))


# Translators: two whole sentences, one after the other, with what stands between two sentences in your language.
_ONE_AND_NEXT = Message("{sentence} {next}")


def in_a_row(*sentences: str) -> str:
    """Whole sentences, one after the other as the language has it; those that are empty are left out."""
    said = [sentence for sentence in sentences if sentence]
    return reduce(lambda whole, after: _ONE_AND_NEXT(sentence=whole, next=after), said) if said else ""


def located(said: Callable[[], str]) -> locale_str:
    """Text put together from several sentences, for Discord; `said` is called once for each language."""
    return _located(said)


def said_in(string: locale_str, language: str) -> str | None:
    """What `located` text says in a language; None for any other text."""
    said: Callable[[], str] | None = string.extras.get(_SAID)
    if said is None:
        return None
    with speaking(language):
        return said()


def name_in(name: str, language: str) -> str:
    """The name of a command or an option in a language."""
    return _catalogue(language).pgettext(NAME_CONTEXT, name)


def _located(said: Callable[[], str]) -> locale_str:
    with speaking(ENGLISH):
        return locale_str(said(), **{_SAID: said})


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    """A language's file, read at its first use: some 20 ms."""
    if language == ENGLISH:
        return gettext.NullTranslations()
    with (FOLDER / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
