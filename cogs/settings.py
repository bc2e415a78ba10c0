"""`/settings`: where the bot may be used in a server, by whom, and how. All changes go through `_change`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import discord
from discord import app_commands

from bot.domain.errors import BadSetting
from bot.domain.house import GuildSettings
from bot.service.house import HouseRules, Listed, cleared, listed, zone_named, zones_like
from bot.ui import recent
from bot.ui import settings_words as words
from bot.ui.failures import NotManager
from bot.ui.house_words import REASON_OPTION
from bot.ui.language import Message, languages, own_name, speaking
from bot.ui.log_words import setting_entry
from bot.ui.logbook import answer, confirm
from bot.ui.reader import server_language
from bot.ui.rights import manages, moderated
from bot.ui.services import Services, services_of
from bot.ui.text import fitted, one_line

AS_THE_SERVER = "server"
"""The choice that leaves the language to what Discord knows of the server."""

_REASON_BYTES = 600

Reason = app_commands.Range[str, 1, 300]
Step = Callable[[GuildSettings], GuildSettings]
T = discord.ChannelType


class Place(app_commands.Transformer):
    """A channel by its id alone: the bot need not see it for it to be on a list. Threads count as their channels."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """Discord offers channels."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """All in which a command can be used."""
        return [T.text, T.news, T.voice, T.stage_voice, T.forum, T.media]

    async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> int:  # noqa: ARG002 - discord.py's signature
        """Keep the id."""
        return int(value.id)


class LogPlace(Place):
    """A channel that the log can be posted in."""

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Those that hold messages and nothing else."""
        return [T.text, T.news]


Channel = app_commands.Transform[int, Place]
LogChannel = app_commands.Transform[int, LogPlace]


def register(tree: app_commands.CommandTree[Any], services: Services) -> None:
    """Add the commands. All share one HouseRules, so that changes pass one after the other."""
    rules = HouseRules(services.house, services.clock)
    group = Settings(rules)
    group.add_command(Channels(rules))
    group.add_command(_roles(rules, ROLES))
    group.add_command(_roles(rules, MODERATORS))
    group.add_command(Log(rules))
    tree.add_command(group)


async def _change(
    interaction: discord.Interaction[Any], rules: HouseRules, name: str, step: Step, reason: str | None
) -> None:
    """Change one setting, for a moderator, and show what it is now."""
    settings = await moderated(interaction)
    if name == "moderator_roles" and not manages(interaction):
        raise NotManager("moderates by a role")
    by, why = interaction.user.id, reason or ""
    changed = await rules.change(settings.guild_id, step, by=by, why=why)
    before, after = changed.before, changed.after
    state = words.line(after, name)
    if not changed.anything:
        await answer(interaction, f"{words.SAME()}\n{state}")
        return
    said = "\n".join([words.CHANGED(line=state), *_more(interaction, before, after, name)])
    with speaking(server_language(interaction.guild, after.language)):
        entry = setting_entry(name, before, after, by=by, why=fitted(one_line(why), _REASON_BYTES))
    await confirm(interaction, said, entry=entry, settings=after, also_in=before.log_channel_id)


def _more(interaction: discord.Interaction[Any], before: GuildSettings, after: GuildSettings, name: str) -> list[str]:
    """What a moderator should know of the new state."""
    if name == "channels" and not after.channels:
        return [words.EVERYWHERE_NOW()]
    if name == "roles" and not after.roles:
        return [words.EVERYONE_NOW()]
    if name == "moderator_roles" and after.moderator_roles > before.moderator_roles:
        return [words.MODERATORS_SEE()]
    more = [words.SAYS_MORE[name]()] if name in words.SAYS_MORE else []
    if name == "log_channel_id" and _is_public(interaction, after.log_channel_id):
        more.append(words.LOG_IS_PUBLIC())
    return more


def _is_public(interaction: discord.Interaction[Any], channel_id: int | None) -> bool:
    guild = interaction.guild
    channel = None if guild is None or channel_id is None else guild.get_channel(channel_id)
    return channel is not None and channel.permissions_for(channel.guild.default_role).view_channel


