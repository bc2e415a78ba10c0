"""What a member can do, as the `data` of an interaction: a command, a word typed into it, a click, a filled window."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.wire.local_discord.payloads import Json, parts

COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
"""The types of an interaction."""
_STEPS = {1, 2}
"""The types of an option that is a subcommand, or a group of them."""
_OF_A_MESSAGE = 3
"""The type of a command that stands in a message's menu."""
_BUTTON, _TEXT_INPUT, _LABEL = 2, 4, 18
"""The types of a component."""


def command(known: Json, options: Mapping[str, Any], focused: str | None = None, below: Sequence[str] = ()) -> Json:
    """A slash command as Discord sends it, by what the bot told of it. Raises ValueError where it lets nobody send it.

    With `focused`, the member is still typing that option, and others may be missing. `below` names a subcommand.
    """
    sent = _sent(known, options, focused, below)
    return {"id": known["id"], "name": known["name"], "type": known.get("type", 1), "options": sent}


def _sent(told: Json, options: Mapping[str, Any], focused: str | None, below: Sequence[str]) -> list[Json]:
    """The options, inside each step down to the subcommand."""
    schema = {option["name"]: option for option in told.get("options", ())}
    if below:
        step = schema.get(below[0])
        if step is None or step["type"] not in _STEPS:
            raise ValueError(f"/{told['name']} has no subcommand {below[0]}")
        inside = _sent(step, options, focused, below[1:])
        return [{"name": step["name"], "type": step["type"], "options": inside}]
    if unknown := options.keys() - schema.keys():
        raise ValueError(f"/{told['name']} has no option {', '.join(sorted(unknown))}")
    missing = {name for name, option in schema.items() if option.get("required")} - options.keys()
    if missing and focused is None:
        raise ValueError(f"/{told['name']} needs {', '.join(sorted(missing))}")
    sent = [{"name": name, "type": schema[name]["type"], "value": value} for name, value in options.items()]
    return [option | {"focused": True} if option["name"] == focused else option for option in sent]


def menu(known: Json, message: Json) -> Json:
    """A command of a message's menu. Raises ValueError where it is of another kind."""
    if known.get("type") != _OF_A_MESSAGE:
        raise ValueError(f"{known['name']} is no command of a message's menu")
    resolved = {"messages": {message["id"]: message}}
    target = {"target_id": message["id"], "resolved": resolved}
    return {"id": known["id"], "name": known["name"], "type": _OF_A_MESSAGE, **target}


def press(message: Json, custom_id: str) -> Json:
    """A click on a button of this message. Raises ValueError where it has no such button."""
    for part in parts(message["components"]):
        if part["type"] == _BUTTON and part.get("custom_id") == custom_id:
            return {"custom_id": custom_id, "component_type": _BUTTON, "id": part.get("id", 0)}
    raise ValueError(f"message {message['id']} has no button {custom_id}")


def submit(window: Json, values: Mapping[str, str]) -> Json:
    """A window, filled in: each text that is not in `values` stays as the bot put it there."""
    components = []
    for number, label in enumerate(window["components"]):
        field = label["component"]
        if label["type"] != _LABEL or field["type"] != _TEXT_INPUT:
            raise ValueError("only labels with a text field can be filled in here")
        text = values.get(field["custom_id"], field.get("value", ""))
        typed = {"type": _TEXT_INPUT, "id": 2 * number + 2, "custom_id": field["custom_id"], "value": text}
        components.append({"type": _LABEL, "id": 2 * number + 1, "component": typed})
    return {"custom_id": window["custom_id"], "components": components}
