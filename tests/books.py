"""An accountant's look into the database: every balance worked out again from the ledger, by other means."""

from collections import Counter
from pathlib import Path

from tests.storing import rows

Name = tuple[str, str]


def check_books(path: Path) -> None:
    """Every counter and every grant is the sum of its rows, nothing is below zero, and nothing came back twice."""
    ledger = rows(path, "SELECT id, generation_id, entry, credits, scope, period FROM ledger ORDER BY id")
    shares: dict[str, list[tuple[Name, int]]] = {}
    for generation_id, scope, period, credits_ in rows(path, "SELECT * FROM spent"):
        shares.setdefault(generation_id, []).append(((scope, period), credits_))
    balances, given, charged = _replayed(ledger, shares)
    counters = {(scope, period): used for scope, period, used in rows(path, "SELECT * FROM spending")}
    grants = {
        (f"grant:{number}", ""): (size, used)
        for number, size, used in rows(path, "SELECT id, credits, used FROM grants")
    }
    assert {name: used for name, used in counters.items() if used} == {
        name: used for name, used in balances.items() if used and name not in grants
    }
    assert all(used >= 0 for used in counters.values())
    assert {name: size for name, (size, _) in grants.items()} == given
    assert all(used == balances[name] and 0 <= used <= size for name, (size, used) in grants.items())
    assert sorted(charged) == sorted(name for (name,) in rows(path, "SELECT id FROM generations"))


def _replayed(
    ledger: list[tuple[int, str, str, int, str, str]], shares: dict[str, list[tuple[Name, int]]]
) -> tuple[Counter[Name], dict[Name, int], dict[str, int]]:
    balances: Counter[Name] = Counter()
    emptied: dict[Name, int] = {}
    given: dict[Name, int] = {}
    charged: dict[str, int] = {}
    refunded: set[str] = set()
    for number, generation_id, entry, credits_, scope, period in ledger:
        name = (scope, period)
        match entry:
            case "charge":
                assert generation_id not in charged
                charged[generation_id] = number
                _check_shares(dict(shares.get(generation_id, [])), -credits_)
                balances.update(dict(shares.get(generation_id, [])))
            case "refund":
                assert generation_id not in refunded
                refunded.add(generation_id)
                for each, share in shares.get(generation_id, []):
                    if emptied.get(each, 0) < charged[generation_id]:
                        balances[each] -= share
            case "grant":
                given[name] = credits_
            case "take_back":
                assert credits_ < 0
                given[name] += credits_
            case "reset":
                balances[name] -= credits_
                assert balances[name] == 0
                emptied[name] = number
    return balances, given, charged


def _check_shares(shares: dict[Name, int], price: int) -> None:
    """What all share counts the whole price; the member's own counters and bonus credits count it once together."""
    of_all = [share for (scope, _), share in shares.items() if scope.partition(":")[0] in {"bot", "operator", "server"}]
    own = {share for (scope, _), share in shares.items() if scope.startswith("member:")}
    bonus = sum(share for (scope, _), share in shares.items() if scope.startswith("grant:"))
    assert of_all == ([price] * 5 if price else [])
    assert len(own) <= 1
    assert sum(own) + bonus == price
