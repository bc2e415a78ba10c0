"""Brings the files of `bot/languages` up to date with the code, so that a translator only fills in what is new.

`python -m tests.languages` does so for every language there is, `python -m tests.languages de` for a new one too.
"""

import asyncio
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from bot.checkup.commands import tree_of
from bot.clock import SystemClock
from bot.settings import Discord, Relay, Settings
from bot.ui import sync
from bot.ui.language import ENGLISH, FOLDER, NAME_CONTEXT, languages, own_name

ROOT = FOLDER.parents[1]
SOURCES = ("bot/ui", "cogs")
KEYWORDS = {"Message": None, "Plural": (1, 2)}
COMMENT = "Translators:"
"""What a comment in the code begins with that a translator is to read; it stands right above the sentence."""
WIDTH = 120
MOST_PLACES = 3
"""Commands that are named beside an option's name."""

Payload = dict[str, Any]


def wanted() -> Catalog:
    """Every sentence of the code and every name of a command or an option, none of them translated."""
    catalog = Catalog()
    for name, places in sorted(_named(asyncio.run(commands())).items()):
        catalog.add(name, context=NAME_CONTEXT, auto_comments=places)
    for path in sorted(file for source in SOURCES for file in (ROOT / source).glob("**/*.py")):
        for line, message, comments, _ in extract_from_file("python", path, KEYWORDS, [COMMENT]):
            where = (path.relative_to(ROOT).as_posix(), line)
            catalog.add(message, locations=[where], auto_comments=comments)
    return catalog


def catalogue(language: str) -> Catalog:
    """A language's file as it stands; empty where there is none."""
    path = _path(language)
    if not path.exists():
        return Catalog(language, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str, wanted: Catalog) -> Catalog:
    """The same with all that is wanted and nothing else; nothing is guessed from sentences that are alike."""
    catalog = catalogue(language)
    catalog.update(wanted, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def file_of(catalog: Catalog, language: str) -> str:
    """The text of the file. It holds no dates and no line numbers, so that only changed sentences change it."""
    body = BytesIO()
    write_po(
        body, catalog, width=WIDTH, omit_header=True, sort_by_file=True, ignore_obsolete=True, include_lineno=False
    )
    head = (
        f"# {own_name(language)}. The English comes from the code: change it there, then bring this file up to date\n"
        "# with `make words`. What stands in {braces} or <> and Markdown is kept as it is.\n"
        'msgid ""\n'
        'msgstr ""\n'
        f'"Language: {language}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n'
    )
    return f"{head}\n{body.getvalue().decode().strip()}\n"


def parts(of: Payload) -> Iterator[Payload]:
    """A command as Discord is told of it, with all its groups, options and choices."""
    yield of
    for each in (*of.get("options", ()), *of.get("choices", ())):
        yield from parts(each)


def open_sentences(catalog: Catalog) -> list[str]:
    """What is not translated yet, in English."""
    return [_english(message.id) for message in catalog if message.id and not _filled(message.string)]


def main(new: Iterable[str]) -> None:
    """Write the files, and say what is left to translate."""
    everything = wanted()
    for language in sorted({*languages(), *new} - {ENGLISH}):
        catalog = updated(language, everything)
        _path(language).write_text(file_of(catalog, language), "utf-8")
        print(f"{language}: {len(catalog)} sentences and names, {len(open_sentences(catalog))} to be translated")  # noqa: T201  # a tool's own word


async def commands() -> list[Payload]:
    """The commands as the bot registers them by default; nothing is connected."""
    settings = Settings(
        discord=Discord.model_validate({"token": "a.b.c"}),
        relay=Relay.model_validate({"api_key": "sk-none", "base_url": "http://127.0.0.1:9"}),
    )
    return await sync.told(await tree_of(settings, SystemClock()))


def _named(told: list[Payload]) -> dict[str, list[str]]:
    """Every name, with where it is one."""
    options: dict[str, list[str]] = defaultdict(list)
    found: dict[str, list[str]] = defaultdict(list)

    def walk(part: Payload, above: str) -> None:
        path = f"{above} {part['name']}".strip()
        inside = part.get("options", [])
        if "description" not in part:
            found[path].append(f"in the menu of a message or a member, as it is written: {path}")
        elif above and part["type"] > _GROUP:
            options[part["name"]].append(f"/{above}")
        else:
            found[part["name"]].append(f"command /{path}")
        for each in inside:
            walk(each, path)

    for command in told:
        walk(command, "")
    for name, places in options.items():
        more = " and others" if len(places) > MOST_PLACES else ""
        found[name].append(f"option of {', '.join(places[:MOST_PLACES])}{more}")
    return found


_GROUP = 2
"""Discord's type of a group of commands among the options; 1 is a command in it, the others are options."""


def _filled(string: Any) -> bool:
    return all(string) if isinstance(string, (list, tuple)) else bool(string)


def _english(identity: Any) -> str:
    return str(identity[0] if isinstance(identity, (list, tuple)) else identity)


def _path(language: str) -> Path:
    return FOLDER / f"{language}.po"


if __name__ == "__main__":
    main(sys.argv[1:])
