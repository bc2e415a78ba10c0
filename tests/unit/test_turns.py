"""Whose turn it is: members of a server take turns, and nobody's tenth request passes another's first."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.turns import AtOnce, InLine, in_order, may_go, places

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WIDE = AtOnce(member=100, server=100)


def line(*who: str) -> list[InLine]:
    """Waiting requests in the order they came: "a1" is the first of member a; a capital is a member of server 2."""
    return [
        InLine(name, 2 if name[0].isupper() else 1, ord(name[0].lower()), NOW + timedelta(seconds=number))
        for number, name in enumerate(who)
    ]


def ids(waiting: list[InLine]) -> list[str]:
    return [each.id for each in waiting]


def test_one_members_requests_go_in_the_order_they_came() -> None:
    assert ids(in_order(reversed(line("a1", "a2", "a3")), {})) == ["a1", "a2", "a3"]


def test_members_take_turns() -> None:
    assert ids(in_order(line("a1", "a2", "a3", "b1", "c1", "b2"), {})) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_what_the_relay_has_counts_as_turns_taken() -> None:
    assert ids(in_order(line("a1", "b1", "b2"), {(1, ord("a")): 1})) == ["b1", "a1", "b2"]


def test_a_member_of_two_servers_takes_turns_in_each() -> None:
    waiting = line("a1", "A1", "a2", "A2")
    assert ids(in_order(waiting, {(2, ord("a")): 5})) == ["a1", "a2", "A1", "A2"]


def test_of_two_that_came_at_once_the_order_is_always_the_same() -> None:
    waiting = [InLine(name, 1, user, NOW) for name, user in (("y", 2), ("x", 1), ("z", 1))]
    assert ids(in_order(waiting, {})) == ids(in_order(reversed(waiting), {})) == ["x", "y", "z"]


def test_only_so_many_of_a_member_and_of_a_server_go_at_once() -> None:
    waiting = line("a1", "a2", "a3", "b1", "c1", "A1")
    assert ids(may_go(waiting, {}, AtOnce(member=2, server=9), 9)) == ["a1", "b1", "c1", "A1", "a2"]
    assert ids(may_go(waiting, {}, AtOnce(member=9, server=2), 9)) == ["a1", "b1", "A1"]
    assert ids(may_go(waiting, {(1, ord("a")): 2}, AtOnce(member=2, server=4), 9)) == ["b1", "c1", "A1"]
    assert ids(may_go(waiting, {}, WIDE, 2)) == ["a1", "b1"]
    assert may_go(waiting, {}, WIDE, 0) == []


def test_one_who_may_not_go_holds_nobody_up() -> None:
    assert ids(may_go(line("a1", "b1"), {(1, ord("a")): 1}, AtOnce(member=1, server=9), 1)) == ["b1"]


def test_places_are_counted_in_each_server() -> None:
    assert places(line("a1", "A1", "a2", "b1", "B1"), {}) == {"a1": 1, "b1": 2, "a2": 3, "A1": 1, "B1": 2}


waiting_lines = st.lists(st.tuples(st.integers(1, 2), st.integers(1, 4), st.integers(0, 50)), max_size=25).map(
    lambda them: [
        InLine(f"g{n:02}", guild, user, NOW + timedelta(seconds=s)) for n, (guild, user, s) in enumerate(them)
    ]
)
busy_members = st.dictionaries(st.tuples(st.integers(1, 2), st.integers(1, 4)), st.integers(1, 4))
widths = st.builds(AtOnce, st.integers(1, 4), st.integers(1, 6))


@given(waiting_lines, busy_members)
def test_nobodys_tenth_request_passes_anothers_first(waiting: list[InLine], busy: dict[tuple[int, int], int]) -> None:
    """Each is its member's nth turn, what the relay has included; no turn goes before a lower one."""
    order = in_order(waiting, busy)
    assert sorted(ids(order)) == sorted(ids(waiting))
    turns = Counter(busy)
    numbers = []
    for each in order:
        turns[each.guild_id, each.user_id] += 1
        numbers.append(turns[each.guild_id, each.user_id])
    assert numbers == sorted(numbers)
    for who in {(each.guild_id, each.user_id) for each in waiting}:
        own = [each for each in order if (each.guild_id, each.user_id) == who]
        assert own == sorted(own, key=lambda one: (one.created_at, one.id)), "a member's own go as they came"


@given(waiting_lines, busy_members, widths, st.integers(0, 8))
def test_the_limits_at_once_hold_and_nobody_waits_without_need(
    waiting: list[InLine], busy: dict[tuple[int, int], int], at_once: AtOnce, free: int
) -> None:
    going = may_go(waiting, busy, at_once, free)
    started = Counter((each.guild_id, each.user_id) for each in going)
    members = Counter(busy) + started
    servers: Counter[int] = Counter()
    for (guild_id, _), count in members.items():
        servers[guild_id] += count
    assert len(going) <= free
    assert all(members[who] <= at_once.member for who in started)
    assert all(servers[guild_id] <= at_once.server for guild_id in {each.guild_id for each in going})
    if len(going) < free:
        assert all(
            members[each.guild_id, each.user_id] >= at_once.member or servers[each.guild_id] >= at_once.server
            for each in waiting
            if each not in going
        )


@given(waiting_lines, busy_members)
def test_places_of_a_server_are_its_first_numbers(waiting: list[InLine], busy: dict[tuple[int, int], int]) -> None:
    found = places(waiting, busy)
    for guild in (1, 2):
        here = [each.id for each in waiting if each.guild_id == guild]
        assert sorted(found[each] for each in here) == list(range(1, len(here) + 1))
