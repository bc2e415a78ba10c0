"""Everything that is read: each refusal says what it cost and what one can do, and nothing passes Discord's limits."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from discord import AppCommandType

from bot.domain.errors import (
    BadImage,
    BadOption,
    BadPrompt,
    BadSetting,
    Blocked,
    Forgotten,
    LimitReached,
    NotAccepting,
    NotHere,
    NotModerator,
    NotYours,
    PictureGone,
    QueueFull,
    Refusal,
    TooLate,
    UnfinishedVideo,
    UnknownVideo,
    WordForbidden,
)
from bot.domain.period import Span, period_of
from bot.domain.quota import Limit, Met, Scope, Standing
from bot.service.filming import NoFilm, WhyNoFilm
from bot.service.reporting import ReportedOften
from bot.ui import (
    chain_words,
    expense_words,
    help_words,
    house_words,
    log_words,
    price_words,
    purse_words,
    quota_words,
    result_words,
    settings_words,
    trust_words,
    words,
)
from bot.ui.failures import (
    MissingPermissions,
    NoPicture,
    NotAMember,
    NotAResult,
    NotAVideo,
    NothingToShow,
    NotInThread,
    NotManager,
    NotOver,
    NotYourData,
    NotYoursToDelete,
    PictureForgotten,
    ServerOnly,
    Stale,
    sentence,
)
from bot.ui.language import Message, Plural
from tests.discord.stage import Stage

NOTHING_HAPPENED = re.compile(r"Nothing was (sent|changed|erased|charged)|this one was not sent")
MODULES = (
    chain_words,
    words,
    help_words,
    house_words,
    settings_words,
    log_words,
    price_words,
    purse_words,
    quota_words,
    expense_words,
    result_words,
    trust_words,
)
ANY = frozenset({1, 2})


def met(scope: Scope, limit: int) -> Met:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Met(Standing(scope, Limit(limit, Span.DAY), period_of(Span.DAY, now, UTC), limit), 0)


SAMPLES: dict[type[Refusal], list[Refusal]] = {
    BadPrompt: [BadPrompt(each, 3, 5_000) for each in (0, 2, 6_000)],
    BadImage: [BadImage("x" * 300), BadImage("x.png", size=9, most=20 << 20)],
    BadOption: [BadOption("model", "x" * 300)],
    BadSetting: [BadSetting(*each) for each in (*house_words.BAD_SETTINGS, *quota_words.BAD_SETTINGS)],
    Blocked: [Blocked(None, ""), Blocked(datetime(2027, 1, 1, tzinfo=UTC), "*" * 900)],
    LimitReached: [LimitReached(met(scope, limit), 4) for scope in Scope for limit in (0, 3, 4)],
    QueueFull: [QueueFull(whose, most) for whose in ("member", "server") for most in (1, 5)],
    NotHere: [
        NotHere(channels, roles)
        for channels in (frozenset[int](), ANY, frozenset(range(10**18, 10**18 + 50)))
        for roles in (frozenset[int](), frozenset({1}), frozenset(range(10**18, 10**18 + 50)))
        if channels or roles
    ],
    PictureForgotten: [PictureForgotten("*" * each) for each in (0, 3, 5_000)],
    NoFilm: [NoFilm(each) for each in WhyNoFilm],
    MissingPermissions: [MissingPermissions([*words.PERMISSIONS][:number]) for number in (1, 2, 5)],
    **{
        kind: [kind("")]
        for kind in (
            NotAccepting,
            NotAMember,
            NotAResult,
            NotAVideo,
            NoPicture,
            NothingToShow,
            NotInThread,
            NotManager,
            NotModerator,
            NotYourData,
            NotYours,
            NotYoursToDelete,
            NotOver,
            Forgotten,
            PictureGone,
            ReportedOften,
            ServerOnly,
            Stale,
            TooLate,
            UnfinishedVideo,
            UnknownVideo,
            WordForbidden,
        )
    },
}


def kinds(of: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def constants(module: ModuleType) -> Iterator[str]:
    """Every whole sentence of a module, alone or in a table."""
    for value in vars(module).values():
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]:
            if isinstance(each, Message):
                yield each.english
            elif isinstance(each, Plural):
                yield from (each.one, each.many)


def parts(of: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A command as Discord is told of it, with all its options and choices."""
    yield of
    for each in (*of.get("options", ()), *of.get("choices", ())):
        yield from parts(each)


