"""What fits: row heights and printed pages (runs inside the driver). Heights are in points, as in Excel."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cells import address, area_positions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# What decides the height of a text, copied onto a scratch cell.
TEXT_PROPERTIES = (
    "CharFontName",
    "CharFontNameAsian",
    "CharHeight",
    "CharHeightAsian",
    "CharWeight",
    "CharWeightAsian",
    "CharPosture",
    "CharPostureAsian",
    "IsTextWrapped",
    "HoriJustify",
    "Orientation",
    "ParaIndent",
    "RotateAngle",
    "ShrinkToFit",
)


def points(hundredths: int) -> float:
    """Convert 1/100 mm to points, to two decimals."""
    return round(hundredths * 72 / 2540, 2)


def row_heights(document: Any, block: Any) -> list[dict[str, Any]]:
    """Return [{"row", "height", "optimal", "visible"}] of a range's rows, numbered from 1.

    LibreOffice leaves cells that are merged across rows out of the optimal height: `merged_heights` has them.
    """
    first = block.RangeAddress.StartRow
    rows = [block.Rows.getByIndex(number) for number in range(block.Rows.Count)]
    heights = [row.Height for row in rows]
    with _undone(document):
        block.Rows.OptimalHeight = True
        optimal = [row.Height for row in rows]
    return [
        {
            "row": first + number + 1,
            "height": points(heights[number]),
            "optimal": points(optimal[number]),
            "visible": row.IsVisible,
        }
        for number, row in enumerate(rows)
    ]


@contextmanager
def _undone(document: Any) -> Iterator[None]:
    """Undo what the block does to a document, and nothing before it: the block may have had nothing to do."""
    undo, title = document.UndoManager, "measure " + uuid.uuid4().hex
    undo.enterUndoContext(title)
    try:
        yield
    finally:
        undo.leaveUndoContext()
        if undo.getAllUndoActionTitles()[:1] == (title,):
            undo.undo()


def merged_heights(block: Any, scratch_sheet: Any) -> list[dict[str, Any]]:
    """Return [{"range", "height", "optimal"}] of the merged areas that begin in a range, row by row.

    The optimal height is that of the same text in one cell as wide as the area, in one font per cell.
    """
    areas = sorted(_merged_areas(block), key=lambda area: (area.RangeAddress.StartRow, area.RangeAddress.StartColumn))
    return [_merged_height(area, scratch_sheet) for area in areas]


def _merged_areas(block: Any) -> Iterator[Any]:
    """Yield a cursor over each merged area; found by groups of equal format, of which the merge is part."""
    groups = block.getUniqueCellFormatRanges()
    for ranges in (groups.getByIndex(number) for number in range(groups.Count)):
        if not ranges.getByIndex(0).getCellByPosition(0, 0).IsMerged:
            continue
        for column, row in (place for area in ranges.RangeAddresses for place in area_positions(area)):
            cursor = block.Spreadsheet.createCursorByRange(block.Spreadsheet.getCellByPosition(column, row))
            cursor.collapseToMergedArea()
            yield cursor


def _merged_height(area: Any, scratch_sheet: Any) -> dict[str, Any]:
    place = area.RangeAddress
    cell = area.getCellByPosition(0, 0)
    scratch = scratch_sheet.getCellByPosition(0, 0)
    scratch.setPropertyValues(TEXT_PROPERTIES, cell.getPropertyValues(TEXT_PROPERTIES))
    scratch.String = cell.String
    scratch_sheet.Columns.getByIndex(0).Width = area.Size.Width
    row = scratch_sheet.Rows.getByIndex(0)
    row.OptimalHeight = True
    return {
        "range": address(place.StartColumn, place.StartRow) + ":" + address(place.EndColumn, place.EndRow),
        "height": points(area.Size.Height),
        "optimal": points(row.Height),
    }


def printed_pages(document: Any) -> list[dict[str, str]]:
    """Return [{"sheet", "range"}] of the pages that would be printed, in order."""
    names = document.Sheets.ElementNames
    return [_page(document, number, names) for number in range(document.getRendererCount(document, ()))]


def _page(document: Any, number: int, names: Sequence[str]) -> dict[str, str]:
    facts = {entry.Name: entry.Value for entry in document.getRenderer(number, document, ())}
    source = facts["SourceRange"]
    first, last = (source.StartColumn, source.StartRow), (source.EndColumn, source.EndRow)
    return {"sheet": names[source.Sheet], "range": address(*first) + ":" + address(*last)}
