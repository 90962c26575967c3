"""The blank copy in templates/ shows the form as it is now, and cannot be taken for an issued one."""

import runpy
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from rounds import TEMPLATES, judge, pasted, the_form

from sanjin_xl.judge.pipeline import Status
from sanjin_xl.model.layout import layout_of

MAKE = runpy.run_path(str(TEMPLATES / "make.py"))
BLANK: Path = MAKE["BLANK"]


def contents(source: BytesIO | Path) -> dict[str, dict[str, object]]:
    """Every cell, width, height and merge of every sheet."""
    sheets: dict[str, Any] = {sheet.title: sheet for sheet in load_workbook(source)}
    return {
        name: {
            **{cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None},
            "widths": {letter: column.width for letter, column in sheet.column_dimensions.items()},
            "heights": {number: row.height for number, row in sheet.row_dimensions.items()},
            "pages": [one.id for one in sheet.row_breaks.brk],
            "merges": sorted(map(str, sheet.merged_cells.ranges)),
        }
        for name, sheet in sheets.items()
    }


def test_the_blank_copy_is_what_its_script_makes_today() -> None:
    assert contents(BLANK) == contents(BytesIO(MAKE["blank_bytes"]())), "run templates/make.py"


def test_the_blank_copy_shows_every_item_and_no_unit() -> None:
    sheet: Any = load_workbook(BLANK).worksheets[0]
    layout = layout_of(the_form())
    assert [sheet[layout.cell(i.number, "text")].value for i in the_form().items] == [
        item.text for item in the_form().items
    ]
    assert (sheet["C2"].value or "", sheet["L2"].value) == ("", "样表")


def test_a_filled_in_blank_copy_is_nobodys() -> None:
    data = pasted(BLANK.read_bytes(), E6="√", F6="9月")
    outcome = judge(data, "三进表.xlsx")
    assert (outcome.status, outcome.reason) == (Status.REJECTED, "unit-unknown")
    assert "stamp-missing" in {found.code for found in judge(data, "东源县司法局.xlsx").findings}
