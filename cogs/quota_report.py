"""`/quota report`: what was spent, as a chart and in numbers."""

import asyncio
import io
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.domain.errors import BadOption
from bot.service.expenses import Expenses, Window
from bot.ui import expense_report, expense_words, quota_words
from bot.ui.chart import drawn, legible
from bot.ui.failures import NETWORK_ERRORS
from bot.ui.logbook import answer
from bot.ui.rights import moderated
from bot.ui.services import Services

PATIENCE_S = 4.0
"""Seconds. How long a report waits for Discord to name its members; without a name they have a number."""
FILENAME = "credits.png"

WINDOWS = [Choice(name=name.located(), value=window.value) for window, name in expense_words.WINDOWS.items()]


def register(group: app_commands.Group, services: Services) -> None:
    """Add the command."""

    @group.command(name="report", description=quota_words.REPORT.located())
    @app_commands.describe(period=quota_words.WINDOW.located())
    @app_commands.choices(period=WINDOWS)
    async def report(interaction: discord.Interaction[Any], period: str = Window.THIS_MONTH.value) -> None:
        settings = await moderated(interaction)
        window = _window(period)
        await interaction.response.defer(ephemeral=True, thinking=True)
        found = await services.purser.report(settings, window)
        await answer(interaction, expense_report.text(found, window), file=await _picture(interaction, found))


async def _picture(interaction: discord.Interaction[Any], report: Expenses) -> discord.File | None:
    names = await _names(interaction.guild, expense_report.to_name(report))

    def name(user_id: int, otherwise: str) -> str:
        return legible(names.get(user_id, ""), otherwise)

    # In a thread: the first to ask for the chart's font waits for it to be read.
    chart = await asyncio.to_thread(expense_report.chart, report, name)
    if chart is None:
        return None
    return discord.File(io.BytesIO(await drawn(chart)), FILENAME, description=expense_report.described(chart))


async def _names(guild: discord.Guild | None, user_ids: list[int]) -> dict[int, str]:
    """The names that members have in the server. The bot keeps no members in memory, so Discord is asked."""
    if guild is None:
        return {}
    names = await asyncio.gather(*(_name(guild, user_id) for user_id in user_ids))
    return dict(zip(user_ids, names, strict=True))


async def _name(guild: discord.Guild, user_id: int) -> str:
    """The name, or nothing where there is none: somebody who left, or a Discord that does not answer in time."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            return (guild.get_member(user_id) or await guild.fetch_member(user_id)).display_name
    except (discord.DiscordException, *NETWORK_ERRORS):
        return ""


def _window(value: str) -> Window:
    if value not in {window.value for window in Window}:
        raise BadOption("period", value)
    return Window(value)
