"""`/quota`: moderators set limits, give, take back and look; who may is asked at each use, in `moderated`."""

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.domain.errors import BadOption, BadSetting
from bot.domain.house import GuildSettings
from bot.domain.period import Span
from bot.domain.quota import Limit, Scope
from bot.service.purse import Purser, target
from bot.ui import limits
from bot.ui import quota_words as words
from bot.ui.language import located, speaking
from bot.ui.log_words import WHAT, entry
from bot.ui.logbook import answer, confirm
from bot.ui.purse_words import BALANCE_OF, limit_of, price
from bot.ui.reader import server_language
from bot.ui.rights import moderated, roles_of
from bot.ui.services import Services
from bot.ui.text import fitted, one_line
from cogs import quota_report, quota_resolve

MOST_REASON_BYTES = 900
"""Of a reason as the log channel shows it, escaped."""

SCOPES = [Choice(name=name.located(), value=scope.value) for scope, name in words.SCOPES.items()]
BONUS = "bonus"
"""What `/quota clear` takes away besides limits; no limit is set on it."""

CLEARABLE = [*SCOPES, Choice(name=words.BONUS_SCOPE.located(), value=BONUS)]
SPANS = [Choice(name=name.located(), value=span.value) for span, name in words.SPANS.items()]


def register(tree: app_commands.CommandTree[Any], services: Services) -> None:
    """Add the group. Discord shows it to Manage Server by default, which a server's admins can change."""
    group = app_commands.Group(
        name="quota",
        description=words.QUOTA.located(),
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
    )
    _add_view(group, services)
    _add_set(group, services.purser)
    _add_clear(group, services.purser)
    _add_grant(group, services.purser)
    _add_reset(group, services.purser)
    quota_report.register(group, services)
    quota_resolve.register(group, services)
    tree.add_command(group)


def _add_view(group: app_commands.Group, services: Services) -> None:
    prices = limits.price_range(services.prices, services.offer)

    @group.command(name="view", description=words.VIEW.located())
    @app_commands.describe(member=words.VIEW_MEMBER.located())
    async def view(interaction: discord.Interaction[Any], member: discord.User | None = None) -> None:
        settings = await moderated(interaction)
        if member is None:
            await answer(interaction, f"{await _server(services.purser, settings)}\n{price(*prices)}")
        else:
            await answer(interaction, await _member(services.purser, settings, member))


def _add_set(group: app_commands.Group, purser: Purser) -> None:
    @group.command(name="set", description=words.SET.located())
    @app_commands.describe(
        scope=words.SCOPE.located(),
        credits=located(words.set_credits),
        period=words.PERIOD.located(),
        role=words.ROLE.located(),
        member=words.MEMBER.located(),
        reason=words.REASON.located(),
    )
    @app_commands.choices(scope=SCOPES, period=SPANS)
    async def set_(
        interaction: discord.Interaction[Any],
        *,
        scope: str,
        credits: int,  # noqa: A002 - the option's name
        period: str,
        role: discord.Role | None = None,
        member: discord.User | None = None,
        reason: str = "",
    ) -> None:
        settings = await moderated(interaction)
        which, limit = _scope(scope), Limit(credits, _span(period))
        subject = _target(settings, which, role, member)
        before = await purser.set_limit(settings, which, subject, limit, by=interaction.user.id, why=reason)
        if before == limit:
            await answer(interaction, words.limit_same(which, subject, limit))
            return
        parts = [words.limit_set(which, subject, limit, before)]
        note = limits.capped(await purser.server(settings), limit)
        parts += [] if note is None else [note]
        parts.append(await _state(purser, settings, member))
        with speaking(server_language(interaction.guild, settings.language)):
            noted = entry(
                WHAT["limit"],
                words.subject(which, subject),
                by=interaction.user.id,
                before=limit_of(before),
                after=limit_of(limit),
                why=_shown(reason),
            )
        await confirm(interaction, "\n".join(parts), entry=noted, settings=settings)


def _add_clear(group: app_commands.Group, purser: Purser) -> None:
    @group.command(name="clear", description=words.CLEAR.located())
    @app_commands.describe(
        scope=words.CLEAR_SCOPE.located(),
        role=words.ROLE.located(),
        member=words.CLEAR_MEMBER.located(),
        reason=words.REASON.located(),
    )
    @app_commands.choices(scope=CLEARABLE)
    async def clear(
        interaction: discord.Interaction[Any],
        *,
        scope: str,
        role: discord.Role | None = None,
        member: discord.User | None = None,
        reason: str = "",
    ) -> None:
        settings = await moderated(interaction)
        if scope == BONUS:
            user_id = _target(settings, Scope.MEMBER, role, member)
            taken = await purser.take_back(settings, user_id, by=interaction.user.id, why=reason)
            if not taken:
                await answer(interaction, words.NO_BONUS_LEFT(member=user_id))
                return
            said = f"{words.TAKEN_BACK(taken, member=user_id)}\n{await _state(purser, settings, member)}"
            with speaking(server_language(interaction.guild, settings.language)):
                noted = _taken_entry(user_id, taken, by=interaction.user.id, reason=reason)
            await confirm(interaction, said, entry=noted, settings=settings)
            return
        which = _scope(scope)
        subject = _target(settings, which, role, member)
        before = await purser.clear_limit(settings, which, subject, by=interaction.user.id, why=reason)
        if before is None:
            await answer(interaction, words.nothing_to_clear(which, subject))
            return
        said = f"{words.limit_cleared(which, subject, before)}\n{await _state(purser, settings, member)}"
        with speaking(server_language(interaction.guild, settings.language)):
            noted = entry(
                WHAT["limit"],
                words.subject(which, subject),
                by=interaction.user.id,
                before=limit_of(before),
                after=limit_of(None),
                why=_shown(reason),
            )
        await confirm(interaction, said, entry=noted, settings=settings)


