"""The only place that edits cards: by the interaction's token while it lives, by the bot's own after that."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import discord
from discord.utils import DEFAULT_FILE_SIZE_LIMIT_BYTES, MISSING
from discord.webhook.async_ import async_context

from bot.domain.card import GoneReason, Shown
from bot.domain.generation import Generation, GenerationState
from bot.domain.house import GuildSettings
from bot.domain.request import Offer
from bot.ports import Clock, Forecast, Gone, House, NoEdit, Posted, Showing, TryLater
from bot.service.story import Stories
from bot.ui import cards
from bot.ui.action_keys import interaction_of
from bot.ui.custom_ids import generations_in
from bot.ui.language import speaking
from bot.ui.outcomes import FAILED, INVALID_WEBHOOK_TOKEN, REPLY_NEEDS_HISTORY, is_final, judged, says_no_answer
from bot.ui.pace import Pace
from bot.ui.posting import SILENT, nonce, opened, video_name
from bot.ui.presence import absence
from bot.ui.reader import server_language

log = logging.getLogger(__name__)

TOKEN_MARGIN = timedelta(minutes=1)
"""A token is left alone so long before its end: an upload takes time, and clocks differ."""
CLOCK_SLACK = timedelta(minutes=1)
"""How far the bot's clock may be ahead of Discord's when a message sent earlier is looked for."""
MOST_LOOKED_AT = 300
"""Messages looked through for one sent earlier."""
MOST_BESIDE = 100
"""Messages looked through for an answer: all that Discord gives at once, of those sent since it was asked for."""

T = TypeVar("T")
Edit = Callable[..., Awaitable[discord.Message]]


@dataclass(frozen=True, slots=True)
class _Face:
    """What a message is to show."""

    shown: Shown
    video: Path | None
    language: str
    reposted: bool
    spoiler: bool

    @property
    def filename(self) -> str | None:
        return None if self.video is None else video_name(self.shown.generation.id)

    def files(self) -> AbstractContextManager[list[discord.File]]:
        """The video, opened for one request."""
        return opened(self.video, video_name(self.shown.generation.id))


class DiscordBoard:
    """Shows cards in Discord. What cannot be told before READY is tried later: `client` need not be connected yet.

    `house` knows which servers hide videos until they are clicked, and which language they chose; its StoreError passes
    through, so that no video is shown openly where that is not wanted. `stories` knows what a video goes on from, and
    `forecast` says when videos are usually done; without them no card does.
    """

    def __init__(
        self,
        client: discord.Client,
        clock: Clock,
        offer: Offer,
        *,
        expand_prompt: bool,
        pace: Pace,
        house: House | None = None,
        stories: Stories | None = None,
        forecast: Forecast | None = None,
    ) -> None:
        self._client = client
        self._clock = clock
        self._offer = offer
        self._expand_prompt = expand_prompt
        self._pace = pace
        self._house = house
        self._stories = stories
        self._forecast = forecast

    def upload_limit(self, guild_id: int) -> int:
        """Bytes: the server's own limit where it is known, else the least that Discord has, 10 MiB."""
        guild = self._client.get_guild(guild_id)
        return DEFAULT_FILE_SIZE_LIMIT_BYTES if guild is None else guild.filesize_limit

    async def edit(self, shown: Shown, video: Path | None) -> Showing:
        """Make the known message show the generation. Raises ValueError where no message is known."""
        message_id = _message_of(shown)
        face = await self._face(shown, video, reposted=shown.card.reposted)
        outcome = None if face.reposted else await self._edit_by_token(face, message_id)
        if outcome is None:
            outcome = await self._edit_as_bot(face, message_id)
        if outcome is NoEdit.TOO_OLD and shown.generation.state is GenerationState.COMPLETED:
            # discord.py tries again by itself: the first of its tries may have gone through, with its answer lost.
            return await self._stands(shown, message_id) or outcome
        return outcome

    async def repost(self, shown: Shown, video: Path | None) -> Showing:
        """Send a message that refers to the old one; the one of an earlier try is made to show the generation instead.

        Raises ValueError where no old message is known.
        """
        face, old = await self._face(shown, video, reposted=True), _message_of(shown)
        stands = await self._stands(shown, old) if shown.card.tries else None
        if stands is not None:
            return stands
        tried_at = shown.card.reposting_since
        found = None if tried_at is None else await self._earlier(shown, tried_at, partial(_replaces, shown))
        if found is None:
            return await self._send(face, old, f"{shown.generation.id} {old}")
        if not isinstance(found, int):
            return found
        log.info("its second message was sent before", extra={"generation": shown.generation.id})
        outcome = await self._edit_as_bot(face, found)
        # The limit on old edits is a rate, and a third message would help nobody.
        return TryLater("Discord limits edits of old messages") if outcome is NoEdit.TOO_OLD else outcome

    async def post(self, shown: Shown, part_before: int | None, *, tried: bool) -> Showing:
        """Send the first message of one that answers no interaction; `part_before` is the message that it replies to.

        The message of an earlier try shows what a new one would, so it is taken as it is.
        """
        generation = shown.generation
        if tried:
            found = await self._earlier(shown, generation.created_at, partial(_shows, generation))
            if found is not None:
                return Posted(found) if isinstance(found, int) else found
        face = await self._face(shown, None, reposted=False)
        return await self._send(face, part_before, generation.id)

    async def find_answer(self, shown: Shown) -> int | Gone | TryLater | None:
        """The id of the message that answered the interaction; only a clear no is taken for None."""
        token, application_id = shown.card.token, self._client.application_id
        if token is None:
            return None
        if application_id is None:
            return TryLater("not logged in yet")
        try:
            webhook = discord.Webhook.partial(application_id, token, client=self._client)
            # Not `webhook.fetch_message`: it would escape the @ of @original.
            answer = await async_context.get().get_original_interaction_response(
                application_id, token, session=webhook.session, proxy=webhook.proxy, proxy_auth=webhook.proxy_auth
            )
        except FAILED as error:
            if isinstance(error, discord.HTTPException) and error.code == INVALID_WEBHOOK_TOKEN:
                return await self.find_in_channel(shown)
            if isinstance(error, discord.HTTPException) and says_no_answer(error):
                return None
            outcome = judged(error, shown.generation.id)
            return outcome if isinstance(outcome, TryLater) else TryLater("no clear answer from Discord")
        # A private answer is an apology for trouble after the admission, never the card.
        private = discord.MessageFlags._from_value(int(answer.get("flags", 0))).ephemeral  # noqa: SLF001  # no public way in
        return None if private else int(answer["id"])

    async def find_in_channel(self, shown: Shown) -> int | Gone | TryLater | None:
        """The message that answered the interaction, among the first that came after that.

        An interaction is answered within 3 s, and its own id is the moment of its making by Discord's clock.
        """
        generation = shown.generation
        asked = interaction_of(generation.action_key)
        after = generation.created_at - CLOCK_SLACK if asked is None else discord.Object(asked)

        def is_it(message: discord.Message) -> bool:
            told = message.interaction_metadata
            return (told is not None and told.id == asked) or generation.id in generations_in(message)

        async def look() -> int | None:
            async for message in self._channel(shown).history(limit=MOST_BESIDE, after=after):
                if self._client.user is not None and message.author.id == self._client.user.id and is_it(message):
                    return message.id
            return None

        found = await self._as_bot(shown, look)
        return TryLater("Discord takes no such question now") if isinstance(found, NoEdit) else found

    async def _face(self, shown: Shown, video: Path | None, *, reposted: bool) -> _Face:
        """As the server's settings say, which are read once for each card."""
        guild_id = shown.generation.guild_id
        settings = GuildSettings(guild_id) if self._house is None else await self._house.settings(guild_id)
        language = server_language(self._client.get_guild(guild_id), settings.language)
        if self._stories is not None:
            shown = replace(shown, parent=await self._stories.parent_card(guild_id, shown.generation.request))
        return _Face(shown, video, language, reposted=reposted, spoiler=settings.spoiler)

    async def _edit_by_token(self, face: _Face, message_id: int) -> Showing | None:
        """None where the token cannot be used. Not paced: these requests do not count against the bot's 50 a second."""
        card, application_id = face.shown.card, self._client.application_id
        if card.token is None or card.token_until is None or application_id is None:
            return None
        if self._clock.now() >= card.token_until - TOKEN_MARGIN:
            return None
        view = self._view(face)
        try:
            webhook = discord.Webhook.partial(application_id, card.token, client=self._client)
            return await _changed(face, view, lambda **fields: webhook.edit_message(message_id, **fields))
        except FAILED as error:
            if isinstance(error, discord.HTTPException) and not is_final(error):
                log.info("the token is refused (%d)", error.code, extra={"generation": face.shown.generation.id})
                return None
            return self._weighed(face.shown, error)

    async def _edit_as_bot(self, face: _Face, message_id: int) -> Showing:
        message = self._channel(face.shown).get_partial_message(message_id)
        view = self._view(face)
        return await self._as_bot(face.shown, lambda: _changed(face, view, message.edit))

    async def _send(self, face: _Face, refers_to: int | None, attempt: str) -> Showing:
        """Send a new message; `attempt` is the same whenever it is sent again."""
        referring, plain = self._view(face), self._view(face)
        old = discord.MessageReference(
            message_id=refers_to or 0,
            channel_id=self._channel(face.shown).id,
            guild_id=face.shown.generation.guild_id,
            fail_if_not_exists=False,
        )

        async def send() -> Posted:
            try:
                return await self._sent(face, referring, attempt, reference=old if refers_to else None)
            except discord.HTTPException as error:
                if error.code != REPLY_NEEDS_HISTORY:
                    raise
            await self._pace.turn()
            return await self._sent(face, plain, attempt)

        outcome = await self._as_bot(face.shown, send)
        # A new message opens an archived thread; where it is refused like an edit, the thread is closed to the bot.
        return Gone(GoneReason.PERMISSION) if outcome is NoEdit.TOO_OLD else outcome

    async def _sent(
        self,
        face: _Face,
        view: discord.ui.LayoutView,
        attempt: str,
        reference: discord.MessageReference | None = None,
    ) -> Posted:
        with face.files() as files:
            message = await self._channel(face.shown).send(
                view=view,
                files=files,
                nonce=nonce(attempt),
                reference=reference,  # type: ignore[arg-type]  # None is its default, which the overloads do not say
                allowed_mentions=SILENT,
            )
        return Posted(message.id, attached=bool(message.attachments))

    async def _earlier(
        self, shown: Shown, tried_at: datetime, is_it: Callable[[discord.Message], bool]
    ) -> int | Gone | TryLater | NoEdit | None:
        """A message of the bot's own, sent by an earlier try, that is no answer to a command or a click."""
        own_id = self._client.user.id if self._client.user else None

        async def look() -> int | None:
            async for message in self._channel(shown).history(limit=MOST_LOOKED_AT, after=tried_at - CLOCK_SLACK):
                if message.author.id == own_id and message.interaction_metadata is None and is_it(message):
                    return message.id
            return None

        return await self._as_bot(shown, look)

    async def _stands(self, shown: Shown, message_id: int) -> Showing | None:
        """What an earlier edit did after all, whose answer was lost: a video that stands there needs no second message.

        None where the old message does not show it, or is there no more.
        """

        async def look() -> Posted | None:
            try:
                message = await self._channel(shown).fetch_message(message_id)
            except discord.NotFound:
                return None
            return Posted(message_id, attached=bool(message.attachments)) if _shows_end(shown, message) else None

        return await self._as_bot(shown, look)

    async def _as_bot(self, shown: Shown, request: Callable[[], Awaitable[T]]) -> T | Gone | TryLater | NoEdit:
        """One paced request by bot token, where the server is there to take it."""
        absent = self._absence(shown)
        if absent is not None:
            return absent
        await self._pace.turn()
        try:
            return await request()
        except FAILED as error:
            return self._weighed(shown, error)

    def _weighed(self, shown: Shown, error: BaseException) -> Gone | TryLater | NoEdit:
        """What the error means, once it is known whether the bot is still in the server."""
        outcome = judged(error, shown.generation.id)
        return self._absence(shown) or outcome if isinstance(outcome, Gone) else outcome

    def _absence(self, shown: Shown) -> Gone | TryLater | None:
        return absence(self._client, shown.generation.guild_id)

    def _channel(self, shown: Shown) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(
            shown.card.channel_id or shown.generation.channel_id, guild_id=shown.generation.guild_id
        )

    def _view(self, face: _Face) -> discord.ui.LayoutView:
        """A view for one request, in the server's language.

        It is stopped before it is sent: discord.py keeps the views it sends for their buttons, but none that is over.
        Ours are known by their ids (`bot.ui.buttons`), so nothing is kept for each message, and no view that goes can
        take a button's template with it.
        """
        generation = face.shown.generation
        with speaking(face.language):
            view = cards.card(
                face.shown,
                offer=self._offer,
                expand_prompt=self._expand_prompt,
                attached=face.filename,
                spoiler=face.spoiler,
                reposted=face.reposted,
                usually=self._forecast.usually_done(generation) if self._forecast else None,
                late=self._forecast is not None and self._forecast.is_late(generation),
            )
        view.stop()
        return view


async def _changed(face: _Face, view: discord.ui.LayoutView, edit: Edit) -> Posted:
    """Edit a message. The list of attachments replaces the old one, so that a repeat adds nothing."""
    with face.files() as files:
        message = await edit(view=view, attachments=files or MISSING, allowed_mentions=SILENT)
    return Posted(message.id, attached=bool(message.attachments))


def _message_of(shown: Shown) -> int:
    if shown.card.message_id is None:
        raise ValueError(f"{shown.generation.id} has no message yet")
    return shown.card.message_id


def _replaces(shown: Shown, message: discord.Message) -> bool:
    """Whether a message stands in place of an old card. The card of a part that follows is a reply to that too."""
    refers = message.reference is not None and message.reference.message_id == shown.card.message_id
    return refers and message.flags.components_v2 and generations_in(message) <= {shown.generation.id}


def _shows(generation: Generation, message: discord.Message) -> bool:
    return generation.id in generations_in(message)


def _shows_end(shown: Shown, message: discord.Message) -> bool:
    """Whether a card shows the finished video: only then it has the button to extend it."""
    button = f"dreamreel:extend:{shown.generation.id}"
    return shown.generation.state is GenerationState.COMPLETED and any(
        button in str(part.to_dict()) for part in message.components
    )
