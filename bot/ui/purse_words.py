"""Every sentence about the credits that somebody may spend: how limits stand, and what is told where one is met.

As in `bot.ui.words`, a refusal says what happened, what it cost, and what the reader can do now. Nobody is addressed
in the names of limits, since moderators read other members' balances in the same words.
"""

from collections.abc import Sequence

from bot.domain.period import Span
from bot.domain.quota import Limit, Scope
from bot.ui.language import Message, Plural, listed, number

BALANCE = Message("See your limits here, what is left of them, and when they start over.")

CREDITS = Plural("{n} credit", "{n} credits")
NO_LIMIT = Message("no limit")
_LIMITS = {
    Span.DAY: Plural("{n} credit a day", "{n} credits a day"),
    Span.WEEK: Plural("{n} credit a week", "{n} credits a week"),
    Span.MONTH: Plural("{n} credit a month", "{n} credits a month"),
}


def limit_of(limit: Limit | None) -> str:
    return NO_LIMIT() if limit is None else _LIMITS[limit.span](limit.credits)


# Standings

TITLES = {
    Scope.MEMBER: Message("Own limit"),
    Scope.ROLE: Message("Limit by role"),
    Scope.DEFAULT: Message("Limit of every member"),
    Scope.SERVER: Message("This server's pool"),
    Scope.OPERATOR_SERVER: Message("The operator's cap for this server"),
}
OWN_BALANCE = Message("Your credits")
BALANCE_OF = Message("Credits of <@{member}>")
SERVER_LIMITS = Message("Limits of this server")
NO_OWN_LIMIT = Message("**Own limit**: none.")
NO_POOL = Message("**This server's pool**: no limit.")
NO_DEFAULT = Message("**Limit of every member**: none.")
# Translators: {limit} is an amount, such as "5 credits a day"; so in all texts about limits.
DEFAULT_LIMIT = Message("**Limit of every member**: {limit}.")
BY_ROLE = Message("**By role** (the best counts)")
BY_MEMBER = Message("**By member** (instead of roles and default)")
CAPPED = Message("-# The bot's operator caps this server at {limit}. Nothing set here goes past that.")
MORE = Plural("- and {n} more", "- and {n} more")
_STANDINGS = {
    # Translators: {title} is the name of a limit, such as "Own limit"; {used} and {left} are numbers.
    Span.DAY: Plural(
        "**{title}**: {used} of {n} credit used today, **{left} left**. Starts over <t:{unix}:R>.",
        "**{title}**: {used} of {n} credits used today, **{left} left**. Starts over <t:{unix}:R>.",
    ),
    Span.WEEK: Plural(
        "**{title}**: {used} of {n} credit used this week, **{left} left**. Starts over <t:{unix}:R>.",
        "**{title}**: {used} of {n} credits used this week, **{left} left**. Starts over <t:{unix}:R>.",
    ),
    Span.MONTH: Plural(
        "**{title}**: {used} of {n} credit used this month, **{left} left**. Starts over <t:{unix}:R>.",
        "**{title}**: {used} of {n} credits used this month, **{left} left**. Starts over <t:{unix}:R>.",
    ),
}
_BOT_CAP_HAS_ROOM = Message("**The operator's cap for all servers**: there is room today.")
_BOT_CAP_IS_USED_UP = Message("**The operator's cap for all servers**: used up. Starts over <t:{unix}:R>.")


def standing(scope: Scope, used: int, limit: Limit, left: int, unix: int) -> str:
    """One limit as it stands. Of the operator's cap for all servers, `bot_cap` tells."""
    facts = {"title": TITLES[scope](), "used": number(used), "left": number(left), "unix": unix}
    return _STANDINGS[limit.span](limit.credits, **facts)


def bot_cap(left: int, unix: int) -> str:
    """What all servers together spent is nobody's business in one of them, so there are no numbers."""
    return _BOT_CAP_HAS_ROOM() if left else _BOT_CAP_IS_USED_UP(unix=unix)


_ENDLESS_BONUS = Message("**Bonus**: **{left} left**, which never ends.")
_ENDING_BONUS = Message("**Bonus**: **{left} left**, which ends <t:{unix}:f>.")
BONUS_NOTE = Message("-# A bonus is used once the own limit is used up; of several, the one that ends first.")


def bonus(left: int, unix: int | None) -> str:
    if unix is None:
        return _ENDLESS_BONUS(left=number(left))
    return _ENDING_BONUS(left=number(left), unix=unix)


