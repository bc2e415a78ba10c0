"""A generation: one video that somebody asked for, and the only ways in which it may change."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from bot.domain.errors import IllegalTransition


class GenerationState(StrEnum):
    """Where a generation stands. The card shows WAITING and SUBMITTING as the same word."""

    WAITING = "waiting"  # admitted and charged to the quota; nothing sent
    SUBMITTING = "submitting"  # about to be sent, or being sent: committed before the paid request
    QUEUED = "queued"  # the relay has it
    DREAMING = "dreaming"  # the relay works on it
    COMPLETED = "completed"  # the video's link is stored
    FAILED = "failed"  # over; quota given back
    CANCELLED = "cancelled"  # over before it was sent; quota given back
    EXPIRED = "expired"  # the relay does not finish it; quota given back; a later look may still find it
    UNCERTAIN = "uncertain"  # it may have been charged and must never be sent again; quota held
    LOST = "lost"  # nobody could say what became of an uncertain one


S = GenerationState

TRANSITIONS: Mapping[GenerationState, frozenset[GenerationState]] = {
    S.WAITING: frozenset({S.SUBMITTING, S.CANCELLED}),
    S.SUBMITTING: frozenset({S.QUEUED, S.WAITING, S.FAILED, S.UNCERTAIN}),
    S.QUEUED: frozenset({S.DREAMING, S.COMPLETED, S.FAILED, S.EXPIRED}),
    S.DREAMING: frozenset({S.COMPLETED, S.FAILED, S.EXPIRED}),
    S.EXPIRED: frozenset({S.COMPLETED}),
    S.UNCERTAIN: frozenset({S.QUEUED, S.LOST, S.FAILED}),
    S.COMPLETED: frozenset(),
    S.FAILED: frozenset(),
    S.CANCELLED: frozenset(),
    S.LOST: frozenset(),
}

GIVES_BACK = frozenset({S.FAILED, S.CANCELLED, S.EXPIRED, S.LOST})
"""States whose entry returns the credits. LOST does not where a moderator says so."""

ENDED = frozenset({S.COMPLETED, S.FAILED, S.CANCELLED, S.EXPIRED, S.LOST})
"""States in which a member waits for nothing more."""

WITH_RELAY = frozenset({S.QUEUED, S.DREAMING})
"""States in which the relay is asked for news."""

ENDS_CHAIN = (ENDED - {S.COMPLETED}) | {S.UNCERTAIN}
"""States after which no part follows by itself, whatever becomes of the video later."""


class Kind(StrEnum):
    """Which command a generation came from; it decides what is sent to the relay."""

    TEXT = "text"
    IMAGE = "image"
    EXTEND = "extend"


class FailureKind(StrEnum):
    """Why a generation failed, in the bot's own words; each has one sentence for users."""

    MODERATION = "moderation"  # the prompt or a picture was turned away by the content filter
    UNREADABLE_IMAGE = "unreadable_image"  # the relay could not read a picture
    PROMPT = "prompt"  # the prompt could not be processed
    NOT_SOLD = "not_sold"  # the relay does not sell this model, or not now
    NO_BALANCE = "no_balance"  # the operator's balance at the relay is used up
    KEY = "key"  # the operator's key is not accepted
    REFUSED = "refused"  # the relay refused the request for another reason
    NOT_MADE = "not_made"  # somebody looked: the uncertain one was never made
    UNTRACED = "untraced"  # somebody looked: it was made, its video cannot be found; the credits came back
    UNTRACED_CHARGED = "untraced_charged"  # the same, and the credits stay spent
    UNKNOWN = "unknown"  # the relay gave no reason that is known


