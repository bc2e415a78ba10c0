"""A reader is spoken to in a language there is a file for, and in English otherwise."""

from collections.abc import Iterator
from pathlib import Path

import discord
import pytest
from discord import app_commands
from discord.app_commands import TranslationContext, TranslationContextLocation

from bot.ui import language
from bot.ui.language import (
    Message,
    Plural,
    language_for,
    languages,
    listed,
    located,
    number,
    own_name,
    speak,
    speaking,
    spoken,
)
from bot.ui.translator import Translator

RUSSIAN = """\
msgid ""
msgstr ""
"Language: ru\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=("
"n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"

msgid "{who} waits."
msgstr "Ждёт {who}."

msgid "{n} film"
msgid_plural "{n} films"
msgstr[0] "{n} фильм"
msgstr[1] "{n} фильма"
msgstr[2] "{n} фильмов"

msgctxt "name"
msgid "wait"
msgstr "ждать"
"""
WAITS = Message("{who} waits.")
FILMS = Plural("{n} film", "{n} films")


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three files, of which one says something."""
    (tmp_path / "ru.po").write_text(RUSSIAN, "utf-8")
    for name in ("es", "zh_Hans"):
        (tmp_path / f"{name}.po").write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n', "utf-8")
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    _forget()
    yield
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    language_for.cache_clear()
    language._catalogue.cache_clear()


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en-GB", "en"),
        ("ru", "ru"),
        ("es-ES", "es"),
        ("es-419", "es"),
        ("zh-CN", "zh_Hans"),
        ("zh-TW", "en"),
        ("de", "en"),
        ("no language", "en"),
        (None, "en"),
    ],
)
def test_a_tag_of_discords_finds_its_file_or_english(tag: str | None, expected: str) -> None:
    """Traditional Chinese is not simplified Chinese: who reads the one may not read the other."""
    assert language_for(tag) == expected


def test_every_tag_of_discords_is_understood() -> None:
    """Norwegian is `no` to Discord, which few others call it."""
    assert {language_for(locale.value) for locale in discord.Locale} == {"en", "es", "ru", "zh_Hans"}


def test_every_file_is_a_language_after_english() -> None:
    assert languages() == ("en", "es", "ru", "zh_Hans")
    assert [own_name(each) for each in languages()] == ["English", "Español", "Русский", "中文 (简体)"]


def test_a_message_is_said_in_the_language_that_is_spoken_and_in_english_where_the_file_has_nothing() -> None:
    assert WAITS(who="Ann") == "Ann waits."
    with speaking("ru"):
        assert WAITS(who="Ann") == "Ждёт Ann."
        assert Message("Nothing {braced}")() == "Nothing {braced}"
    with speaking("es"):
        assert WAITS(who="Ann") == "Ann waits."


def test_what_a_fact_holds_is_never_read_as_a_place() -> None:
    assert WAITS(who="{who} {0}") == "{who} {0} waits."


@pytest.mark.parametrize(("n", "russian"), [(1, "1 фильм"), (3, "3 фильма"), (11, "11 фильмов"), (21, "21 фильм")])
def test_a_number_decides_the_form(n: int, russian: str) -> None:
    with speaking("ru"):
        assert FILMS(n) == russian
    assert FILMS(1) == "1 film"
    assert FILMS(2) == "2 films"


@pytest.mark.parametrize(("name", "expected"), [("en", "12,500"), ("es", "12.500"), ("ru", "12\N{NO-BREAK SPACE}500")])
def test_numbers_are_grouped_as_the_reader_is_used_to(name: str, expected: str) -> None:
    with speaking(name):
        assert number(12500) == expected
        assert FILMS(12500).startswith(expected)


def test_things_in_a_row_are_joined_as_the_reader_is_used_to() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a", "b", "c"], either=True) == "a, b or c"
    with speaking("ru"):
        assert listed(["a", "b", "c"]) == "a, b и c"
        assert listed(["a", "b"], either=True) == "a или b"


def test_one_language_ends_where_the_one_before_goes_on() -> None:
    speak("es")
    with pytest.raises(ZeroDivisionError), speaking("ru"):
        raise ZeroDivisionError
    assert spoken() == "es"
    speak("en")


@pytest.mark.parametrize(
    ("string", "where", "expected"),
    [
        (app_commands.locale_str("wait"), TranslationContextLocation.command_name, "ждать"),
        (app_commands.locale_str("unknown"), TranslationContextLocation.command_name, None),
        (WAITS.located(who="Ann"), TranslationContextLocation.command_description, "Ждёт Ann."),
        (FILMS.located(2), TranslationContextLocation.choice_name, "2 фильма"),
        (located(lambda: WAITS(who=FILMS(1))), TranslationContextLocation.choice_name, "Ждёт 1 фильм."),
        (app_commands.locale_str("wait"), TranslationContextLocation.choice_name, None),
    ],
)
async def test_discord_is_told_what_differs_from_english(
    string: app_commands.locale_str, where: TranslationContextLocation, expected: str | None
) -> None:
    context = TranslationContext(location=where, data=None)  # type: ignore[call-overload]  # the data is not looked at
    assert await Translator().translate(string, discord.Locale.russian, context) == expected
    assert await Translator().translate(string, discord.Locale.german, context) is None
