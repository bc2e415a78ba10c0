"""Tells Discord what commands, options and choices are called in each language that there is a file for."""

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Where

from bot.ui.language import ENGLISH, language_for, name_in, said_in

_NAMES = frozenset({Where.command_name, Where.group_name, Where.parameter_name})


class Translator(app_commands.Translator):
    """Names come from the catalogue by themselves; other text only where it was `located`."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """The text in the locale's language, or None where Discord is to show the English one."""
        language = language_for(locale.value)
        if language == ENGLISH:
            return None
        text = name_in(string.message, language) if context.location in _NAMES else said_in(string, language)
        return None if text == string.message else text
