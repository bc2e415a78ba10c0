"""Every language says everything, with the same facts and the same marks in it, and within what Discord takes."""

import asyncio
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from gettext import c2py
from string import Formatter
from typing import Any, cast

import discord
import pytest
from babel.messages.catalog import Catalog, Message
from discord import ui

from bot.domain.card import Card, Shown
from bot.domain.generation import Generation, GenerationRequest, GenerationState, Kind
from bot.domain.preferences import MOST_SUFFIX
from bot.domain.prices import Price, PriceTable
from bot.domain.request import MOST_PROMPT, Offer
from bot.ui.buttons import DYNAMIC_ITEMS
from bot.ui.cards import card
from bot.ui.extension import ExtendModal
from bot.ui.language import ENGLISH, NAME_CONTEXT, in_a_row, language_for, languages, name_in, speaking
from bot.ui.menus import AnimateModal
from bot.ui.preferences import SuffixModal
from bot.ui.remixing import RemixModal
from bot.ui.reports import ReportModal
from tests.languages import Payload, catalogue, commands, parts, wanted

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
OTHERS = [language for language in languages() if language != ENGLISH]
MOST_CREDITS = 1_000_000
OFFER = Offer(("ray-v2", "ray-v1"), (5, 9), ("720p", "1080p"))
_MARKS = re.compile(r"\*\*|~~|`|\]\(|<[^<>\s]+>|^(?:#{1,3} |-# |- |> )|\n", re.MULTILINE)
"""What Discord reads as Markdown, a mention or a time."""
_SUBCOMMANDS = (1, 2)
"""Discord's types of a command in a command, and of a group of them."""


@pytest.fixture(scope="module")
def english() -> Catalog:
    """All that is to be said."""
    return wanted()


@pytest.fixture(scope="module")
def told() -> list[Payload]:
    """The commands as Discord is told of them."""
    return asyncio.run(commands())


def texts(value: Any) -> list[str]:
    """The one form of a sentence, or all those of a `Plural`."""
    return [str(each) for each in value] if isinstance(value, (list, tuple)) else [str(value)]


def key(message: Message) -> tuple[str, str]:
    return str(message.context or ""), texts(message.id)[0]


def said(language: str) -> Iterator[Message]:
    """The sentences of a language that are translated."""
    return (each for each in catalogue(language) if each.id and all(texts(each.string)))


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_missing_unused_or_guessed(language: str, english: Catalog) -> None:
    """`make words` brings a file up to date with the code; what is empty then is to be translated."""
    file = catalogue(language)
    there = {key(each): each for each in file if each.id}
    needed = {key(each): each for each in english if each.id}
    assert sorted(set(needed) - set(there)) == []
    assert sorted(set(there) - set(needed)) == []
    assert [each for each in needed if texts(needed[each].id) != texts(there[each].id)] == []
    assert not file.obsolete
    assert [each.id for each in there.values() if each.fuzzy] == []
    assert [each.id for each in there.values() if not all(texts(each.string))] == []
    assert [
        each.id for each in there.values() if each.pluralizable and len(texts(each.string)) != file.num_plurals
    ] == []


@pytest.mark.parametrize("language", OTHERS)
def test_each_sentence_holds_the_same_facts(language: str) -> None:
    """A form that is for one number only need not show it, where the English does not."""
    single = _forms_of_one_number(catalogue(language))
    for message in said(language):
        if message.context == NAME_CONTEXT:
            continue
        one, many = (facts(each) for each in (texts(message.id)[0], texts(message.id)[-1]))
        for form, text in enumerate(texts(message.string)):
            allowed = [one, many] if message.pluralizable and form in single else [many]
            assert facts(text) in allowed, text


def facts(text: str) -> set[tuple[str, str | None, str | None]]:
    """The `{places}` of a text with their formats; how often one stands there does not matter."""
    return {(name, spec, how) for _, name, spec, how in Formatter().parse(text) if name is not None}


