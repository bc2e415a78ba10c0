"""Rows to values and back: the only place that knows both."""

import unicodedata
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.domain.card import Card, CardState, GoneReason, Shown
from bot.domain.finishing import Sort
from bot.domain.generation import Failure, FailureKind, Generation, GenerationRequest, GenerationState, Kind
from bot.domain.turns import InLine
from bot.ports import Followed, VideoMatch

AnyRow = Row[*tuple[Any, ...]]


def searchable(text: str) -> str:
    """Text as it is compared in a search: alike whatever its case, and however its accents were typed.

    SQLite's own LIKE ignores the case of ASCII letters only, so this is done before the text is stored.
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def first_row(generation: Generation, token: str | None, token_until: datetime | None) -> dict[str, object]:
    """The row of a generation that nothing has shown yet."""
    request = generation.request
    return {
        "id": generation.id,
        "action_key": generation.action_key,
        "guild_id": generation.guild_id,
        "channel_id": generation.channel_id,
        "user_id": generation.user_id,
        "kind": request.kind,
        "prompt": request.prompt,
        "prompt_words": searchable(request.prompt),
        "model": request.model,
        "duration": request.duration,
        "resolution": request.resolution,
        "expand_prompt": request.expand_prompt,
        "image_url": request.image_url,
        "end_image_url": request.end_image_url,
        "parent_id": request.parent_id,
        "parent_relay_id": request.parent_relay_id,
        "part": request.part,
        "price": generation.price,
        "usd_micros": generation.usd_micros,
        "camera": request.camera,
        "spoiler": request.spoiler,
        "more_parts": generation.more_parts,
        "notice": generation.notice,
        "created_at": generation.created_at,
        "card_state": CardState.UNATTACHED,
        "shown_version": 0,
        "tries": 0,
        "token": token,
        "token_until": token_until,
        **progress(generation),
    }


def progress(generation: Generation) -> dict[str, object]:
    """The columns that a change of state touches; what was asked for never changes.

    `more_parts` falls to 0 and never rises: so only 0 is written, and what set it meanwhile is not undone.
    """
    failure = generation.failure
    return {
        "state": generation.state,
        "version": generation.version,
        "changed_at": generation.changed_at,
        "relay_id": generation.relay_id,
        "submitted_at": generation.submitted_at,
        "finished_at": generation.finished_at,
        "video_url": generation.video_url,
        "failure_kind": failure.kind if failure else None,
        "failure_detail": failure.detail if failure else None,
        **({} if generation.more_parts else {"more_parts": 0}),
    }


def generation_of(row: AnyRow) -> Generation:
    """The generation in a row."""
    return Generation(
        id=row.id,
        action_key=row.action_key,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        user_id=row.user_id,
        request=_request_of(row),
        price=row.price,
        created_at=row.created_at,
        changed_at=row.changed_at,
        state=GenerationState(row.state),
        version=row.version,
        relay_id=row.relay_id,
        submitted_at=row.submitted_at,
        finished_at=row.finished_at,
        video_url=row.video_url,
        failure=Failure(FailureKind(row.failure_kind), row.failure_detail) if row.failure_kind else None,
        usd_micros=row.usd_micros,
        more_parts=row.more_parts,
        notice=row.notice,
    )


def shown_of(row: AnyRow) -> Shown:
    """The generation in a row, beside its card."""
    card = Card(
        state=CardState(row.card_state),
        channel_id=row.channel_id,
        message_id=row.message_id,
        first_message_id=row.first_message_id,
        shown_version=row.shown_version,
        token=row.token,
        token_until=row.token_until,
        tries=row.tries,
        next_try_at=row.next_try_at,
        reposting_since=row.reposting_since,
        reposted_at=row.reposted_at,
        gone_reason=GoneReason(row.gone_reason) if row.gone_reason else None,
    )
    return Shown(generation_of(row), card)


def followed_of(row: AnyRow) -> Followed:
    """The little that the poller keeps of a row."""
    return Followed(row.id, row.relay_id, row.state, row.submitted_at, sort_of(row))


def sort_of(row: AnyRow) -> Sort:
    """What the duration of a row's task may depend on."""
    return Sort(row.model, row.duration, row.resolution, Kind(row.kind))


def in_line_of(row: AnyRow) -> InLine:
    """The little that the order of the line needs of a row."""
    return InLine(row.id, row.guild_id, row.user_id, row.created_at)


def match_of(row: AnyRow) -> VideoMatch:
    """A completed video as a list offers it."""
    return VideoMatch(row.id, row.prompt, row.part, row.channel_id, row.finished_at)


def _request_of(row: AnyRow) -> GenerationRequest:
    return GenerationRequest(
        kind=Kind(row.kind),
        prompt=row.prompt,
        model=row.model,
        duration=row.duration,
        resolution=row.resolution,
        expand_prompt=row.expand_prompt,
        image_url=row.image_url,
        end_image_url=row.end_image_url,
        parent_id=row.parent_id,
        parent_relay_id=row.parent_relay_id,
        part=row.part,
        camera=row.camera,
        spoiler=row.spoiler,
    )
