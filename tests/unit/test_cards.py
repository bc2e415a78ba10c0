"""A card says in one word how a video stands, and stays within Discord's limits whatever was asked for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simcord.components import validate_components, walk_components

from bot.domain.camera import Camera
from bot.domain.card import Card, Shown
from bot.domain.generation import Failure, FailureKind, Generation, GenerationRequest, GenerationState, Kind
from bot.domain.request import MOST_PROMPT, Offer
from bot.ui import words
from bot.ui.cards import card
from bot.ui.language import speaking

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
OFFER = Offer(models=("ray-v2", "ray-v1"), durations=(5, 9), resolutions=("720p", "1080p"))
LINK = "https://cdn.example/video.mp4"
V2_FLAG = 1 << 15
S = GenerationState


def request(prompt: str = "a calm sea", **changes: Any) -> GenerationRequest:
    plain = GenerationRequest(Kind.TEXT, prompt, "ray-v2", 5, "720p", expand_prompt=True)
    return replace(plain, **changes)


def generation(state: GenerationState, asked: GenerationRequest | None = None, **facts: Any) -> Generation:
    return replace(
        Generation("gen0001", "interaction:1", 10, 20, 30, asked or request(), 1, NOON, NOON, state=state), **facts
    )


def completed(asked: GenerationRequest | None = None, **facts: Any) -> Generation:
    known = {"relay_id": "task", "video_url": LINK, "finished_at": NOON + timedelta(minutes=2, seconds=13)} | facts
    return generation(S.COMPLETED, asked, **known)


def drawn(of: Generation, place: int | None = None, *, away: bool = False, **extra: Any) -> list[dict[str, Any]]:
    """The card as Discord gets it, after SimCord's checks of what Discord takes."""
    view = card(Shown(of, Card(), place, away=away), offer=OFFER, expand_prompt=True, **extra)
    payload: Any = view.to_components()  # type: ignore[no-untyped-call]  # discord.py leaves it untyped
    return validate_components(payload, flags=V2_FLAG)


def text(of: Generation, **extra: Any) -> str:
    return "\n".join(part["content"] for part in walk_components(drawn(of, **extra)) if part["type"] == 10)


def buttons(of: Generation) -> dict[str, dict[str, Any]]:
    return {part["label"]: part for part in walk_components(drawn(of)) if part["type"] == 2}


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (S.WAITING, "Waiting"),
        (S.SUBMITTING, "Waiting"),
        (S.QUEUED, "Queued"),
        (S.DREAMING, "Dreaming"),
        (S.COMPLETED, "Completed"),
        (S.FAILED, "Failed"),
        (S.CANCELLED, "Cancelled"),
        (S.EXPIRED, "Expired"),
        (S.UNCERTAIN, "Uncertain"),
        (S.LOST, "Lost"),
    ],
)
def test_a_card_says_one_word_for_each_state(state: GenerationState, word: str) -> None:
    head = text(generation(state)).splitlines()[0]
    assert head.split()[0] == "###"
    assert head.split()[2:] == [word]


def test_a_card_that_waits_says_that_the_relay_is_away_and_what_a_cancel_gives_back() -> None:
    waiting = generation(S.WAITING)
    assert words.AWAY_WAITING() not in text(waiting)
    told = text(waiting, away=True)
    assert words.AWAY_WAITING() in told
    assert words.SAYS[S.WAITING]() not in told
    assert {"Cancel"} < set(buttons(waiting))
    third = text(waiting, place=3, away=True)
    assert words.AWAY_WAITING() in third
    assert words.IN_LINE(place="3") in third


@pytest.mark.parametrize("state", [S.QUEUED, S.DREAMING])
def test_a_card_that_runs_says_that_the_relay_is_away_in_place_of_when_it_is_done(state: GenerationState) -> None:
    running = generation(state, submitted_at=NOON)
    told = text(running, away=True, usually=NOON, late=True)
    assert words.AWAY_STARTED(started=int(NOON.timestamp())) in told
    assert "usually" not in told
    assert "longer" not in told


@pytest.mark.parametrize("state", sorted(set(S) - {S.WAITING, S.QUEUED, S.DREAMING}))
def test_no_other_card_speaks_of_the_relay(state: GenerationState) -> None:
    assert text(generation(state), away=True) == text(generation(state))