def _forms_of_one_number(catalog: Catalog) -> set[int]:
    numbers = Counter(_form(catalog, n) for n in range(1_001))
    return {form for form, count in numbers.items() if count == 1}


def _form(catalog: Catalog, n: int) -> int:
    return c2py(catalog.plural_expr)(n)


@pytest.mark.parametrize("language", OTHERS)
def test_each_sentence_keeps_its_marks_and_its_edges(language: str) -> None:
    """Bold pairs, small print, lines, links, mentions and times."""
    for message in said(language):
        for text in texts(message.string):
            marks = [Counter(_MARKS.findall(each)) for each in (text, *texts(message.id))]
            assert marks[0] in marks[1:], text
            assert text == text.strip() == unicodedata.normalize("NFC", text), text
            assert len(text) <= 2_000, text


@pytest.mark.parametrize("language", OTHERS)
def test_each_sentence_names_the_same_commands(language: str, told: list[Payload]) -> None:
    """In English, or as they are called in the language."""
    known = sorted({path for command in told for path in _paths(command)}, key=len, reverse=True)
    mentions = re.compile(rf"(?<![\w/<])/(?:{'|'.join(map(re.escape, known))})\b")
    for message in said(language):
        named = Counter(mentions.findall(texts(message.id)[-1]))
        for text in texts(message.string):
            for mention, times in named.items():
                own = "/" + " ".join(name_in(part, language) for part in mention[1:].split())
                assert max(text.count(mention), text.count(own)) >= times, (mention, text)


def _paths(part: Payload, above: str = "") -> Iterator[str]:
    path = f"{above} {part['name']}".strip()
    yield path
    for each in part.get("options", ()):
        if each["type"] in _SUBCOMMANDS:
            yield from _paths(each, path)


@pytest.mark.parametrize("language", languages())
def test_commands_options_and_choices_stay_within_discords_limits(language: str, told: list[Payload]) -> None:
    """Names of commands and options are small, of up to 32 letters; 8,000 characters make a command in all."""
    for command in told:
        everything = list(parts(command))
        for part in everything:
            name, described = _in(part, "name", language), _in(part, "description", language)
            if "description" not in part:
                assert 1 <= len(name) <= (32 if "type" in part else 100), name
                continue
            assert _is_name(name), name
            assert 1 <= len(described) <= 100, described
            inside = [_in(each, "name", language) for each in part.get("options", ())]
            assert len(inside) == len(set(inside)), inside
            choices = [_in(each, "name", language) for each in part.get("choices", ())]
            assert len(choices) == len(set(choices)), choices
        texts = [_in(part, key, language) for part in everything for key in ("name", "description")]
        values = [str(part.get("value", "")) for part in everything]
        assert sum(map(len, [*texts, *values])) <= 8_000
    names = [(command["type"], _in(command, "name", language)) for command in told]
    assert len(names) == len(set(names)), names


def _in(part: Payload, field: str, language: str) -> str:
    """What Discord shows in a language."""
    locales = [each.value for each in discord.Locale if language_for(each.value) == language]
    translated = {(part.get(f"{field}_localizations") or {}).get(locale) for locale in locales}
    assert len(translated) == 1
    return str(translated.pop() or part.get(field, ""))


def _is_name(name: str) -> bool:
    r"""Discord's rule for the names of commands and options: `^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$`."""
    letters = all(each in "-_'" or unicodedata.category(each)[0] in "LN" for each in name)
    return 1 <= len(name) <= 32 and letters and name == name.lower()


def generation(state: GenerationState, prompt: str = "a calm sea") -> Generation:
    request = GenerationRequest(Kind.TEXT, prompt, "ray-v2", 5, "720p", expand_prompt=True)
    return Generation("gen0001", "interaction:1", 10, 20, 30, request, 1, NOON, NOON, state=state)


