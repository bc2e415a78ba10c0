"""How long a story is, of which parts a film can be made, and what cards and films say of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from simcord.components import validate_components, walk_components

from bot.domain.card import Card, CardState, Copy, Shown
from bot.domain.generation import Generation, GenerationRequest, GenerationState, Kind
from bot.domain.request import MOST_PROMPT, Offer
from bot.domain.story import MOST_FILMED, Story, Ways, length_s
from bot.ports import Film
from bot.service.filming import Filmed, Short
from bot.ui import story_words, words
from bot.ui.cards import card
from bot.ui.details import details
from bot.ui.filming import film_view
from bot.ui.language import languages, speaking
from bot.ui.ways import way_lines

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
OFFER = Offer(models=("ray-v2",), durations=(5, 9), resolutions=("720p",))
CARD = Card(CardState.LIVE, channel_id=10**19, message_id=10**19)
S = GenerationState


def part(number: int, *, state: GenerationState = S.COMPLETED, prompt: str = "a calm sea", **facts: Any) -> Shown:
    kind = Kind.TEXT if number == 1 else Kind.EXTEND
    parent = None if number == 1 else f"part{number - 1}"
    request = GenerationRequest(kind, prompt, "ray-v2", 5, "720p", expand_prompt=True, parent_id=parent, part=number)
    video = Generation(f"part{number}", f"interaction:{number}", 10**19, 10**19, 30, request, 1, NOON, NOON, state)
    link = "https://cdn.example/video.mp4" if state is S.COMPLETED else None
    return Shown(replace(video, **({"video_url": link, "finished_at": NOON} | facts)), CARD)


def story(*parts: Shown) -> Story:
    return Story(parts, {})


def numbers(parts: tuple[Shown, ...]) -> list[int]:
    return [each.generation.request.part for each in parts]


def read(view: Any) -> str:
    parts = walk_components(validate_components(view.to_components(), flags=1 << 15))
    return "\n".join(each["content"] for each in parts if each["type"] == 10)


def drawn(shown: Shown, attached: str | None = None) -> str:
    return read(card(shown, offer=OFFER, expand_prompt=True, attached=attached))


@pytest.mark.parametrize(("duration", "number", "seconds"), [(5, 1, 5), (5, 3, 15), (9, 2, 14)])
def test_a_story_is_as_long_as_its_first_part_and_five_seconds_for_each_further(
    duration: int, number: int, seconds: int
) -> None:
    assert length_s(replace(part(number).generation.request, duration=duration)) == seconds


@pytest.mark.parametrize(
    ("make", "filmed"),
    [
        pytest.param(lambda: [part(1), part(2), part(3)], [1, 2, 3], id="all are finished"),
        pytest.param(lambda: [part(1), part(2), part(3, state=S.DREAMING)], [1, 2], id="the last is being made"),
        pytest.param(lambda: [part(1), part(2, state=S.WAITING)], [], id="only one is finished"),
        pytest.param(lambda: [part(1), part(2), part(3, video_url=None)], [1, 2], id="the last was erased"),
        pytest.param(lambda: [part(1, video_url=None), part(2), part(3)], [], id="the first was erased"),
        pytest.param(lambda: [part(2), part(3)], [], id="the first is not known"),
        pytest.param(lambda: [part(1)], [], id="there is only one"),
    ],
)
def test_a_film_is_made_of_the_finished_parts_from_the_first_on(
    make: Callable[[], list[Shown]], filmed: list[int]
) -> None:
    assert numbers(story(*make()).filmable) == filmed


def test_a_film_has_a_bounded_number_of_parts() -> None:
    assert len(story(*(part(number) for number in range(1, 30))).filmable) == MOST_FILMED


def test_a_card_says_that_a_smaller_copy_plays_or_is_coming() -> None:
    shown = part(1)
    assert story_words.SMALLER_COPY() in drawn(replace(shown, copy=Copy.ATTACHED), "v.mp4")
    coming = drawn(replace(shown, copy=Copy.COMING))
    assert story_words.COPY_COMING() in coming
    assert words.NOT_ATTACHED() not in coming
    assert words.NOT_ATTACHED() in drawn(shown)
    assert story_words.SMALLER_COPY() not in drawn(shown, "v.mp4")


def test_a_card_links_the_part_before_where_its_message_stands() -> None:
    linked = drawn(replace(part(3), parent=CARD), "v.mp4")
    link = f"https://discord.com/channels/{10**19}/{10**19}/{10**19}"
    assert f"part 3 · about 15 s in all · goes on from [part 2]({link})" in linked
    gone = replace(part(3), parent=replace(CARD, state=CardState.GONE))
    assert "part 3 · about 15 s in all\n" in drawn(gone, "v.mp4")
    assert "about" not in drawn(part(1), "v.mp4")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("short", [None, *Short])
def test_the_longest_films_message_fits_in_every_language(language: str, short: Short | None) -> None:
    parts = story(*(part(number, prompt="x" * MOST_PROMPT) for number in range(1, MOST_FILMED + 2)))
    film = Filmed(Film(Path("film.mp4"), MOST_FILMED, 100.4), parts, short)
    with speaking(language):
        view = film_view(film, "film.mp4", 10**19, spoiler=True)
    said = read(view)
    assert len(said) < 4_000
    assert said.count("https://") == MOST_FILMED


@pytest.mark.parametrize("language", languages())
def test_the_longest_details_leave_room_for_the_ways_in_every_language(language: str) -> None:
    takes = tuple(part(2) for _ in range(200))
    of = part(2, prompt="x" * MOST_PROMPT, submitted_at=NOON, user_id=10**19)
    request = replace(of.generation.request, kind=Kind.IMAGE, model="m" * 600, camera="c" * 300, end_image_url="x")
    with speaking(language):
        lines = list(way_lines(Ways(part(1), takes), lambda _: True))
        told = details(replace(of.generation, request=request), lines)
    assert len(lines) == 2
    assert all(line in told.texts[0] for line in lines)
    assert len("".join(told.texts)) < 4_000
