"""Those for whom parts follow by themselves: asked after when a part is to start, and told where none does."""

import logging

import discord

from bot.domain.card import Shown
from bot.domain.errors import Refusal
from bot.domain.generation import Generation
from bot.ports import Gone, House, Present, TryLater
from bot.ui.chain_words import stopped_early
from bot.ui.language import speaking
from bot.ui.looking_back import answers_card, mentions, said_since_its_end
from bot.ui.outcomes import FAILED, REPLY_NEEDS_HISTORY, UNKNOWN_CHANNEL, judged
from bot.ui.pace import Pace
from bot.ui.posting import SILENT, nonce
from bot.ui.presence import absence
from bot.ui.reader import server_language

log = logging.getLogger(__name__)


# Discord's error codes (its documentation, opcodes and status codes).
_UNKNOWN_MEMBER = 10007
_UNKNOWN_USER = 10013
_MISSING_ACCESS = 50001
NOT_THERE = {UNKNOWN_CHANNEL, _UNKNOWN_MEMBER, _UNKNOWN_USER, _MISSING_ACCESS}
"""The member has left, or the channel is there no more, at least for the bot."""


class DiscordMembers:
    """`bot.ports.Members`, by the bot's own token. `house` knows the language that a server chose."""

    def __init__(self, client: discord.Client, house: House, pace: Pace) -> None:
        self._client = client
        self._house = house
        self._pace = pace

    async def find(self, generation: Generation) -> Present | TryLater | None:
        """The member as Discord has them now: the bot keeps no members in memory."""
        absent = absence(self._client, generation.guild_id)
        if absent is not None:
            return None if isinstance(absent, Gone) else absent
        guild = self._client.get_guild(generation.guild_id)
        if guild is None:
            return None
        await self._pace.turn()
        try:
            member = await guild.fetch_member(generation.user_id)
            channel = await self._channel(guild, generation.channel_id)
        except FAILED as error:
            if isinstance(error, discord.HTTPException) and error.code in NOT_THERE:
                return None
            outcome = judged(error, generation.id)
            return outcome if isinstance(outcome, TryLater) else TryLater("no clear answer from Discord")
        return _present(member, channel)

    async def _channel(self, guild: discord.Guild, channel_id: int) -> discord.abc.GuildChannel | discord.Thread:
        """The bot keeps no archived threads in memory, so it asks for what it does not know."""
        known = guild.get_channel_or_thread(channel_id)
        if known is not None:
            return known
        await self._pace.turn()
        return await guild.fetch_channel(channel_id)

    async def tell_stopped(self, shown: Shown, why: Refusal | None, *, look: bool) -> TryLater | None:
        """Reply to the card, without a mention. Raises StoreError where the server's language is not known.

        Where the bot may not read back, looking finds nothing, and it is said once more: that does no harm.
        """
        generation = shown.generation
        absent = absence(self._client, generation.guild_id)
        if absent is not None:
            return absent if isinstance(absent, TryLater) else None
        settings = await self._house.settings(generation.guild_id)
        with speaking(server_language(self._client.get_guild(generation.guild_id), settings.language)):
            text = stopped_early(generation, why)
        try:
            if not (look and await self._was_told(shown)):
                await self._reply(shown, text)
        except FAILED as error:
            outcome = judged(error, generation.id)
            if isinstance(outcome, TryLater):
                return outcome
            log.warning("nobody could be told why no more parts follow: %s", error, extra={"generation": generation.id})
        return None

    async def _was_told(self, shown: Shown) -> bool:
        """Its member's word that it is done answers the card too, and mentions them."""
        card_id, member_id = shown.card.message_id or 0, shown.generation.user_id

        def is_it(message: discord.Message) -> bool:
            return answers_card(message, card_id) and not mentions(message, member_id)

        return await said_since_its_end(self._client, self._place(shown), shown, is_it, self._pace)

    def _place(self, shown: Shown) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(
            shown.card.channel_id or shown.generation.channel_id, guild_id=shown.generation.guild_id
        )

    async def _reply(self, shown: Shown, text: str) -> None:
        channel = self._place(shown)
        card = discord.MessageReference(
            message_id=shown.card.message_id or 0,
            channel_id=channel.id,
            guild_id=shown.generation.guild_id,
            fail_if_not_exists=False,
        )
        same = nonce(f"stopped {shown.generation.id}")
        await self._pace.turn()
        try:
            await channel.send(text, reference=card, nonce=same, allowed_mentions=SILENT)
        except discord.HTTPException as error:
            if error.code != REPLY_NEEDS_HISTORY:
                raise
            await self._pace.turn()
            await channel.send(text, nonce=same, allowed_mentions=SILENT)


def _present(member: discord.Member, channel: discord.abc.GuildChannel | discord.Thread) -> Present | None:
    """What the member is there with; None for one who could not use a command in the channel now."""
    thread = channel if isinstance(channel, discord.Thread) else None
    if thread is not None and thread.parent is None:
        return None  # what may be done in it cannot be told, as in a channel that the bot does not see
    # Who does not see the channel, or is timed out, has none of its permissions.
    if not channel.permissions_for(member).use_application_commands:
        return None
    return Present(tuple(role.id for role in member.roles), None if thread is None else thread.parent_id)
