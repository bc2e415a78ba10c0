"""Every way in which relays of this family are known, or must be expected, to misbehave, one line for each."""

from enum import StrEnum


class Operation(StrEnum):
    SUBMIT = "submit"
    EXTEND = "extend"
    GET = "get"
    VIDEO = "video"


class FaultName(StrEnum):
    # Refusals: nothing is accepted, nothing is charged.
    TOO_MANY = "429"  # JSON, no Retry-After
    TOO_MANY_RETRY_AFTER = "429_retry_after"  # with Retry-After; value: what it says (default 1)
    TOO_MANY_EMPTY = "429_empty"  # no body at all
    NO_BALANCE = "no_balance"  # 403 insufficient_quota
    NO_BALANCE_CN = "no_balance_cn"  # 403 insufficient_user_quota, in Chinese
    BAD_KEY = "bad_key"  # 401, as without a key
    MODEL_NOT_FOUND = "model_not_found"  # 503, and yet for ever
    GET_CHANNEL_FAILED = "get_channel_failed"  # 503, in the wrapper form
    ERROR_IN_200 = "200_error"  # HTTP 200 with an error body; value: a refusal's name, another code, or the body itself
    DETAIL = "detail"  # Luma's {"detail": ...}; value: a status (default 422), or {"status", "detail"}
    NOT_FOUND = "not_found"  # 400 task_not_exist
    REDIRECT = "redirect"  # 307; value: where to (default: the same call again, which is then accepted)
    CUT_BEFORE = "cut_before"  # the connection is cut before the call is accepted

    # Accepted or not: value "before" (the default) or "after" acceptance and charge.
    SERVER_ERROR = "500"  # JSON
    BAD_GATEWAY = "502_html"  # an HTML page of the CDN
    HTML = "html"  # HTTP 200 with an HTML page
    HANG = "hang"  # no answer until the client leaves

    # Accepted and charged, but the answer is no use.
    TIMEOUT_ACCEPTED = "524_html_accepted"  # the CDN's page for an answer that took too long
    EMPTY = "empty"  # HTTP 200 with no body
    HALF = "half"  # the first half of the JSON
    DOUBLED = "doubled"  # the JSON twice
    CUT_AFTER = "cut_after"  # the connection is cut instead of an answer

    # Good answers in another dress; these stack, and `slow` delays any answer.
    SLOW = "slow"  # accepted at once, answered late; value: seconds
    CREATED = "201"  # HTTP 201 instead of 200
    WRAPPER = "wrapper"  # {"code": "success", "message": "", "data": {...}}
    TASK_ID_ONLY = "task_id_only"  # {"task_id": ...} and nothing else
    NUMERIC_ID = "numeric_id"  # the id is a JSON number
    ODD_ID = "odd_id"  # the id has a slash, spaces and letters that must be escaped in a URL
    NO_ID = "no_id"  # everything but the id
    NONSENSE_CREATED_AT = "nonsense_created_at"  # value: the text (default 0001-01-01T00:00:00Z)
    STATE_SPELLING = "state_spelling"  # value: {"key", "text"}, and "while": a state, to strike in that one only
    COMPLETED_NO_URL = "completed_no_url"  # completed, video null; value: what stands there instead of null
    DOWNLOAD_URL_EMPTY = "download_url_empty"  # completed, video.url set, download_url ""
    FAIL = "fail"  # the generation fails (on get: now); value: {"key", "text"}

    # The file.
    VIDEO_403 = "video_403"  # refused, as an expired link is
    VIDEO_HALF = "video_half"  # cut in the middle
    VIDEO_WRONG_TYPE = "video_wrong_type"  # HTTP 200 with an HTML page
    VIDEO_REDIRECT = "video_redirect"  # 302; value: where to
    VIDEO_HUGE_HEADER = "video_huge_header"  # Content-Length far over any limit; value: bytes (default 10**12)
    VIDEO_ENDLESS = "video_endless"  # no Content-Length, and no end until the client leaves


PAID = frozenset({Operation.SUBMIT, Operation.EXTEND})
CALLS = PAID | {Operation.GET}
EITHER = frozenset({FaultName.SERVER_ERROR, FaultName.BAD_GATEWAY, FaultName.HTML, FaultName.HANG})
ACCEPTED = frozenset(
    {FaultName.TIMEOUT_ACCEPTED, FaultName.EMPTY, FaultName.HALF, FaultName.DOUBLED, FaultName.CUT_AFTER}
)
DRESS = frozenset(
    {
        FaultName.SLOW,
        FaultName.CREATED,
        FaultName.WRAPPER,
        FaultName.TASK_ID_ONLY,
        FaultName.NUMERIC_ID,
        FaultName.ODD_ID,
        FaultName.NO_ID,
        FaultName.NONSENSE_CREATED_AT,
        FaultName.STATE_SPELLING,
        FaultName.COMPLETED_NO_URL,
        FaultName.DOWNLOAD_URL_EMPTY,
        FaultName.FAIL,
    }
)
VIDEO_ONLY = frozenset(name for name in FaultName if name.value.startswith("video_"))
PAID_ONLY = frozenset({FaultName.TASK_ID_ONLY, FaultName.NUMERIC_ID, FaultName.ODD_ID})
COMPLETED_ONLY = frozenset({FaultName.COMPLETED_NO_URL, FaultName.DOWNLOAD_URL_EMPTY})
NEEDS_VALUE = frozenset({FaultName.SLOW, FaultName.STATE_SPELLING, FaultName.VIDEO_REDIRECT})


def reach(name: FaultName) -> frozenset[Operation]:
    """Tell which calls a fault can strike."""
    if name in VIDEO_ONLY:
        return frozenset({Operation.VIDEO})
    if name in PAID_ONLY:
        return PAID
    if name in COMPLETED_ONLY:
        return frozenset({Operation.GET})
    if (name in DRESS or name in {FaultName.HALF, FaultName.DOUBLED}) and name is not FaultName.SLOW:
        return CALLS
    return frozenset(Operation)
