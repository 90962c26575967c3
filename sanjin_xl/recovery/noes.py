"""A tick of which yes and no stand in columns of their own, put into the one for yes before the columns are searched.

    已落实        台帐                                           已落实    台帐
    是  | 否    | 有 | 无                                        √
    √   |       |    | √     done, without a ledger              √   |   | 无
        | √     |    |       not done                            否

What is ticked in both, or is no tick, is put together and unclear.
"""

from collections.abc import Iterator, Mapping, Sequence

from sanjin_xl.messages import template as words
from sanjin_xl.model.cellref import Place
from sanjin_xl.model.fields import normal_text
from sanjin_xl.model.form import Form
from sanjin_xl.recovery.cell_values import read_tick
from sanjin_xl.recovery.headings import find_header, headings_of
from sanjin_xl.recovery.rearranged import rearranged
from sanjin_xl.workbook.book import Sheet, Value, plain

_MOST_ROWS = 60  # in which the headings stand
_SURE_PERCENT = 80  # of what stands in a column of noes that must be ticks


def with_noes_joined(form: Form, sheet: Sheet) -> Sheet:
    """The sheet with each tick in one column, be it for yes or for no."""
    if not any(isinstance(cell, str) and words.is_no(cell.strip()) for row in sheet.rows[:_MOST_ROWS] for cell in row):
        return sheet
    header, heads = find_header(form, sheet)
    if header is None:
        return sheet
    yeses = {no: yes for no, yes in _pairs(form, sheet, header, heads) if _holds_ticks(sheet, header, no)}
    return _joined(sheet, header, yeses) if yeses else sheet


def _pairs(form: Form, sheet: Sheet, header: int, heads: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The columns for no, each with that for yes: its neighbour headed 是 or 有, or that of what is done."""
    known = headings_of(form)
    done = next((place for place, text in enumerate(heads) if known.field(text) == "done"), None)
    for row in range(header, min(header + 2, len(sheet.rows))):
        texts = [normal_text(cell) if isinstance(cell, str) else "" for cell in sheet.rows[row]]
        for place, text in enumerate(texts):
            beside = [at for at in (place - 1, place + 1) if texts[at : at + 1] == [words.yes_to(text)] and at >= 0]
            if words.is_no(text) and words.yes_to(text) and beside:
                yield place, beside[0]
            elif row == header and words.is_no(text) and not words.yes_to(text) and done is not None:
                yield place, done


def _holds_ticks(sheet: Sheet, header: int, place: int) -> bool:
    column = (sheet.at(row, place) for row in range(header + 1, len(sheet.rows)))
    cells = [cell for cell in column if cell not in ("", None) and not words.is_no(normal_text(plain(cell)))]
    ticks = [read_tick(cell).value for cell in cells]
    sure = sum(tick is not None for tick in ticks)
    return any(ticks) and sure * 100 >= len(ticks) * _SURE_PERCENT


def _joined(sheet: Sheet, header: int, yeses: Mapping[int, int]) -> Sheet:
    rows = [[*row] for row in sheet.rows]
    heads = {place: plain(sheet.at(header, place)).strip() for place in yeses}
    first, came_from = header + 1, dict[Place, Place]()
    if any(words.is_no(normal_text(plain(sheet.at(first, place)))) for place in yeses):
        heads = {place: plain(sheet.at(first, place)).strip() for place in yeses}
        for place in {*yeses, *yeses.values()}:
            rows[first][place] = ""
        first += 1
    for row in range(first, len(rows)):
        for no, yes in yeses.items():
            if sheet.at(row, no) not in ("", None):
                came_from[row, yes] = row, no
                rows[row][yes] = _said(rows[row][yes], rows[row][no], heads[no])
                rows[row][no] = ""
    return rearranged(
        sheet, rows, lambda row, column: (row, yeses.get(column, column) if row >= first else column), came_from
    )


def _said(yes: Value, no: Value, head: str) -> Value:
    """What stands in both cells together: the heading of a no that is ticked alone, the other where it is not."""
    ticked = read_tick(no).value
    if ticked is False:
        return yes
    if ticked and read_tick(yes).value is False:
        return head
    return f"{plain(yes)}{head}{plain(no)}"