def test_a_card_shows_the_prompt_who_asked_and_when() -> None:
    shown = text(generation(S.WAITING))
    assert "> a calm sea" in shown
    assert f"<@30> <t:{int(NOON.timestamp())}:R>" in shown


def test_only_options_that_differ_from_the_defaults_are_told() -> None:
    assert not any(each in text(generation(S.WAITING)) for each in ("ray-v2", "720p", "5 s", "prompt"))
    other = request(model="ray-v1", duration=9, resolution="1080p", expand_prompt=False)
    assert "ray-v1 · 9 s · 1080p · prompt as written" in text(generation(S.WAITING, other))


def test_frames_and_parts_are_told() -> None:
    first = request(kind=Kind.IMAGE, image_url="https://cdn.example/a.png")
    assert "first frame" in text(generation(S.WAITING, first))
    both = replace(first, end_image_url="https://cdn.example/b.png")
    assert "first and last frame" in text(generation(S.WAITING, both))
    third = request(kind=Kind.EXTEND, part=3, model="ray-v1")
    assert "part 3" in text(generation(S.WAITING, third))
    assert "ray-v1" not in text(generation(S.WAITING, third))  # inherited, not chosen


def test_a_completed_card_plays_the_video_and_links_it() -> None:
    shown = drawn(completed(), attached="gen0001.mp4")
    gallery = next(part for part in walk_components(shown) if part["type"] == 12)
    assert gallery["items"][0]["media"]["url"] == "attachment://gen0001.mp4"
    assert gallery["items"][0]["description"] == "a calm sea"
    assert f"[link]({LINK})" in text(completed(), attached="gen0001.mp4")
    assert words.LINK() not in text(completed(), attached="gen0001.mp4")  # the button says that
    assert words.NOT_ATTACHED() not in text(completed(), attached="gen0001.mp4")
    assert buttons(completed())["Open video"]["url"] == LINK
    assert buttons(completed())["Extend"]["custom_id"] == "dreamreel:extend:gen0001"
    assert "took 2 min 13 s" in text(completed())


def test_a_video_that_is_not_attached_is_linked_with_a_kind_line() -> None:
    shown = text(completed())
    assert words.NOT_ATTACHED() in shown
    assert LINK in shown


def test_a_signed_link_too_long_for_a_button_stands_in_the_text() -> None:
    long = LINK + "?signature=" + "a" * 2_000
    assert f"[{words.LINK()}]({long})" in text(completed(video_url=long))
    assert set(buttons(completed(video_url=long))) == {"Extend", "Again", "Remix", "⋯ More"}


def test_a_link_that_is_no_web_address_is_shown_as_text_only() -> None:
    odd = completed(video_url="ftp://cdn.example/[a](b)")
    assert r"ftp\://cdn.example/\[a\]\(b\)" in text(odd)
    assert set(buttons(odd)) == {"Extend", "Again", "Remix", "⋯ More"}


@pytest.mark.parametrize("state", S)
def test_each_state_has_the_buttons_that_help_in_it(state: GenerationState) -> None:
    failed = {"Try again", "Remix", "⋯ More"}
    expected = {
        S.WAITING: {"Cancel", "⋯ More"},
        S.COMPLETED: {"Open video", "Extend", "Again", "Remix", "⋯ More"},
        **dict.fromkeys((S.FAILED, S.CANCELLED, S.EXPIRED, S.LOST), failed),
    }
    assert set(buttons(generation(state, relay_id="task", video_url=LINK))) == expected.get(state, {"⋯ More"})


def test_no_row_has_more_buttons_than_discord_takes() -> None:
    rows = [part for part in walk_components(drawn(completed())) if part["type"] == 1]
    assert all(len(row["components"]) <= 5 for row in rows)


