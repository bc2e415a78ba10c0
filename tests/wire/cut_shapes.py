"""Cuts what the bot uses out of Discord's description of its REST API: `python -m tests.wire.cut_shapes OPENAPI_JSON`.

Discord publishes that file (OpenAPI 3.1, MIT) at https://github.com/discord/discord-api-spec, as `specs/openapi.json`.
Of each route below the schema of its request is kept, as it stands there, with every schema that it reaches; what is
left out are the answers, the other routes, and the descriptions in words.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SHAPES = Path(__file__).parent / "discord_shapes" / "requests.json"
ROUTES = {
    "/applications/@me": ("get",),
    "/applications/{application_id}/commands": ("get", "put"),
    "/channels/{channel_id}": ("get",),
    "/channels/{channel_id}/messages": ("get", "post"),
    "/channels/{channel_id}/messages/{message_id}": ("get", "patch", "delete"),
    "/gateway": ("get",),
    "/gateway/bot": ("get",),
    "/interactions/{interaction_id}/{interaction_token}/callback": ("post",),
    "/oauth2/applications/@me": ("get",),
    "/users/@me": ("get",),
    "/users/@me/channels": ("post",),
    "/users/@me/guilds": ("get",),
    "/webhooks/{webhook_id}/{webhook_token}": ("post",),
    "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}": ("get", "patch", "delete"),
}
"""What the bot may ask. `messages/@original` has the shapes of `messages/{message_id}`."""
_PREFIX = "#/components/schemas/"
_WORDS = ("description", "title")


def cut(whole: dict[str, Any]) -> dict[str, Any]:
    """The slice: `routes` with the schema of each body (null for none), `schemas` with what they refer to."""
    routes = {
        f"{method.upper()} {_starred(path)}": _body(whole["paths"][path][method])
        for path, methods in ROUTES.items()
        for method in methods
    }
    schemas: dict[str, Any] = {}
    missing = {name for body in routes.values() for name in _named(body)}
    while missing:
        schemas |= {name: _wordless(whole["components"]["schemas"][name]) for name in missing}
        missing = {name for schema in schemas.values() for name in _named(schema)} - schemas.keys()
    about = {key: whole["info"][key] for key in ("title", "version", "license")}
    return {"info": about, "routes": routes, "schemas": dict(sorted(schemas.items()))}


def _starred(path: str) -> str:
    return "/".join("*" if part.startswith("{") else part for part in path.split("/"))


def _body(operation: dict[str, Any]) -> Any:
    if "requestBody" not in operation:
        return None
    return _wordless(operation["requestBody"]["content"]["application/json"]["schema"])


def _wordless(node: Any) -> Any:
    """The same without descriptions. A property may have such a name, but then it is a schema and no text."""
    if isinstance(node, list):
        return [_wordless(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {key: _wordless(value) for key, value in node.items() if not (key in _WORDS and isinstance(value, str))}


def _named(node: Any) -> Iterator[str]:
    """The names of the schemas that a schema refers to."""
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].removeprefix(_PREFIX)
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _named(each)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.wire.cut_shapes", description=__doc__)
    parser.add_argument("openapi", type=Path, help="Discord's openapi.json")
    whole = json.loads(parser.parse_args().openapi.read_text("utf-8"))
    SHAPES.parent.mkdir(exist_ok=True)
    SHAPES.write_text(json.dumps(cut(whole), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
