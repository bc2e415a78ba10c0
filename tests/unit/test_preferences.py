"""What a preference does: to a prompt, to what is on offer, and to whether a member hears of an end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.card import Card, CardState, Shown
from bot.domain.errors import BadPrompt, BadSetting
from bot.domain.generation import Generation, GenerationState
from bot.domain.notices import LEAST_WAIT, NEWS_FOR, OWED, TRIED, Notice, too_early, tried, unsaid, wanted
from bot.domain.preferences import BY_DEFAULT, MOST_SUFFIX, MemberPreferences, Notify, checked_suffix, with_suffix
from bot.domain.request import MOST_PROMPT, Offer, checked_prompt
from tests.rig import text_request

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
OFFER = Offer(("ray-v2", "ray-v1"), (5, 9), ("720p", "1080p"))


@pytest.mark.parametrize(
    ("prompt", "suffix", "sent"),
    [
        ("a calm sea", "35 mm film", "a calm sea 35 mm film"),
        (" a calm sea \r\n", ", 35 mm film", "a calm sea, 35 mm film"),
        ("a calm sea", None, "a calm sea"),
        ("a calm sea, 35 mm film", ", 35 mm film", "a calm sea, 35 mm film"),
        ("平静的海", "\uff0c胶片", "平静的海\uff0c胶片"),  # a Chinese comma
    ],
)
def test_a_suffix_follows_the_prompt_once(prompt: str, suffix: str | None, sent: str) -> None:
    assert with_suffix(prompt, suffix) == sent


@pytest.mark.parametrize("prompt", ["", "  \n", "\x00"])
def test_a_suffix_makes_no_prompt_of_nothing(prompt: str) -> None:
    with pytest.raises(BadPrompt):
        checked_prompt(with_suffix(prompt, "35 mm film"))


def test_what_is_too_long_only_together_is_said_to_be() -> None:
    assert len(checked_prompt(with_suffix("x" * (MOST_PROMPT - 3), "yz"))) == MOST_PROMPT
    with pytest.raises(BadSetting) as refused:
        with_suffix("x" * (MOST_PROMPT - 2), "yz")
    assert (refused.value.name, refused.value.why) == ("suffix", "too_long_together")


def test_a_prompt_that_is_too_long_by_itself_is_refused_as_such() -> None:
    with pytest.raises(BadPrompt):
        checked_prompt(with_suffix("x" * (MOST_PROMPT + 1), "yz"))


def test_a_suffix_is_kept_as_a_prompt_is() -> None:
    assert checked_suffix(" 35\x00 mm\r\n ") == "35 mm"
    assert checked_suffix(" \n") is None
    assert checked_suffix("x" * MOST_SUFFIX) == "x" * MOST_SUFFIX
    with pytest.raises(BadSetting):
        checked_suffix("x" * (MOST_SUFFIX + 1))


def test_what_is_not_sold_any_more_is_left_to_the_bot() -> None:
    liked = MemberPreferences(1, model="ray-v1", duration=9, resolution="1080p", expand_prompt=False)
    assert liked.within(OFFER) == liked
    gone = replace(liked, model="ray-v0", duration=30, resolution="8k")
    assert gone.within(OFFER) == MemberPreferences(1, expand_prompt=False)


def ended(state: GenerationState, *, after: timedelta = timedelta(minutes=1), more_parts: int = 0) -> Generation:
    generation = Generation("g1", "k", 1, 2, 3, text_request(), 1, NOON, NOON, more_parts=more_parts)
    return replace(generation, state=state, finished_at=NOON + after, notice=Notice.MENTION)


LIVE = Card(state=CardState.LIVE, message_id=7)
LATER = NOON + timedelta(minutes=1)


@pytest.mark.parametrize("state", ["completed", "failed", "expired", "lost"])
def test_an_end_that_was_waited_for_is_told(state: str) -> None:
    assert unsaid(Shown(ended(GenerationState(state)), LIVE), LATER) is None


@pytest.mark.parametrize(
    ("state", "after", "card", "now", "why"),
    [
        ("completed", LEAST_WAIT, LIVE, LATER, Notice.NOT_NEEDED),
        ("failed", LEAST_WAIT, LIVE, LATER, Notice.NOT_NEEDED),
        ("cancelled", LEAST_WAIT * 2, LIVE, LATER, Notice.NOT_NEEDED),
        ("completed", LEAST_WAIT * 2, replace(LIVE, state=CardState.GONE), LATER, Notice.NO_CARD),
        ("completed", LEAST_WAIT * 2, LIVE, LATER + NEWS_FOR + LEAST_WAIT, Notice.TOO_LATE),
    ],
)
def test_what_is_no_news_is_not_told(state: str, after: timedelta, card: Card, now: datetime, why: Notice) -> None:
    assert unsaid(Shown(ended(GenerationState(state), after=after), card), now) is why


def test_of_a_chain_the_end_is_told_and_no_part_before_it() -> None:
    assert too_early(ended(GenerationState.COMPLETED, more_parts=2))
    assert not too_early(ended(GenerationState.COMPLETED))
    assert not too_early(ended(GenerationState.FAILED, more_parts=2)), "none follows"


def test_the_ways_to_be_told() -> None:
    assert [wanted(each) for each in Notify] == [Notice.MENTION, Notice.DM, None]
    assert {tried(each) for each in OWED} == TRIED
    assert wanted(BY_DEFAULT) is Notice.MENTION
