"""A whole round that the first version made: forms issued, three returns judged, one item ruled on, one sent back.

Made with 0.1.0 of the small form: 东源县 has “也许” in item 7, for which the city gave one point; 和平县 has ticked
both done and planned in item 1 and has a correction copy; 源城区 is in order; three counties have sent nothing.
"""

import json
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from sanjin_xl.round import commands, register

PACKED = Path(__file__).parent / "round_of_0.1.0.tar.xz"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    with tarfile.open(PACKED) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "三季度"


def results(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "汇总" / "results.json").read_text("utf-8"))
    return content


def standings(folder: Path) -> dict[str, tuple[str | None, int | None]]:
    return {one["name"]: (one["score"], one["rank"]) for one in results(folder)["units"]}


def test_a_round_of_the_first_version_is_taken_in_and_comes_to_the_same(old: Path) -> None:
    before = results(old)
    standing = standings(old)
    assert [one for one, (score, _) in standing.items() if score] == ["源城区司法局", "和平县司法局", "东源县司法局"]
    commands.ingest(old)
    assert standings(old) == standing
    after = results(old)
    assert [(one["path"], one["status"]) for one in after["files"]] == [
        (one["path"], one["status"]) for one in before["files"]
    ]
    with closing(sqlite3.connect(old / ".sanjin" / "register.sqlite")) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (register.VERSION,)


def test_what_was_ruled_under_the_first_version_holds(old: Path) -> None:
    commands.ingest(old)
    ruled = [(one["unit"], one["item"], one["points"]) for one in results(old)["answers"] if one["ruled"]]
    assert [(item, points) for _, item, points in ruled] == [(7, "1.00")]
    assert [one["status"] for one in results(old)["rulings"]] == ["applied"]


def test_a_correction_copy_of_the_first_version_takes_the_place_of_what_it_corrects(old: Path) -> None:
    (copy,) = (old / "退回").glob("*.xlsx")
    book = load_workbook(copy)
    # Of an item both done and planned the plan is taken away: the second tick of the row, and its month.
    ticked = next(row for row in book.worksheets[0].iter_rows() if [cell.value for cell in row].count("√") == 3)
    planned = [cell for cell in ticked if cell.value == "√"][1]
    planned.value = ticked[planned.column].value = None
    book.save(old / "回收" / "和平县（改）.xlsx")
    commands.ingest(old)
    fates = {one["path"]: one["status"] for one in results(old)["files"]}
    assert fates == {
        "东源县司法局.xlsx": "counted",
        "和平县司法局.xlsx": "superseded",
        "和平县（改）.xlsx": "counted",
        "源城区司法局.xlsx": "counted",
    }


def test_a_round_of_the_first_version_goes_on(old: Path) -> None:
    commands.generate(old)
    commands.feedback(old)
    assert len(list((old / "反馈").glob("*.xlsx"))) == 3
