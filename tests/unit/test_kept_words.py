"""What the audit log keeps in English is read back in the words that confirmations have, in the reader's language."""

from datetime import UTC, datetime

import pytest

from bot.domain.period import Span
from bot.domain.quota import Limit
from bot.storage import audit
from bot.ui import log_words, quota_words
from bot.ui.kept_words import told
from bot.ui.purse_words import limit_of

ENDS = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
UNIX = int(ENDS.timestamp())


@pytest.mark.parametrize("limit", [None, *(Limit(n, span) for n in (0, 1, 12_500) for span in Span)])
def test_a_limit_is_said_as_limits_are(limit: Limit | None) -> None:
    assert told(audit.told(limit)) == limit_of(limit)


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (f"blocked {audit.until(None)}", "blocked until lifted"),
        (f"blocked {audit.until(ENDS)}", f"blocked until <t:{UNIX}:f> (<t:{UNIX}:R>)"),
        ("not blocked", log_words.NOT_BLOCKED()),
        ("1 word", "1 forbidden word"),
        ("12000 words", "12,000 forbidden words"),
        ("0 credits", "0 credits"),
        ("1 credit of bonus", quota_words.BONUS_LEFT(1)),
        (f"{audit.amount(12_500)} of bonus, {audit.until(None)}", quota_words.bonus_entry(12_500, None)),
        (f"{audit.amount(5)} of bonus, {audit.until(ENDS)}", quota_words.bonus_entry(5, UNIX)),
        (
            "3 credits this day, 0 credits this week, 1 credit this month",
            quota_words.freed_entry({Span.DAY: 3, Span.WEEK: 0, Span.MONTH: 1}),
        ),
        ("uncertain", quota_words.UNCERTAIN()),
        ("lost, credits kept", "Lost, credits kept"),
        ("failed, credits given back", "Failed, credits given back"),
    ],
)
def test_a_change_is_said_as_its_confirmation_was(kept: str, said: str) -> None:
    assert told(kept) == said


@pytest.mark.parametrize("text", ["because none", "5 credits for bob", "blocked until tomorrow", ""])
def test_what_somebody_wrote_is_left_as_it_is(text: str) -> None:
    assert told(text) is None