@pytest.mark.parametrize(
    ("state", "facts", "line"),
    [
        (S.WAITING, {}, "● **Waiting** → Queued → Dreaming → Done"),
        (S.SUBMITTING, {}, "● **Waiting** → Queued → Dreaming → Done"),
        (S.QUEUED, {"relay_id": "t"}, "Waiting → ● **Queued** → Dreaming → Done"),
        (S.DREAMING, {"relay_id": "t"}, "Waiting → Queued → ● **Dreaming** → Done"),
        (S.COMPLETED, {"relay_id": "t"}, "Waiting → Queued → Dreaming → ✓ **Done**"),
        (S.FAILED, {}, "Waiting → ✕ **Failed**"),
        (S.FAILED, {"relay_id": "t"}, "Waiting → Queued → ✕ **Failed**"),
        (S.CANCELLED, {}, "Waiting → ✕ **Cancelled**"),
        (S.EXPIRED, {"relay_id": "t"}, "Waiting → Queued → ✕ **Expired**"),
        (S.UNCERTAIN, {}, "Waiting → ? **Uncertain**"),
        (S.LOST, {}, "Waiting → ? **Lost**"),
    ],
)
def test_the_line_of_steps_marks_the_present_one_by_a_sign_and_in_bold(
    state: GenerationState, facts: dict[str, Any], line: str
) -> None:
    shown = text(generation(state, **facts)).splitlines()[1]
    assert shown.replace("\u00a0", " ") == f"-# {line}"


@pytest.mark.parametrize("language", ["en", "es", "ru", "zh_Hans"])
def test_the_line_of_steps_is_parted_before_an_arrow_only(language: str) -> None:
    with speaking(language):
        line = text(generation(S.DREAMING, relay_id="t")).splitlines()[1]
    assert line.count(" ") == line.count(" →") + 1  # that of the small print's mark


@pytest.mark.parametrize("camera", Camera)
def test_the_camera_has_a_line_of_its_own(camera: Camera) -> None:
    assert f"🎥 Camera: {camera}" in text(generation(S.WAITING, request(camera=camera))).splitlines()
    assert "Camera" not in text(generation(S.WAITING))


def test_a_camera_of_another_version_is_only_text() -> None:
    assert r"🎥 Camera: \*loop\*" in text(generation(S.WAITING, request(camera="*loop*")))


@pytest.mark.parametrize(("of_server", "asked", "hidden"), [(0, 0, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)])
def test_a_video_is_hidden_where_the_server_or_the_member_wants_it(of_server: int, asked: int, hidden: int) -> None:
    shown = drawn(completed(request(spoiler=bool(asked))), attached="a.mp4", spoiler=bool(of_server))
    gallery = next(part for part in walk_components(shown) if part["type"] == 12)
    assert gallery["items"][0].get("spoiler", False) is bool(hidden)


def test_a_long_prompt_is_cut_to_a_few_lines() -> None:
    quote = [each for each in text(generation(S.QUEUED, request("word " * 900))).splitlines() if each.startswith("> ")]
    assert len(quote) <= 8
    assert sum(map(len, quote)) <= 400
    assert quote[-1].endswith("…")


def test_a_card_that_waits_behind_others_tells_its_place() -> None:
    assert "It is number 3 in line" in text(generation(S.WAITING), place=3)
    assert "in line" not in text(generation(S.WAITING), place=1)


@pytest.mark.parametrize(("price", "told"), [(1, "1 credit"), (4, "4 credits"), (0, "0 credits")])
def test_a_card_tells_its_price(price: int, told: str) -> None:
    assert told in text(generation(S.WAITING, price=price))
    assert told in text(completed(price=price))


OF_LOST_ONES = {FailureKind.UNTRACED, FailureKind.UNTRACED_CHARGED}


@pytest.mark.parametrize("kind", sorted(OF_LOST_ONES))
def test_a_lost_card_says_what_was_found_out(kind: FailureKind) -> None:
    shown = text(generation(S.LOST, failure=Failure(kind), finished_at=NOON))
    assert words.FAILURES[kind]() in shown
    assert words.SAYS[S.LOST]() not in shown


@pytest.mark.parametrize("kind", sorted(set(FailureKind) - OF_LOST_ONES))
def test_a_failed_card_says_why_and_that_it_cost_nothing(kind: FailureKind) -> None:
    shown = text(generation(S.FAILED, failure=Failure(kind, "blocked: **x** @everyone"), finished_at=NOON))
    assert words.FAILURES[kind]() in shown
    assert "It cost you nothing." in shown
    assert r"blocked\: \*\*x\*\* \@everyone" in shown


