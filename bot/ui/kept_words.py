"""What the audit log keeps in English, for whoever opens the database, said in the language of who reads it back."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from bot.domain.generation import GenerationState
from bot.domain.period import Span
from bot.domain.quota import Limit
from bot.ui import log_words, quota_words
from bot.ui.purse_words import CREDITS, limit_of
from bot.ui.words import STATES

_END = r"(?:without an end|until (?P<until>\d{4}-\d\d-\d\d \d\d:\d\d) UTC)"
_FREED = re.compile(r"(\d+) credits? this (day|week|month)")


def told(kept: str) -> str | None:
    """The same in the language spoken, or None for what is text of somebody's own."""
    for pattern, says in _KEPT:
        if found := pattern.fullmatch(kept):
            return says(found)
    return None


def _unix(found: re.Match[str]) -> int | None:
    until = found["until"]
    return None if until is None else int(datetime.fromisoformat(until).replace(tzinfo=UTC).timestamp())


def _resolved(found: re.Match[str]) -> str:
    says = log_words.CREDITS_KEPT if found["kept"] else log_words.CREDITS_GIVEN_BACK
    return says(state=STATES[GenerationState(found["state"])]())


def _freed(found: re.Match[str]) -> str:
    return quota_words.freed_entry({Span(span): int(credits_) for credits_, span in _FREED.findall(found[0])})


def _limit(found: re.Match[str]) -> str:
    return limit_of(Limit(int(found[1]), Span(found[2])))


_KEPT: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(pattern), says)
    for pattern, says in (
        (r"none", lambda _: limit_of(None)),
        (r"not blocked", lambda _: log_words.NOT_BLOCKED()),
        (rf"blocked {_END}", lambda found: log_words.blocked(_unix(found))),
        (r"(\d+) words?", lambda found: log_words.WORDS_COUNTED(int(found[1]))),
        (r"(\d+) credits?", lambda found: CREDITS(int(found[1]))),
        (r"(\d+) credits? a (day|week|month)", _limit),
        (r"(\d+) credits? of bonus", lambda found: quota_words.BONUS_LEFT(int(found[1]))),
        (rf"(\d+) credits? of bonus, {_END}", lambda found: quota_words.bonus_entry(int(found[1]), _unix(found))),
        (rf"{_FREED.pattern}(?:, {_FREED.pattern})*", _freed),
        (r"uncertain", lambda _: quota_words.UNCERTAIN()),
        (rf"(?P<state>{'|'.join(GenerationState)}), credits (?:(?P<kept>kept)|given back)", _resolved),
    )
)
