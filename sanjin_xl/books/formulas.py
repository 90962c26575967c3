"""The live formulas of the issued sheet, each with the value it has when the file is written.

Only functions that Excel 2007, WPS and LibreOffice share, and no deep nesting, which .xls cannot hold: a hint is made
of short independent pieces joined by &. Each piece stands here once as a formula and once as a predicate;
a test recalculates the sheet in LibreOffice and finds them equal.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sanjin_xl.messages import template as words
from sanjin_xl.model.cellref import address
from sanjin_xl.model.form import Form, Item
from sanjin_xl.model.layout import (
    ANSWER_COLUMNS,
    DATE_VALUE,
    FIRST_ITEM_ROW,
    HEAD_ROW,
    LIVE_SPANS,
    Column,
    Layout,
    Span,
)
from sanjin_xl.model.points import share_of
from sanjin_xl.model.policy import Policy

Cells = Mapping[tuple[int, Column], str]
_TICK = words.TICK
_MONTHS = words.MONTHS
_MONTH_RANGE = "_sanjin!$D$2:$D$13"
_MONTH_TEXT = "|" + "|".join(_MONTHS) + "|"
_DATE = address(HEAD_ROW, DATE_VALUE[0], keep_row=True, keep_column=True)


@dataclass(frozen=True, slots=True)
class _Row:
    """The five choice cells of a row as texts, the neighbour's tick and the month of filling (12 for a later year)."""

    e: str
    f: str
    g: str
    h: str
    i: str
    neighbour: str
    filled: int | None


@dataclass(frozen=True, slots=True)
class _Piece:
    """One hint: as an Excel test over {e} … {i}, {neighbour}, {filled}, and as a predicate over a row."""

    test: str
    holds: Callable[[_Row], bool]
    text: str


def _illegal_tick(cell: str) -> tuple[str, Callable[[_Row], bool]]:
    def holds(row: _Row) -> bool:
        return getattr(row, cell) not in ("", _TICK)

    return f'AND({{{cell}}}<>"",{{{cell}}}<>"{_TICK}")', holds


def _illegal_month(cell: str) -> tuple[str, Callable[[_Row], bool]]:
    def holds(row: _Row) -> bool:
        return getattr(row, cell) not in ("", *_MONTHS)

    return f'AND({{{cell}}}<>"",SUMPRODUCT(--({_MONTH_RANGE}={{{cell}}}))=0)', holds


def _is_after_filling(row: _Row) -> bool:
    return row.e == _TICK and row.f in _MONTHS and row.filled is not None and _MONTHS.index(row.f) + 1 > row.filled


@lru_cache(maxsize=1024)  # all workbooks of a form share them
def _pieces(item: Item) -> tuple[_Piece, ...]:
    return tuple(_pieces_of(item))


def _pieces_of(item: Item) -> Iterator[_Piece]:
    texts = words.HINTS
    for cell, name in (("e", "done"), ("g", "planned"), ("i", "ledger")):
        yield _Piece(*_illegal_tick(cell), texts[f"{name}_illegal"])
    yield _Piece(*_illegal_month("f"), texts["done_month_illegal"])
    yield _Piece('AND({e}="√",{f}="")', lambda r: r.e == _TICK and not r.f, texts["done_month_missing"])
    yield _Piece('AND({e}="",{f}<>"")', lambda r: not r.e and bool(r.f), texts["done_missing"])
    if item.one_off:
        yield _Piece('AND({e}="√",{g}="√")', lambda r: r.e == r.g == _TICK, texts["both"])
    if item.planned_month:
        yield _Piece(*_illegal_month("h"), texts["planned_month_illegal"])
        yield _Piece(
            'AND({e}="",{g}="√",{h}="")', lambda r: not r.e and r.g == _TICK and not r.h, texts["planned_month_missing"]
        )
        yield _Piece('AND({g}="",{h}<>"")', lambda r: not r.g and bool(r.h), texts["planned_missing"])
    yield _Piece('AND({i}="√",{e}="")', lambda r: r.i == _TICK and not r.e, texts["ledger_not_done"])
    yield _Piece(
        # Not MATCH, to which ? and * in what was typed are wildcards.
        f'AND({{e}}="√",ISNUMBER({_DATE}),SUMPRODUCT(({_MONTH_RANGE}={{f}})*(ROW({_MONTH_RANGE})-1))>{{filled}})',
        _is_after_filling,
        texts["after_fill"],
    )
    if item.is_ledger:
        yield _Piece('AND({e}="√",{i}="")', lambda r: r.e == _TICK and not r.i, texts["ledger_item"])
    if item.depends_on:
        yield _Piece(
            'AND({e}="√",{neighbour}="")',
            lambda r: r.e == _TICK and not r.neighbour,
            texts["neighbour"].format(number=item.depends_on),
        )


