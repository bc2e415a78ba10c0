"""What a request costs, which limit holds for whom, and what is taken from where."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.generation import GenerationRequest, Kind
from bot.domain.period import Span, period_of
from bot.domain.prices import Price, PriceTable
from bot.domain.quota import Fits, Grant, Limit, Met, Rules, Scope, Standing, decide

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MEMBER = 33


def standing(credits_: int, used: int = 0, scope: Scope = Scope.DEFAULT, span: Span = Span.DAY) -> Standing:
    return Standing(scope, Limit(credits_, span), period_of(span, NOW, UTC), used)


def grant(number: int, credits_: int, used: int = 0, days: int | None = None) -> Grant:
    return Grant(number, credits_, used, None if days is None else NOW + timedelta(days=days))


def test_without_limits_everything_fits() -> None:
    assert decide(1_000_000, [], None, []) == Fits(1_000_000)


def test_a_limit_holds_to_the_credit() -> None:
    assert decide(2, [], standing(5, 3), []) == Fits(2)
    assert decide(3, [], standing(5, 3), []) == Met(standing(5, 3), 2)


def test_a_limit_of_nothing_allows_nothing_but_what_is_free() -> None:
    assert decide(1, [], standing(0), []) == Met(standing(0), 0)
    assert decide(0, [], standing(0), []) == Fits(0)


def test_a_limit_that_was_lowered_behind_what_was_used_owes_nothing() -> None:
    assert standing(2, used=9).left == 0
    assert decide(1, [], standing(2, used=9), [grant(1, 1)]) == Fits(0, ((1, 1),))


def test_the_first_shared_limit_that_is_met_is_named() -> None:
    cap = standing(9, 8, Scope.OPERATOR_BOT)
    pool = standing(9, 9, Scope.SERVER)
    assert decide(1, [cap, pool], None, []) == Met(pool, 0)
    assert decide(2, [cap, pool], None, []) == Met(cap, 1)


def test_bonus_credits_do_not_help_against_a_shared_limit() -> None:
    pool = standing(1, scope=Scope.SERVER)
    assert decide(2, [pool], standing(9), [grant(1, 9)]) == Met(pool, 1)


def test_bonus_credits_come_after_the_members_own_and_the_soonest_to_end_first() -> None:
    gifts = [grant(1, 5), grant(2, 2, days=9), grant(3, 2, used=1, days=1), grant(4, 3, used=3, days=1)]
    assert decide(3, [], standing(3), gifts) == Fits(3)
    assert decide(5, [], standing(3), gifts) == Fits(3, ((3, 1), (2, 1)))
    assert decide(9, [], standing(3), gifts) == Fits(3, ((3, 1), (2, 2), (1, 3)))
    assert decide(12, [], standing(3), gifts) == Met(standing(3), 11)


def test_of_two_gifts_that_end_alike_the_first_given_goes_first() -> None:
    assert decide(2, [], standing(0), [grant(2, 1), grant(1, 1)]) == Fits(0, ((1, 1), (2, 1)))


standings = st.builds(standing, st.integers(0, 9), st.integers(0, 12))
gifts = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.none() | st.integers(1, 9)), max_size=4).map(
    lambda them: [grant(n, max(a, b), min(a, b), days) for n, (a, b, days) in enumerate(them)]
)


@given(st.integers(0, 15), st.lists(standings, max_size=3), st.none() | standings, gifts)
def test_never_more_is_taken_than_is_left_nor_refused_what_fits(
    cost: int, shared: list[Standing], own: Standing | None, them: list[Grant]
) -> None:
    left = {each.id: each.left for each in them}
    room = min([each.left for each in shared], default=cost)
    if own is not None:
        room = min(room, own.left + sum(left.values()))
    match decide(cost, shared, own, them):
        case Fits(from_own, bonus):
            assert cost <= room
            assert from_own + sum(taken for _, taken in bonus) == cost
            assert own is None or 0 <= from_own <= own.left
            assert all(0 < taken <= left[number] for number, taken in bonus)
            assert len(dict(bonus)) == len(bonus)
            assert not bonus or (own is not None and from_own == own.left), "bonus credits come last"
        case Met(met, held):
            assert cost > room
            assert held < cost
            assert met in [*shared, own]


RULES = Rules(
    default=Limit(1, Span.DAY),
    roles={71: Limit(5, Span.DAY), 72: Limit(40, Span.WEEK), 73: Limit(150, Span.MONTH), 74: Limit(0, Span.DAY)},
    members={MEMBER: Limit(2, Span.DAY)},
)


@pytest.mark.parametrize(
    ("user", "roles", "expected"),
    [
        (MEMBER, (71, 72), (Scope.MEMBER, Limit(2, Span.DAY))),
        (1, (), (Scope.DEFAULT, Limit(1, Span.DAY))),
        (1, (99,), (Scope.DEFAULT, Limit(1, Span.DAY))),
        (1, (71,), (Scope.ROLE, Limit(5, Span.DAY))),
        (1, (71, 72), (Scope.ROLE, Limit(40, Span.WEEK))),  # 5 and 5.7 a day
        (1, (71, 73), (Scope.ROLE, Limit(150, Span.MONTH))),  # 5 a day both: the longer span
        (1, (74,), (Scope.ROLE, Limit(0, Span.DAY))),  # a role that may not
    ],
)
def test_a_members_own_limit_comes_before_the_best_roles_and_that_before_the_default(
    user: int, roles: tuple[int, ...], expected: tuple[Scope, Limit]
) -> None:
    assert RULES.for_member(user, roles) == expected


def test_without_rules_nothing_holds() -> None:
    assert Rules().for_member(MEMBER, (71,)) is None


def test_a_members_limit_of_nothing_is_a_limit() -> None:
    """Not the absence of one."""
    assert Rules(default=Limit(9, Span.DAY), members={1: Limit(0, Span.DAY)}).for_member(1, ()) == (
        Scope.MEMBER,
        Limit(0, Span.DAY),
    )


def request(
    model: str = "ray-v2", resolution: str = "720p", duration: int = 5, kind: Kind = Kind.TEXT
) -> GenerationRequest:
    return GenerationRequest(kind, "a fox", model, duration, resolution, expand_prompt=True)


def test_everything_costs_one_credit_unless_a_price_is_set() -> None:
    assert PriceTable().of(request()) == Price(1)
    assert PriceTable().of(request(kind=Kind.EXTEND)) == Price(1)


def test_the_most_exact_price_counts_the_model_before_resolution_before_duration() -> None:
    special: dict[tuple[str | None, str | None, int | None], Price] = {
        ("ray-v2", "1080p", 9): Price(8),
        ("ray-v2", "1080p", None): Price(7),
        ("ray-v2", None, 9): Price(6),
        ("ray-v2", None, None): Price(5),
        (None, "1080p", 9): Price(4),
        (None, "1080p", None): Price(3),
        (None, None, 9): Price(2),
    }
    asked = [
        request(model, resolution, duration)
        for model in ("ray-v2", "x")
        for resolution in ("1080p", "y")
        for duration in (9, 1)
    ]
    for dropped in range(len(special)):
        table = PriceTable(Price(1), special=dict(list(special.items())[dropped:]))
        best = [table.of(each).credits for each in asked]
        fitting = [
            max((price.credits for key, price in table.special.items() if _fits(key, each)), default=1)
            for each in asked
        ]
        assert best == fitting


def _fits(key: tuple[str | None, str | None, int | None], asked: GenerationRequest) -> bool:
    parts = (asked.model, asked.resolution, asked.duration)
    return all(wanted is None or wanted == part for wanted, part in zip(key, parts, strict=True))


def test_an_extension_has_its_own_price_where_one_is_set() -> None:
    table = PriceTable(Price(2, 50), extend=Price(9, 70), special={("ray-v2", None, None): Price(5)})
    assert table.of(request(kind=Kind.EXTEND)) == Price(9, 70)
    assert table.of(request(kind=Kind.IMAGE)) == Price(5)
    assert table.of(request("other")) == Price(2, 50)
