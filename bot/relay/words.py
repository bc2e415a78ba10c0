"""The words of relays of this family, and what each means here: states, error codes and reasons."""

import re
from collections.abc import Iterable, Mapping

from bot.domain.generation import FailureKind, GenerationState

_STATES: Mapping[GenerationState, frozenset[str]] = {
    GenerationState.QUEUED: frozenset(
        {"queued", "queueing", "pending", "submitted", "created", "waiting", "not_start", "not_started", "unknown"}
    ),
    GenerationState.DREAMING: frozenset(
        {"dreaming", "processing", "in_progress", "inprogress", "running", "generating", "started", "rendering"}
    ),
    GenerationState.COMPLETED: frozenset(
        {"completed", "complete", "success", "succeeded", "succeed", "successful", "finished", "done"}
    ),
    GenerationState.FAILED: frozenset(
        {"failed", "failure", "fail", "error", "cancelled", "canceled", "rejected", "expired", "timeout"}
    ),
}
_STATE_OF = {word: state for state, words in _STATES.items() for word in words}

NO_SUCH_TASK = frozenset({"task_not_exist", "task_not_found"})
"""Codes by which a relay says that it knows no such task (new-api answers 400 with the first)."""

_REFUSALS: Mapping[str, FailureKind] = {
    "model_not_found": FailureKind.NOT_SOLD,
    "get_channel_failed": FailureKind.NOT_SOLD,
    "insufficient_quota": FailureKind.NO_BALANCE,
    "insufficient_user_quota": FailureKind.NO_BALANCE,
    "insufficient_token_quota": FailureKind.NO_BALANCE,
    "insufficient_balance": FailureKind.NO_BALANCE,
    "pre_consume_token_quota_failed": FailureKind.NO_BALANCE,
    "quota_not_enough": FailureKind.NO_BALANCE,
    "invalid_api_key": FailureKind.KEY,
    "invalid_token": FailureKind.KEY,
}
# Relays of this family often leave the code empty and say it in words, many of them in Chinese.
_REFUSING_WORDS: tuple[tuple[FailureKind, tuple[str, ...]], ...] = (
    (FailureKind.NOT_SOLD, ("no available channel", "无可用渠道")),
    (
        FailureKind.NO_BALANCE,
        (
            "insufficient quota",
            "insufficient user quota",
            "insufficient balance",
            "insufficient credits",
            "quota is not enough",
            "余额不足",
            "额度不足",
            "额度已用尽",
        ),
    ),
    (
        FailureKind.KEY,
        ("invalid api key", "invalid token", "未提供令牌", "无效的令牌", "令牌已过期", "令牌状态不可用"),
    ),
)
# In this order: a moderation's reason may also name the frames or the prompt.
_REASONS: tuple[tuple[FailureKind, tuple[str, ...]], ...] = (
    (
        FailureKind.MODERATION,
        ("blacklisted words", "moderation", "content policy", "sensitive", "敏感", "违规", "审核"),
    ),
    (
        FailureKind.UNREADABLE_IMAGE,
        ("user input frames", "failed to read image", "读取图片", "图片读取失败", "下载图片", "图片下载失败"),
    ),
    (
        FailureKind.PROMPT,
        ("prompt processing", "invalid prompt", "prompt is too", "prompt must", "user_prompt", "提示词"),
    ),
)
_SHAPE_OF_A_CODE = re.compile(r"[a-z][a-z0-9_.:-]{0,63}")


def state_of(word: str) -> GenerationState | None:
    """What a relay's word for a state means, whatever its case; None for a word that is not known."""
    return _STATE_OF.get(re.sub(r"[\s-]+", "_", word.strip().casefold()))


def known_code(codes: Iterable[str]) -> FailureKind | None:
    """Which refusal before the charge the codes name, if one."""
    return next((_REFUSALS[code] for code in codes if code in _REFUSALS), None)


def refusing_words(reason: str) -> FailureKind | None:
    """Which refusal before the charge the words name, if one."""
    return _kind(reason, _REFUSING_WORDS)


def kind_of(reason: str) -> FailureKind | None:
    """Why a relay refused or failed, from its own words; None where they are not known."""
    return refusing_words(reason) or _kind(reason, _REASONS)


def loggable(codes: Iterable[str]) -> str:
    """The first code that looks like one; a prompt, a key or a link cannot pass for it."""
    return next((code for code in codes if _SHAPE_OF_A_CODE.fullmatch(code)), "")


def _kind(reason: str, table: tuple[tuple[FailureKind, tuple[str, ...]], ...]) -> FailureKind | None:
    said = reason.casefold()
    return next((kind for kind, words in table if any(word in said for word in words)), None)
