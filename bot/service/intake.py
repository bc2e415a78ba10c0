"""The front desk: takes a request in, ties it to its message, lets it go again. Local work only, well inside 3 s."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.card import GoneReason
from bot.domain.errors import NotAccepting
from bot.domain.generation import Generation, GenerationRequest, GenerationState
from bot.domain.quota import PRICE
from bot.ports import Admitted, Board, Clock, Store, TryLater

log = logging.getLogger(__name__)

TOKEN_LIFE = timedelta(minutes=15)
"""How long Discord honours an interaction's token."""
ANSWER_GRACE = timedelta(seconds=30)
"""How long an answer may be on its way before its message is looked for: an interaction must be answered in 3 s."""
MOST_UNATTACHED = 200
"""Unattached generations looked at in one round."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked, where, by which action. `token` is the interaction's, a secret; `asked_at` is when Discord made it."""

    action_key: str
    guild_id: int
    channel_id: int
    user_id: int
    token: str
    asked_at: datetime

    def __repr__(self) -> str:
        """Leave the token out."""
        return f"Asked(action_key={self.action_key!r}, guild_id={self.guild_id}, user_id={self.user_id})"


class Intake:
    """Admits requests. `on_attached` is called when a generation has become due."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        new_id: Callable[[], str],
        *,
        on_attached: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._on_attached = on_attached
        self._closed = False

    def close(self) -> None:
        """Refuse new requests from now on."""
        self._closed = True

    async def admit(self, asked: Asked, request: GenerationRequest) -> Admitted:
        """Charge and store a request, once for each action key.

        Raises LimitReached, NotAccepting while the bot is stopping, and StoreError; in each case nothing is kept.
        """
        if self._closed:
            raise NotAccepting("the bot is stopping")
        now = self._clock.now()
        generation = Generation(
            id=self._new_id(),
            action_key=asked.action_key,
            guild_id=asked.guild_id,
            channel_id=asked.channel_id,
            user_id=asked.user_id,
            request=request,
            price=PRICE,
            created_at=now,
            changed_at=now,
        )
        admitted = await self._store.admit(generation, token=asked.token, token_until=asked.asked_at + TOKEN_LIFE)
        if admitted.fresh:
            log.info("admitted (%s)", request.kind, extra={"generation": generation.id})
        return admitted

    async def attach(self, generation_id: str, message_id: int) -> None:
        """Note the message that shows it; from now on it is due."""
        if await self._store.attach(generation_id, message_id):
            self._on_attached()

    async def withdraw(self, generation_id: str) -> None:
        """Cancel a generation that Discord never let the bot answer: nobody would see it."""
        shown = await self._store.get(generation_id)
        if shown is not None:
            await self._cancel_unseen(shown.generation)

    async def find_lost_answers(self, board: Board, *, grace: timedelta = ANSWER_GRACE) -> int:
        """Look for the messages of generations that were answered but never attached. How many were settled.

        A crash between the answer and `attach` leaves such a row. Its message is found by the interaction's token;
        where there is none, or the token is dead, nobody was shown anything and the generation is cancelled.
        """
        settled = 0
        now = self._clock.now()
        for shown in await self._store.unattached(MOST_UNATTACHED):
            if now - shown.generation.created_at < grace:
                continue
            card = shown.card
            alive = card.token is not None and card.token_until is not None and now < card.token_until
            answer = await board.find_answer(shown) if alive else None
            if isinstance(answer, TryLater):
                continue
            if answer is None:
                await self._cancel_unseen(shown.generation)
            else:
                log.info("found its message again", extra={"generation": shown.generation.id})
                await self.attach(shown.generation.id, answer)
            settled += 1
        return settled

    async def _cancel_unseen(self, generation: Generation) -> None:
        if generation.state is not GenerationState.WAITING:
            return
        if await self._store.save(generation, generation.cancelled(self._clock.now())):
            log.warning("cancelled: its answer never reached Discord", extra={"generation": generation.id})
            await self._store.note_gone(generation.id, GoneReason.UNANSWERED)
