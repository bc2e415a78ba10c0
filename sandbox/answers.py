"""The bodies the relay answers with: the contract's own, and the refusals as they were documented or observed."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.fault_names import FaultName
from sandbox.faults import Blow
from sandbox.orders import ViolationError
from sandbox.tasks import State, Task

CDN_PAGE = "<!DOCTYPE html><html><head><title>{status}: {title}</title></head><body>Error code {status}</body></html>"


@dataclass(frozen=True, slots=True)
class Refusal:
    status: int
    body: Mapping[str, Any]

    def response(self, headers: Mapping[str, str] | None = None) -> web.Response:
        return web.json_response(self.body, status=self.status, headers=headers)


def _error(message: str, kind: str, code: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "code": code}}


def _coded(code: str, message: str) -> dict[str, Any]:
    return {"code": code, "message": message, "data": None}


# The shapes are those of the provider's documents and of the gateway that it runs on; the wording follows them.
REFUSALS: dict[str, Refusal] = {
    "429": Refusal(429, _error("Rate limit exceeded", "rate_limit_error", "rate_limit_exceeded")),
    "no_balance": Refusal(403, _error("Insufficient quota", "insufficient_quota", "insufficient_quota")),
    "no_balance_cn": Refusal(403, _coded("insufficient_user_quota", "用户额度不足")),
    "bad_key": Refusal(401, _error("未提供令牌 (request id: 20260225)", "new_api_error", "")),
    "model_not_found": Refusal(
        503, _error("No available channel for this model (distributor)", "new_api_error", "model_not_found")
    ),
    "get_channel_failed": Refusal(
        503, _coded("get_channel_failed", "this model is temporarily unavailable, please try again later")
    ),
    "not_found": Refusal(400, _coded("task_not_exist", "task_not_exist")),
    "500": Refusal(500, _error("upstream error: do request failed", "new_api_error", "do_request_failed")),
    "no_route": Refusal(404, _error("Invalid URL", "invalid_request_error", "")),
}


def violation(error: ViolationError) -> web.Response:
    """Say which field breaks the contract, in the words and in `param`."""
    body = _error(str(error), "invalid_request_error", "invalid_request")
    body["error"]["param"] = error.field
    return web.json_response(body, status=400)


def html_page(status: int, title: str) -> web.Response:
    """Answer as the CDN in front of a relay does when the relay itself does not."""
    text = CDN_PAGE.format(status=status, title=title)
    return web.Response(status=status, text=text, content_type="text/html", headers={"Server": "cloudflare"})


def accepted_body(task: Task) -> dict[str, Any]:
    return {"id": task.told_id, "state": State.QUEUED.value, "created_at": _timestamp(task.born)}


def report_body(task: Task, state: State, urls: tuple[str, str] | None) -> dict[str, Any]:
    """Return the answer to a GET; `urls` are `url` and `download_url`, there once it is completed."""
    video = None if urls is None else {"url": urls[0], "download_url": urls[1]}
    body: dict[str, Any] = {
        "id": task.told_id,
        "state": state.value,
        "created_at": _timestamp(task.born),
        "video": video,
    }
    if state is State.FAILED:
        key = "failure_reason" if task.doom is None else task.doom.key
        text = None if task.doom is None else task.doom.text
        body |= {"error": {"message": text}} if key == "error.message" else {key: text}
    return body


def dressed(body: dict[str, Any], blow: Blow) -> tuple[int, dict[str, Any]]:
    """Return the HTTP status and the body as the faults of this call want them."""
    for fault in blow.dress:
        match fault.name:
            case FaultName.STATE_SPELLING:
                body.pop("state", None)
                body[fault.value.get("key", "state")] = fault.value.get("text", "SUCCESS")
            case FaultName.NO_ID:
                body.pop("id", None)
            case FaultName.NONSENSE_CREATED_AT:
                body["created_at"] = "0001-01-01T00:00:00Z" if fault.value is None else fault.value
            case FaultName.COMPLETED_NO_URL:
                body["video"] = fault.value
            case FaultName.DOWNLOAD_URL_EMPTY:
                body["video"]["download_url"] = ""
    if blow.dressed(FaultName.TASK_ID_ONLY) is not None:
        body = {"task_id": body.get("id")}
    if blow.dressed(FaultName.WRAPPER) is not None:
        body = {"code": "success", "message": "", "data": body}
    return (200 if blow.dressed(FaultName.CREATED) is None else 201), body


def _timestamp(seconds: float) -> str:
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
