"""`/settings`: where the bot may be used in a server, by whom, and how. All changes go through `_change`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal
from zoneinfo import ZoneInfo

import discord
from discord import app_commands

from bot.domain.house import GuildSettings
from bot.service.house import HouseRules, Listed, cleared, listed, zone_named, zones_like
from bot.ui import house_words, recent
from bot.ui.failures import NotManager
from bot.ui.logbook import answer, confirm
from bot.ui.rights import manages, moderated
from bot.ui.services import Services, services_of
from bot.ui.text import fitted, one_line

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
    group.add_command(Roles(rules, ROLES))
    group.add_command(Roles(rules, MODERATORS))
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
    state = house_words.settings_line(after, name)
    if not changed.anything:
        await answer(interaction, f"{house_words.SAME}\n{state}")
        return
    said = "\n".join([f"{house_words.CHANGED} {state}", *_more(interaction, before, after, name)])
    entry = house_words.setting_entry(name, before, after, by=by, why=fitted(one_line(why), _REASON_BYTES))
    await confirm(interaction, said, entry=entry, settings=after, also_in=before.log_channel_id)


def _more(interaction: discord.Interaction[Any], before: GuildSettings, after: GuildSettings, name: str) -> list[str]:
    """What a moderator should know of the new state."""
    if name == "channels" and not after.channels:
        return [house_words.EVERYWHERE_NOW]
    if name == "roles" and not after.roles:
        return [house_words.EVERYONE_NOW]
    if name == "moderator_roles" and after.moderator_roles > before.moderator_roles:
        return [house_words.MODERATORS_SEE]
    more = [house_words.SAYS_MORE[name]] if name in house_words.SAYS_MORE else []
    if name == "log_channel_id" and _is_public(interaction, after.log_channel_id):
        more.append(house_words.LOG_IS_PUBLIC)
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
            description=house_words.SETTINGS,
            default_permissions=discord.Permissions(manage_guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
            allowed_contexts=app_commands.AppCommandContext(guild=True),
        )
        self._rules = rules

    @app_commands.command(name="show", description=house_words.SETTINGS_SHOW)
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """Show all."""
        settings = await moderated(interaction)
        guild_id = settings.guild_id
        blocks, words = await self._rules.blocks(guild_id), await self._rules.words(guild_id)
        time = f"{services_of(interaction).clock.now().astimezone(ZoneInfo(settings.timezone)):%H:%M}"
        await answer(interaction, house_words.settings_shown(settings, time, len(blocks), len(words)))

    @app_commands.command(name="timezone", description=house_words.TIMEZONE)
    @app_commands.describe(zone=house_words.TIMEZONE_OPTION, reason=house_words.REASON_OPTION)
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

    @app_commands.command(name="spoiler", description=house_words.SPOILER)
    @app_commands.describe(state=house_words.SPOILER_OPTION, reason=house_words.REASON_OPTION)
    async def spoiler(
        self, interaction: discord.Interaction[Any], state: Literal["on", "off"], reason: Reason | None = None
    ) -> None:
        """Hide videos, or show them."""
        await _change(interaction, self._rules, "spoiler", lambda now: replace(now, spoiler=state == "on"), reason)


class Channels(app_commands.Group):
    """The channels in which the bot may be used."""

    def __init__(self, rules: HouseRules) -> None:
        super().__init__(name="channels", description=house_words.CHANNELS)
        self._rules = rules

    @app_commands.command(name="add", description=house_words.CHANNELS_ADD)
    @app_commands.describe(channel=house_words.CHANNEL_OPTION, reason=house_words.REASON_OPTION)
    async def add(self, interaction: discord.Interaction[Any], channel: Channel, reason: Reason | None = None) -> None:
        """Put a channel on the list."""
        await _change(
            interaction, self._rules, "channels", lambda now: listed(now, "channels", channel, on=True), reason
        )

    @app_commands.command(name="remove", description=house_words.CHANNELS_REMOVE)
    @app_commands.describe(channel=house_words.CHANNEL_OPTION, reason=house_words.REASON_OPTION)
    async def remove(
        self, interaction: discord.Interaction[Any], channel: Channel, reason: Reason | None = None
    ) -> None:
        """Take one off."""
        await _change(
            interaction, self._rules, "channels", lambda now: listed(now, "channels", channel, on=False), reason
        )

    @app_commands.command(name="clear", description=house_words.CHANNELS_CLEAR)
    @app_commands.describe(reason=house_words.REASON_OPTION)
    async def clear(self, interaction: discord.Interaction[Any], reason: Reason | None = None) -> None:
        """Empty the list."""
        await _change(interaction, self._rules, "channels", lambda now: cleared(now, "channels"), reason)


@dataclass(frozen=True, slots=True)
class RoleList:
    """One of the lists of roles: its command, its field in the settings, and what its commands say they do."""

    command: str
    field: Listed
    about: str
    add: str
    remove: str
    clear: str


ROLES = RoleList(
    "roles", "roles", house_words.ROLES, house_words.ROLES_ADD, house_words.ROLES_REMOVE, house_words.ROLES_CLEAR
)
MODERATORS = RoleList(
    "moderators",
    "moderator_roles",
    house_words.MODERATORS,
    house_words.MODERATORS_ADD,
    house_words.MODERATORS_REMOVE,
    house_words.MODERATORS_CLEAR,
)


class Roles(app_commands.Group):
    """The roles that may use the bot, or those that moderate."""

    def __init__(self, rules: HouseRules, which: RoleList) -> None:
        super().__init__(name=which.command, description=which.about)
        self._rules = rules
        self._field = which.field
        for command, text in ((self.add, which.add), (self.remove, which.remove), (self.clear, which.clear)):
            command.description = text

    @app_commands.command(name="add")
    @app_commands.describe(role=house_words.ROLE_OPTION, reason=house_words.REASON_OPTION)
    async def add(
        self, interaction: discord.Interaction[Any], role: discord.Role, reason: Reason | None = None
    ) -> None:
        """Put a role on the list."""
        field = self._field
        await _change(interaction, self._rules, field, lambda now: listed(now, field, role.id, on=True), reason)

    @app_commands.command(name="remove")
    @app_commands.describe(role=house_words.ROLE_OPTION, reason=house_words.REASON_OPTION)
    async def remove(
        self, interaction: discord.Interaction[Any], role: discord.Role, reason: Reason | None = None
    ) -> None:
        """Take one off."""
        field = self._field
        await _change(interaction, self._rules, field, lambda now: listed(now, field, role.id, on=False), reason)

    @app_commands.command(name="clear")
    @app_commands.describe(reason=house_words.REASON_OPTION)
    async def clear(self, interaction: discord.Interaction[Any], reason: Reason | None = None) -> None:
        """Empty the list."""
        field = self._field
        await _change(interaction, self._rules, field, lambda now: cleared(now, field), reason)


class Log(app_commands.Group):
    """Where changes and reports are posted, and what they were."""

    def __init__(self, rules: HouseRules) -> None:
        super().__init__(name="log", description=house_words.LOG)
        self._rules = rules

    @app_commands.command(name="set", description=house_words.LOG_SET)
    @app_commands.describe(channel=house_words.LOG_CHANNEL_OPTION, reason=house_words.REASON_OPTION)
    async def set(
        self, interaction: discord.Interaction[Any], channel: LogChannel, reason: Reason | None = None
    ) -> None:
        """Name the channel; the change itself is the first that it shows."""
        await _change(
            interaction, self._rules, "log_channel_id", lambda now: replace(now, log_channel_id=channel), reason
        )

    @app_commands.command(name="off", description=house_words.LOG_OFF)
    @app_commands.describe(reason=house_words.REASON_OPTION)
    async def off(self, interaction: discord.Interaction[Any], reason: Reason | None = None) -> None:
        """Post nowhere; the channel that had the log is told."""
        await _change(interaction, self._rules, "log_channel_id", lambda now: replace(now, log_channel_id=None), reason)

    @app_commands.command(name="recent", description=house_words.LOG_RECENT)
    async def recent(self, interaction: discord.Interaction[Any]) -> None:
        """Read the log back."""
        settings = await moderated(interaction)
        await answer(interaction, recent.told(await self._rules.recent(settings.guild_id)))
