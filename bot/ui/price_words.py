"""The sentences that name a price before it is spent, in one place: the sister of `bot.ui.words`.

They stand where Discord takes 100 characters, beside others. `bot.ui.price_tags` leaves out what has no room.
"""

from bot.ui.language import Message, Plural, number

_COSTS_NOTHING = Message("It costs nothing.")
_COSTS = Plural("It costs {n} credit.", "It costs {n} credits.")
_NOTHING_OR_MORE = Message("It costs nothing; with other options {least} to {most}.")
_COSTS_BY_OPTIONS = Plural(
    "It costs {n} credit; with other options {least} to {most}.",
    "It costs {n} credits; with other options {least} to {most}.",
)
_EXTENSION_COSTS = Plural(
    "It costs as much as a new video like it: {least} to {n} credit.",
    "It costs as much as a new video like it: {least} to {n} credits.",
)
COSTS_AT_MOST = Plural("It costs at most {n} credit.", "It costs at most {n} credits.")

_PRICED = Plural("{choice} · {n} credit", "{choice} · {n} credits")
_PRICED_BETWEEN = Plural("{choice} · {least} to {n} credit", "{choice} · {least} to {n} credits")

# The Extend window

LAST_PROMPT = Message("The last prompt stands here: change it, or write anew.")
LAST_PROMPT_CUT = Message("The last prompt, up to {most} characters: change it, or write anew.")
_SUBMIT_COSTS_NOTHING = Message("Submit costs nothing.")
_SUBMIT_COSTS = Plural("Submit costs {n} credit.", "Submit costs {n} credits.")


def costs(usual: int, least: int, most: int) -> str:
    """In credits; `usual` is the price without any option."""
    if least == most:
        return _COSTS(most) if most else _COSTS_NOTHING()
    if usual == 0:
        return _NOTHING_OR_MORE(least=number(least), most=number(most))
    return _COSTS_BY_OPTIONS(usual, least=number(least), most=number(most))


def extension_costs(least: int, most: int) -> str:
    """In credits, for a video that is not chosen yet."""
    return costs(most, least, most) if least == most else _EXTENSION_COSTS(most, least=number(least))


def priced(choice: str, least: int, most: int) -> str:
    """A choice with what it costs in credits."""
    if least == most:
        return _PRICED(most, choice=choice)
    return _PRICED_BETWEEN(most, choice=choice, least=number(least))


def submit_costs(price: int) -> str:
    """In credits."""
    return _SUBMIT_COSTS(price) if price else _SUBMIT_COSTS_NOTHING()