@lru_cache(maxsize=1024)
def _hint_formula(item: Item, layout: Layout, year: int) -> str:
    row = layout.row(item.number) + 1
    places = {letter.lower(): f"{letter}{row}" for letter in "EFGHI"}
    places["neighbour"] = f"E{layout.row(item.depends_on) + 1}" if item.depends_on else ""
    places["filled"] = f"IF(YEAR({_DATE})>{year},12,MONTH({_DATE}))"
    pieces = "&".join(f'IF({piece.test.format_map(places)},"{piece.text}","")' for piece in _pieces(item))
    blank = "&".join(f"{letter}{row}" for letter in "EFGHI")
    return f'=IF({blank}="","{words.NOT_FILLED}",{pieces})'


class Formulas:
    """Formulas over the answer cells of one form under one policy; `year` is the year the form asks about.

    `marks` are cells sent back for correction, with what is wrong; `carried` the items answered as in the former
    round. Every method gives (formula, value now) for the texts in `cells`, by item number and column.
    """

    def __init__(
        self, form: Form, layout: Layout, policy: Policy, year: int, marks: Cells, carried: Collection[int] = ()
    ) -> None:
        self._form = form
        self._layout = layout
        self._policy = policy
        self._year = year
        self._marks = marks
        self._carried = carried
        # What a hint may say of a row in which there is nothing to mend.
        self._quiet = (words.NOT_FILLED, words.CARRIED) if carried else (words.NOT_FILLED,)

    def score(self, item: Item, cells: Cells) -> tuple[str, float]:
        """The self-score: the item's points if done, cut by the policy's share where there is no ledger."""
        row = self._layout.row(item.number) + 1
        full, less = self._policy.done_with_ledger / 100, self._policy.done_without_ledger / 100
        formula = f'=IF(E{row}="{_TICK}",ROUND(D{row}*IF(I{row}="{_TICK}",{full:g},{less:g}),2),0)'
        return formula, self._score(item, cells) / 100

    def totals(self, cells: Cells) -> dict[Column, tuple[str, float]]:
        """The total row: points of the form, self-score."""
        first, last = FIRST_ITEM_ROW + 1, self._layout.last_item_row + 1
        return {
            Column.POINTS: (f"=SUM(D{first}:D{last})", self._form.points / 100),
            Column.SCORE: (f"=SUM(K{first}:K{last})", self._total(cells)),
        }

    def live_line(self, cells: Cells, filled_on: date | None) -> dict[Span, tuple[str, str]]:
        """Progress, self-score and the number of rows to mend, each in its own span of columns."""
        first, last = FIRST_ITEM_ROW + 1, self._layout.last_item_row + 1
        hint = f"L{first}:L{last}"
        count = len(self._form.items)
        filled = sum(bool(_text(cells, i, Column.DONE) + _text(cells, i, Column.PLANNED)) for i in self._form.items)
        to_mend = sum(self._hint_now(i, cells, filled_on) not in ("", *self._quiet) for i in self._form.items)
        quiet = "".join(f'*({hint}<>"{text}")' for text in self._quiet)
        lines = (
            (
                f'="{words.FILLED}"&SUMPRODUCT(--(E{first}:E{last}&G{first}:G{last}<>""))&"/{count}"',
                f"{words.FILLED}{filled}/{count}",
            ),
            (
                f'="{words.SELF_SCORE}"&TEXT(K{self._layout.total_row + 1},"0.00")&"{words.POINTS_WORD}"',
                f"{words.SELF_SCORE}{self._total(cells):.2f}{words.POINTS_WORD}",
            ),
            (
                f'="{words.TO_MEND}"&SUMPRODUCT(({hint}<>""){quiet})&"{words.ITEMS_WORD}"',
                f"{words.TO_MEND}{to_mend}{words.ITEMS_WORD}",
            ),
        )
        return dict(zip(LIVE_SPANS, lines, strict=True))

    def hint(self, item: Item, cells: Cells, filled_on: date | None) -> tuple[str, str]:
        """What is missing or contradictory in a row, in words; 未填 for a row without any answer."""
        formula = _hint_formula(item, self._layout, self._year)
        formula += "".join(f'&IF({test},"{text}","")' for test, text in self._untouched(item, cells))
        return formula, self._hint_now(item, cells, filled_on)

    def _untouched(self, item: Item, cells: Cells) -> Iterator[tuple[str, str]]:
        """Tests of whether a row still is as it was sent out, each with what is to be said of it until then."""
        if sent_back := [self.untouched(n, column, cells) for n, column in self._marks if n == item.number]:
            yield f"OR({','.join(sent_back)})", words.SENT_BACK
        if item.number in self._carried:
            carried = [self.untouched(item.number, column, cells) for column in ANSWER_COLUMNS]
            yield f"AND({','.join(carried)})", words.CARRIED

    def untouched(self, number: int, column: Column, cells: Cells) -> str:
        """A test of whether a cell still holds the text it was sent out with."""
        # A text in a formula may have 255 characters at most, a quotation mark counting two.
        text = cells.get((number, column), "")[:100].replace('"', '""')
        return f'LEFT({self._layout.cell(number, column)},100)="{text}"'

    def highlights(self) -> Iterator[tuple[Column, str, bool]]:
        """Conditional formats over the item rows, as (column, formula of its first row, wrong rather than missing).

        They stay when a paste has removed a dropdown. They name no other sheet, which Excel 2007 would refuse, and
        no array constant, which no version takes there.
        """
        r = FIRST_ITEM_ROW + 1
        both = f'ISNUMBER(SEARCH("{words.HINTS["both"]}",$L{r}))'
        for column, c in ((Column.DONE, "E"), (Column.PLANNED, "G"), (Column.LEDGER, "I")):
            yield column, f'=AND({c}{r}<>"",{c}{r}<>"{_TICK}")', True
        for column, c in ((Column.DONE_MONTH, "F"), (Column.PLANNED_MONTH, "H")):
            yield column, f'=AND({c}{r}<>"",ISERROR(FIND("|"&{c}{r}&"|","{_MONTH_TEXT}")))', True
        yield Column.DONE, f"={both}", True
        yield Column.PLANNED, f"={both}", True
        yield Column.DONE, f'=AND($E{r}="",OR($F{r}<>"",$I{r}<>""))', False
        yield Column.DONE_MONTH, f'=AND($E{r}="{_TICK}",$F{r}="")', False
        yield Column.PLANNED, f'=AND($G{r}="",$H{r}<>"")', False
        yield Column.PLANNED_MONTH, f'=ISNUMBER(SEARCH("{words.HINTS["planned_month_missing"]}",$L{r}))', False
        loud = "".join(f',$L{r}<>"{text}"' for text in self._quiet)
        yield Column.HINT, f'=AND($L{r}<>""{loud})', False

    def carried(self) -> str | None:
        """A conditional format over the answers: filled in as in the former round; None where nothing is carried."""
        r, length = FIRST_ITEM_ROW + 1, len(words.CARRIED)
        return f'=AND(E{r}<>"",RIGHT($L{r},{length})="{words.CARRIED}")' if self._carried else None

    def _score(self, item: Item, cells: Cells) -> int:
        if _text(cells, item, Column.DONE) != _TICK:
            return 0
        ledger = _text(cells, item, Column.LEDGER) == _TICK
        return share_of(item.points, self._policy.done_with_ledger if ledger else self._policy.done_without_ledger)

    def _total(self, cells: Cells) -> float:
        return sum(self._score(item, cells) for item in self._form.items) / 100

    def _hint_now(self, item: Item, cells: Cells, filled_on: date | None) -> str:
        row = self._row(item, cells, filled_on)
        untouched = "".join(text for _, text in self._untouched(item, cells))
        if not (row.e or row.f or row.g or row.h or row.i):
            return words.NOT_FILLED + untouched
        return "".join(piece.text for piece in _pieces(item) if piece.holds(row)) + untouched

    def _row(self, item: Item, cells: Cells, filled_on: date | None) -> _Row:
        return _Row(
            e=_text(cells, item, Column.DONE),
            f=_text(cells, item, Column.DONE_MONTH),
            g=_text(cells, item, Column.PLANNED),
            h=_text(cells, item, Column.PLANNED_MONTH),
            i=_text(cells, item, Column.LEDGER),
            neighbour=cells.get((item.depends_on, Column.DONE), "") if item.depends_on else "",
            filled=None if filled_on is None else 12 if filled_on.year > self._year else filled_on.month,
        )


def _text(cells: Cells, item: Item, column: Column) -> str:
    return cells.get((item.number, column), "")
