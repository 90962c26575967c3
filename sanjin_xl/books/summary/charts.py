"""The two charts: totals stacked by category, and rates by category; both readable in black and white."""

from typing import Any

from sanjin_xl.books.sheet_writer import PLAIN_HEIGHT, Area, SheetWriter
from sanjin_xl.books.styles import BODY_FONT, HEADING_FONT, INK, LINE
from sanjin_xl.books.summary.book import ResultsBook
from sanjin_xl.messages import summary as words
from sanjin_xl.model.points import points

MOST_CHARTED = 20
"""So many units fit a chart side by side with their names."""

_FEWEST_ROWS, _MOST_ROWS = 13, 22
AMPLE = _MOST_ROWS
"""The room below a table of several pages, in rows."""

# Neighbours in a stack differ in darkness and in hatching, so that a grey print keeps them apart.
_FILLS: tuple[dict[str, object], ...] = (
    {"fill": {"color": "#1F3864"}},
    {"pattern": {"pattern": "light_upward_diagonal", "fg_color": "#1F3864", "bg_color": "#FFFFFF"}},
    {"fill": {"color": "#8FAADC"}},
    {"fill": {"color": "#F2F2F2"}},
    {"fill": {"color": "#595959"}},
    {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": "#7F7F7F", "bg_color": "#FFFFFF"}},
    {"fill": {"color": "#A6A6A6"}},
    {"pattern": {"pattern": "light_downward_diagonal", "fg_color": "#2F5597", "bg_color": "#DAE3F3"}},
    {"fill": {"color": "#2F5597"}},
)
_BARS = {"border": {"color": LINE, "width": 0.5}}
_FONT = {"name": BODY_FONT, "size": 9}


def stacked_scores(
    book: ResultsBook,
    sheet: SheetWriter,
    names: tuple[int, int, int],
    unit_column: int,
    first: int,
    count: int,
    room: int,
) -> None:
    """Put a column per unit, stacked by category, at the sheet's next row; the first units of a longer ranking.

    `names`: the row of the category names, and the first and last column of the categories. The units' figures
    stand from row `first` on. `room`: how many rows of plain height the chart may take.
    """
    header, left, right = names
    charted = min(count, MOST_CHARTED)
    last = first + charted - 1
    chart = book.workbook.add_chart({"type": "column", "subtype": "stacked"})
    for n, column in enumerate(range(left, right + 1)):
        units, scores = (first, unit_column, last, unit_column), (first, column, last, column)
        name = [words.RANKING, header, column]
        chart.add_series({**_series(name, words.RANKING, units, scores), **_BARS, "gap": 60, **_FILLS[n % len(_FILLS)]})
    title = words.CHART_TITLE if charted == count else words.CHART_TITLE_FIRST.format(count=charted)
    full = points(book.results.rules.form.points)
    _finish(sheet, chart, title, room, {"max": full, "num_format": "0"})


def category_rates(
    book: ResultsBook, sheet: SheetWriter, header: int, left: int, right: int, rows: dict[str, int], room: int
) -> None:
    """Put the mean rate of each category as columns, the highest and lowest as marks, at the sheet's next row.

    `rows`: the rows of mean, highest and lowest, by the name each has in the legend;
    `room`: how many rows of plain height the chart may take.
    """
    names = header, left, header, right
    mean, *others = (_series(name, words.CATEGORIES, names, (row, left, row, right)) for name, row in rows.items())
    chart, marks = (book.workbook.add_chart({"type": kind}) for kind in ("column", "line"))
    chart.add_series({**mean, **_BARS, "fill": {"color": "#B4C7E7"}, "gap": 80})
    for series, mark in zip(others, ("triangle", "diamond"), strict=False):
        marker = {"type": mark, "size": 8, "fill": {"color": INK}, "border": {"color": INK}}
        marks.add_series({**series, "marker": marker, "line": {"none": True}})
    chart.combine(marks)
    _finish(sheet, chart, words.RATES_CHART, room, {"max": 1, "num_format": "0%"})


def _series(name: object, sheet: str, names: Area, values: Area) -> dict[str, object]:
    return {"name": name, "categories": [sheet, *names], "values": [sheet, *values]}


def _finish(sheet: SheetWriter, chart: Any, title: str, room: int, axis: dict[str, object]) -> None:
    """Insert a chart as high as there is room, in rows of plain height, and move on to the row below it."""
    rows = min(_MOST_ROWS, max(_FEWEST_ROWS, room))
    chart.set_title({"name": title, "name_font": {"name": HEADING_FONT, "size": 11, "bold": False}, "overlay": False})
    chart.set_x_axis({"num_font": _FONT})
    lines = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.5}}
    chart.set_y_axis({"min": 0, **axis, "num_font": _FONT, "major_gridlines": lines})
    chart.set_legend({"position": "right", "font": _FONT})
    chart.set_chartarea({"border": {"none": True}})
    chart.set_size({"width": sheet.width - 10, "height": rows * PLAIN_HEIGHT * 4 // 3 - 12})
    sheet.worksheet.insert_chart(sheet.row, 0, chart, {"x_offset": 5, "y_offset": 6, "object_position": 1})
    sheet.row += rows
