"""Balances, limits and prices as text, with times that tick in the reader's own clock."""

from collections.abc import Mapping
from itertools import product

from bot.domain.generation import GenerationRequest, Kind
from bot.domain.period import DAYS
from bot.domain.prices import PriceTable
from bot.domain.quota import Grant, Limit, Scope, Standing
from bot.domain.request import Offer
from bot.service.purse import SHARED, MemberView, ServerView
from bot.ui import purse_words as words

MOST_LISTED = 12
"""Roles, members or gifts that one list names; the rest is counted. A message has 2,000 characters."""


def price_range(prices: PriceTable, offer: Offer) -> tuple[int, int, int | None]:
    """What one video costs here, in credits: the cheapest, the dearest, and an extension that has a price of its own.

    Worth keeping, since it looks at every choice.
    """
    choices = product(offer.models, offer.resolutions, offer.durations)
    costs = [prices.of(_choice(*choice)).credits for choice in choices]
    extension = None if prices.extend is None else prices.extend.credits
    return min(costs), max(costs), extension


def _choice(model: str, resolution: str, duration: int) -> GenerationRequest:
    return GenerationRequest(Kind.TEXT, "", model, duration, resolution, expand_prompt=True)


def member(title: str, view: MemberView, price_line: str | None = None) -> str:
    """How a member stands: each limit that holds, the bonus, what waits and, where it is given, the price."""
    balance = view.balance
    own = [each for each in balance.standings if each.scope not in SHARED]
    shared = [each for each in balance.standings if each.scope in SHARED]
    lines = [f"### {title}", *([standing(each) for each in own] or [words.NO_OWN_LIMIT()])]
    lines += _bonuses(balance.grants)
    lines += [standing(each) for each in reversed(shared)]
    lines.append(words.waiting(len(balance.waiting), view.places))
    if price_line is not None:
        lines.append(price_line)
    return "\n".join(lines)


def server(view: ServerView) -> str:
    """What moderators set, and how the limits that all share stand."""
    rules = view.rules
    lines = [f"### {words.SERVER_LIMITS()}"]
    if rules.server is None:
        lines.append(words.NO_POOL())
    lines += [standing(each) for each in reversed(view.standings)]
    if rules.default is None:
        lines.append(words.NO_DEFAULT())
    else:
        lines.append(words.DEFAULT_LIMIT(limit=words.limit_of(rules.default)))
    lines += _list(words.BY_ROLE(), "<@&{}>", rules.roles)
    lines += _list(words.BY_MEMBER(), "<@{}>", rules.members)
    return "\n".join(lines)


def standing(it: Standing) -> str:
    """One limit as it stands."""
    ends = int(it.period.ends_at.timestamp())
    if it.scope is Scope.OPERATOR_BOT:
        return words.bot_cap(it.left, ends)
    return words.standing(it.scope, it.used, it.limit, it.left, ends)


def capped(view: ServerView, limit: Limit) -> str | None:
    """A note where a limit allows more than the operator's cap for this server does."""
    cap = next((each.limit for each in view.standings if each.scope is Scope.OPERATOR_SERVER), None)
    if cap is None or limit.credits / DAYS[limit.span] <= cap.credits / DAYS[cap.span]:
        return None
    return words.CAPPED(limit=words.limit_of(cap))


def _bonuses(grants: tuple[Grant, ...]) -> list[str]:
    left = [each for each in grants if each.left > 0]
    lines = [words.bonus(each.left, int(each.ends_at.timestamp()) if each.ends_at else None) for each in left]
    return [*_shortened(lines), words.BONUS_NOTE()] if lines else []


def _list(head: str, mention: str, limits: Mapping[int, Limit]) -> list[str]:
    """The largest first; no head over nothing."""
    if not limits:
        return []
    ordered = sorted(limits.items(), key=lambda item: (-item[1].credits / DAYS[item[1].span], item[0]))
    return [head, *_shortened([f"- {mention.format(subject)}: {words.limit_of(limit)}" for subject, limit in ordered])]


def _shortened(lines: list[str]) -> list[str]:
    rest = len(lines) - MOST_LISTED
    return lines if rest <= 0 else [*lines[:MOST_LISTED], words.MORE(rest)]