WINDOWS: dict[type[ui.Modal], list[Callable[[], ui.Modal]]] = {
    ExtendModal: [
        lambda: ExtendModal(generation(GenerationState.COMPLETED), 0),
        lambda: ExtendModal(generation(GenerationState.COMPLETED), MOST_CREDITS),
        lambda: ExtendModal(generation(GenerationState.COMPLETED, "x" * MOST_PROMPT), MOST_CREDITS),
    ],
    RemixModal: [
        lambda: RemixModal(generation(GenerationState.COMPLETED), OFFER, PriceTable()),
        lambda: RemixModal(generation(GenerationState.COMPLETED, "x" * MOST_PROMPT), OFFER, PriceTable()),
        lambda: RemixModal(generation(GenerationState.COMPLETED), OFFER, PriceTable(Price(MOST_CREDITS))),
    ],
    SuffixModal: [lambda: SuffixModal(None), lambda: SuffixModal("x" * MOST_SUFFIX)],
    ReportModal: [lambda: ReportModal("gen0001", 1)],
    AnimateModal: [lambda: AnimateModal(1, 0), lambda: AnimateModal(1, MOST_CREDITS)],
}


def test_every_window_is_looked_at() -> None:
    ours = {each for each in _below(ui.Modal) if each.__module__.startswith(("bot.", "cogs."))}
    assert ours == set(WINDOWS)


def _below(of: type[ui.Modal]) -> Iterator[type[ui.Modal]]:
    for each in of.__subclasses__():
        yield each
        yield from _below(each)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: window.__name__)
def test_windows_stay_within_discords_limits(window: type[ui.Modal], language: str) -> None:
    for make in WINDOWS[window]:
        with speaking(language):
            drawn = cast("Any", make()).to_dict()
        assert 1 <= len(drawn["title"]) <= 45
        for part in _components(drawn["components"]):
            assert len(part.get("label") or "") <= 45
            assert len(part.get("description") or "") <= 100
            assert len(part.get("placeholder") or "") <= 100
            assert all(len(each["label"]) <= 100 for each in part.get("options", ()))


def _components(drawn: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for each in drawn:
        yield each
        yield from _components([*each.get("components", ()), *filter(None, [each.get("component")])])


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("item", DYNAMIC_ITEMS, ids=lambda item: item.__name__)
async def test_buttons_stay_within_discords_limits(item: type[ui.DynamicItem[Any]], language: str) -> None:
    """Each is made from its custom id, as for a press."""
    template = item.__discord_ui_compiled_template__
    match = template.fullmatch(_custom_id(template.pattern))
    assert match is not None, template.pattern
    nothing = cast("Any", None)
    with speaking(language):
        button = await item.from_custom_id(nothing, nothing, match)
    assert len(getattr(button.item, "label", None) or "") <= 80
    assert len(getattr(button.item, "placeholder", None) or "") <= 150


def _custom_id(pattern: str) -> str:
    """One that fits a template whose places hold one of several words, letters and digits, or digits only."""
    return re.sub(r"\(\?P<\w+>([^)]*)\)", lambda place: place[1].split("|")[0] if "|" in place[1] else "1234", pattern)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("state", list(GenerationState))
def test_cards_stay_within_discords_limits(state: GenerationState, language: str) -> None:
    """The longest prompt, and all that may stand beside it."""
    shown = Shown(generation(state, "x" * MOST_PROMPT), Card(), 12)
    with speaking(language):
        view = card(shown, offer=Offer(("a",), (9,), ("1080p",)), expand_prompt=False, reposted=True, usually=NOON)
    drawn = list(_components(cast("Any", view).to_components()))
    assert sum(len(part.get("content", "")) for part in drawn) < 4_000
    assert all(len(part.get("label") or "") <= 80 for part in drawn)


def test_sentences_follow_one_another_as_the_reader_is_used_to() -> None:
    """Chinese has no space there: the full stop brings its own."""
    assert in_a_row("It rains.", "", "It {pours}.", "Run.") == "It rains. It {pours}. Run."
    assert in_a_row("It rains.") == "It rains."
    assert in_a_row("", "") == ""
    for name, between in {"es": " ", "ru": " ", "zh_Hans": ""}.items():
        with speaking(name):
            assert in_a_row("a", "b", "c") == f"a{between}b{between}c"
