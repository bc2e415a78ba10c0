"""Whether Discord knows the very commands that this version and these settings make."""

from typing import Any, cast

import discord
from discord import app_commands

import cogs
from bot.app import services_over, terms
from bot.checkup.discord_side import Application, DiscordApi, trouble
from bot.checkup.finding import Finding, ok, warning
from bot.checkup.web import Silent, listed, parsed
from bot.identity import new_id
from bot.ports import Clock
from bot.service.intake import Intake
from bot.settings import Settings
from bot.storage.stores import Stores
from bot.ui.sync import SYNCED, fingerprint, told
from bot.ui.translator import Translator
from bot.ui.tree import DreamreelTree

COMMANDS = "commands"
_FORGET = f"DELETE FROM notes WHERE key = '{SYNCED}'"  # noqa: S608  # the operator runs it, by hand
_COMPARED = (
    "type",
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "required",
    "autocomplete",
    "min_value",
    "max_value",
)
"""What is compared of a command and of each of its options. Discord adds much of its own to what it was told."""


async def tree_of(settings: Settings, clock: Clock) -> app_commands.CommandTree[Any]:
    """The commands as the bot would register them; nothing is connected, and no database is opened."""
    nothing = cast("Any", None)  # the commands carry the stores, and nobody runs them here
    stores = Stores(nothing, nothing, nothing, nothing, nothing, nothing, nothing)
    intake = Intake(
        nothing, nothing, clock, new_id, terms=terms(settings), on_attached=lambda: None, on_change=lambda: None
    )
    services = services_over(settings, stores, intake, nothing, clock, pace=nothing, showing=nothing, renewing=nothing)
    tree = DreamreelTree(discord.Client(intents=discord.Intents(guilds=True)))
    cogs.register(tree, services)
    await tree.set_translator(Translator())
    return tree


async def commands(
    api: DiscordApi, found: Application, tree: app_commands.CommandTree[Any], synced: str | None
) -> Finding:
    """Compare with what Discord has. `synced` is the hash of the commands that the bot synced last, if any."""
    answer = await api.get(f"/applications/{found.id}/commands?with_localizations=true")
    registered = None if isinstance(answer, Silent) or not answer.good else parsed(answer)
    if not isinstance(registered, list):
        return trouble(COMMANDS, answer)
    wanted = {str(command["name"]): _essence(command) for command in await told(tree)}
    known = {str(command.get("name")): _essence(command) for command in listed(registered) if command.get("type") != 4}  # noqa: PLR2004  # an activity's entry point, which is Discord's own
    differing = [name for name in {**wanted, **known} if wanted.get(name) != known.get(name)]
    if not differing:
        return ok(COMMANDS, f"Discord has this version's {len(wanted)} commands.")
    says = f"Discord has other commands than this version and these settings make: {', '.join(sorted(differing))}."
    if synced != await fingerprint(tree, found.id):
        return warning(COMMANDS, says, "Start the bot: it tells Discord, and members see them within a minute.")
    return warning(
        COMMANDS,
        f"{says} Something else has changed them since the bot told Discord.",
        "Give another program that uses this token an application of its own. Then stop the bot, and have it tell "
        f'Discord again: sqlite3 DATABASE "{_FORGET}"',
    )


def _essence(of: dict[str, Any]) -> dict[str, Any]:
    """What members meet of a command or an option, without what Discord and the library fill in by themselves."""
    essence: dict[str, Any] = {key: of[key] for key in _COMPARED if of.get(key)}
    essence.setdefault("type", 1)
    essence["options"] = [_essence(option) for option in listed(of.get("options"))]
    essence["choices"] = [
        (choice.get("name"), choice.get("name_localizations") or {}, choice.get("value"))
        for choice in listed(of.get("choices"))
    ]
    return essence