_NOTHING_WAITS = Message("**Waiting**: nothing.")
_WAITING = Plural("**Waiting**: {n} request.", "**Waiting**: {n} requests.")
_WAITING_AT = Plural(
    "**Waiting**: {n} request, at place {places} in this server's line.",
    "**Waiting**: {n} requests, at places {places} in this server's line.",
)


def waiting(requests: int, places: Sequence[int]) -> str:
    """`places` may be too few, where one was sent between two looks: then none is named."""
    if not requests:
        return _NOTHING_WAITS()
    if len(places) != requests:
        return _WAITING(requests)
    return _WAITING_AT(requests, places=listed([number(place) for place in places]))


_PRICE = Plural("**Price of a video**: {n} credit.", "**Price of a video**: {n} credits.")
_PRICES = Plural(
    "**Price of a video**: {least} to {n} credit, by model, resolution and duration.",
    "**Price of a video**: {least} to {n} credits, by model, resolution and duration.",
)
_EXTENSION_PRICE = Plural("**Price of an extension**: {n} credit.", "**Price of an extension**: {n} credits.")


def price(least: int, most: int, extension: int | None) -> str:
    video = _PRICE(most) if least == most else _PRICES(most, least=number(least))
    return video if extension is None else f"{video}\n{_EXTENSION_PRICE(extension)}"


# Refusals

_NOTHING_LEFT = {
    # Translators: {cost} and {left} are amounts, such as "4 credits"; {limit} is one such as "5 credits a day".
    Scope.MEMBER: Message(
        "This takes {cost}, and your own limit of {limit} has nothing left. Nothing was sent and nothing was charged."
    ),
    Scope.ROLE: Message(
        "This takes {cost}, and your role's limit of {limit} has nothing left. "
        "Nothing was sent and nothing was charged."
    ),
    Scope.DEFAULT: Message(
        "This takes {cost}, and the limit of every member of {limit} has nothing left. "
        "Nothing was sent and nothing was charged."
    ),
    Scope.SERVER: Message(
        "This takes {cost}, and this server's pool of {limit} has nothing left. "
        "Nothing was sent and nothing was charged."
    ),
    Scope.OPERATOR_SERVER: Message(
        "This takes {cost}, and the operator's cap of {limit} for this server has nothing left. "
        "Nothing was sent and nothing was charged."
    ),
}
_TOO_LITTLE_LEFT = {
    # Translators: {cost} and {left} are amounts, such as "4 credits"; {limit} is one such as "5 credits a day".
    Scope.MEMBER: Message(
        "This takes {cost}, and your own limit of {limit} has only {left} left. "
        "Nothing was sent and nothing was charged."
    ),
    Scope.ROLE: Message(
        "This takes {cost}, and your role's limit of {limit} has only {left} left. "
        "Nothing was sent and nothing was charged."
    ),
    Scope.DEFAULT: Message(
        "This takes {cost}, and the limit of every member of {limit} has only {left} left. "
        "Nothing was sent and nothing was charged."
    ),
    Scope.SERVER: Message(
        "This takes {cost}, and this server's pool of {limit} has only {left} left. "
        "Nothing was sent and nothing was charged."
    ),
    Scope.OPERATOR_SERVER: Message(
        "This takes {cost}, and the operator's cap of {limit} for this server has only {left} left. "
        "Nothing was sent and nothing was charged."
    ),
}
_TOO_LITTLE_LEFT_WITH_BONUS = {
    Scope.MEMBER: Message(
        "This takes {cost}, and your own limit of {limit} has only {left} left, bonus included. "
        "Nothing was sent and nothing was charged."
    ),
    Scope.ROLE: Message(
        "This takes {cost}, and your role's limit of {limit} has only {left} left, bonus included. "
        "Nothing was sent and nothing was charged."
    ),
    Scope.DEFAULT: Message(
        "This takes {cost}, and the limit of every member of {limit} has only {left} left, bonus included. "
        "Nothing was sent and nothing was charged."
    ),
}
_BOT_CAP_REACHED = Message(
    "This takes {cost}, and the operator's cap for all servers together has less than that left today. "
    "Nothing was sent and nothing was charged."
)
_OWN_STARTS_OVER = Message(
    "The limit starts over <t:{unix}:R>; before that, a moderator can raise it or give you a bonus."
)
_STARTS_OVER = {
    Scope.SERVER: Message("The pool starts over <t:{unix}:R>; before that, a moderator can raise it."),
    Scope.OPERATOR_SERVER: Message(
        "The cap starts over <t:{unix}:R>; before that, only whoever runs the bot can raise it."
    ),
    Scope.OPERATOR_BOT: Message(
        "The cap starts over <t:{unix}:R>; before that, only whoever runs the bot can raise it."
    ),
}


