"""What a member can do, as the `data` of an interaction: a command, a word typed into it, a click, a filled window."""

from collections.abc import Mapping
from typing import Any

from tests.wire.local_discord.payloads import Json, parts

COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
"""The types of an interaction."""
_BUTTON, _TEXT_INPUT, _LABEL = 2, 4, 18
"""The types of a component."""


def command(known: Json, options: Mapping[str, Any], focused: str | None = None) -> Json:
    """A slash command as Discord sends it, by what the bot told of it. Raises ValueError where it lets nobody send it.

    With `focused`, the member is still typing that option, and others may be missing.
    """
    schema = {option["name"]: option for option in known.get("options", ())}
    if unknown := options.keys() - schema.keys():
        raise ValueError(f"/{known['name']} has no option {', '.join(sorted(unknown))}")
    missing = {name for name, option in schema.items() if option.get("required")} - options.keys()
    if missing and focused is None:
        raise ValueError(f"/{known['name']} needs {', '.join(sorted(missing))}")
    sent = [{"name": name, "type": schema[name]["type"], "value": value} for name, value in options.items()]
    for option in sent:
        if option["name"] == focused:
            option["focused"] = True
    return {"id": known["id"], "name": known["name"], "type": known.get("type", 1), "options": sent}


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