class Settings(app_commands.Group):
    """The settings, for moderators."""

    def __init__(self, rules: HouseRules) -> None:
        super().__init__(
            name="settings",
            description=words.SETTINGS.located(),
            default_permissions=discord.Permissions(manage_guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
            allowed_contexts=app_commands.AppCommandContext(guild=True),
        )
        self._rules = rules

    @app_commands.command(name="show", description=words.SETTINGS_SHOW.located())
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """Show all."""
        settings = await moderated(interaction)
        guild_id = settings.guild_id
        blocks, forbidden = await self._rules.blocks(guild_id), await self._rules.words(guild_id)
        time = f"{services_of(interaction).clock.now().astimezone(ZoneInfo(settings.timezone)):%H:%M}"
        await answer(interaction, words.shown(settings, time, len(blocks), len(forbidden)))

    @app_commands.command(name="timezone", description=words.TIMEZONE.located())
    @app_commands.describe(zone=words.TIMEZONE_OPTION.located(), reason=REASON_OPTION.located())
    async def timezone(self, interaction: discord.Interaction[Any], zone: str, reason: Reason | None = None) -> None:
        """Set the time zone."""
        await _change(interaction, self._rules, "timezone", lambda now: replace(now, timezone=zone_named(zone)), reason)

    @timezone.autocomplete("zone")
    async def suggest(self, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        """Zones by the words typed, each with its time."""
        now = services_of(interaction).clock.now()
        return [
            app_commands.Choice(name=f"{zone} · {now.astimezone(ZoneInfo(zone)):%H:%M}", value=zone)
            for zone in zones_like(typed)
        ]

    @app_commands.command(name="spoiler", description=words.SPOILER.located())
    @app_commands.describe(state=words.SPOILER_OPTION.located(), reason=REASON_OPTION.located())
    @app_commands.choices(
        state=[
            app_commands.Choice(name=words.HIDDEN.located(), value="on"),
            app_commands.Choice(name=words.OPEN.located(), value="off"),
        ]
    )
    async def spoiler(self, interaction: discord.Interaction[Any], state: str, reason: Reason | None = None) -> None:
        """Hide videos, or show them."""
        await _change(interaction, self._rules, "spoiler", lambda now: replace(now, spoiler=state == "on"), reason)

    @app_commands.command(name="language", description=words.LANGUAGE.located())
    @app_commands.describe(language=words.LANGUAGE_OPTION.located(), reason=REASON_OPTION.located())
    @app_commands.choices(
        language=[
            app_commands.Choice(name=words.AS_THE_SERVER.located(), value=AS_THE_SERVER),
            *(app_commands.Choice(name=own_name(each), value=each) for each in languages()),
        ]
    )
    async def language(
        self, interaction: discord.Interaction[Any], language: str, reason: Reason | None = None
    ) -> None:
        """Choose the language of what all there read; the change itself is the first that the log says in it."""
        chosen = None if language == AS_THE_SERVER else _known(language)
        await _change(interaction, self._rules, "language", lambda now: replace(now, language=chosen), reason)


def _known(language: str) -> str:
    if language not in languages():
        raise BadSetting("language", "unknown")
    return language


class Channels(app_commands.Group):
    """The channels in which the bot may be used."""

    def __init__(self, rules: HouseRules) -> None:
        super().__init__(name="channels", description=words.CHANNELS.located())
        self._rules = rules

    @app_commands.command(name="add", description=words.CHANNELS_ADD.located())
    @app_commands.describe(channel=words.CHANNEL_OPTION.located(), reason=REASON_OPTION.located())
    async def add(self, interaction: discord.Interaction[Any], channel: Channel, reason: Reason | None = None) -> None:
        """Put a channel on the list."""
        await _change(
            interaction, self._rules, "channels", lambda now: listed(now, "channels", channel, on=True), reason
        )

    @app_commands.command(name="remove", description=words.CHANNELS_REMOVE.located())
    @app_commands.describe(channel=words.CHANNEL_OPTION.located(), reason=REASON_OPTION.located())
    async def remove(
        self, interaction: discord.Interaction[Any], channel: Channel, reason: Reason | None = None
    ) -> None:
        """Take one off."""
        await _change(
            interaction, self._rules, "channels", lambda now: listed(now, "channels", channel, on=False), reason
        )

    @app_commands.command(name="clear", description=words.CHANNELS_CLEAR.located())
    @app_commands.describe(reason=REASON_OPTION.located())
    async def clear(self, interaction: discord.Interaction[Any], reason: Reason | None = None) -> None:
        """Empty the list."""
        await _change(interaction, self._rules, "channels", lambda now: cleared(now, "channels"), reason)


@dataclass(frozen=True, slots=True)
class RoleList:
    """One of the lists of roles: its command, its field in the settings, and what its commands say they do."""

    command: str
    field: Listed
    about: Message
    add: Message
    remove: Message
    clear: Message


ROLES = RoleList("roles", "roles", words.ROLES, words.ROLES_ADD, words.ROLES_REMOVE, words.ROLES_CLEAR)
MODERATORS = RoleList(
    "moderators",
    "moderator_roles",
    words.MODERATORS,
    words.MODERATORS_ADD,
    words.MODERATORS_REMOVE,
    words.MODERATORS_CLEAR,
)


def _roles(rules: HouseRules, which: RoleList) -> app_commands.Group:
    """The roles that may use the bot, or those that moderate."""
    field = which.field
    group = app_commands.Group(name=which.command, description=which.about.located())

    @group.command(name="add", description=which.add.located())
    @app_commands.describe(role=words.ROLE_OPTION.located(), reason=REASON_OPTION.located())
    async def add(interaction: discord.Interaction[Any], role: discord.Role, reason: Reason | None = None) -> None:
        await _change(interaction, rules, field, lambda now: listed(now, field, role.id, on=True), reason)

    @group.command(name="remove", description=which.remove.located())
    @app_commands.describe(role=words.ROLE_OPTION.located(), reason=REASON_OPTION.located())
    async def remove(interaction: discord.Interaction[Any], role: discord.Role, reason: Reason | None = None) -> None:
        await _change(interaction, rules, field, lambda now: listed(now, field, role.id, on=False), reason)

    @group.command(name="clear", description=which.clear.located())
    @app_commands.describe(reason=REASON_OPTION.located())
    async def clear(interaction: discord.Interaction[Any], reason: Reason | None = None) -> None:
        await _change(interaction, rules, field, lambda now: cleared(now, field), reason)

    return group


class Log(app_commands.Group):
    """Where changes and reports are posted, and what they were."""

    def __init__(self, rules: HouseRules) -> None:
        super().__init__(name="log", description=words.LOG.located())
        self._rules = rules

    @app_commands.command(name="set", description=words.LOG_SET.located())
    @app_commands.describe(channel=words.LOG_CHANNEL_OPTION.located(), reason=REASON_OPTION.located())
    async def set(
        self, interaction: discord.Interaction[Any], channel: LogChannel, reason: Reason | None = None
    ) -> None:
        """Name the channel; the change itself is the first that it shows."""
        await _change(
            interaction, self._rules, "log_channel_id", lambda now: replace(now, log_channel_id=channel), reason
        )

    @app_commands.command(name="off", description=words.LOG_OFF.located())
    @app_commands.describe(reason=REASON_OPTION.located())
    async def off(self, interaction: discord.Interaction[Any], reason: Reason | None = None) -> None:
        """Post nowhere; the channel that had the log is told."""
        await _change(interaction, self._rules, "log_channel_id", lambda now: replace(now, log_channel_id=None), reason)

    @app_commands.command(name="recent", description=words.LOG_RECENT.located())
    async def recent(self, interaction: discord.Interaction[Any]) -> None:
        """Read the log back."""
        settings = await moderated(interaction)
        await answer(interaction, recent.told(await self._rules.recent(settings.guild_id)))
