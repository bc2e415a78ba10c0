"""A movement of the camera is worded behind the prompt, and Luma's bound holds for both together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.camera import Camera, checked_camera, worded
from bot.domain.errors import BadOption, BadPrompt
from bot.domain.generation import GenerationRequest, Kind
from bot.domain.request import MOST_PROMPT, Offer
from bot.relay.wire import paid_call
from bot.service.requests import text_request
from bot.ui import words

MOST_CHOICES = 25
OFFER = Offer(models=("ray-v2",), durations=(5,), resolutions=("720p",))


@pytest.mark.parametrize(
    ("prompt", "sent"),
    [
        ("A fox in the snow", "A fox in the snow, camera orbit left"),
        ("A fox in the snow. ", "A fox in the snow, camera orbit left"),
        ("雪中的狐狸。", "雪中的狐狸, camera orbit left"),
        ("A fox!", "A fox!, camera orbit left"),
        ("...", "..., camera orbit left"),
    ],
)
def test_the_camera_is_worded_behind_the_prompt(prompt: str, sent: str) -> None:
    assert worded(prompt, Camera.ORBIT_LEFT) == sent
    assert worded(prompt, None) == prompt


def test_what_is_sent_has_the_camera_and_the_row_keeps_the_prompt_as_it_was_written() -> None:
    request = GenerationRequest(Kind.TEXT, "A fox", "ray-v2", 5, "720p", expand_prompt=True, camera="push in")
    call = paid_call(request)
    assert call is not None
    assert b'"user_prompt": "A fox, camera push in"' in call.body
    assert request.prompt == "A fox"


def test_an_extension_has_its_camera_too() -> None:
    request = GenerationRequest(
        Kind.EXTEND, "A fox", "ray-v2", 5, "720p", expand_prompt=True, parent_relay_id="t", camera="push in"
    )
    call = paid_call(request)
    assert call is not None
    assert call.body == b'{"user_prompt": "A fox, camera push in"}'


@pytest.mark.parametrize("camera", Camera)
def test_the_bound_on_the_prompt_holds_for_both_together(camera: Camera) -> None:
    room = MOST_PROMPT - len(f", camera {camera}")
    assert checked_camera("x" * room, camera) == camera
    with pytest.raises(BadPrompt) as caught:
        checked_camera("x" * (room + 1), camera)
    assert (caught.value.length, caught.value.most) == (room + 1, room)


@given(st.text(min_size=3, max_size=MOST_PROMPT), st.sampled_from(Camera))
def test_whatever_is_taken_fits(prompt: str, camera: Camera) -> None:
    try:
        request = text_request(
            OFFER, prompt, model=None, duration=None, resolution=None, expand_prompt=True, camera=camera
        )
    except BadPrompt:
        return
    sent = worded(request.prompt, request.camera)
    assert len(sent) <= MOST_PROMPT
    assert sent.endswith(f", camera {camera}")


def test_a_camera_that_is_not_known_is_refused() -> None:
    with pytest.raises(BadOption):
        checked_camera("A fox", "loop")


def test_each_has_a_name_and_discord_takes_so_many_choices() -> None:
    assert set(words.CAMERAS) == set(Camera)
    assert len(Camera) < MOST_CHOICES  # the window of a remix has one more
    assert max(map(len, Camera)) <= 32  # the column's width
