"""A tick of which yes and no stand in columns of their own, put into the one for yes before the columns are searched.

    已落实        台帐                                           已落实    台帐
    是  | 否    | 有 | 无                                        √
    √   |       |    | √     done, without a ledger              √   |   | 无
        | √     |    |       not done                            否

What is ticked in both, or is no tick, is put together and unclear.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sanjin_xl.messages import template as words
from sanjin_xl.model.cellref import Place
from sanjin_xl.model.fields import normal_text
from sanjin_xl.model.form import Form
from sanjin_xl.recovery.cell_values import read_tick
from sanjin_xl.recovery.headings import find_header, headings_of, top_rows
from sanjin_xl.recovery.rearranged import rearranged
from sanjin_xl.workbook.book import Sheet, Value, plain

_SURE_PERCENT = 80  # of what stands in a column of noes that must be ticks


class _Pair(NamedTuple):
    """The columns for no and for yes, that of the two which has the heading of the field: 已落实 above 是 | 否.

    `row`, `head`: where the no is named, and how: 否, 无, 未落实.
    """

    no: int
    yes: int
    headed: int
    row: int
    head: str


def with_yes_and_no_joined(form: Form, sheet: Sheet) -> Sheet:
    """The sheet with each tick in one column, be it for yes or for no."""
    _, top = top_rows(sheet)
    if not any(isinstance(cell, str) and words.is_no(cell.strip()) for row in top for cell in row):
        return sheet
    header, heads = find_header(form, sheet)
    pairs = [] if header is None else [*_pairs(form, sheet, header, heads)]
    pairs = [one for one in pairs if _holds_ticks(sheet, one)]
    return _joined(sheet, pairs) if pairs else sheet


def _pairs(form: Form, sheet: Sheet, header: int, heads: Sequence[str]) -> Iterator[_Pair]:
    """The columns for no, each with that for yes: its neighbour headed 是 or 有, or that of what is done."""
    known = headings_of(form)
    done = next((place for place, text in enumerate(heads) if known.field(text) == "done"), None)
    for row in range(header, min(header + 2, len(sheet.rows))):
        texts = [normal_text(cell) if isinstance(cell, str) else "" for cell in sheet.rows[row]]
        for no, text in enumerate(texts):
            beside = [at for at in (no - 1, no + 1) if at >= 0 and texts[at : at + 1] == [words.yes_to(text)]]
            if words.yes_to(text) and beside:
                yes = beside[0]
                # Merged over both, it stands above the first, which may be that for no.
                yield _Pair(no, yes, no if no < yes and known.field(heads[no]) else yes, row, text)
            elif row == header and words.is_no(text) and not words.yes_to(text) and done is not None:
                yield _Pair(no, done, done, row, text)


def _holds_ticks(sheet: Sheet, pair: _Pair) -> bool:
    column = (sheet.at(row, pair.no) for row in range(pair.row + 1, len(sheet.rows)))
    cells = [cell for cell in column if cell not in ("", None) and not words.is_no(normal_text(plain(cell)))]
    ticks = [read_tick(cell).value for cell in cells]
    sure = sum(tick is not None for tick in ticks)
    return any(ticks) and sure * 100 >= len(ticks) * _SURE_PERCENT


def _joined(sheet: Sheet, pairs: Sequence[_Pair]) -> Sheet:
    """The sheet with what stands in the two columns of a pair in the one that has the heading."""
    rows, came_from = [[*row] for row in sheet.rows], dict[Place, Place]()
    first = max(pair.row for pair in pairs) + 1
    for no, yes, headed, head_row, head in pairs:
        if head_row + 1 == first and words.yes_to(head):
            # 是 and 否 in the last row of the headings: neither is the heading of a field, or an answer.
            rows[head_row][no] = rows[head_row][yes] = ""
        for row in range(first, len(rows)):
            of_yes, of_no = sheet.at(row, yes), sheet.at(row, no)
            if of_yes in ("", None) and of_no in ("", None):
                continue
            rows[row][no] = rows[row][yes] = ""
            are_headings = (of_yes, normal_text(plain(of_no))) == (words.yes_to(head), head)  # again, on a further page
            if not are_headings:
                rows[row][headed] = _said(of_yes, of_no, head)
            came_from[row, headed] = row, yes if of_no in ("", None) else no
    headed_of = {place: pair.headed for pair in pairs for place in (pair.yes, pair.no)}

    def place_in(row: int, column: int) -> Place:
        return row, headed_of.get(column, column) if row >= first else column

    return rearranged(sheet, rows, place_in, came_from)


def _said(yes: Value, no: Value, head: str) -> Value:
    """What stands in both cells together: the heading of a no that is ticked alone, the other where it is not."""
    if no in ("", None):
        return yes
    ticked = read_tick(no).value
    if ticked is False:
        return yes
    if ticked and read_tick(yes).value is False:
        return head
    return f"{plain(yes)}{head}{plain(no)}"