@pytest.mark.parametrize("state", [S.FAILED, S.CANCELLED, S.EXPIRED, S.UNCERTAIN, S.LOST])
def test_what_ended_badly_says_what_it_cost_and_what_can_be_done(state: GenerationState) -> None:
    shown = text(generation(state))
    assert any(word in shown for word in ("cost you nothing", "credits"))
    assert "ask" in shown


def test_an_uncertain_one_is_said_never_to_be_sent_again() -> None:
    assert "will not be sent again" in text(generation(S.UNCERTAIN))


STARTED = NOON + timedelta(seconds=20)
AT = int(STARTED.timestamp())


@pytest.mark.parametrize("state", [S.QUEUED, S.DREAMING])
def test_a_card_says_when_it_started_and_when_it_is_usually_done_in_times_that_tick(state: GenerationState) -> None:
    usually = NOON + timedelta(seconds=83.5)  # told in whole seconds, and not too early
    being_made = generation(state, submitted_at=STARTED)
    shown = text(being_made, usually=usually)
    assert f"Started <t:{AT}:R> · usually done <t:{int(NOON.timestamp()) + 84}:R>" in shown
    assert f"Started <t:{AT}:R> · most videos take a few minutes" in text(being_made)


def test_one_that_is_late_says_so_and_names_no_usual_time_any_more() -> None:
    shown = text(generation(S.DREAMING, submitted_at=STARTED), late=True, usually=NOON)
    assert f"Started <t:{AT}:R> · this one is taking longer than usual." in shown
    assert "usually done" not in shown


@pytest.mark.parametrize("state", [state for state in S if state not in {S.QUEUED, S.DREAMING}])
def test_only_what_is_being_made_has_a_usual_time(state: GenerationState) -> None:
    assert "usual" not in text(generation(state, finished_at=NOON), usually=NOON, late=True)


def test_a_second_message_says_why_there_are_two() -> None:
    assert words.REPOSTED() in text(completed(), reposted=True)


def test_a_mention_or_a_link_in_a_prompt_is_only_text() -> None:
    shown = text(generation(S.WAITING, request("<@1> @everyone [x](https://evil.example) \u202e# big")))
    assert r"> \<\@1\> \@everyone \[x\]\(https\://evil.example\) \# big" in shown


@pytest.mark.parametrize("character", ["a", "*", "\n", "字", "🎬", "[\n", "\u202e*"])
@pytest.mark.parametrize("state", list(S))
def test_the_longest_prompt_fits(character: str, state: GenerationState) -> None:
    prompt = ("x" + character * MOST_PROMPT)[:MOST_PROMPT]
    facts = {"failure": Failure(FailureKind.REFUSED, character * 4_000), "finished_at": NOON}
    url = LINK + "?s=" + "*" * 2_500
    shown = text(generation(state, request(prompt), relay_id="t", video_url=url, **facts), reposted=True)
    assert len(shown) < 4_000
    assert len(shown.encode()) < 10_000
    assert "> " in shown


@settings(max_examples=150)
@given(
    st.text(min_size=3, max_size=MOST_PROMPT),
    st.text(max_size=600),
    st.sampled_from(list(S)),
    st.integers(0, 4_000),
    st.booleans(),
)
def test_any_card_is_one_that_discord_takes(
    prompt: str, detail: str, state: GenerationState, length: int, whole: bool
) -> None:
    asked = request(prompt, kind=Kind.EXTEND if whole else Kind.TEXT, model=prompt[:100])
    failure = Failure(FailureKind.UNKNOWN, detail)
    facts: dict[str, Any] = {"relay_id": "t", "video_url": LINK + "?" + "s" * length, "failure": failure}
    of = generation(state, asked, **facts)
    for part in walk_components(drawn(of, attached="a.mp4" if whole else None, reposted=whole)):
        assert part["type"] != 2 or part["style"] == 5 or part["custom_id"].startswith("dreamreel:")
    assert len(text(of).encode("utf-16-le")) // 2 < 4_000


def test_every_call_draws_a_fresh_view_that_never_times_out() -> None:
    shown = Shown(completed(), Card())
    views = [card(shown, offer=OFFER, expand_prompt=True) for _ in range(2)]
    assert views[0] is not views[1]
    assert views[0].timeout is None
    assert views[0].is_persistent()
