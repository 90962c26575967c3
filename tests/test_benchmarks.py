"""The page of measurements is written from whatever part of a run there is, and says what was missed by how much."""

from pathlib import Path
from typing import Any

from everything import LITTLE, begun, steps
from page import written


def test_the_page_stands_before_anything_is_measured() -> None:
    page = written({**begun(), "failed": ["profile"]})
    assert page.count("**not run**") >= 6
    assert "profile" in page


def test_what_a_person_has_to_say_of_a_run_stands_on_its_page() -> None:
    assert "The machine was slow." in written({**begun(), "note": "The machine was slow."})


def test_every_target_is_met_or_missed_by_how_much() -> None:
    page = written({**begun(), "readers": [reader()], "rounds": [row("first", 30.0), row("again", 9.0)]})
    assert "missed for XlsxWriter .xlsx by 0.5" in page
    assert "with copies, at most 25 s: **missed by 5.0 s" in page
    assert "by a program of its own: **met, 0.3" in page
    assert "in a window that stayed open: **not run" in page


def test_a_small_run_measures_of_everything_what_a_whole_one_does(tmp_path: Path) -> None:
    names = [name for name, _ in steps(LITTLE, tmp_path)]
    for part in ("XlsxWriter .xlsx", "stages of", "profile", "issue", "without copies on 2", "with copies on 1"):
        assert any(part in name for name in names), part


def reader() -> dict[str, Any]:
    return {
        "writer": "XlsxWriter",
        "format": "xlsx",
        "ours": 4.0,
        "wall": 4,
        "floor": 1.0,
        "pandas": 2.0,
        "openpyxl": 9,
    }


def row(run: str, seconds: float) -> dict[str, Any]:
    times = {"judged": 5.0, "seconds_to_summary": 6.0, "seconds": seconds, "cpu_parent": 3.0, "cpu_workers": 4.0}
    return {"returns": 2844, "copies": True, "cores": 2, "run": run, **times, "peak_mb": 300}
