"""Tells members in Discord that a video of theirs is over: by a reply to its card, or by a direct message."""

from collections.abc import Callable

import discord

from bot.domain.card import GoneReason, Shown
from bot.domain.notices import Notice
from bot.ports import Gone, House, NoEdit, TryLater
from bot.service.preferences import PreferenceBook
from bot.ui import notice_words
from bot.ui.language import speaking
from bot.ui.looking_back import answers_card, mentions, said_since_its_end
from bot.ui.outcomes import FAILED, REPLY_NEEDS_HISTORY, judged
from bot.ui.pace import Pace
from bot.ui.posting import SILENT, nonce
from bot.ui.presence import absence
from bot.ui.reader import chosen_language, server_language

# Discord's error codes (its documentation, opcodes and status codes).
CLOSED_TO_THE_BOT = 50007
INVALID_FORM = 50035
DMS_TOO_FAST = 40003
_FORBIDDEN = 403


class DiscordMessenger:
    """`bot.ports.Messenger`. A mention reaches the one who asked and nobody else, whatever the text holds."""

    def __init__(self, client: discord.Client, preferences: PreferenceBook, house: House, pace: Pace) -> None:
        self._client = client
        self._preferences = preferences
        self._house = house
        self._pace = pace

    async def tell(self, shown: Shown, *, by_dm: bool, look: bool) -> Notice | TryLater:
        """Tell the member once. Raises StoreError where it is not known in which language."""
        absent = absence(self._client, shown.generation.guild_id)
        if absent is not None:
            return Notice.REFUSED if isinstance(absent, Gone) else absent
        text = await self._text(shown, by_dm=by_dm)
        try:
            return await (self._by_dm if by_dm else self._by_mention)(shown, text, look=look)
        except FAILED as error:
            return _weighed(error, shown, by_dm=by_dm)

    async def _text(self, shown: Shown, *, by_dm: bool) -> str:
        """A reply in the server's language, which all there read; a direct message in the member's, where chosen."""
        generation = shown.generation
        preferences = await self._preferences.of(generation.user_id)
        settings = await self._house.settings(generation.guild_id)
        language = server_language(self._client.get_guild(generation.guild_id), settings.language)
        if not by_dm:
            with speaking(language):
                return notice_words.mention(generation, hint=preferences.changed_at is None)
        with speaking(chosen_language(preferences.language) or language):
            return notice_words.private(generation, _link(shown))

    async def _by_mention(self, shown: Shown, text: str, *, look: bool) -> Notice:
        channel = self._client.get_partial_messageable(
            shown.card.channel_id or shown.generation.channel_id, guild_id=shown.generation.guild_id
        )
        card = channel.get_partial_message(shown.card.message_id or 0)
        if look:
            await self._pace.turn()
            # Also asks whether the bot may read here: without that the history is empty, and proves nothing.
            await card.fetch()
            if await self._said(channel, shown, lambda message: _tells_member(message, card.id, shown)):
                return Notice.TOLD
        reference = discord.MessageReference(
            message_id=card.id, channel_id=channel.id, guild_id=shown.generation.guild_id, fail_if_not_exists=True
        )
        only = discord.Object(shown.generation.user_id)
        who = discord.AllowedMentions(everyone=False, roles=False, users=[only], replied_user=False)
        same = nonce(_attempt(shown))
        await self._pace.turn()
        try:
            await channel.send(text, reference=reference, nonce=same, allowed_mentions=who)
        except discord.HTTPException as error:
            if error.code != REPLY_NEEDS_HISTORY:
                raise
            await self._pace.turn()
            await channel.send(f"{text}\n{_link(shown)}", nonce=same, allowed_mentions=who)
        return Notice.TOLD

    async def _by_dm(self, shown: Shown, text: str, *, look: bool) -> Notice:
        await self._pace.turn()
        channel = await self._client.create_dm(discord.Object(shown.generation.user_id))
        link = _link(shown)
        if look and await self._said(channel, shown, lambda message: link in message.content.split()):
            return Notice.TOLD
        await self._pace.turn()
        await channel.send(text, nonce=nonce(_attempt(shown)), allowed_mentions=SILENT)
        return Notice.TOLD

    async def _said(
        self, channel: discord.abc.Messageable, shown: Shown, is_it: Callable[[discord.Message], bool]
    ) -> bool:
        return await said_since_its_end(self._client, channel, shown, is_it, self._pace)


def _tells_member(message: discord.Message, card_id: int, shown: Shown) -> bool:
    """Whether it is the word to its member, and not the one that says why no part follows."""
    return answers_card(message, card_id) and mentions(message, shown.generation.user_id)


def _weighed(error: BaseException, shown: Shown, *, by_dm: bool) -> Notice | TryLater:
    """What an error of Discord's means for the notice."""
    if isinstance(error, discord.HTTPException):
        if error.code == DMS_TOO_FAST:
            return TryLater("direct messages are opened too fast")
        if by_dm and (error.code == CLOSED_TO_THE_BOT or error.status == _FORBIDDEN):
            return Notice.CLOSED
        if error.code == INVALID_FORM and "message_reference" in error.text:
            return Notice.NO_CARD  # it was deleted since it was drawn
    outcome = judged(error, shown.generation.id)
    match outcome:
        case TryLater():
            return outcome
        case Gone(GoneReason.MESSAGE):
            return Notice.NO_CARD
        case Gone() | NoEdit():
            return Notice.REFUSED


def _link(shown: Shown) -> str:
    """To the card."""
    channel_id = shown.card.channel_id or shown.generation.channel_id
    return f"https://discord.com/channels/{shown.generation.guild_id}/{channel_id}/{shown.card.message_id}"


def _attempt(shown: Shown) -> str:
    """The same for each try, and another than that of a second card."""
    return f"notice {shown.generation.id}"
