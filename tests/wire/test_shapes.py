"""Every request is checked against the shape that Discord documents, and a wrong one is found."""

from typing import Any

import pytest

from tests.wire.cut_shapes import SHAPES, cut
from tests.wire.local_discord.shapes import Shapes

CREATE = "POST /channels/*/messages"
EDIT = "PATCH /channels/*/messages/*"
ANSWER = "POST /interactions/*/*/callback"
COMMANDS = "PUT /applications/*/commands"
BUTTON = {"type": 2, "style": 1, "label": "Extend", "custom_id": "extend"}


def card(*inside: dict[str, Any]) -> dict[str, Any]:
    return {"flags": 1 << 15, "components": [{"type": 17, "components": list(inside)}]}


SOUND: list[tuple[str, Any]] = [
    ("GET /users/@me", {}),
    (CREATE, {"content": "hello", "nonce": "1", "enforce_nonce": True, "message_reference": {"message_id": 7}}),
    (EDIT, card({"type": 10, "content": "Completed"}, {"type": 1, "components": [BUTTON]})),
    (EDIT, {"attachments": [{"id": "0", "filename": "film.mp4"}]}),
    (ANSWER, {"type": 5}),
    (ANSWER, {"type": 4, "data": card({"type": 10, "content": "Waiting"})}),
    (ANSWER, {"type": 8, "data": {"choices": [{"name": "a video", "value": "id"}]}}),
    (COMMANDS, [{"name": "generate", "description": "Make a video", "type": 1, "nsfw": False}]),
    ("POST /users/@me/channels", {"recipient_id": "30"}),
]
WRONG: list[tuple[str, Any, str]] = [
    ("PATCH /users/@me", {}, ""),
    ("GET /users/@me", {"username": "other"}, ""),
    (CREATE, {"contents": "hello"}, "$"),
    (CREATE, {"content": "x" * 4001}, "$.content"),
    (CREATE, {"message_reference": {"message_id": "seven"}}, "$.message_reference"),
    (EDIT, {"components": [{"type": 99}]}, "$.components[0]"),
    (EDIT, card({"type": 10}), "$.components[0].components[0]"),
    (EDIT, card({"type": 1, "components": [{**BUTTON, "style": 7}]}), "$.components[0].components[0].components[0]"),
    (EDIT, card({"type": 1, "components": [{**BUTTON, "label": "x" * 81}]}), "$.components[0].components[0]"),
    (EDIT, {"attachments": [{"filename": "film.mp4"}]}, "$.attachments[0]"),
    (ANSWER, {"type": 3}, "$"),
    (ANSWER, {"type": 4, "data": {"content": "x" * 2001}}, "$.data"),
    (ANSWER, {"type": 8, "data": {"choices": [{"name": "x" * 101, "value": "id"}]}}, "$.data"),
    (COMMANDS, [{"name": "x" * 33, "description": "Make a video", "type": 1}], "$[0].name"),
]


@pytest.mark.parametrize(("route", "body"), SOUND)
def test_what_discord_documents_is_sound(route: str, body: Any) -> None:
    shapes = Shapes(on=True)
    shapes.check(route, body)

    assert shapes.misshapen == []


@pytest.mark.parametrize(("route", "body", "place"), WRONG)
def test_what_discord_does_not_document_is_found_where_it_is(route: str, body: Any, place: str) -> None:
    shapes = Shapes(on=True)
    shapes.check(route, body)

    (found,) = shapes.misshapen
    assert found.route == route
    assert found.place.startswith(place)


def test_what_is_cut_holds_the_schemas_that_it_refers_to_and_no_others() -> None:
    body = {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}}
    schemas = {"A": {"properties": {"description": {"$ref": "#/components/schemas/B"}}}, "B": {"title": "b"}, "C": {}}
    whole = {"info": {"title": "t", "version": "10", "license": {}}, "paths": _Everything(body)}

    sliced = cut({**whole, "components": {"schemas": schemas}})

    assert sliced["schemas"] == {"A": schemas["A"], "B": {}}
    assert sliced["routes"][EDIT] == {"$ref": "#/components/schemas/A"}
    assert SHAPES.exists()


class _Everything(dict[str, Any]):
    """An API in which every route takes the same body."""

    def __init__(self, operation: dict[str, Any]) -> None:
        super().__init__()
        self._operation = operation

    def __missing__(self, key: str) -> Any:
        return self._operation if key in {"get", "put", "post", "patch", "delete"} else self
