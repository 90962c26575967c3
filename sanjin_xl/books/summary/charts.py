"""The two charts: scores with what is open about them, and rates by category; both readable in black and white."""

from collections.abc import Mapping, Sequence
from typing import Any

from sanjin_xl.books.sheet_writer import PLAIN_HEIGHT, Area, SheetWriter
from sanjin_xl.books.styles import BODY_FONT, HEADING_FONT, INK, LINE
from sanjin_xl.books.summary.book import ResultsBook
from sanjin_xl.messages import summary as words
from sanjin_xl.model.cellref import area
from sanjin_xl.model.points import points

_FEWEST_ROWS, _AMPLE, _MOST_ROWS = 9, 22, 30

_BARS = {"border": {"color": LINE, "width": 0.75}}
_WHISKER = {"color": INK, "width": 1.5}
_SIZE = 9.0
_UPRIGHT = {"rotation": 270}  # one character above the other, as Chinese names stand upright
_BOTTOM_UP = {"rotation": -90}
MOST_LINES = 6
"""So many lines are told apart in one chart."""
_MARKS = ("circle", "square", "triangle", "diamond", "x", "plus")
_DASHES = ("solid", "dash", "round_dot", "long_dash", "dash_dot", "square_dot")
ACROSS_A_PAGE = 12
"""So many names stand side by side below the columns; those of more stand upright."""


def scores_chart(
    book: ResultsBook,
    sheet: SheetWriter,
    place: Mapping[str, int],
    first: int,
    spans: Sequence[tuple[float, float] | None],
    room: int,
    size: float,
) -> None:
    """Put a column per unit at the sheet's next row: its score with the value, and from where to where it may move.

    `place`: the columns of `label`, `score`, `gain` and `loss`, the last two being how far up and down the open
    questions may move the score; `first`: the row of the first unit; `spans`: gain and loss of each unit in points,
    None for one that has sent nothing; `room`: how many rows of plain height the chart may take; `size`: of its type.
    """
    last, many = first + len(spans) - 1, len(spans) > ACROSS_A_PAGE

    def cells(name: str) -> Area:
        return first, place[name], last, place[name]

    def reference(name: str) -> str:
        return f"={words.RANKING}!{area((first, place[name]), (last, place[name]), absolute=True)}"

    chart = book.workbook.add_chart({"type": "column"})
    whisker = {
        "type": "custom", "line": _WHISKER,
        "plus_values": reference("gain"), "plus_data": [span[0] if span else 0 for span in spans],
        "minus_values": reference("loss"), "minus_data": [span[1] if span else 0 for span in spans],
    }  # fmt: skip
    # The value stands at the foot of its column, black on light: where a column is too low it is still read. Many
    # columns are too narrow for it unless it stands upright.
    font = {**_font(size), "bold": True, **(_BOTTOM_UP if many else {})}
    value = {"value": True, "position": "inside_base", "num_format": "0.00", "font": font}

    chart.add_series(
        {
            **_series(words.SCORE, words.RANKING, cells("label"), cells("score")),
            **_BARS, "gap": 60, "fill": {"color": "#B4C7E7"}, "y_error_bars": whisker,
            "data_labels": {**value, "custom": [_in_place_of_value(span, many, size) for span in spans]},
        }
    )  # fmt: skip
    full = points(book.results.rules.form.points)
    title = words.CHART_TITLE if len(spans) == len(book.results.units) else words.CHART_TITLE_FIRST
    title = title.format(count=len(spans), mark=words.CHART_MARK if many and None in spans else "")
    axis = {"max": full, "num_format": "0"}
    _finish(sheet, chart, title, room, axis, {"none": True}, upright_names=many, size=size)


def _in_place_of_value(span: tuple[float, float] | None, many: bool, size: float) -> dict[str, object] | None:
    """What stands over the column of a unit that has sent nothing, None for one that has a value.

    Where columns are many its name bears a mark: LibreOffice draws nothing right if such a label stands upright. Each
    has a font of its own, as XlsxWriter works on what it is given.
    """
    if span:
        return None
    return {"delete": True} if many else {"value": words.NOT_RETURNED, "font": _font(size)}