def limit_reached(cost: int, scope: Scope, limit: Limit, left: int, unix: int, *, with_bonus: bool) -> str:
    """`with_bonus` says whether some of what is `left` is a bonus."""
    facts = {"cost": CREDITS(cost), "limit": limit_of(limit), "left": CREDITS(left)}
    if scope is Scope.OPERATOR_BOT:
        said = _BOT_CAP_REACHED(**facts)
    elif not left:
        said = _NOTHING_LEFT[scope](**facts)
    else:
        said = (_TOO_LITTLE_LEFT_WITH_BONUS if with_bonus else _TOO_LITTLE_LEFT)[scope](**facts)
    return f"{said} {_STARTS_OVER.get(scope, _OWN_STARTS_OVER)(unix=unix)}"


_TOO_SMALL = {
    # Translators: {cost} and {left} are amounts, such as "4 credits"; {limit} is one such as "5 credits a day".
    Scope.MEMBER: Message(
        "This takes {cost}, and your own limit of {limit} never holds that much. "
        "Nothing was sent and nothing was charged."
    ),
    Scope.ROLE: Message(
        "This takes {cost}, and your role's limit of {limit} never holds that much. "
        "Nothing was sent and nothing was charged."
    ),
    Scope.DEFAULT: Message(
        "This takes {cost}, and the limit of every member of {limit} never holds that much. "
        "Nothing was sent and nothing was charged."
    ),
    Scope.SERVER: Message(
        "This takes {cost}, and this server's pool of {limit} never holds that much. "
        "Nothing was sent and nothing was charged."
    ),
    Scope.OPERATOR_SERVER: Message(
        "This takes {cost}, and the operator's cap of {limit} for this server never holds that much. "
        "Nothing was sent and nothing was charged."
    ),
    Scope.OPERATOR_BOT: Message(
        "This takes {cost}, and the operator's cap for all servers together never holds that much. "
        "Nothing was sent and nothing was charged."
    ),
}
_RAISE_OWN = Message("Ask a moderator to raise the limit or to give you a bonus.")
_RAISE = {
    Scope.SERVER: Message("Ask a moderator to raise the pool."),
    Scope.OPERATOR_SERVER: Message("Ask whoever runs the bot to raise the cap."),
    Scope.OPERATOR_BOT: Message("Ask whoever runs the bot to raise the cap."),
}
_CHEAPER_OR_RAISE_OWN = Message(
    "Choose something that costs less, or ask a moderator to raise the limit or to give you a bonus."
)
_CHEAPER_OR_RAISE = {
    Scope.SERVER: Message("Choose something that costs less, or ask a moderator to raise the pool."),
    Scope.OPERATOR_SERVER: Message("Choose something that costs less, or ask whoever runs the bot to raise the cap."),
    Scope.OPERATOR_BOT: Message("Choose something that costs less, or ask whoever runs the bot to raise the cap."),
}


def limit_too_small(cost: int, scope: Scope, limit: Limit) -> str:
    """Waiting would not help, so no time is named."""
    said = _TOO_SMALL[scope](cost=CREDITS(cost), limit=limit_of(limit))
    if limit.credits:
        return f"{said} {_CHEAPER_OR_RAISE.get(scope, _CHEAPER_OR_RAISE_OWN)()}"
    return f"{said} {_RAISE.get(scope, _RAISE_OWN)()}"


_MEMBER_QUEUE_FULL = Plural(
    "You have {n} request waiting already, and no more can wait. Nothing was sent and nothing was charged. "
    "Wait until it is sent, or cancel it with the button on its message.",
    "You have {n} requests waiting already, and no more can wait. Nothing was sent and nothing was charged. "
    "Wait until one of them is sent, or cancel one with the button on its message.",
)
_SERVER_QUEUE_FULL = Plural(
    "This server has {n} request waiting already, and no more can wait. Nothing was sent and nothing was charged. "
    "Try again in a few minutes.",
    "This server has {n} requests waiting already, and no more can wait. Nothing was sent and nothing was charged. "
    "Try again in a few minutes.",
)


def queue_full(whose: str, most: int) -> str:
    return (_MEMBER_QUEUE_FULL if whose == "member" else _SERVER_QUEUE_FULL)(most)


TOO_LATE = Message(
    "It is too late to cancel this one: it was sent already, or is over. Nothing was changed. "
    "Its message shows what becomes of it; if it fails, its credits come back to you by themselves."
)
