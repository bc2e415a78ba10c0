"""`/moderation`: who may not ask for videos, and which words a prompt may not hold."""

import io
from typing import Any

import discord
from discord import app_commands

from bot.domain.errors import BadSetting, StoreError
from bot.domain.house import Block
from bot.service.house import HouseRules
from bot.ui import house_words, log_words
from bot.ui.language import number, speaking
from bot.ui.logbook import answer, confirm, packed
from bot.ui.reader import server_language
from bot.ui.rights import is_moderator, manages, moderated
from bot.ui.services import Services, services_of
from bot.ui.text import cut, fitted, one_line, utf16

MOST_CHOICES = 25
MOST_NAME = 100
"""Characters. Discord's limits on an autocomplete answer, and on the name of a choice."""

_REASON_BYTES = 900
_SHORT_REASON_BYTES = 200

Reason = app_commands.Range[str, 1, 300]


def register(tree: app_commands.CommandTree[Any], services: Services) -> None:
    """Add the commands."""
    rules = HouseRules(services.house, services.clock)
    group = Moderation(rules)
    group.add_command(Words(rules))
    tree.add_command(group)


class Moderation(app_commands.Group):
    """Blocks, for moderators."""

    def __init__(self, rules: HouseRules) -> None:
        super().__init__(
            name="moderation",
            description=house_words.MODERATION.located(),
            default_permissions=discord.Permissions(manage_guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
            allowed_contexts=app_commands.AppCommandContext(guild=True),
        )
        self._rules = rules

    @app_commands.command(name="block", description=house_words.BLOCK.located())
    @app_commands.describe(
        member=house_words.MEMBER_OPTION.located(),
        duration=house_words.DURATION_OPTION.located(),
        reason=house_words.BLOCK_REASON_OPTION.located(),
    )
    async def block(
        self,
        interaction: discord.Interaction[Any],
        member: discord.User,
        duration: str | None = None,
        reason: Reason | None = None,
    ) -> None:
        """Block a member, also one who has left: they may come back."""
        settings = await moderated(interaction)
        if member.bot:
            raise BadSetting("member", "bot")
        by, why = interaction.user.id, reason or ""
        earlier, block = await self._rules.block(settings.guild_id, member.id, duration, by=by, reason=why)
        with speaking(server_language(interaction.guild, settings.language)):
            entry = _block_entry("block", member.id, by=by, before=earlier, after=block, why=why)
        said = house_words.now_blocked(block, earlier, fitted(one_line(why), _REASON_BYTES))
        await confirm(interaction, said, entry=entry, settings=settings)

    @app_commands.command(name="unblock", description=house_words.UNBLOCK.located())
    @app_commands.describe(member=house_words.MEMBER_OPTION.located(), reason=house_words.REASON_OPTION.located())
    async def unblock(
        self, interaction: discord.Interaction[Any], member: discord.User, reason: Reason | None = None
    ) -> None:
        """Lift a block."""
        settings = await moderated(interaction)
        by, why = interaction.user.id, reason or ""
        lifted = await self._rules.unblock(settings.guild_id, member.id, by=by, why=why, manages=manages(interaction))
        if lifted is None:
            await answer(interaction, house_words.NOTHING_TO_LIFT(member=member.id))
            return
        with speaking(server_language(interaction.guild, settings.language)):
            entry = _block_entry("unblock", member.id, by=by, before=lifted, after=None, why=why)
        await confirm(interaction, house_words.NOW_UNBLOCKED(member=member.id), entry=entry, settings=settings)

    @app_commands.command(name="blocked", description=house_words.BLOCKED_LIST.located())
    async def blocked(self, interaction: discord.Interaction[Any]) -> None:
        """List the blocks in force, with ends that tick."""
        settings = await moderated(interaction)
        blocks = await self._rules.blocks(settings.guild_id)
        if not blocks:
            await answer(interaction, house_words.NOBODY_BLOCKED())
            return
        lines = [house_words.blocked_line(each, fitted(one_line(each.reason), _SHORT_REASON_BYTES)) for each in blocks]
        text, left_out = packed(house_words.BLOCKED_HEAD(blocks=number(len(blocks))), lines)
        file = (
            _file("blocked-members.txt", [house_words.blocked_row(each, one_line(each.reason)) for each in blocks])
            if left_out
            else None
        )
        await answer(interaction, text, file=file)


class Words(app_commands.Group):
    """Forbidden words, for moderators. They are told to nobody else: a list is a recipe for getting round it."""

    def __init__(self, rules: HouseRules) -> None:
        super().__init__(name="words", description=house_words.WORDS.located())
        self._rules = rules

    @app_commands.command(name="add", description=house_words.WORDS_ADD.located())
    @app_commands.describe(word=house_words.WORD_OPTION.located())
    async def add(self, interaction: discord.Interaction[Any], word: str) -> None:
        """Forbid a word."""
        settings = await moderated(interaction)
        by = interaction.user.id
        kept, new = await self._rules.forbid(settings.guild_id, word, by=by)
        if not new:
            await answer(interaction, house_words.WORD_FORBIDDEN_ALREADY(word=_shown(kept)))
            return
        count = len(await self._rules.words(settings.guild_id))
        with speaking(server_language(interaction.guild, settings.language)):
            entry = _word_entry("forbid word", by, count - 1, count)
        said = house_words.word_forbidden_now(_shown(kept), count)
        await confirm(interaction, said, entry=entry, settings=settings)

    @app_commands.command(name="remove", description=house_words.WORDS_REMOVE.located())
    @app_commands.describe(word=house_words.WORD_GONE_OPTION.located())
    async def remove(self, interaction: discord.Interaction[Any], word: str) -> None:
        """Allow a word again."""
        settings = await moderated(interaction)
        by = interaction.user.id
        kept, was_there = await self._rules.allow(settings.guild_id, word, by=by)
        if not was_there:
            await answer(interaction, house_words.WORD_NOT_FORBIDDEN(word=_shown(kept)))
            return
        count = len(await self._rules.words(settings.guild_id))
        with speaking(server_language(interaction.guild, settings.language)):
            entry = _word_entry("allow word", by, count + 1, count)
        said = house_words.word_allowed_now(_shown(kept), count)
        await confirm(interaction, said, entry=entry, settings=settings)

    @remove.autocomplete("word")
    async def suggest(self, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        """The words on the list, for moderators only."""
        try:
            settings = await services_of(interaction).house.settings(interaction.guild_id or 0)
            words = await self._rules.words(settings.guild_id) if is_moderator(interaction, settings) else []
        except StoreError:
            return []  # a list has no place for a sentence; the command itself will give one
        found = [word for word in words if typed.strip().casefold() in word.casefold()]
        return [app_commands.Choice(name=cut(word, MOST_NAME, utf16), value=word) for word in found[:MOST_CHOICES]]

    @app_commands.command(name="list", description=house_words.WORDS_LIST.located())
    async def list(self, interaction: discord.Interaction[Any]) -> None:
        """Show the words."""
        settings = await moderated(interaction)
        words = await self._rules.words(settings.guild_id)
        if not words:
            await answer(interaction, house_words.NO_WORDS())
            return
        text, left_out = packed(
            house_words.WORDS_HEAD(words=number(len(words))), [f"- {_shown(word)}" for word in words]
        )
        await answer(interaction, text, file=_file("forbidden-words.txt", words) if left_out else None)


def _shown(word: str) -> str:
    return fitted(one_line(word), _SHORT_REASON_BYTES)


def _word_entry(what: str, by: int, before: int, after: int) -> str:
    """The log channel may be read by more people than moderators, so the word itself stays out of it."""
    told = [log_words.WORDS_COUNTED(count) for count in (before, after)]
    return log_words.entry(log_words.WHAT[what], "", by=by, before=told[0], after=told[1])


def _block_entry(what: str, member: int, *, by: int, before: Block | None, after: Block | None, why: str) -> str:
    return log_words.entry(
        log_words.WHAT[what],
        f"<@{member}>",
        by=by,
        before=log_words.standing(before),
        after=log_words.standing(after),
        why=fitted(one_line(why), _REASON_BYTES),
    )


def _file(name: str, lines: "list[str]") -> discord.File:
    return discord.File(io.BytesIO("\n".join(lines).encode()), filename=name)
