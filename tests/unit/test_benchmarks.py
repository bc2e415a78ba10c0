"""What the benchmarks compute: a wrong sum would be believed."""

import pytest

from benchmarks.__main__ import joined
from benchmarks.delivery import Delivered
from benchmarks.figure import HEADER, Figure, Found, share
from benchmarks.process import cpu_seconds, resident_bytes

STAT = "4242 (python (3) x) S 1 4242 4242 0 -1 4194560 9000 0 0 0 150 50 7 8 20 0 3 0 100 1000 200"
STATUS = "Name:\tpython\nVmHWM:\t  300000 kB\nVmRSS:\t  200000 kB\nThreads:\t3\n"


def test_processor_time_is_read_whatever_the_program_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not that of its children, 7 and 8 ticks here: the bot has none, and they would be others' time."""
    monkeypatch.setattr("benchmarks.process._TICKS", 100)
    assert cpu_seconds(STAT) == 2.0


def test_memory_is_told_in_bytes() -> None:
    assert resident_bytes(STATUS) == 200_000 * 1024
    assert resident_bytes(STATUS, "VmHWM") == 300_000 * 1024
    with pytest.raises(ValueError, match="VmPeak"):
        resident_bytes(STATUS, "VmPeak")


def test_a_share_is_a_value_that_was_measured() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert (share(values, 0.5), share(values, 0.99), share(values, 1.0)) == (51.0, 100.0, 100.0)
    with pytest.raises(ValueError, match="nothing"):
        share([], 0.5)


@pytest.mark.parametrize(
    ("figure", "row"),
    [
        (Figure("answer, p50", 10, 8.126, "ms", 3000), "| answer, p50 | ≤ 10 ms | 8.13 ms | 3,000 ms | 369 |"),
        (Figure("time", 0.35, 0.4, "", 2.0), "| time | ≤ 0.35 | 0.4 (falls short) | 2 | 5 |"),
        (Figure("fewer", 25, 24.0, "%", at_least=True), "| fewer | ≥ 25 % | 24 % (falls short) | - | - |"),
        (Figure("a second", None, 512.3), "| a second | - | 512 | - | - |"),
    ],
)
def test_a_figure_says_whether_it_falls_short_and_what_the_baseline_does(figure: Figure, row: str) -> None:
    assert figure.row() == row


def test_videos_that_never_came_are_not_a_gain() -> None:
    """Half of them in the time of all is twice the time, not half the floor."""
    all_of_them = Delivered(2000, videos=2000, took_s=40.0, cpu_s=1.0, requests=2000, refused=0)
    half = Delivered(2000, videos=1000, took_s=40.0, cpu_s=1.0, requests=1000, refused=0)
    assert (all_of_them.of_floor, half.of_floor) == (1.0, 2.0)


def test_one_table_is_made_of_many() -> None:
    one = Found([Figure("a", 1, 1)], ["about a"])
    two = Found([Figure("b", 1, 2)])
    text = joined([one.text(), two.text()])
    assert text.count(HEADER.splitlines()[0]) == 1
    assert [line for line in text.splitlines() if "(falls short)" in line] == [two.figures[0].row()]
    assert text.endswith("- about a")
