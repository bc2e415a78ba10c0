"""The slash commands, one file a command family: they parse, call a service and answer.

What they offer comes from the settings, so a command is made by `register` and not at import.
"""

from typing import Any

from discord import app_commands

from bot.ui.services import Services
from cogs import (
    balance,
    extend,
    generate,
    help,  # noqa: A004  # the command's name
    history,
    menus,
    moderation,
    preferences,
    privacy,
    quota,
    reporting,
    settings,
    show,
    story,
)


def register(tree: app_commands.CommandTree[Any], services: Services) -> None:
    """Add every command to the tree."""
    generate.register(tree, services)
    extend.register(tree, services)
    balance.register(tree, services)
    quota.register(tree, services)
    moderation.register(tree, services)
    settings.register(tree, services)
    reporting.register(tree, services)
    preferences.register(tree, services)
    privacy.register(tree, services)
    story.register(tree, services)
    history.register(tree, services)
    show.register(tree, services)
    menus.register(tree, services)
    help.register(tree, services)
