"""The sentences about parts that follow by themselves: on the card, under its button, and where a chain stops early."""

from bot.domain.continuing import MOST_TIMES
from bot.domain.errors import Blocked, LimitReached, NotHere, QueueFull, Refusal, WordForbidden
from bot.domain.generation import Generation
from bot.domain.quota import Met, Scope
from bot.ui.language import Message, Plural, number
from bot.ui.purse_words import limit_of

_TIMES_OPTION = Message("How many parts, one after the other, up to {most}; each is charged as it starts. Left out: 1.")


def times_option() -> str:
    """What the option is for, and when it costs."""
    return _TIMES_OPTION(most=number(MOST_TIMES))


FOLLOW = Plural("{n} more follows by itself", "{n} more follow by themselves")
"""On the card, behind its part: "part 2"."""

STOP_BUTTON = Message("Stop after this part")
STOPPED = Message(
    "Part {part} is the last one now: no more follow by themselves, and nothing more is charged. "
    "Use /extend when you want to go on."
)
ALREADY_STOPPED = Message(
    "No more parts were to follow any more. Nothing was changed, and nothing more is charged. "
    "Use /extend when you want to go on."
)

# Where a chain stops early: all who read the channel read it, so nothing here is anybody's private business.

_LIMIT = Message(
    "Part {part} does not follow: it would pass a limit of {limit}. Nothing was charged for it. "
    "The limit starts over <t:{unix}:R>; then /extend goes on from here."
)
_LIMIT_TOO_SMALL = Message(
    "Part {part} does not follow: a limit of {limit} never holds what it takes. Nothing was charged for it. "
    "A moderator can change that; then /extend goes on from here."
)
_LIMIT_OF_ALL = Message(
    "Part {part} does not follow: it would pass the operator's cap for all servers together. "
    "Nothing was charged for it. The cap starts over <t:{unix}:R>; then /extend goes on from here."
)
_QUEUE_FULL = Message(
    "Part {part} does not follow: too many videos wait already. Nothing was charged for it. "
    "Once some are done, /extend goes on from here."
)
_BLOCKED = Message(
    "Part {part} does not follow: whoever asked may not make videos here now. Nothing was charged for it. "
    "A moderator can say more."
)
_NOT_HERE = Message(
    "Part {part} does not follow: the server's settings do not let whoever asked make videos in this channel any more. "
    "Nothing was charged for it. A moderator can say more."
)
_WORD = Message(
    "Part {part} does not follow: its prompt holds a word that this server does not take any more. "
    "Nothing was charged for it. With other words, /extend goes on from here."
)
_AWAY = Message(
    "Part {part} does not follow: whoever asked is not in the server any more, or may not use me in this channel. "
    "Nothing was charged for it. Others can go on from here with /extend."
)
_OTHERWISE = Message(
    "Part {part} does not follow. Nothing was charged for it. You can try to go on from here with /extend."
)
_FIXED: dict[type[Refusal], Message] = {
    QueueFull: _QUEUE_FULL,
    Blocked: _BLOCKED,
    NotHere: _NOT_HERE,
    WordForbidden: _WORD,
}


def stopped_early(part: Generation, why: Refusal | None) -> str:
    """Below the card of the last part: why the next one does not follow. `why` None: its member is not there."""
    number_of_next = number(part.request.part + 1)
    if isinstance(why, LimitReached):
        return _limit(number_of_next, why.met, why.cost)
    say = _AWAY if why is None else _FIXED.get(type(why), _OTHERWISE)
    return say(part=number_of_next)


def _limit(part: str, met: Met, cost: int) -> str:
    """The operator's cap for all servers is not told: it is nobody's business here."""
    standing = met.standing
    unix = int(standing.period.ends_at.timestamp())
    if standing.scope is Scope.OPERATOR_BOT:
        return _LIMIT_OF_ALL(part=part, unix=unix)
    if cost > standing.limit.credits:
        return _LIMIT_TOO_SMALL(part=part, limit=limit_of(standing.limit))
    return _LIMIT(part=part, limit=limit_of(standing.limit), unix=unix)
