"""How the action that asked for a generation is named after its interaction, and the interaction read from it."""

_BY_INTERACTION = "interaction:"


def key_of(interaction_id: int) -> str:
    """The same however often Discord delivers the interaction."""
    return f"{_BY_INTERACTION}{interaction_id}"


def interaction_of(key: str) -> int | None:
    """The interaction's id; None where a generation answers none, but follows another by itself."""
    number = key.removeprefix(_BY_INTERACTION)
    return int(number) if key.startswith(_BY_INTERACTION) and number.isdecimal() else None
