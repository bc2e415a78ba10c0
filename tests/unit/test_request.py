"""What a member may ask for: the edges of every bound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadImage, BadOption, BadPrompt
from bot.domain.request import Offer, Picture, checked_picture, checked_prompt

OFFER = Offer(models=("ray-v2", "ray-v1"), durations=(5, 9), resolutions=("720p", "540p"))


@pytest.mark.parametrize(
    "text", ["", "   ", "\n\t ", "ab", " ab ", "x" * 5001, "\u200b\u200b\u200b", "\u202e \u202c", "\x00\x01\x02\x03"]
)
def test_a_prompt_that_luma_would_refuse_is_refused_here(text: str) -> None:
    with pytest.raises(BadPrompt):
        checked_prompt(text)


@pytest.mark.parametrize("text", ["abc", "x" * 5000, "海の波", "🌊🌊🌊", "  trimmed  "])
def test_a_prompt_within_the_bounds_is_taken(text: str) -> None:
    assert checked_prompt(text) == text.strip()


def test_a_refused_prompt_tells_its_length_and_the_bounds() -> None:
    with pytest.raises(BadPrompt) as caught:
        checked_prompt("x" * 5001)
    assert (caught.value.length, caught.value.least, caught.value.most) == (5001, 3, 5000)


def test_control_characters_go_and_line_breaks_stay() -> None:
    assert checked_prompt("first\r\nsecond\x00\x1b[31m\tthird") == "first\nsecond[31m\tthird"


@given(st.text(max_size=6000))
def test_what_is_taken_can_be_stored_and_sent(text: str) -> None:
    try:
        prompt = checked_prompt(text)
    except BadPrompt:
        return
    assert 3 <= len(prompt) <= 5000
    assert "\x00" not in prompt
    prompt.encode()


@pytest.mark.parametrize("media_type", ["image/png", "IMAGE/JPEG", "image/webp; charset=binary", "image/gif"])
def test_the_relays_four_picture_types_are_taken(media_type: str) -> None:
    assert checked_picture(Picture("image", "https://cdn.example/a", media_type, 1000)) == "https://cdn.example/a"


@pytest.mark.parametrize("media_type", [None, "", "video/mp4", "image/svg+xml", "application/pdf"])
def test_another_type_is_no_picture(media_type: str | None) -> None:
    with pytest.raises(BadImage) as caught:
        checked_picture(Picture("image", "https://cdn.example/a", media_type, 1000))
    assert caught.value.size is None


def test_a_picture_over_twenty_mebibytes_is_refused_with_its_size() -> None:
    most = 20 * 1024 * 1024
    assert checked_picture(Picture("image", "https://cdn.example/a", "image/png", most))
    with pytest.raises(BadImage) as caught:
        checked_picture(Picture("image", "https://cdn.example/a", "image/png", most + 1))
    assert (caught.value.size, caught.value.most) == (most + 1, most)


def test_the_first_on_offer_is_the_default() -> None:
    assert (OFFER.model(None), OFFER.duration(None), OFFER.resolution(None)) == ("ray-v2", 5, "720p")


def test_what_is_not_on_offer_is_refused_by_name() -> None:
    with pytest.raises(BadOption) as caught:
        OFFER.duration(7)
    assert (caught.value.option, caught.value.value) == ("duration", "7")
