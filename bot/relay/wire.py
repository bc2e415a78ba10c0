"""The border in words: what is sent to the relay, and what its answers mean to the bot. No I/O."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import quote

from bot.domain.camera import worded
from bot.domain.generation import Failure, FailureKind, GenerationRequest, GenerationState, Kind
from bot.domain.reports import (
    Accepted,
    Failed,
    Finishing,
    NotFound,
    NotSent,
    Refused,
    Report,
    Running,
    Submission,
    Succeeded,
    Unanswered,
    Unavailable,
)
from bot.relay import task, words
from bot.relay.body import Json, first_object, mended_object

GENERATIONS = "/luma/generations"

MOST_WAIT_S = 3_600.0
"""Seconds. A longer Retry-After is taken as this: asking again after an hour does no harm."""

# The request may have been worked on: a timeout at the relay or a proxy, and "see what came of it".
_UNCERTAIN: frozenset[int] = frozenset({HTTPStatus.REQUEST_TIMEOUT, 499, HTTPStatus.SEE_OTHER})
_REFUSED_BY_STATUS: Mapping[int, FailureKind] = {
    HTTPStatus.UNAUTHORIZED: FailureKind.KEY,
    HTTPStatus.PAYMENT_REQUIRED: FailureKind.NO_BALANCE,
}
# These speak of the operator's account, with sums and parts of keys: members read the bot's own sentence.
_OPERATORS = frozenset({FailureKind.KEY, FailureKind.NO_BALANCE})


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer. `whole` is False where the body broke off or was cut at the bot's own limit."""

    status: int
    body: bytes = field(repr=False)  # it can hold a prompt or a signed link
    content_type: str = ""
    retry_after: str = ""
    whole: bool = True

    @property
    def good(self) -> bool:
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def redirects(self) -> bool:
        return HTTPStatus.MULTIPLE_CHOICES <= self.status < HTTPStatus.BAD_REQUEST


@dataclass(frozen=True, slots=True)
class PaidCall:
    """One POST: the path, already escaped, and the JSON body."""

    path: str
    body: bytes


def task_path(relay_id: str) -> str | None:
    """Where a task is asked for, escaped; None for an id that no path can carry."""
    if not task.usable_id(relay_id):
        return None
    return f"{GENERATIONS}/{quote(relay_id, safe='')}"


def paid_call(request: GenerationRequest) -> PaidCall | None:
    """The request in the contract's field names; None for an extension of nothing that the relay knows."""
    prompt = worded(request.prompt, request.camera)
    if request.kind is Kind.EXTEND:
        parent = task_path(request.parent_relay_id or "")
        return None if parent is None else PaidCall(f"{parent}/extend", _json({"user_prompt": prompt}))
    fields: Json = {
        "user_prompt": prompt,
        "model_name": request.model,
        "duration": str(request.duration),
        "resolution": request.resolution,
        "expand_prompt": request.expand_prompt,
    }
    frames = {"image_url": request.image_url, "image_end_url": request.end_image_url}
    fields |= {key: url for key, url in frames.items() if url}
    return PaidCall(GENERATIONS, _json(fields))


def _json(fields: Json) -> bytes:
    return json.dumps(fields).encode("ascii")


def submission(answer: Answer, now: datetime) -> Submission:
    """What became of a paid request that was answered. Never raises."""
    told = mended_object(answer.body) if answer.good else first_object(answer.body)
    # A code names the refusal for certain. Words alone give way to an id: losing one would cost money.
    kind = words.known_code(task.codes(told)) if told is not None else None
    if kind is None and answer.good and told is not None and (relay_id := task.new_id(told)) is not None:
        return Accepted(relay_id)
    reason = task.reason(task.levels(told)) if told is not None else ""
    kind = kind or words.refusing_words(reason)
    if kind is not None:
        return Refused(_failure(kind, reason))
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return NotSent(summary(answer), wait_s(answer, now), busy=True)
    refusing = HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
    if not refusing or answer.status in _UNCERTAIN:
        return Unanswered(summary(answer))
    kind = _REFUSED_BY_STATUS.get(answer.status) or words.kind_of(reason) or FailureKind.REFUSED
    return Refused(_failure(kind, reason))


def report(answer: Answer, relay_id: str, now: datetime) -> Report:
    """What an answer says of a task. Never raises."""
    told = first_object(answer.body)
    if _unknown_task(answer, told):
        return NotFound()
    found = task.find_task(told, relay_id) if answer.good and told is not None else None
    if found is None:
        return Unavailable(summary(answer), wait_s(answer, now), busy=answer.status == HTTPStatus.TOO_MANY_REQUESTS)
    return _standing(found)


def _standing(found: task.Task) -> Report:
    match found.state:
        case GenerationState.COMPLETED:
            url = task.link(found)
            return Finishing() if url is None else Succeeded(url)
        case GenerationState.FAILED:
            reason = task.reason(found.levels)
            return Failed(_failure(words.kind_of(reason) or FailureKind.UNKNOWN, reason))
        case GenerationState.DREAMING:
            return Running(GenerationState.DREAMING)
        case _:
            return Running(GenerationState.QUEUED)


def _unknown_task(answer: Answer, told: Json | None) -> bool:
    reason = task.reason(task.levels(told)).casefold() if told is not None else ""
    if told is not None and not words.NO_SUCH_TASK.isdisjoint([*task.codes(told), reason]):
        return True
    if answer.status != HTTPStatus.NOT_FOUND or not answer.whole:
        return False
    # A page says that something else answered; "Invalid URL" is new-api's word for a path it does not serve.
    if told is None:
        return not answer.body.strip()
    return not reason.startswith("invalid url")


def _failure(kind: FailureKind, reason: str) -> Failure:
    return Failure(kind, "" if kind in _OPERATORS else reason)


def summary(answer: Answer) -> str:
    """The answer for a log: status, code and type, and none of the texts that could hold a prompt or a key."""
    told = first_object(answer.body)
    code = words.loggable(task.codes(told)) if told is not None else ""
    media_type = answer.content_type.partition(";")[0].strip().lower()
    kind = media_type if re.fullmatch(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,60}", media_type) else ""
    size = f"{len(answer.body)} bytes" if answer.whole else f"{len(answer.body)} bytes, cut off"
    return ", ".join(part for part in (f"HTTP {answer.status}", code, kind, size) if part)


def wait_s(answer: Answer, now: datetime) -> float | None:
    """Retry-After in seconds from now, given as seconds or as a date (RFC 9110, 10.2.3); None where absent."""
    given = answer.retry_after.strip()
    if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", given):
        return min(float(given), MOST_WAIT_S)
    try:
        moment = parsedate_to_datetime(given)
        # "-0000" is a UTC time of unknown origin, and parsed without a zone.
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (moment - now).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(max(float(math.ceil(seconds)), 0.0), MOST_WAIT_S)