def score_lines(book: ResultsBook, sheet: SheetWriter, header: int, first: int, units: int, rounds: int) -> None:
    """Put a line per unit over the rounds at the sheet's next row; a round without a score leaves a gap.

    `header`: the row above the one with the names of the rounds; `first`: the row of the first unit.
    """
    chart = book.workbook.add_chart({"type": "line"})
    for n in range(units):
        names, scores = (header + 1, 1, header + 1, rounds), (first + n, 1, first + n, rounds)
        mark, dash = _MARKS[n % len(_MARKS)], _DASHES[n % len(_DASHES)]
        look = {
            "line": {"color": INK, "width": 1.5, "dash_type": dash},
            "marker": {"type": mark, "size": 8, "fill": {"color": "#B4C7E7"}, "border": {"color": INK}},
        }
        chart.add_series({**_series([words.HISTORY, first + n, 0], words.HISTORY, names, scores), **look})
    full = points(book.results.rules.form.points)
    room = min(_AMPLE, sheet.rows_on_page(_FEWEST_ROWS))
    _finish(
        sheet, chart, words.LINES_CHART, room, {"max": full, "num_format": "0"}, {"position": "right", "font": _font()}
    )


def category_rates(
    book: ResultsBook, sheet: SheetWriter, header: int, left: int, right: int, rows: dict[str, int]
) -> None:
    """Put the mean rate of each category as columns, the highest and lowest as marks, at the sheet's next row.

    `rows`: the rows of mean, highest and lowest, by the name each has in the legend.
    """
    names = header, left, header, right
    mean, *others = (_series(name, words.CATEGORIES, names, (row, left, row, right)) for name, row in rows.items())
    chart, marks = (book.workbook.add_chart({"type": kind}) for kind in ("column", "line"))
    chart.add_series({**mean, **_BARS, "fill": {"color": "#B4C7E7"}, "gap": 80})
    for series, mark in zip(others, ("triangle", "diamond"), strict=False):
        marker = {"type": mark, "size": 8, "fill": {"color": INK}, "border": {"color": INK}}
        marks.add_series({**series, "marker": marker, "line": {"none": True}})
    chart.combine(marks)
    room = min(_AMPLE, sheet.rows_on_page(_FEWEST_ROWS))
    _finish(
        sheet, chart, words.RATES_CHART, room, {"max": 1, "num_format": "0%"}, {"position": "right", "font": _font()}
    )


def _font(size: float = _SIZE) -> dict[str, object]:
    return {"name": BODY_FONT, "size": size, "bold": False}


def chart_rows(room: int) -> int:
    """How many rows of plain height a chart takes where there is room for so many."""
    return min(_MOST_ROWS, max(_FEWEST_ROWS, room))


def _series(name: object, sheet: str, names: Area, values: Area) -> dict[str, object]:
    return {"name": name, "categories": [sheet, *names], "values": [sheet, *values]}


def _finish(
    sheet: SheetWriter,
    chart: Any,
    title: str,
    room: int,
    axis: dict[str, object],
    legend: dict[str, object],
    upright_names: bool = False,
    size: float = _SIZE,
) -> None:
    """Insert a chart as high as there is room, in rows of plain height, and move on to the row below it."""
    rows = chart_rows(room)
    chart.set_title({"name": title, "name_font": {**_font(max(11, size)), "name": HEADING_FONT}, "overlay": False})
    chart.set_x_axis({"num_font": {**_font(size), **(_UPRIGHT if upright_names else {})}, "interval_unit": 1})
    lines = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.5}}
    chart.set_y_axis({"min": 0, **axis, "num_font": _font(size), "major_gridlines": lines})
    chart.set_legend(legend)
    chart.set_chartarea({"border": {"none": True}})
    chart.set_size({"width": sheet.width - 10, "height": rows * PLAIN_HEIGHT * 4 // 3 - 12})
    sheet.worksheet.insert_chart(sheet.row, 0, chart, {"x_offset": 5, "y_offset": 6, "object_position": 1})
    for _ in range(rows):
        sheet.next_row(PLAIN_HEIGHT)  # LibreOffice sets others lower, and the chart with them
