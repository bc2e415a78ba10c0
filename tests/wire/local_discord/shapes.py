"""Checks each request against the shape that Discord documents (`cut_shapes.py` says where it is from)."""

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators
from jsonschema.exceptions import best_match

FILE = Path(__file__).parents[1] / "discord_shapes" / "requests.json"
_PREFIX = "#/components/schemas/"
_UNIONS = {"oneOf", "anyOf"}
_KINDS = "kinds"
_SNOWFLAKE = {"type": ["string", "integer"], "pattern": "^(0|[1-9][0-9]*)$", "minimum": 0}
"""Described as a string. discord.py sends numbers too, and Discord takes them: it has them as numbers itself."""

_MORE: dict[str, dict[str, Any]] = {
    "ApplicationCommandUpdateRequest": {"nsfw": {"type": "boolean"}},
    "IncomingWebhookUpdateRequestPartial": {"tts": {"const": False}},
    "MessageEditRequestPartial": {"tts": {"const": False}},
}
"""Keys that are not described and do no harm: discord.py always sends them. `nsfw` stands in Discord's own pages."""
_MEDIA_CHANNEL = {"const": 16}
"""In Discord's own pages (channel types), but not described. discord.py names it among the channels with threads."""


@dataclass(frozen=True, slots=True)
class Misshapen:
    """A request that Discord does not document so: the route, the place in the body, and what is wrong there."""

    route: str
    place: str
    why: str


class Shapes:
    """`misshapen` lists each request that was wrong. A look at a card takes half a millisecond, or none if not `on`."""

    def __init__(self, *, on: bool) -> None:
        self.misshapen: list[Misshapen] = []
        self._checkers = _checkers() if on else None

    def check(self, route: str, body: Any) -> None:
        """Look at one request; `body` is what its JSON says, empty for none."""
        checkers = self._checkers
        if checkers is None:
            return
        if route not in checkers:
            self.misshapen.append(Misshapen(route, "", "the bot is not known to ask this (see cut_shapes.ROUTES)"))
            return
        checker = checkers[route]
        if checker is None:
            if body:
                self.misshapen.append(Misshapen(route, "", "a body where none belongs"))
            return
        error = best_match(checker.iter_errors(body))
        if error is not None:
            self.misshapen.append(Misshapen(route, error.json_path, error.message))


@functools.cache
def _checkers() -> Mapping[str, Any]:
    """A validator for each route; None for a route without a body."""
    read = json.loads(FILE.read_text("utf-8"))
    named = {**read["schemas"], "SnowflakeType": _SNOWFLAKE}
    named["ChannelTypes"]["oneOf"].append(_MEDIA_CHANNEL)
    strict = _Strict(named)
    return {route: None if body is None else _Validator(strict.of(body)) for route, body in read["routes"].items()}


class _Strict:
    """Discord's schemas, made strict and quick: every reference is followed here, once.

    Keys that are not described are wrong: Discord ignores them, so a bot that sends one has mistyped it. A union whose
    members differ in `type` is decided by it, so that only the one meant is looked at, and its faults are told.
    """

    def __init__(self, named: Mapping[str, Any]) -> None:
        self._named = named
        self._done: dict[str, Any] = {}

    def of(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self.of(each) for each in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return self._referred(node["$ref"].removeprefix(_PREFIX))
        # Beside a list of values, `allOf` and `format` say nothing more.
        skipped = {"allOf", "format"} if "enum" in node else {"format"}
        strict = {key: self.of(value) for key, value in node.items() if key not in skipped}
        if "properties" in node and node.get("type") == "object":
            strict.setdefault("additionalProperties", False)
        for union in _UNIONS & strict.keys():
            _decide(strict, union)
        return strict

    def _referred(self, name: str) -> Any:
        if name not in self._done:
            schema = self._named[name]
            if name in _MORE:
                schema = {**schema, "properties": {**schema["properties"], **_MORE[name]}}
            self._done[name] = self.of(schema)
        return self._done[name]


def _decide(strict: dict[str, Any], union: str) -> None:
    """Put a union in a form that is looked up and not tried out, where it has one."""
    members: list[Any] = strict[union]
    if all(each.keys() == {"const"} for each in members):
        strict["enum"] = [each["const"] for each in strict.pop(union)]
        return
    kinds = {kind: each for each in members for kind in _kinds(each)}
    if all(map(_kinds, members)):
        del strict[union]
        strict[_KINDS] = kinds


def _kinds(member: Any) -> list[int]:
    """The values of `type` that a member of a union has."""
    found: list[int] = member.get("properties", {}).get("type", {}).get("enum", [])
    return found


def _of_its_kind(validator: Any, kinds: Mapping[int, Any], instance: Any, _schema: Any) -> Iterator[ValidationError]:
    """The keyword that `_decide` puts in place of a union."""
    kind: Any = instance.get("type") if isinstance(instance, dict) else None
    if isinstance(kind, int) and kind in kinds:
        yield from validator.descend(instance, kinds[kind], schema_path=str(kind))
    else:
        yield ValidationError(f"its type is {kind!r}, and none of {sorted(kinds)}")


_Validator = validators.extend(Draft202012Validator, {_KINDS: _of_its_kind})  # type: ignore[no-untyped-call]  # its stubs
