"""The sandbox's films are real: their length, size and pictures are what was asked for."""

from io import BytesIO
from pathlib import Path

import av
import pytest
from PIL import Image

from sandbox.caption import readable, wrapped
from sandbox.film import FilmSpec, RenderStoppedError, probe, render
from sandbox.montage import pictures

RED, BLUE = (200, 30, 30), (20, 40, 210)
SMALL = (320, 180)


def picture(colour: tuple[int, ...], mode: str = "RGB", size: tuple[int, int] = (90, 160)) -> bytes:
    data = BytesIO()
    Image.new(mode, size, colour).save(data, "PNG")
    return data.getvalue()


def small(prompt: str = "A drone shot over an island", **changes: object) -> FilmSpec:
    return FilmSpec(prompt, **{"seconds": 1, "width": SMALL[0], "height": SMALL[1]} | changes)  # type: ignore[arg-type]  # the keywords are a FilmSpec's


def close(colour: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return all(abs(a - b) <= 3 for a, b in zip(colour, other, strict=True))


@pytest.mark.parametrize(
    ("seconds", "width", "height"), [(5, 960, 540), (2.5, 320, 180), (1, 1280, 720), (0.5, 1920, 1080)]
)
def test_a_film_is_as_long_and_as_large_as_asked(tmp_path: Path, seconds: float, width: int, height: int) -> None:
    path = tmp_path / "film.mp4"
    render(FilmSpec("An island", seconds=seconds, width=width, height=height), path)
    facts = probe(path)
    assert (facts.seconds, facts.width, facts.height) == (seconds, width, height)


def test_a_film_is_h264_that_browsers_play_while_it_loads(tmp_path: Path) -> None:
    """The index stands before the pictures, and the pixels are in the one layout every browser knows."""
    path = tmp_path / "film.mp4"
    render(small(), path)
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(path), "r") as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")


def test_the_first_and_the_last_frame_are_the_given_images(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    render(small(first=picture(RED), last=picture(BLUE)), path)
    facts = probe(path)
    assert close(facts.first_rgb, RED)
    assert close(facts.last_rgb, BLUE)


def test_the_words_leave_the_given_images_as_they_are() -> None:
    """They come up after the first image and are gone before the last one."""
    shown = list(pictures(small(first=picture(RED), last=picture(BLUE))))
    assert shown[0].getcolors() == [(SMALL[0] * SMALL[1], RED)]
    assert shown[-1].getcolors() == [(SMALL[0] * SMALL[1], BLUE)]
    assert shown[2].getextrema() != shown[0].getextrema()


def test_one_image_alone_begins_or_ends_the_film(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    render(small(first=picture(RED)), path)
    begins = probe(path)
    render(small(last=picture(RED)), path)
    ends = probe(path)
    assert close(begins.first_rgb, RED)
    assert not close(begins.last_rgb, RED)
    assert not close(ends.first_rgb, RED)
    assert close(ends.last_rgb, RED)


def test_a_transparent_image_is_shown_on_black(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    render(small(first=picture((*RED, 0), "RGBA")), path)
    assert close(probe(path).first_rgb, (0, 0, 0))


def test_each_prompt_has_a_film_of_its_own_and_always_the_same(tmp_path: Path) -> None:
    once, again, other = tmp_path / "1.mp4", tmp_path / "2.mp4", tmp_path / "3.mp4"
    render(small("The sea"), once)
    render(small("The sea"), again)
    render(small("The city"), other)
    assert once.read_bytes() == again.read_bytes()
    assert probe(once).last_rgb != probe(other).last_rgb


@pytest.mark.parametrize(
    "prompt",
    ["清澈的海水和小岛", "🎬🏝️👩‍👩‍👧", "\ud800\x00\u202e\n\t", "", " ", "word" * 1200, "ماء صاف", "a " * 2500],
)
def test_no_prompt_breaks_a_film(tmp_path: Path, prompt: str) -> None:
    """What no font at hand can show is left out; the film is made all the same."""
    path = tmp_path / "film.mp4"
    render(small(prompt, seconds=0.25), path)
    assert probe(path).seconds == 0.25


def test_letters_that_the_fonts_lack_are_left_out() -> None:
    assert readable("a 🎬 cat\U000e0041", 20)[1] == "a cat"


def test_a_long_prompt_is_wrapped_and_cut() -> None:
    font, text = readable("A drone shot flying over a tropical island with clear water and much more", 20)
    lines = wrapped(text, font, 250)
    assert len(lines) == 2
    assert lines[1].endswith("...")
    assert text.startswith(lines[0])
    assert all(font.getlength(line) <= 250 for line in lines)


def test_a_part_opens_with_the_last_picture_of_the_part_before(tmp_path: Path) -> None:
    before, after = tmp_path / "1.mp4", tmp_path / "2.mp4"
    first = small("The sea")
    render(first, before)
    render(small("The beach", part=2, follows=first), after)
    assert close(probe(after).first_rgb, probe(before).last_rgb)
    assert probe(after).seconds == 1


def test_a_whole_film_holds_every_part(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    first = small("The sea", first=picture(RED))
    second = small("The beach", part=2, follows=first, seconds=2)
    render(small("The town", part=3, follows=second, whole=True), path)
    assert probe(path).seconds == 4
    assert close(probe(path).first_rgb, RED)


def test_drawing_can_be_stopped_and_leaves_nothing_behind(tmp_path: Path) -> None:
    answers = iter([False, False, False, True])
    with pytest.raises(RenderStoppedError):
        render(small(), tmp_path / "film.mp4", stopped=lambda: next(answers))
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_image_is_an_error_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot identify"):
        render(small(first=b"no picture"), tmp_path / "film.mp4")
    assert list(tmp_path.iterdir()) == []