def _taken_entry(user_id: int, taken: int, *, by: int, reason: str) -> str:
    return entry(
        WHAT["take back"],
        words.subject(Scope.MEMBER, user_id),
        by=by,
        before=words.BONUS_LEFT(taken),
        after=words.NO_BONUS(),
        why=_shown(reason),
    )


def _add_grant(group: app_commands.Group, purser: Purser) -> None:
    @group.command(name="grant", description=words.GRANT.located())
    @app_commands.describe(
        member=words.GRANT_MEMBER.located(),
        credits=located(words.grant_credits),
        days=located(words.grant_days),
        reason=words.REASON.located(),
    )
    async def grant(
        interaction: discord.Interaction[Any],
        *,
        member: discord.User,
        credits: int,  # noqa: A002 - the option's name
        days: int | None = None,
        reason: str = "",
    ) -> None:
        settings = await moderated(interaction)
        _target(settings, Scope.MEMBER, None, member)
        given = await purser.grant(settings, member.id, credits, days, by=interaction.user.id, why=reason)
        ends = int(given.ends_at.timestamp()) if given.ends_at else None
        said = f"{words.granted(member.id, given.credits, ends)}\n{await _member(purser, settings, member)}"
        with speaking(server_language(interaction.guild, settings.language)):
            noted = entry(
                WHAT["grant"],
                member.mention,
                by=interaction.user.id,
                after=words.bonus_entry(given.credits, ends),
                why=_shown(reason),
            )
        await confirm(interaction, said, entry=noted, settings=settings)


def _add_reset(group: app_commands.Group, purser: Purser) -> None:
    @group.command(name="reset", description=words.RESET.located())
    @app_commands.describe(
        scope=words.RESET_SCOPE.located(), member=words.RESET_MEMBER.located(), reason=words.REASON.located()
    )
    @app_commands.choices(scope=[each for each in SCOPES if each.value in {Scope.SERVER, Scope.MEMBER}])
    async def reset(
        interaction: discord.Interaction[Any], *, scope: str, member: discord.User | None = None, reason: str = ""
    ) -> None:
        settings = await moderated(interaction)
        _target(settings, _scope(scope), None, member)
        user_id = None if member is None else member.id
        freed = await purser.reset(settings, user_id, by=interaction.user.id, why=reason)
        said = f"{words.reset_done(user_id, freed)}\n{await _state(purser, settings, member)}"
        with speaking(server_language(interaction.guild, settings.language)):
            noted = entry(
                WHAT["reset"],
                words.subject(_scope(scope), user_id or 0),
                by=interaction.user.id,
                before=words.freed_entry(freed),
                why=_shown(reason),
            )
        await confirm(interaction, said, entry=noted, settings=settings)


def _target(settings: GuildSettings, scope: Scope, role: discord.Role | None, member: discord.abc.User | None) -> int:
    if member is not None and member.bot:
        raise BadSetting("member", "bot")
    return target(settings.guild_id, scope, role.id if role else None, member.id if member else None)


async def _state(purser: Purser, settings: GuildSettings, member: discord.abc.User | None) -> str:
    """How things stand after a change: the member's balance, or the server's limits."""
    return await _server(purser, settings) if member is None else await _member(purser, settings, member)


async def _member(purser: Purser, settings: GuildSettings, member: discord.abc.User) -> str:
    view = await purser.member(settings, member.id, roles_of(member))
    return limits.member(BALANCE_OF(member=member.id), view)


async def _server(purser: Purser, settings: GuildSettings) -> str:
    return limits.server(await purser.server(settings))


def _scope(value: str) -> Scope:
    """The scope chosen: never one of the operator's, whatever a client sends."""
    found = next((scope for scope in words.SCOPES if scope.value == value), None)
    if found is None:
        raise BadOption("scope", value)
    return found


def _span(value: str) -> Span:
    if value not in {span.value for span in Span}:
        raise BadOption("period", value)
    return Span(value)


def _shown(reason: str) -> str:
    return fitted(one_line(reason), MOST_REASON_BYTES)
