"""Languages made up for a test: what they say in place of the English, and nothing else."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from bot.ui import language


@contextmanager
def foreign(folder: Path, languages: Mapping[str, Mapping[str, str]]) -> Iterator[None]:
    """While it lasts, these are all the languages there are besides English; those of before come back after it."""
    before = language.FOLDER
    folder.mkdir(exist_ok=True)
    for name, says in languages.items():
        catalog = Catalog(name, fuzzy=False)
        for english, said in says.items():
            catalog.add(english, said)
        with (folder / f"{name}.po").open("wb") as file:
            write_po(file, catalog)
    _read_from(folder)
    try:
        yield
    finally:
        _read_from(before)


def _read_from(folder: Path) -> None:
    language.FOLDER = folder
    language.language_for.cache_clear()
    language._catalogue.cache_clear()
