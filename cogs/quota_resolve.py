"""`/quota resolve`: a moderator says what became of an uncertain video, as the operator saw it on the bill."""

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.domain.card import Shown
from bot.domain.errors import BadOption, Refusal, StoreError
from bot.service.purse import Verdict
from bot.ui import quota_words as words
from bot.ui.language import speaking
from bot.ui.log_words import WHAT, entry
from bot.ui.logbook import confirm
from bot.ui.reader import server_language
from bot.ui.rights import moderated
from bot.ui.services import Services
from bot.ui.text import cut, fitted, one_line, utf16
from bot.ui.words import A_VIDEO, ago

MOST_NAME = 100
"""Characters. Discord's limit on the name of a choice."""
MOST_CHOICES = 25
"""Discord's limit on the choices of one list."""
MOST_REASON_BYTES = 900
"""Of a reason as the log channel shows it, escaped."""

VERDICTS = [Choice(name=name.located(), value=verdict.value) for verdict, name in words.VERDICTS.items()]


def register(group: app_commands.Group, services: Services) -> None:
    """Add the command."""

    @group.command(name="resolve", description=words.RESOLVE.located())
    @app_commands.describe(
        video=words.UNCERTAIN_VIDEO.located(),
        outcome=words.VERDICT.located(),
        relay_id=words.RELAY_ID.located(),
        reason=words.REASON.located(),
    )
    @app_commands.choices(outcome=VERDICTS)
    async def resolve(
        interaction: discord.Interaction[Any],
        *,
        video: str,
        outcome: str,
        relay_id: str | None = None,
        reason: str = "",
    ) -> None:
        settings = await moderated(interaction)
        verdict = _verdict(outcome)
        shown = await services.queries.shown(settings.guild_id, video.strip().lower())
        done = await services.purser.resolve(
            settings.guild_id, shown.generation.id, verdict, relay_id, by=interaction.user.id, why=reason
        )
        link = _link(shown)
        with speaking(server_language(interaction.guild, settings.language)):
            noted = entry(
                WHAT["resolve"],
                words.video_entry(done.id, link, done.user_id),
                by=interaction.user.id,
                before=words.UNCERTAIN(),
                after=words.SETTLED[verdict](),
                why=fitted(one_line(reason), MOST_REASON_BYTES),
            )
        said = words.settled(done.id, link, done.user_id, done.price, verdict)
        await confirm(interaction, said, entry=noted, settings=settings)

    @resolve.autocomplete("video")
    async def suggest(interaction: discord.Interaction[Any], typed: str) -> list[Choice[str]]:
        return await _suggestions(interaction, services, typed)


async def _suggestions(interaction: discord.Interaction[Any], services: Services, typed: str) -> list[Choice[str]]:
    """This server's uncertain videos, the oldest first, for moderators only: a list shows prompts too."""
    try:
        settings = await moderated(interaction)
        found = await services.purser.uncertain(settings.guild_id)
    except (Refusal, StoreError):
        return []  # a list has no place for a sentence; the command itself will give one
    wanted, now = typed.casefold().split(), services.clock.now()
    choices: list[Choice[str]] = []
    for each in found:
        prompt = one_line(each.request.prompt)
        if all(word in f"{prompt} {each.id}".casefold() for word in wanted):
            tail = f" · {ago(now - each.created_at)} · {each.id}"
            name = cut(prompt or A_VIDEO(), MOST_NAME - utf16(tail), utf16) + tail
            choices.append(Choice(name=name, value=each.id))
            if len(choices) == MOST_CHOICES:
                break
    return choices


def _link(shown: Shown) -> str | None:
    """The link of the message that shows the video; None where there is none, or none is known."""
    card, video = shown.card, shown.generation
    if card.message_id is None:
        return None
    return f"https://discord.com/channels/{video.guild_id}/{card.channel_id or video.channel_id}/{card.message_id}"


def _verdict(value: str) -> Verdict:
    if value not in {verdict.value for verdict in Verdict}:
        raise BadOption("outcome", value)
    return Verdict(value)
