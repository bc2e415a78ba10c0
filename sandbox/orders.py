"""The contract of the paid calls, held strictly, so that a client's slip shows here and not on a bill."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

MODELS = frozenset({"ray-v1", "ray-v2"})
RESOLUTIONS = {"540p": (960, 540), "720p": (1280, 720), "1080p": (1920, 1080)}
# The lengths a prompt may have, in characters (docs.lumalabs.ai/docs/errors).
PROMPT_LENGTHS = (3, 5000)
# Longer clips are not on offer anywhere; a typing error should not keep a core busy for an hour.
LONGEST_S = 60
# What a call leaves out: the values in the seed's example.
DEFAULT_MODEL, DEFAULT_SECONDS, DEFAULT_RESOLUTION = "ray-v2", 5, "720p"

Check = Callable[[Any], str | None]


class Kind(StrEnum):
    SUBMIT = "submit"
    EXTEND = "extend"


@dataclass(frozen=True, slots=True)
class Order:
    """What a paid call asks for; `body` is the parsed JSON as it came."""

    kind: Kind
    prompt: str
    body: Mapping[str, Any]
    model: str = DEFAULT_MODEL
    seconds: int = DEFAULT_SECONDS
    size: tuple[int, int] = RESOLUTIONS[DEFAULT_RESOLUTION]
    image_urls: tuple[str | None, str | None] = (None, None)


class ViolationError(Exception):
    """The call breaks the contract; `field` names where, `body` is what could be parsed of it."""

    def __init__(self, field: str, problem: str, body: Any = None) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.body = body


def read_order(kind: Kind, content_type: str, raw: bytes) -> Order:
    """Parse and check the body of a paid call. Raises `ViolationError`, the first that is found."""
    if content_type != "application/json":
        raise ViolationError("Content-Type", f"must be application/json, not {content_type}")
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise ViolationError("body", "is not JSON") from error
    if not isinstance(body, dict):
        raise ViolationError("body", "must be a JSON object", body)
    checks = SUBMIT_CHECKS if kind is Kind.SUBMIT else EXTEND_CHECKS
    if "user_prompt" not in body:
        raise ViolationError("user_prompt", "is required", body)
    for field, value in body.items():
        problem = checks[field](value) if field in checks else "is not a field of this call"
        if problem is not None:
            raise ViolationError(field, problem, body)
    return _order(kind, body)


def _order(kind: Kind, body: dict[str, Any]) -> Order:
    return Order(
        kind=kind,
        prompt=body["user_prompt"],
        body=body,
        model=body.get("model_name", DEFAULT_MODEL),
        seconds=int(body.get("duration", DEFAULT_SECONDS)),
        size=RESOLUTIONS[body.get("resolution", DEFAULT_RESOLUTION)],
        image_urls=(body.get("image_url"), body.get("image_end_url")),
    )


def _prompt(value: Any) -> str | None:
    shortest, longest = PROMPT_LENGTHS
    if not isinstance(value, str):
        return "must be a string"
    if not shortest <= len(value) <= longest:
        return f"must have {shortest} to {longest} characters, not {len(value)}"
    return None


def _one_of(choices: frozenset[str]) -> Check:
    def check(value: Any) -> str | None:
        known = isinstance(value, str) and value in choices
        return None if known else f"must be one of {', '.join(sorted(choices))}"

    return check


def _duration(value: Any) -> str | None:
    if not isinstance(value, str) or not (value.isascii() and value.isdigit()):
        return "must be a string of digits"
    return None if 1 <= int(value) <= LONGEST_S else f"must be from 1 to {LONGEST_S} seconds"


def _flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _url(value: Any) -> str | None:
    problem = "must be an http or https URL"
    if not isinstance(value, str):
        return problem
    try:
        parts = urlsplit(value)
    except ValueError:
        return problem
    return None if parts.scheme in {"http", "https"} and parts.hostname else problem


EXTEND_CHECKS: dict[str, Check] = {"user_prompt": _prompt}
SUBMIT_CHECKS: dict[str, Check] = {
    "user_prompt": _prompt,
    "model_name": _one_of(MODELS),
    "duration": _duration,
    "resolution": _one_of(frozenset(RESOLUTIONS)),
    "expand_prompt": _flag,
    "image_url": _url,
    "image_end_url": _url,
}
