"""What every known answer of a relay means to the bot, and that no answer at all can make it stumble."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

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
from bot.relay import wire

SAMPLES = Path(__file__).parents[1] / "samples" / "relay"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUEUED, DREAMING = Running(GenerationState.QUEUED), Running(GenerationState.DREAMING)
CDN = "https://storage.cdn-luma.com"
LONG = f"{CDN}/dream-machine/b0d67582-c6f0-4973-a89c-3fea9d46d5e9/35049450-c008-4607-b1d0-0b025599f15d"


def refused(kind: FailureKind, detail: str = "") -> Refused:
    return Refused(Failure(kind, detail))


def answer(status: int, body: Any, **more: Any) -> wire.Answer:
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return wire.Answer(status, text.encode(), **more)


def sample(name: str) -> wire.Answer:
    told = json.loads((SAMPLES / name).read_text("utf-8"))
    body = told["body_text"] if "body_text" in told else told["body"]
    return answer(told["http_status"], body, content_type=told["headers"]["Content-Type"])


def submitted(status: int, body: Any, **more: Any) -> Submission:
    return wire.submission(answer(status, body, **more), NOW)


def reported(status: int, body: Any, relay_id: str = "t1", **more: Any) -> Report:
    return wire.report(answer(status, body, **more), relay_id, NOW)


NO_CHANNEL = "No available channel for model ray-v2 under group default (distributor) (request id: x)"
WAN = "model wan2.2-t2v-plus is temporarily unavailable, please try again later"
AFTER_A_SUBMIT: dict[str, Submission | str] = {
    "cr_err_401_observed.json": refused(FailureKind.KEY),
    "cr_err_403_quota_docs.json": refused(FailureKind.NO_BALANCE),
    "cr_err_429_docs.json": "NotSent",
    "cr_get_completed.json": Accepted("luma_gen_abc123"),
    "cr_submit_queued.json": Accepted("luma_gen_abc123"),
    "cr_task_err_no_channel.json": refused(FailureKind.NOT_SOLD, WAN),
    "cr_task_err_not_exist.json": refused(FailureKind.REFUSED, "task_not_exist"),
    "err_429_empty_body.json": "NotSent",
    "err_cloudflare_html_524.json": "Unanswered",
    "err_luma_detail_str.json": refused(FailureKind.KEY),
    "err_newapi_503_no_channel.json": refused(FailureKind.NOT_SOLD, NO_CHANNEL),
    "relay_extend_pending.json": Accepted("749d328e-4fd0-43a8-8c89-32394d60da69"),
    "relay_get_completed_2024_11.json": Accepted("77aae5b1-7e0e-4038-9e8d-d59a0dd79b5e"),
    "relay_get_completed_no_url.json": Accepted("4665a07c-7641-4809-a133-10786201bb56"),
    "relay_get_failed_moderation_words.json": Accepted("4665a07c-7641-4809-a133-10786201bb56"),
    "relay_get_failed_no_reason.json": Accepted("4665a07c-7641-4809-a133-10786201bb56"),
    "relay_get_processing.json": Accepted("9d4b7516-77e5-481a-b015-48313946f33b"),
    "relay_submit_pending_2024_12.json": Accepted("4665a07c-7641-4809-a133-10786201bb56"),
    "relay_submit_taskid_only.json": Accepted("90254e88-2591-4007-99b8-9ee442b54b9b"),
}
AFTER_A_LOOK: dict[str, Report | str] = {
    "cr_err_401_observed.json": "Unavailable",
    "cr_err_403_quota_docs.json": "Unavailable",
    "cr_err_429_docs.json": "Unavailable",
    "cr_get_completed.json": Succeeded(f"{CDN}/..."),
    "cr_submit_queued.json": QUEUED,
    "cr_task_err_no_channel.json": "Unavailable",
    "cr_task_err_not_exist.json": NotFound(),
    "err_429_empty_body.json": "Unavailable",
    "err_cloudflare_html_524.json": "Unavailable",
    "err_luma_detail_str.json": "Unavailable",
    "err_newapi_503_no_channel.json": "Unavailable",
    "relay_extend_pending.json": QUEUED,
    "relay_get_completed_2024_11.json": Succeeded(f"{CDN}/x/clean.mp4"),
    "relay_get_completed_no_url.json": Succeeded(f"{LONG}/video0b6619468da8e409da860706bbf26bbad.mp4"),
    "relay_get_failed_moderation_words.json": Failed(Failure(FailureKind.MODERATION, "Contains blacklisted words")),
    "relay_get_failed_no_reason.json": Failed(Failure(FailureKind.UNKNOWN)),
    "relay_get_processing.json": DREAMING,
    "relay_submit_pending_2024_12.json": QUEUED,
    "relay_submit_taskid_only.json": "Unavailable",
}


def test_every_sample_has_its_meaning() -> None:
    """A sample that is added must be said what it means, for both kinds of calls."""
    names = {path.name for path in SAMPLES.glob("*.json")}
    assert names == AFTER_A_SUBMIT.keys() == AFTER_A_LOOK.keys()


@pytest.mark.parametrize(("name", "meaning"), AFTER_A_SUBMIT.items())
def test_a_known_answer_to_a_paid_request(name: str, meaning: Submission | str) -> None:
    outcome = wire.submission(sample(name), NOW)
    assert (type(outcome).__name__ if isinstance(meaning, str) else outcome) == meaning


@pytest.mark.parametrize(("name", "meaning"), AFTER_A_LOOK.items())
def test_a_known_answer_to_a_question(name: str, meaning: Report | str) -> None:
    outcome = wire.report(sample(name), "another", NOW)
    assert (type(outcome).__name__ if isinstance(meaning, str) else outcome) == meaning


REQUEST = GenerationRequest(
    kind=Kind.TEXT, prompt="a cat", model="ray-v2", duration=5, resolution="720p", expand_prompt=True
)


def test_a_request_has_exactly_the_contracts_fields() -> None:
    call = wire.paid_call(REQUEST)
    assert call is not None
    assert call.path == "/luma/generations"
    assert json.loads(call.body) == {
        "user_prompt": "a cat",
        "model_name": "ray-v2",
        "duration": "5",
        "resolution": "720p",
        "expand_prompt": True,
    }


def test_pictures_are_named_only_where_there_are_some() -> None:
    images = {"kind": Kind.IMAGE, "image_url": "https://x/1.png", "end_image_url": "https://x/2.png"}
    for given in (images, {**images, "end_image_url": None}):
        fields = {name: getattr(REQUEST, name) for name in ("prompt", "model", "duration", "resolution")}
        call = wire.paid_call(GenerationRequest(**fields, expand_prompt=False, **given))
        assert call is not None
        sent = json.loads(call.body)
        assert sent["image_url"] == "https://x/1.png"
        assert sent.get("image_end_url") == given["end_image_url"]
        assert ("image_end_url" in sent) == (given["end_image_url"] is not None)


def extension(parent: str | None) -> GenerationRequest:
    return GenerationRequest(Kind.EXTEND, "go on", "ray-v2", 5, "720p", True, parent_relay_id=parent)


def test_an_extension_names_its_parent_in_the_path_and_only_the_prompt_in_the_body() -> None:
    call = wire.paid_call(extension("gen/1 ü?#%2F"))
    assert call == wire.PaidCall("/luma/generations/gen%2F1%20%C3%BC%3F%23%252F/extend", b'{"user_prompt": "go on"}')


@pytest.mark.parametrize("parent", [None, "", " ", ".", "..", "a\nb", "\ud800", "x" * 513])
def test_an_extension_of_nothing_is_no_request(parent: str | None) -> None:
    assert wire.paid_call(extension(parent)) is None


@pytest.mark.parametrize(
    ("body", "relay_id"),
    [
        ({"id": 7412345678901230001}, "7412345678901230001"),
        ('{"id": 1' + "0" * 400 + "}", "1" + "0" * 400),
        ({"id": "", "task_id": "abc"}, "abc"),
        ({"id": None, "task_id": "abc"}, "abc"),
        ({"id": 12, "task_id": "0b5c-uuid"}, "0b5c-uuid"),
        ({"id": "gen-x", "task_id": "other"}, "gen-x"),
        ({"code": "success", "message": "", "data": {"id": "abc"}}, "abc"),
        ({"code": 200, "data": {"data": {"task_id": "abc"}}}, "abc"),
        ({"code": "success", "data": [{"id": "abc"}]}, "abc"),
        ([{"id": "abc"}], "abc"),
        ({"code": "SUCCESS", "message": "", "data": "90254e88-2591"}, "90254e88-2591"),
        ('\ufeff  {"id": "abc"}', "abc"),
        ('{"id": "abc"}{"id": "def"}', "abc"),
        ({"id": "abc", "state": "failed", "failure_reason": "insufficient quota"}, "abc"),
    ],
)
def test_an_id_is_found_wherever_relays_put_it(body: Any, relay_id: str) -> None:
    assert submitted(201, body) == Accepted(relay_id)


@pytest.mark.parametrize("cut", range(len('{"id": "abc", "sta')))
def test_an_id_is_taken_from_a_cut_answer_only_when_it_stands_whole(cut: int) -> None:
    text = '{"id": "abc", "sta'[:cut]
    outcome = submitted(200, text, whole=False)
    assert outcome == Accepted("abc") if cut >= len('{"id": "abc"') else isinstance(outcome, Unanswered)


@pytest.mark.parametrize(
    ("text", "relay_id"),
    [
        ('{"id": 123', None),
        ('{"id": 123, "st', "123"),
        ('{"data": {"id": "abc", "state": "que', "abc"),
        ('{"data": {"user": {"id": "abc", "na', None),
        ('{"note": "\\"id\\": \\"abc\\",', None),
        ('{"note": "a, b", "id": "abc", "x": "y, z', "abc"),
        ('{"state": "queued", "id": "abc"', "abc"),
        ('{"state": "queued", "id": "abc}', None),
        ('{"id": "abc\\"', None),
        ('{"id": "abc", "x": "y\\', "abc"),
        ("[" * 100_000, None),
        ('{"a":' * 100_000, None),
    ],
)
def test_what_a_cut_answer_still_says(text: str, relay_id: str | None) -> None:
    outcome = submitted(200, text, whole=False)
    assert outcome == Accepted(relay_id) if relay_id else isinstance(outcome, Unanswered)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "null",
        "",
        '"abc"',
        {"id": "  "},
        {"id": True},
        {"id": ".."},
        {"id": {}},
        {"code": []},
        {"code": "success", "data": "all well"},
    ],
)
def test_a_good_answer_without_an_id_is_uncertain(body: Any) -> None:
    assert isinstance(submitted(200, body), Unanswered)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Unanswered),
        (204, Unanswered),
        (303, Unanswered),
        (307, Refused),
        (400, Refused),
        (403, Refused),
        (404, Refused),
        (408, Unanswered),
        (422, Refused),
        (429, NotSent),
        (499, Unanswered),
        (500, Unanswered),
        (501, Unanswered),
        (502, Unanswered),
        (503, Unanswered),
        (504, Unanswered),
        (524, Unanswered),
        (599, Unanswered),
    ],
)
@pytest.mark.parametrize("body", ["", "<html>", "{", {"error": {"message": "no", "code": "who_knows"}}])
def test_the_status_decides_where_the_body_names_nothing(status: int, outcome: type[Submission], body: Any) -> None:
    assert isinstance(submitted(status, body), outcome)


@pytest.mark.parametrize("status", [200, 400, 403, 429, 500, 503])
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": {"code": "model_not_found"}}, FailureKind.NOT_SOLD),
        ({"code": "GET_CHANNEL_FAILED", "data": None}, FailureKind.NOT_SOLD),
        ({"error": {"code": "", "message": "当前分组 default 下对于模型 ray-v2 无可用渠道"}}, FailureKind.NOT_SOLD),
        ({"error": {"type": "insufficient_quota"}}, FailureKind.NO_BALANCE),
        ({"code": "insufficient_user_quota", "message": "用户额度不足"}, FailureKind.NO_BALANCE),
        ({"code": "quota_not_enough", "message": "user quota is not enough"}, FailureKind.NO_BALANCE),
        ({"error": {"message": "该令牌额度已用尽", "code": ""}}, FailureKind.NO_BALANCE),
        ({"error": {"message": "无效的令牌", "code": ""}}, FailureKind.KEY),
        ({"error": "invalid_api_key"}, FailureKind.KEY),
    ],
)
def test_a_refusal_before_the_charge_is_one_whatever_its_status(status: int, body: Any, kind: FailureKind) -> None:
    outcome = submitted(status, body)
    assert isinstance(outcome, Refused)
    assert outcome.failure.kind is kind


def test_words_about_the_operators_account_are_not_shown_to_members() -> None:
    body = {"error": {"message": "额度不足, sk-ab***yz, 剩余额度: $0.01", "code": "insufficient_user_quota"}}
    assert submitted(403, body) == refused(FailureKind.NO_BALANCE)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("Contains blacklisted words", FailureKind.MODERATION),
        ("FRAME MODERATION FAILED", FailureKind.MODERATION),
        ("Advanced prompt moderation failed", FailureKind.MODERATION),
        ("内容审核未通过", FailureKind.MODERATION),
        ("Failed to read user input frames", FailureKind.UNREADABLE_IMAGE),
        ("Prompt processing failed", FailureKind.PROMPT),
        ("something else", FailureKind.UNKNOWN),
    ],
)
@pytest.mark.parametrize("key", ["failure_reason", "fail_reason", "message", "error.message", "error", "detail"])
def test_a_failures_reason_is_known_wherever_it_stands(key: str, reason: str, kind: FailureKind) -> None:
    said = {"error": {"message": reason}} if key == "error.message" else {key: reason}
    assert reported(200, {"id": "t1", "state": "failed", **said}) == Failed(Failure(kind, reason))
    kind = FailureKind.REFUSED if kind is FailureKind.UNKNOWN else kind
    assert submitted(400, said) == refused(kind, reason)


@pytest.mark.parametrize("reason", [None, "", "  ", 7, ["x"], {"a": "b"}, "null", "success"])
def test_a_failure_without_a_reason_is_a_failure_all_the_same(reason: object) -> None:
    outcome = reported(200, {"id": "t1", "state": "failed", "failure_reason": reason})
    assert isinstance(outcome, Failed)
    assert outcome.failure.kind is FailureKind.UNKNOWN


def test_a_reason_is_one_short_line_that_can_be_stored() -> None:
    outcome = reported(200, {"id": "t1", "state": "failed", "failure_reason": "a\n\x1b[31m\u202eb" + "c" * 400})
    assert isinstance(outcome, Failed)
    assert outcome.failure.detail == "a [31mb" + "c" * 293
    text = r'{"id": "t1", "state": "failed", "failure_reason": "x\ud800y"}'
    assert reported(200, text) == Failed(Failure(FailureKind.UNKNOWN, "xy"))


@pytest.mark.parametrize(
    ("word", "standing"),
    [
        ("queued", QUEUED),
        ("PENDING", QUEUED),
        ("NOT_START", QUEUED),
        ("a new word", QUEUED),
        ("Dreaming", DREAMING),
        ("processing", DREAMING),
        ("IN_PROGRESS", DREAMING),
        ("in progress", DREAMING),
        ("completed", Finishing()),
        ("SUCCESS", Finishing()),
        (" Succeeded ", Finishing()),
        ("failed", Failed(Failure(FailureKind.UNKNOWN))),
        ("FAILURE", Failed(Failure(FailureKind.UNKNOWN))),
    ],
)
@pytest.mark.parametrize("key", ["state", "status", "task_status"])
@pytest.mark.parametrize("wrappers", [0, 1, 2])
def test_a_state_is_read_in_every_spelling_and_place(key: str, word: str, standing: Report, wrappers: int) -> None:
    body: dict[str, Any] = {"id": "t1", key: word}
    for _ in range(wrappers):
        body = {"code": "success", "message": "", "data": body}
    assert reported(200, body) == standing


@pytest.mark.parametrize(
    ("body", "standing"),
    [
        ({"status": "success", "data": {"state": "processing"}}, DREAMING),
        ({"id": "req-1", "status": "success", "data": {"id": "t1", "state": "queued"}}, QUEUED),
        (
            {
                "code": "success",
                "data": {"task_id": "t1", "status": "FAILURE", "data": {"id": "u", "state": "dreaming"}},
            },
            Failed(Failure(FailureKind.UNKNOWN)),
        ),
        ({"id": "t1", "status": 200, "task_status": "processing"}, DREAMING),
        ({"id": "t1", "state": None}, QUEUED),
        ({"id": "t1"}, QUEUED),
    ],
)
def test_the_tasks_own_state_counts_and_not_its_wrappers(body: Any, standing: Report) -> None:
    assert reported(200, body) == standing


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>",
        '{"id": "t1", "state": "compl',
        "null",
        {},
        {"status": "error", "message": "try again"},
        {"status": "failed", "data": None},
        {"id": "t1", "error": {"message": "database is busy"}},
        {"code": "insufficient_quota"},
    ],
)
def test_an_answer_that_says_nothing_of_the_task_says_nothing(body: Any) -> None:
    """A video is never given up for an answer that speaks of the call only."""
    assert isinstance(reported(200, body), Unavailable)


@pytest.mark.parametrize("status", [401, 403, 408, 429, 500, 502, 503, 524, 307])
@pytest.mark.parametrize("body", ["", "<html>", {"id": "t1", "state": "failed"}])
def test_a_bad_status_says_nothing_of_the_task(status: int, body: Any) -> None:
    said = wire.summary(answer(status, body))
    assert reported(status, body, retry_after="3") == Unavailable(said, retry_after_s=3.0, busy=status == 429)


@pytest.mark.parametrize(
    ("status", "body", "standing"),
    [
        (400, {"code": "task_not_exist", "message": "task_not_exist", "data": None}, NotFound),
        (200, {"code": "task_not_exist"}, NotFound),
        (404, {"detail": "Generation not found"}, NotFound),
        (404, "", NotFound),
        (404, "<html>404</html>", Unavailable),
        (404, "404 page not found", Unavailable),
        (404, {"error": {"message": "Invalid URL (GET /x/luma/generations/t1)"}}, Unavailable),
        (400, {"error": {"message": "bad request"}}, Unavailable),
    ],
)
def test_only_the_relay_itself_can_say_that_there_is_no_such_task(
    status: int, body: Any, standing: type[Report]
) -> None:
    """A wrong address in the settings must not end every video that runs."""
    assert isinstance(reported(status, body), standing)


def test_an_empty_answer_that_broke_off_does_not_say_that_there_is_no_such_task() -> None:
    assert isinstance(reported(404, "", whole=False), Unavailable)


@pytest.mark.parametrize(
    ("more", "url"),
    [
        ({"video": {"url": "https://a/w.mp4", "download_url": "https://a/c.mp4?s=1%2F2"}}, "https://a/c.mp4?s=1%2F2"),
        ({"video": {"url": "https://a/w.mp4", "download_url": ""}}, "https://a/w.mp4"),
        ({"video": {"url": "https://a/w.mp4", "download_url": "soon"}}, "https://a/w.mp4"),
        ({"video": None, "video_raw": {"url": "https://a/raw.mp4"}}, "https://a/raw.mp4"),
        ({"artifact": {"video": {"download_url": "https://a/c.mp4"}}}, "https://a/c.mp4"),
        ({"video": "https://a/v.mp4"}, "https://a/v.mp4"),
        ({"videos": [{"url": "https://a/1.mp4"}, {"url": "https://a/2.mp4"}]}, "https://a/1.mp4"),
        ({"output": ["https://a/o.mp4"]}, "https://a/o.mp4"),
        ({"data": {"video_url": "http://a/d.mp4"}}, "http://a/d.mp4"),
        ({"video": {"url": "ftp://a/v.mp4"}}, None),
        ({"video": {"url": "https:///v.mp4"}}, None),
        ({"video": {"url": "https://[bad/v.mp4"}}, None),
        ({"video": {"url": "https://a/two words.mp4"}}, None),
        ({"video": {"url": "javascript:alert(1)"}}, None),
        ({"video": {"url": "https://a/" + "x" * 9000}}, None),
        ({"video": []}, None),
        ({"thumbnail": {"url": "https://a/t.jpg"}, "last_frame": {"url": "https://a/l.jpg"}}, None),
    ],
)
def test_the_link_is_found_or_awaited(more: dict[str, Any], url: str | None) -> None:
    outcome = reported(200, {"id": "t1", "state": "completed", **more})
    assert outcome == (Succeeded(url) if url else Finishing())


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("", None),
        ("7", 7.0),
        (" 1.5 ", 1.5),
        ("0", 0.0),
        ("999999", 3600.0),
        ("-5", None),
        ("nan", None),
        ("1e9", None),
        ("٣", None),
        ("soon", None),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30.0),
        ("Sun, 01 Mar 2026 12:00:30 -0000", 30.0),
        ("Sun, 01 Mar 2026 13:00:30 +0100", 30.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("Sun, 01 Mar 2099 11:00:00 GMT", 3600.0),
        ("Sun, 99 Mar 2026 11:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(given: str, seconds: float | None) -> None:
    outcome = submitted(429, "", retry_after=given)
    assert isinstance(outcome, NotSent)
    assert outcome.retry_after_s == seconds


def test_a_log_line_about_an_answer_repeats_none_of_its_texts() -> None:
    body = {"error": {"message": "sk-123 a prompt https://x/?sig=1", "code": "A prompt", "type": "odd_type"}}
    told = answer(500, body, content_type="application/json; charset=utf-8")
    assert wire.summary(told) == f"HTTP 500, odd_type, application/json, {len(told.body)} bytes"
    assert "prompt" not in repr(told)