FOR_THE_OPERATOR = frozenset({FailureKind.NO_BALANCE, FailureKind.KEY, FailureKind.NOT_SOLD})
"""Failures that the operator, and nobody else, can mend."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why it failed: a kind the bot has words for, and what the relay said (shown as plain text only)."""

    kind: FailureKind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """What a member asked for, already checked (see `bot.domain.request`).

    `duration` is in seconds. `parent_id` is the generation that an extension continues; an extension takes its
    model, duration and resolution from the relay's own defaults, so they describe its parent here. `camera` is the
    movement chosen from the list, which is worded into what is sent and is no part of `prompt`; `spoiler` hides the
    result until it is clicked.
    """

    kind: Kind
    prompt: str
    model: str
    duration: int
    resolution: str
    expand_prompt: bool
    image_url: str | None = None
    end_image_url: str | None = None
    parent_id: str | None = None
    parent_relay_id: str | None = None
    part: int = 1
    camera: str | None = None
    spoiler: bool = False


@dataclass(frozen=True, slots=True)
class Generation:
    """One video asked for. Changing it returns a new value with the next version.

    Times are aware UTC datetimes. `action_key` is unique: the interaction, or the chain and step, that asked for
    it. `price` is in credits, `usd_micros` what the operator pays in millionths of a dollar, where that is known.
    `more_parts` is how many further parts are to follow by themselves: it only ever falls to 0, once the next one is
    admitted or none is wanted any more, and that is no new version. `notice` is how its member wants to be told of its
    end, where they said so for this one.
    """

    id: str
    action_key: str
    guild_id: int
    channel_id: int
    user_id: int
    request: GenerationRequest
    price: int
    created_at: datetime
    changed_at: datetime
    state: GenerationState = GenerationState.WAITING
    version: int = 1
    relay_id: str | None = None
    submitted_at: datetime | None = None
    finished_at: datetime | None = None
    video_url: str | None = None
    failure: Failure | None = None
    usd_micros: int | None = None
    more_parts: int = 0
    notice: str | None = None

    @property
    def over(self) -> bool:
        """Whether the member waits for nothing more."""
        return self.state in ENDED

    def _to(self, state: GenerationState, now: datetime, **facts: object) -> Self:
        if state not in TRANSITIONS[self.state]:
            raise IllegalTransition(f"{self.id}: {self.state} does not lead to {state}")
        if state in ENDED:
            facts["finished_at"] = now
        if state in ENDS_CHAIN:
            facts["more_parts"] = 0
        return replace(self, state=state, version=self.version + 1, changed_at=now, **facts)  # type: ignore[arg-type]  # the field names are written out by the callers below

    def submitting(self, now: datetime) -> Self:
        """Take a slot: to be committed before the paid request leaves."""
        return self._to(S.SUBMITTING, now, submitted_at=now)

    def not_sent(self, now: datetime) -> Self:
        """Go back to the queue: the request provably never left, or was turned away unread."""
        return self._to(S.WAITING, now, submitted_at=None)

    def accepted(self, relay_id: str, now: datetime) -> Self:
        """Take the relay's id, from an answer in time, late, or told by a moderator."""
        return self._to(S.QUEUED, now, relay_id=relay_id)

    def dreaming(self, now: datetime) -> Self:
        """Note that the relay has begun."""
        return self._to(S.DREAMING, now)

    def completed(self, video_url: str, now: datetime) -> Self:
        """Take the finished video's link."""
        return self._to(S.COMPLETED, now, video_url=video_url, failure=None)

    def failed(self, failure: Failure, now: datetime) -> Self:
        """End without a video."""
        return self._to(S.FAILED, now, failure=failure)

    def cancelled(self, now: datetime) -> Self:
        """End before anything was sent."""
        return self._to(S.CANCELLED, now)

    def expired(self, now: datetime) -> Self:
        """Stop waiting for the relay."""
        return self._to(S.EXPIRED, now)

    def uncertain(self, now: datetime) -> Self:
        """Note that nobody can say whether the relay took the request: it is never sent again."""
        return self._to(S.UNCERTAIN, now)

    def lost(self, now: datetime, failure: Failure | None = None) -> Self:
        """Give up on an uncertain one; `failure` is what somebody who looked found out."""
        return self._to(S.LOST, now, failure=failure)
