"""What a county types about itself decides nothing: a dishonest county, with files alone, through the command line."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from command import Command, Ran
from round_folders import new_round
from rounds import DONGYUAN, YUANCHENG, clean, fill, planned, small_form, typed

FORM = small_form()
NAMES = {DONGYUAN: "东源县司法局", YUANCHENG: "源城区司法局"}
FULL, HALF_DONE = "10.34", "5.01"  # everything done, and the first two categories alone
ALL = clean(FORM)
SOME = {number: entry for number, entry in ALL.items() if number < 6}


@dataclass
class Round:
    """A round of the small form with its forms issued: files come in, everything is ingested."""

    folder: Path
    command: Command

    def put(self, name: str, data: bytes) -> None:
        path = self.folder / "回收" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)

    def configure(self, *lines: str) -> None:
        """Put lines at the head of round.toml."""
        path = self.folder / "round.toml"
        path.write_text("\n".join([*lines, path.read_text(encoding="utf-8")]), encoding="utf-8")

    def name(self, table: str, line: str) -> None:
        """Put a line into a table at the end of round.toml."""
        path = self.folder / "round.toml"
        path.write_text(f"{path.read_text(encoding='utf-8')}\n[{table}]\n{line}\n", encoding="utf-8")

    def ingest(self, *options: str | Path) -> Ran:
        return self.command("ingest", self.folder, *options)

    @property
    def json(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / "汇总" / "results.json").read_text(encoding="utf-8"))
        return content

    def unit(self, code: str = DONGYUAN) -> dict[str, Any]:
        return next(one for one in self.json["units"] if one["code"] == code)

    def file(self, name: str) -> dict[str, Any]:
        return next(one for one in self.json["files"] if one["path"] == name)

    def span(self, code: str = DONGYUAN) -> tuple[str, str, str]:
        """The score of a unit, and the least and the most it may become."""
        unit = self.unit(code)
        return unit["score"], unit["score_low"], unit["score_high"]

    def asked(self, name: str) -> set[str]:
        """What must be corrected or ruled on in a file."""
        return {one["code"] for one in self.file(name)["findings"] if one["severity"] != "note"}


@pytest.fixture
def a_round(command: Command, tmp_path: Path) -> Round:
    folder = new_round(tmp_path / "三季度")
    assert command("generate", folder).status == 0
    return Round(folder, command)


# --- neighbours who copy ----------------------------------------------------------------------------------------------


def said_to(folder: Path) -> str:
    """Every text of every workbook in a folder."""
    books = [openpyxl.load_workbook(path) for path in sorted(folder.glob("*.xlsx"))]
    cells = (cell for book in books for sheet in book for row in sheet.iter_rows() for cell in row)
    return "\n".join(f"{cell.value} {cell.comment.text if cell.comment else ''}" for cell in cells)


def test_a_form_copied_from_a_neighbour_is_known_whatever_is_written_in_its_remarks(a_round: Round) -> None:
    edited = {number: entry | {"remark": f"我县第{number}号文"} for number, entry in ALL.items()}
    a_round.put("东源.xlsx", fill(FORM, ALL))
    a_round.put("源城.xlsx", fill(FORM, edited, unit=YUANCHENG))
    assert a_round.ingest().status == 1
    assert a_round.asked("东源.xlsx") == a_round.asked("源城.xlsx") == {"twin-answers"}
    (message,) = (one["message"] for one in a_round.file("源城.xlsx")["findings"] if one["code"] == "twin-answers")
    assert all(name in message for name in NAMES.values())


def test_no_county_hears_that_its_form_is_like_anothers(a_round: Round) -> None:
    # Something else to mend, so that a correction copy is written.
    ours, theirs = ALL | {7: typed(done="√", remark="部分完成")}, ALL | {7: typed(done="√", remark="部分落实")}
    a_round.put("东源.xlsx", fill(FORM, ours))
    a_round.put("源城.xlsx", fill(FORM, theirs, unit=YUANCHENG))
    a_round.ingest()
    a_round.command("feedback", a_round.folder)
    assert "twin-answers" in a_round.asked("东源.xlsx")
    for folder in ("退回", "反馈"):
        said = said_to(a_round.folder / folder)
        assert "东源县" in said
        assert not any(word in said for word in ("雷同", "照抄", "几乎相同"))


# --- neighbours -------------------------------------------------------------------------------------------------------


def test_an_item_ticked_beside_a_neighbour_that_is_not_counts_and_the_city_is_asked(a_round: Round) -> None:
    a_round.put("东源县司法局.xlsx", fill(FORM, ALL | {6: planned(month=12)}))
    assert a_round.ingest().status == 1
    assert a_round.asked("东源县司法局.xlsx") == {"neighbour-not-done"}
    assert a_round.span() == ("7.01",) * 3
    assert not list((a_round.folder / "退回").iterdir())
