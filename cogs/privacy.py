"""`/privacy`: what is kept about a member, a file of it, and its end; for everyone, about themselves."""

import io
from typing import Any

import discord
from discord import app_commands
from discord.utils import DEFAULT_FILE_SIZE_LIMIT_BYTES

from bot.service.privacy import PrivacyDesk
from bot.ui import trust_words
from bot.ui.erasing import confirmation
from bot.ui.failures import ServerOnly
from bot.ui.logbook import answer
from bot.ui.posting import SILENT
from bot.ui.services import Services


def register(tree: app_commands.CommandTree[Any], services: Services) -> None:
    """Add the commands."""
    tree.add_command(Privacy(PrivacyDesk(services.privacy, services.clock), services.retention_days))


class Privacy(app_commands.Group):
    """A member's own data in this server."""

    def __init__(self, desk: PrivacyDesk, retention_days: int | None) -> None:
        super().__init__(
            name="privacy",
            description=trust_words.PRIVACY.located(),
            allowed_installs=app_commands.AppInstallationType(guild=True),
            allowed_contexts=app_commands.AppCommandContext(guild=True),
        )
        self._desk = desk
        self._retention_days = retention_days

    @app_commands.command(name="show", description=trust_words.PRIVACY_SHOW.located())
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """Say what is kept."""
        _guild_id(interaction)
        await answer(interaction, trust_words.privacy_shown(self._retention_days))

    @app_commands.command(name="export", description=trust_words.PRIVACY_EXPORT.located())
    async def export(self, interaction: discord.Interaction[Any]) -> None:
        """Hand it over."""
        guild_id = _guild_id(interaction)
        await interaction.response.defer(ephemeral=True)
        most = DEFAULT_FILE_SIZE_LIMIT_BYTES if interaction.guild is None else interaction.guild.filesize_limit
        export = await self._desk.export(interaction.user.id, guild_id, most)
        if export is None:
            await answer(interaction, trust_words.EXPORT_TOO_LARGE())
            return
        await answer(
            interaction, trust_words.EXPORTED(), file=discord.File(io.BytesIO(export.content), filename=export.name)
        )

    @app_commands.command(name="delete", description=trust_words.PRIVACY_DELETE.located())
    async def delete(self, interaction: discord.Interaction[Any]) -> None:
        """Ask once more."""
        _guild_id(interaction)
        await interaction.response.send_message(
            trust_words.delete_asks(), view=confirmation(interaction.user.id), ephemeral=True, allowed_mentions=SILENT
        )


def _guild_id(interaction: discord.Interaction[Any]) -> int:
    if interaction.guild_id is None:
        raise ServerOnly("not in a server")
    return interaction.guild_id
