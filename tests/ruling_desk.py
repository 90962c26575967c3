"""The city clerk's desk: a round of the small form in which one unit has one open question."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from executors import Here
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from round_folders import new_round
from rounds import DONGYUAN, YUANCHENG, Entry, clean, fill, small_form, typed

from sanjin_xl.messages import rulings as words
from sanjin_xl.outcome import report
from sanjin_xl.outcome.results import Results, UnitResult
from sanjin_xl.round import commands
from sanjin_xl.round.outputs import write_whole
from sanjin_xl.round.run import Run
from sanjin_xl.round.side_by_side import Output

FORM = small_form()
UNCLEAR = typed(done="也许", done_month="8月", ledger="√")
ITEM = 7  # 2 points, in steps of 1 under policy B
GOOD: dict[str, Any] = {"核定分": 1, "理由": "已电话核实", "核定人": "李某"}
NAMES = {DONGYUAN: "东源县司法局", YUANCHENG: "源城区司法局"}
HEADER = 3
ITEM_SHEETS = (words.SHEET, words.OTHERS_SHEET)
SUMMARY_OUTPUTS: Callable[[Run], list[Output]] = vars(commands)["summary_outputs"]


@dataclass
class Desk:
    """A round of the small form: returns come in, the clerk fills in the ruling table, everything is ingested."""

    folder: Path
    results: Results | None = None

    @property
    def table(self) -> Path:
        return self.folder / "核定" / "核定表.xlsx"

    @property
    def json(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / "汇总" / "results.json").read_text(encoding="utf-8"))
        return content

    def send(
        self,
        entry: Entry,
        item: int = ITEM,
        unit: str = DONGYUAN,
        others: Mapping[int, Entry] | None = None,
        **changes: Any,
    ) -> None:
        """A return in which everything is in order but this item, and others if they are named."""
        self.put(fill(FORM, clean(FORM) | dict(others or {}) | {item: entry}, unit=unit, **changes), unit)

    def put(self, data: bytes, unit: str = DONGYUAN) -> None:
        (self.folder / "回收" / f"{NAMES[unit]}.xlsx").write_bytes(data)

    def lose(self, unit: str = DONGYUAN) -> None:
        (self.folder / "回收" / f"{NAMES[unit]}.xlsx").unlink()

    def ingest(self) -> Results:
        self.results = commands.ingest(self.folder, workers=1, make_executor=Here)
        return self.results

    def unit(self, code: str = DONGYUAN) -> UnitResult:
        assert self.results
        return next(one for one in self.results.units if one.unit.code == code)

    def edit(self, change: Callable[[Worksheet], object], sheet: str = "") -> None:
        """Change a sheet; where none is named, the one on which the item stands."""
        book = openpyxl.load_workbook(self.table)
        change(book[sheet] if sheet else sheet_of(book, NAMES[DONGYUAN], ITEM))
        book.save(self.table)

    def fill(self, item: int = ITEM, unit: str = DONGYUAN, sheet: str = "", **cells: Any) -> None:
        """Type into the open cells of one row, by headings; the sheet 整表问题 has no items (0)."""

        def change(ws: Worksheet) -> None:
            heads = headings(ws)
            row = row_of(ws, NAMES[unit], item)
            for name, value in cells.items():
                write(ws, row, heads[name], value)

        self.edit(change, sheet or self.sheet(item, unit))

    def sheet(self, item: int = ITEM, unit: str = DONGYUAN) -> str:
        """The sheet of the table on which an item stands: what is open, or all others."""
        return str(sheet_of(openpyxl.load_workbook(self.table), NAMES[unit], item).title)

    def rule(self, item: int = ITEM, unit: str = DONGYUAN, **cells: Any) -> None:
        """Fill in a row, and ingest."""
        self.fill(item, unit, **cells)
        self.ingest()

    def shown(self, item: int = ITEM, unit: str = DONGYUAN, sheet: str = "") -> dict[str, object]:
        book = openpyxl.load_workbook(self.table)
        ws = book[sheet] if sheet else sheet_of(book, NAMES[unit], item)
        row = row_of(ws, NAMES[unit], item)
        return {name: ws.cell(row, column).value for name, column in headings(ws).items()}

    def effects(self) -> list[tuple[int | None, str]]:
        return [(one["item"], one["status"]) for one in self.json["rulings"]]

    def points(self, item: int = ITEM, unit: str = DONGYUAN) -> tuple[str, bool]:
        """An item's points, and whether they are the city's."""
        found = [one for one in self.json["answers"] if (one["unit"], one["item"]) == (unit, item)]
        return found[0]["points"], found[0]["ruled"]

    def faults(self) -> list[str]:
        assert self.results
        return [one.code for one in self.results.ruling_findings]

    def history(self) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.folder / ".sanjin" / "register.sqlite") as db:
            return db.execute("SELECT * FROM rulings ORDER BY rowid").fetchall()


def write(ws: Worksheet, row: int, column: int, value: object) -> None:
    cell = ws.cell(row, column)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl would take “=1+1” for a formula


def headings(ws: Worksheet) -> dict[str, int]:
    row = next(n for n in range(1, 12) if "核定人" in [cell.value for cell in ws[n]])
    return {str(cell.value): cell.column for cell in ws[row] if cell.value}


def row_of(ws: Worksheet, unit: str, item: int) -> int:
    heads = headings(ws)
    return next(
        row
        for row in range(1, ws.max_row + 1)
        if ws.cell(row, heads["单位"]).value == unit and (not item or ws.cell(row, heads["项"]).value == item)
    )


def sheet_of(book: Workbook, unit: str, item: int) -> Worksheet:
    """The sheet with the row of an item, the first one where there is none any more."""
    return next((book[name] for name in ITEM_SHEETS if is_there(book[name], unit, item)), book[words.SHEET])


def is_there(ws: Worksheet, unit: str, item: int) -> bool:
    try:
        return bool(row_of(ws, unit, item))
    except (StopIteration, KeyError):
        return False


@pytest.fixture(scope="session")
def first_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The desk that tests get a copy of, with one return ingested."""
    desk = Desk(new_round(tmp_path_factory.mktemp("desk") / "轮"))
    desk.send(UNCLEAR)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands, "summary_outputs", only_json)
        desk.ingest()
    return desk


@pytest.fixture
def desk(first_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with one return ingested; of 汇总/ only results.json is written."""
    monkeypatch.setattr(commands, "summary_outputs", only_json)
    return Desk(shutil.copytree(first_desk.folder, tmp_path / "轮"), first_desk.results)


def only_json(run: Run) -> list[Output]:
    path = run.folder / "汇总" / "results.json"

    def write(results: Results) -> list[Path]:
        write_whole(path, report.results_json(results).encode())
        return [path]

    return [write]


def set_up(desk: Desk, *settings: str) -> None:
    path = desk.folder / "round.toml"
    path.write_text("\n".join([*settings, path.read_text(encoding="utf-8")]), encoding="utf-8")
