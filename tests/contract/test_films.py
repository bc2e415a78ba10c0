"""Films are joined, measured and cut to fit in a process of their own, whatever they hold."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.films.workshop import Workshop
from bot.ports import Film
from sandbox.film import FilmSpec, probe, render

FIRST = FilmSpec("a lighthouse", seconds=2, width=320, height=180)
SECOND = FilmSpec("a storm comes up", part=2, seconds=2, width=320, height=180, follows=FIRST)
THIRD = FilmSpec("the light goes on", part=3, seconds=2, width=320, height=180, follows=SECOND)
PLENTY = 50_000_000
"""Bytes."""


@pytest.fixture
def workshop() -> Workshop:
    return Workshop(most_s=60)


def film(folder: Path, spec: FilmSpec) -> Path:
    path = folder / f"part{spec.part}{'whole' * spec.whole}-{spec.width}.mp4"
    render(spec, path)
    return path


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def whole(spec: FilmSpec) -> FilmSpec:
    return replace(spec, whole=True)


async def test_a_films_length_is_told(workshop: Workshop, tmp_path: Path) -> None:
    found = await workshop.seconds([film(tmp_path, FIRST), film(tmp_path, whole(THIRD))])
    assert found == pytest.approx([2, 6], abs=0.1)


@pytest.mark.parametrize(
    "specs",
    [
        pytest.param((FIRST, SECOND, THIRD), id="each file holds its own part"),
        pytest.param((FIRST, whole(SECOND), whole(THIRD)), id="each file holds the film so far"),
        pytest.param((FIRST, whole(SECOND), THIRD), id="some do"),
    ],
)
async def test_the_parts_of_a_chain_become_one_film_whatever_its_files_hold(
    workshop: Workshop, tmp_path: Path, specs: tuple[FilmSpec, ...]
) -> None:
    joined = await workshop.join([film(tmp_path, each) for each in specs], tmp_path / "all.mp4", PLENTY)
    assert isinstance(joined, Film)
    assert joined.parts == 3
    assert joined.seconds == pytest.approx(6, abs=0.2)
    facts = probe(joined.path)
    assert facts.seconds == pytest.approx(6, abs=0.2)
    assert facts.first_rgb == pytest.approx(probe(film(tmp_path, FIRST)).first_rgb, abs=6)
    assert facts.last_rgb == pytest.approx(probe(film(tmp_path, THIRD)).last_rgb, abs=6)


async def test_a_long_new_part_after_a_short_first_is_no_film_so_far(workshop: Workshop, tmp_path: Path) -> None:
    """By its length alone it could be both."""
    long = replace(SECOND, seconds=4)
    joined = await workshop.join([film(tmp_path, FIRST), film(tmp_path, long)], tmp_path / "all.mp4", PLENTY)
    assert joined is not None
    assert joined.seconds == pytest.approx(6, abs=0.2)


async def test_parts_of_different_sizes_are_joined_in_the_size_of_the_first(workshop: Workshop, tmp_path: Path) -> None:
    other = replace(SECOND, width=160, height=160, follows=None)
    joined = await workshop.join([film(tmp_path, FIRST), film(tmp_path, other)], tmp_path / "all.mp4", PLENTY)
    assert joined is not None
    facts = probe(joined.path)
    assert (facts.width, facts.height) == (320, 180)
    assert facts.seconds == pytest.approx(4, abs=0.2)


async def test_where_all_do_not_fit_as_many_parts_as_fit_are_joined(workshop: Workshop, tmp_path: Path) -> None:
    parts = [film(tmp_path, each) for each in (FIRST, SECOND, THIRD)]
    room = sum(part.stat().st_size for part in parts) - parts[-1].stat().st_size // 2
    joined = await workshop.join(parts, tmp_path / "all.mp4", room)
    assert joined is not None
    assert joined.parts == 2
    assert joined.path.stat().st_size <= room


async def test_where_not_even_one_fits_there_is_no_film(workshop: Workshop, tmp_path: Path) -> None:
    assert await workshop.join([film(tmp_path, FIRST)], tmp_path / "all.mp4", 1_000) is None


@pytest.mark.parametrize("share", [0.7, 0.35])
async def test_a_film_that_is_too_large_becomes_a_copy_that_fits(
    workshop: Workshop, tmp_path: Path, share: float
) -> None:
    large = film(tmp_path, replace(FIRST, width=1280, height=720, seconds=3))
    room = int(large.stat().st_size * share)
    assert await workshop.fit(large, tmp_path / "small.mp4", room)
    assert (tmp_path / "small.mp4").stat().st_size <= room
    assert probe(tmp_path / "small.mp4").seconds == pytest.approx(3, abs=0.2)


async def test_no_copy_is_better_than_a_blur(workshop: Workshop, tmp_path: Path) -> None:
    assert not await workshop.fit(film(tmp_path, FIRST), tmp_path / "small.mp4", 2_000)
    assert not (tmp_path / "small.mp4").exists()


@pytest.mark.parametrize("content", [b"", b"not a film", b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 100])
async def test_what_is_no_film_is_said_to_be_none_and_leaves_nothing(
    workshop: Workshop, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "odd.mp4").write_bytes(content)
    odd = tmp_path / "odd.mp4"
    assert await workshop.seconds([odd]) is None
    assert not await workshop.fit(odd, tmp_path / "small.mp4", PLENTY)
    assert await workshop.join([film(tmp_path, FIRST), odd], tmp_path / "all.mp4", PLENTY) is None
    assert names_in(tmp_path) == ["odd.mp4", "part1-320.mp4"]


async def test_what_takes_too_long_is_given_up(tmp_path: Path) -> None:
    assert await Workshop(most_s=0.01).seconds([film(tmp_path, FIRST)]) is None