def test_every_refusal_has_a_sentence_of_its_own() -> None:
    known = {kind for kind in kinds() if kind.__module__.startswith("bot.")}
    assert known == set(SAMPLES)
    assert words.REFUSED() not in {sentence(each) for samples in SAMPLES.values() for each in samples}


@pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.__name__)
def test_a_refusal_says_what_it_cost_and_what_one_can_do(kind: type[Refusal]) -> None:
    for each in SAMPLES[kind]:
        said = sentence(each)
        cost = NOTHING_HAPPENED.search(said)
        assert cost, said
        _, _, todo = said[cost.end() :].partition(". ")
        assert todo, said
        assert len(said) <= 2_000


def test_who_lacks_a_channel_or_a_role_is_told_how_to_come_by_it() -> None:
    assert sentence(NotHere(frozenset({1}), frozenset())).endswith(" Ask for your video there.")
    assert sentence(NotHere(frozenset(), frozenset({1}))).endswith(" Ask a moderator whether you can have that role.")
    assert sentence(NotHere(ANY, ANY)).endswith(
        " Ask for your video there; if you do not have one of those roles, ask a moderator for it."
    )


def test_no_sentence_is_longer_than_a_message() -> None:
    assert all(len(each) <= 2_000 for module in MODULES for each in constants(module))
    assert len(trust_words.privacy_shown(3_650)) <= 2_000
    assert len(trust_words.delete_asks()) <= 2_000


def test_commands_and_options_stay_within_discords_limits(stage: Stage) -> None:
    """Names, descriptions and choices each, and 8,000 characters for a command in all."""
    tree = stage.make_client().tree
    for command in tree.get_commands(type=AppCommandType.chat_input):
        all_parts = list(parts(command.to_dict(tree)))
        assert all(1 <= len(part["name"]) <= (32 if "type" in part else 100) for part in all_parts)
        assert all(1 <= len(part["description"]) <= 100 for part in all_parts if "type" in part)
        assert all(len(part.get("options", ())) <= 25 and len(part.get("choices", ())) <= 25 for part in all_parts)
        texts = [str(part.get(key, "")) for part in all_parts for key in ("name", "description", "value")]
        assert sum(map(len, texts)) <= 8_000


def test_every_description_is_a_whole_sentence(stage: Stage) -> None:
    tree = stage.make_client().tree
    payloads = [each.to_dict(tree) for each in tree.get_commands(type=AppCommandType.chat_input)]
    described = [part["description"] for payload in payloads for part in parts(payload) if "type" in part]
    assert [each for each in described if each[-1] not in ".:"] == []
    assert [each for each in described if not (each[0].isupper() or each.startswith("on:"))] == []


def test_windows_and_buttons_stay_within_discords_limits() -> None:
    labels = [
        words.EXTEND_BUTTON,
        words.CANCEL_BUTTON,
        words.LINK_BUTTON,
        result_words.AGAIN_BUTTON,
        result_words.TRY_AGAIN_BUTTON,
        result_words.REMIX_BUTTON,
        result_words.MORE_BUTTON,
        result_words.REFRESH_BUTTON,
        result_words.SEND_BUTTON,
        result_words.REPORT_BUTTON,
        result_words.DELETE_BUTTON,
        trust_words.DELETE_BUTTON,
        trust_words.REMOVE_BUTTON,
    ]
    assert all(len(each()) <= 80 for each in labels)
    assert all(len(each()) <= 45 for each in (words.EXTEND_TITLE, words.EXTEND_LABEL, trust_words.REPORT_TITLE))
    assert len(trust_words.REPORT_LABEL()) <= 45
    assert len(trust_words.REPORT_HINT()) <= 100
    assert len(trust_words.REPORT_COMMAND) <= 32


def test_one_thing_has_one_name() -> None:
    """Whom members can turn to, and whom the bot pays, are called the same wherever they read of them."""
    read = json.dumps([[*constants(module)] for module in MODULES])
    assert not re.findall(r"whoever runs (?!the bot)|relay|generation|guild|can't|[Tt]he service", read)
