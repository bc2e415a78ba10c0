"""Finds a task in an answer: relays of this family wrap it, rename its fields and put its link in many places."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.domain.generation import GenerationState
from bot.relay import words
from bot.relay.body import Json

MOST_ID = 512
"""Characters. No id of this family comes near it."""
MOST_LINK = 8_192
"""Characters. Signed links run to about two thousand."""
MOST_DETAIL = 300
"""Characters of a relay's own words that are kept."""

_MOST_LEVELS = 3
_ID_KEYS = ("id", "task_id", "taskId")
_DOTS = frozenset({".", ".."})
_ALL_WELL = frozenset({"success", "0", "200"})
_SHAPE_OF_AN_ID = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9_-]{8,128}")
_STATE_KEYS = ("state", "status", "task_status")
_ERROR_KEYS = ("error", "detail")
_REASON_KEYS = ("failure_reason", "fail_reason")
_MESSAGE_KEYS = ("message", "msg", "reason", "description")
# What a wrapper says when all is well is no reason.
_NO_REASON = frozenset({"", "success", "ok", "null", "none"})
# The contract's two places first; the others are seen in the answers of its kin.
_LINK_PLACES = (
    ("video", "download_url"),
    ("video", "url"),
    ("video_raw", "url"),
    ("artifact", "video", "download_url"),
    ("artifact", "video", "url"),
    ("artifact", "video_raw", "url"),
    ("assets", "video"),
    ("video",),
    ("videos", "download_url"),
    ("videos", "url"),
    ("videos",),
    ("video_url",),
    ("download_url",),
    ("result_url",),
    ("output", "url"),
    ("output",),
    ("outputs", "url"),
    ("outputs",),
    ("url",),
)


@dataclass(frozen=True, slots=True)
class Task:
    """The part of an answer that speaks of a generation. `state` is None for a word that is not known."""

    state: GenerationState | None
    levels: Sequence[Json]


def levels(told: Json) -> list[Json]:
    """The answer and what its wrappers hold, the outermost first."""
    found = [told]
    while len(found) < _MOST_LEVELS:
        inner = found[-1].get("data")
        if isinstance(inner, list) and len(inner) == 1:
            inner = inner[0]
        if not isinstance(inner, dict):
            break
        found.append(inner)
    return found


def usable_id(relay_id: str) -> bool:
    """Whether an id can be kept and can name a task in a path: not blank, no control characters, no dots to walk."""
    return bool(relay_id.strip()) and relay_id.isprintable() and len(relay_id) <= MOST_ID and relay_id not in _DOTS


def ids_of(level: Json) -> list[str]:
    """The ids a level carries, the best first: where there are two, digits alone may be a row's number."""
    given = (level.get(key) for key in _ID_KEYS)
    return sorted((text for text in given if isinstance(text, str) and usable_id(text)), key=str.isdigit)


def new_id(told: Json) -> str | None:
    """The id of the task that an answer to a paid request names."""
    named = next((each for level in levels(told) for each in ids_of(level)), None)
    return _bare_id(told) if named is None else named


def _bare_id(told: Json) -> str | None:
    """The id where a good wrapper holds nothing else (new-api's way for some kinds of tasks)."""
    code, held = told.get("code"), told.get("data")
    if not (isinstance(code, str) and isinstance(held, str)) or code.casefold() not in _ALL_WELL:
        return None
    return held if _SHAPE_OF_AN_ID.fullmatch(held) else None


def find_task(told: Json, relay_id: str) -> Task | None:
    """What the answer says of the task; None where it says nothing of any."""
    every = levels(told)
    speaking = [place for place, level in enumerate(every) if _state_words(level)]
    named = [place for place, level in enumerate(every) if relay_id in ids_of(level)]
    # The relay's own word goes before that of the service behind it, whose id is another.
    chosen = next((place for place in speaking if place in named), next(reversed(speaking), None))
    if chosen is not None:
        known = (words.state_of(word) for word in _state_words(every[chosen]))
        return Task(next((state for state in known if state is not None), None), every[chosen:])
    if named and not any(level.get("error") for level in every):
        return Task(None, every[named[0] :])
    return None


def _state_words(level: Json) -> list[str]:
    said = [(key, level.get(key)) for key in _STATE_KEYS]
    # Beside no id and no video, `status` is a wrapper's word for the call itself.
    bare = not ids_of(level) and "video" not in level
    return [word for key, word in said if isinstance(word, str) and word.strip() and not (bare and key == "status")]


def link(task: Task) -> str | None:
    """Where the finished video is, if the answer names a place."""
    found = (each for level in task.levels for place in _LINK_PLACES for each in _texts(level, place))
    return next((text.strip() for text in found if _is_link(text.strip())), None)


def _texts(value: object, place: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, list):
        for each in value[:10]:
            if not isinstance(each, list):
                yield from _texts(each, place)
    elif not place:
        if isinstance(value, str):
            yield value
    elif isinstance(value, dict):
        yield from _texts(value.get(place[0]), place[1:])


def _is_link(text: str) -> bool:
    if len(text) > MOST_LINK or not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def codes(told: Json) -> list[str]:
    """Every error code the answer names, in lower case."""
    found: list[object] = []
    for level in levels(told):
        errors = [level[key] for key in _ERROR_KEYS if key in level]
        for holder in (level, *(each for each in errors if isinstance(each, dict))):
            found += (holder.get(key) for key in ("code", "type"))
        found += errors
    return [text.strip().casefold() for text in found if isinstance(text, str)]


def reason(about: Sequence[Json]) -> str:
    """Why, in the relay's own words: one line of at most 300 characters; empty where it gave none."""
    said = (_plain(text) for level in about for text in _reasons(level))
    return next((text[:MOST_DETAIL] for text in said if text.casefold() not in _NO_REASON), "")


def _reasons(level: Json) -> Iterator[object]:
    yield from (level.get(key) for key in _REASON_KEYS)
    for error in (level.get(key) for key in _ERROR_KEYS):
        first = error[0] if isinstance(error, list) and error else error
        if isinstance(first, dict):
            yield from (first.get(key) for key in _MESSAGE_KEYS)
        else:
            yield first
    yield from (level.get(key) for key in _MESSAGE_KEYS)


def _plain(value: object) -> str:
    """A text on one line, without what cannot be stored or would drive a terminal; empty for anything else."""
    if not isinstance(value, str):
        return ""
    return "".join(c for c in re.sub(r"\s+", " ", value) if c.isprintable()).strip()
