"""Tells Discord of the commands only when they have changed, because it takes 200 creations a day and no more."""

import asyncio
import hashlib
import json
import logging
from typing import Any, Protocol

import aiohttp
import discord
from discord import app_commands

log = logging.getLogger(__name__)

SYNCED = "commands.synced"
"""The note under which the hash of the commands last synced is kept."""
IDS = "commands.ids"
"""The note under which the ids that Discord gave the commands are kept, with the application that they are of."""
PATIENCE_S = 60
"""Seconds. discord.py waits out a 429, which can be hours long here; the start must not wait with it."""


class Notes(Protocol):
    """The store's small facts, and nothing else of it."""

    async def note(self, key: str, value: str) -> None:
        """Keep a fact."""
        ...

    async def noted(self, key: str) -> str | None:
        """A fact kept before."""
        ...


async def told(tree: app_commands.CommandTree[Any]) -> list[dict[str, Any]]:
    """What Discord would be told of each command, in all languages."""
    commands, translator = tree.get_commands(), tree.translator
    if translator is None:
        return [each.to_dict(tree) for each in commands]
    return [await each.get_translated_payload(tree, translator) for each in commands]


async def fingerprint(tree: app_commands.CommandTree[Any], application_id: int | None) -> str:
    """What Discord would be told, and for which application, as a hash. The order of registration does not count."""
    commands = sorted(json.dumps(each, sort_keys=True) for each in await told(tree))
    return hashlib.sha256("\n".join([str(application_id), *commands]).encode()).hexdigest()


async def sync_if_changed(tree: app_commands.CommandTree[Any], notes: Notes, application_id: int | None) -> bool:
    """Sync the global commands unless the same ones were synced before. Whether Discord was told.

    A failure is logged and no more: the bot works with the commands that Discord knows, and tries at the next start.
    """
    wanted = await fingerprint(tree, application_id)
    if await notes.noted(SYNCED) == wanted:
        return False
    try:
        async with asyncio.timeout(PATIENCE_S):
            synced = await tree.sync()
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        log.error("the commands could not be synced (%s): %s", type(error).__name__, error)  # noqa: TRY400  # the traceback says nothing more
        return False
    ids = {each.name: each.id for each in synced if each.type is discord.AppCommandType.chat_input}
    await notes.note(IDS, json.dumps({"application": application_id, "ids": ids}))
    await notes.note(SYNCED, wanted)
    log.info("synced %d commands", len(tree.get_commands()))
    return True


async def known_ids(notes: Notes, application_id: int | None) -> dict[str, int]:
    """The ids of the commands that are typed, by their English names; none where they are of another application."""
    kept: dict[str, Any] = json.loads(await notes.noted(IDS) or "{}")
    return dict(kept.get("ids", {})) if kept.get("application") == application_id else {}
