"""Every limit has its own words, wherever it is met, and each amount is written as its reader is used to it."""

from itertools import product

import pytest

from bot.domain.period import Span
from bot.domain.quota import Limit, Scope
from bot.service.purse import Verdict
from bot.ui import expense_words, purse_words, quota_words
from bot.ui.language import speaking

UNIX = 1_767_312_000


@pytest.mark.parametrize(("scope", "span", "left"), [*product(Scope, Span, (0, 1, 2))])
def test_who_meets_a_limit_hears_the_price_when_it_starts_over_and_who_can_help(
    scope: Scope, span: Span, left: int
) -> None:
    said = purse_words.limit_reached(1_200, scope, Limit(1_300, span), left, UNIX, with_bonus=False)
    assert said.startswith("This takes 1,200 credits, and ")
    assert f"starts over <t:{UNIX}:R>; before that, " in said
    assert ("whoever runs the bot" in said) == (scope in {Scope.OPERATOR_BOT, Scope.OPERATOR_SERVER})
    assert ("a bonus" in said) == (scope in {Scope.MEMBER, Scope.ROLE, Scope.DEFAULT})
    assert "bonus included" not in said
    assert ("1,300" in said) == (scope is not Scope.OPERATOR_BOT)


@pytest.mark.parametrize("scope", [Scope.MEMBER, Scope.ROLE, Scope.DEFAULT])
def test_a_bonus_is_named_where_it_is_counted(scope: Scope) -> None:
    said = purse_words.limit_reached(4, scope, Limit(5, Span.DAY), 3, UNIX, with_bonus=True)
    assert "has only 3 credits left, bonus included." in said


@pytest.mark.parametrize(("scope", "credits_"), [*product(Scope, (0, 3))])
def test_where_waiting_does_not_help_something_cheaper_may_unless_nothing_is_allowed(
    scope: Scope, credits_: int
) -> None:
    said = purse_words.limit_too_small(4, scope, Limit(credits_, Span.DAY))
    assert ("Choose something that costs less, or ask " in said) == (credits_ > 0)
    assert ("Ask " in said) == (credits_ == 0)


def test_a_place_that_is_not_known_is_not_named() -> None:
    """One of them was sent between two looks."""
    assert purse_words.waiting(2, (3, 1_000)) == (
        "**Waiting**: 2 requests, at places 3 and 1,000 in this server's line."
    )
    assert purse_words.waiting(2, (3,)) == "**Waiting**: 2 requests."


def test_settings_that_do_not_fit_are_told_in_the_words_of_the_lists() -> None:
    choices = {
        ("role", "surplus"): quota_words.SCOPES[Scope.ROLE],
        ("role", "everyone"): quota_words.SCOPES[Scope.DEFAULT],
        ("member", "surplus"): quota_words.SCOPES[Scope.MEMBER],
        ("relay_id", "surplus"): quota_words.VERDICTS[Verdict.MADE],
    }
    for key, choice in choices.items():
        assert f'"{choice()}"' in quota_words.BAD_SETTINGS[key]()
    for key in (("role", "missing"), ("member", "missing"), ("relay_id", "missing")):
        assert f"the option {key[0]}" in quota_words.BAD_SETTINGS[key]()


@pytest.mark.parametrize(
    ("language", "micros", "text"),
    [
        ("en", 1_234_500_000, "$1,234.50"),
        ("en", 10_000, "$0.01"),
        ("en", 4_120, "$0.0041"),
        ("ru", 1_234_500_000, "1\N{NO-BREAK SPACE}234,50\N{NO-BREAK SPACE}$"),
    ],
)
def test_money_is_rounded_to_cents_but_never_to_nothing(language: str, micros: int, text: str) -> None:
    with speaking(language):
        assert expense_words.dollars(micros) == text
