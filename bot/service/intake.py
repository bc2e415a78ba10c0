"""The front desk: takes a request in, ties it to its message, lets it go again. Local work only, well inside 3 s."""

import logging
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.card import Card, GoneReason, Shown
from bot.domain.continuing import key_of_next, next_request
from bot.domain.errors import Blocked, NotAccepting, NotHere, StoreError, TooLate, UnknownVideo, WordForbidden
from bot.domain.generation import Generation, GenerationRequest, GenerationState
from bot.domain.house import GuildSettings, forbidden_word
from bot.domain.notices import wanted
from bot.domain.prices import PriceTable
from bot.domain.quota import Caps
from bot.domain.turns import InLine, places
from bot.ports import Claim, Clock, Door, House, Present, Store
from bot.service.absence import Absence

log = logging.getLogger(__name__)

TOKEN_LIFE = timedelta(minutes=15)
"""How long Discord honours an interaction's token."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked, where, by which action. `token` is the interaction's, a secret; `asked_at` is when Discord made it.

    `parent_channel_id` is the channel that a thread belongs to; `role_ids` are the member's roles at this moment.
    A part that follows by itself has no interaction, and no token.
    """

    action_key: str
    guild_id: int
    channel_id: int
    user_id: int
    token: str
    asked_at: datetime
    role_ids: tuple[int, ...] = ()
    parent_channel_id: int | None = None

    def __repr__(self) -> str:
        """Leave the token out."""
        return f"Asked(action_key={self.action_key!r}, guild_id={self.guild_id}, user_id={self.user_id})"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the operator decided about money and queues; see `bot.ports.Claim` for the last two."""

    prices: PriceTable = PriceTable()  # noqa: RUF009  # frozen
    caps: Caps = Caps()  # noqa: RUF009  # frozen
    most_waiting_member: int = 10
    most_waiting_server: int = 100


@dataclass(frozen=True, slots=True)
class Admission:
    """What came of asking. `settings` are those by which the request was let in."""

    generation: Generation
    fresh: bool
    settings: GuildSettings


class Intake:
    """Admits requests. `on_attached` is called when a generation has become due, `on_change` when a card is."""

    def __init__(
        self,
        store: Store,
        house: House,
        clock: Clock,
        new_id: Callable[[], str],
        *,
        terms: Terms,
        on_attached: Callable[[], None],
        on_change: Callable[[], None],
        absence: Absence | None = None,
    ) -> None:
        self._store = store
        self._absence = absence or Absence(clock)
        self._house = house
        self._terms = terms
        self._on_change = on_change
        self._clock = clock
        self._new_id = new_id
        self._on_attached = on_attached
        self._closed = False

    def close(self) -> None:
        """Refuse new requests from now on."""
        self._closed = True

    async def admit(self, asked: Asked, request: GenerationRequest, *, more_parts: int = 0) -> Admission:
        """Charge and store a request, once for each action key, with all checked for this member at this moment.

        `more_parts` are to follow by themselves. Raises a Refusal (blocked, not here, a forbidden word, a limit, a full
        queue, the bot is stopping) and StoreError; in each case nothing is kept.
        """
        generation, claim, settings = await self._let_in(asked, request, more_parts)
        admitted = await self._store.admit(
            generation, token=asked.token, token_until=asked.asked_at + TOKEN_LIFE, claim=claim
        )
        if admitted.fresh:
            log.info("admitted (%s)", request.kind, extra={"generation": generation.id})
        return Admission(admitted.generation, admitted.fresh, settings)

    async def admit_next(self, part: Generation, present: Present) -> Generation | None:
        """Charge and store the part that follows a completed one by itself; None where none is wanted any more.

        It is checked as if its member had asked for it now. Raises as `admit` does, with nothing changed.
        """
        asked = Asked(
            key_of_next(part),
            part.guild_id,
            part.channel_id,
            part.user_id,
            "",
            self._clock.now(),
            present.role_ids,
            present.parent_channel_id,
        )
        generation, claim, _ = await self._let_in(asked, next_request(part), part.more_parts - 1)
        if not await self._store.admit_next(generation, claim=claim):
            return None
        log.info("admitted by itself, after %s", part.id, extra={"generation": generation.id})
        return generation

    async def _let_in(
        self, asked: Asked, request: GenerationRequest, more_parts: int
    ) -> tuple[Generation, Claim, GuildSettings]:
        """What is to be admitted, with its price, once the house lets it in by these settings.

        Raises a Refusal and StoreError.
        """
        if self._closed:
            raise NotAccepting("the bot is stopping")
        now = self._clock.now()
        door = await self._house.door(asked.guild_id, asked.user_id, now)
        let_in(door, asked, request)
        price = self._terms.prices.of(request)
        generation = Generation(
            id=self._new_id(),
            action_key=asked.action_key,
            guild_id=asked.guild_id,
            channel_id=asked.channel_id,
            user_id=asked.user_id,
            request=request,
            price=price.credits,
            usd_micros=price.usd_micros,
            created_at=now,
            changed_at=now,
            more_parts=more_parts,
            notice=wanted(door.notify),
        )
        return generation, self.claim(asked.role_ids, door.settings.timezone), door.settings

    def claim(self, role_ids: tuple[int, ...], timezone: str) -> Claim:
        """What the admitting transaction, and a balance, must know of a member."""
        return Claim(
            role_ids,
            timezone,
            self._terms.caps,
            self._terms.most_waiting_member,
            self._terms.most_waiting_server,
        )

    async def first_look(self, generation: Generation, card: Card) -> Shown:
        """What its first message shows: its place in line, and whether the relay is away."""
        shown = self._absence.on(Shown(generation, card, await self.place(generation)))
        self._absence.drawn(shown)
        return shown

    async def place(self, generation: Generation) -> int | None:
        """The place in its server's line that it has, or takes once its message is noted; None where nobody can say."""
        try:
            waiting, busy = await self._store.line_of(generation.guild_id)
        except StoreError as trouble:
            log.error("its place in line is not known: %s", trouble, extra={"generation": generation.id})  # noqa: TRY400  # the card stands without it
            return None
        this = InLine(generation.id, generation.guild_id, generation.user_id, generation.created_at)
        others = [one for one in waiting if one.id != generation.id]
        return places([*others, this], busy)[generation.id]

    async def cancel(self, guild_id: int, generation_id: str, message_id: int | None = None) -> Generation:
        """Call back a generation that was not sent yet; its credits come back. Whether the asker may is for the caller.

        `message_id` is the message whose button was pressed: where a crash kept it from being noted, it is known now,
        and the card will say how it ended. Raises UnknownVideo, and TooLate once it was sent or is over.
        """
        shown = await self._store.get(generation_id)
        if shown is None or shown.generation.guild_id != guild_id:
            raise UnknownVideo(generation_id)
        if shown.card.message_id is None and message_id is not None:
            # Before the step: only rows that wait are looked for by their tokens, and this one may die in between.
            await self._store.attach(generation_id, message_id)
            self._on_change()
        waiting = shown.generation
        if waiting.state is GenerationState.WAITING:
            cancelled = waiting.cancelled(self._clock.now())
            if await self._store.save(waiting, cancelled):
                log.info("cancelled by a member", extra={"generation": generation_id})
                self._on_change()
                return cancelled
        raise TooLate(generation_id)

    async def stop_chain(self, guild_id: int, generation_id: str) -> Generation | None:
        """Let no part follow by itself: the last one that is or was made; None where none was to follow any more.

        Where the next one has begun already it is made, and none after it. Whether the asker may is for the caller.
        Raises UnknownVideo.
        """
        shown = await self._store.get(generation_id)
        if shown is None or shown.generation.guild_id != guild_id:
            raise UnknownVideo(generation_id)
        last = await self._store.stop_chain(generation_id)
        if last is not None:
            log.info("no part follows by itself: a member stopped it", extra={"generation": last.id})
            self._on_change()
        return last

    async def attach(self, generation_id: str, message_id: int) -> None:
        """Note the message that shows it; from now on it is due."""
        if await self._store.attach(generation_id, message_id):
            self._on_attached()

    async def withdraw(self, generation_id: str, reason: GoneReason = GoneReason.UNANSWERED) -> None:
        """Cancel a generation that Discord never let the bot show: nobody would see it."""
        shown = await self._store.get(generation_id)
        if shown is not None:
            await self._cancel_unseen(shown.generation, reason)

    async def taken_down(self, generation_id: str) -> None:
        """Note that its message was deleted on purpose: nothing shows it again, however it ends."""
        await self._store.note_gone(generation_id, GoneReason.MESSAGE)

    async def _cancel_unseen(self, generation: Generation, reason: GoneReason = GoneReason.UNANSWERED) -> None:
        if generation.state is not GenerationState.WAITING:
            return
        if await self._store.save(generation, generation.cancelled(self._clock.now())):
            log.warning("cancelled: its card never reached Discord (%s)", reason, extra={"generation": generation.id})
            await self._store.note_gone(generation.id, reason)


def let_in(door: Door, asked: Asked, request: GenerationRequest) -> None:
    """Hold a request against the house rules. Raises Blocked, NotHere or WordForbidden."""
    check_welcome(door, {asked.channel_id, asked.parent_channel_id or 0}, asked.role_ids)
    if forbidden_word(request.prompt, door.words) is not None:
        raise WordForbidden(asked.guild_id)


def check_welcome(door: Door, channel_ids: AbstractSet[int], role_ids: Iterable[int]) -> None:
    """Hold a member against the house rules, in a channel or in a thread of it. Raises Blocked or NotHere."""
    if door.block is not None:
        raise Blocked(door.block.until, door.block.reason)
    settings = door.settings
    here = not settings.channels or not settings.channels.isdisjoint(channel_ids)
    welcome = not settings.roles or not settings.roles.isdisjoint(role_ids)
    if not (here and welcome):
        raise NotHere(settings.channels, settings.roles)
