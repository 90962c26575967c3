"""The live formulas of the issued sheet, each with the value it has when the file is written.

Only functions that Excel 2007, WPS and LibreOffice share, and no deep nesting, which .xls cannot hold: a hint is made
of short independent pieces joined by &. The conditions of a piece are put together from a few, each of which is here
as a formula and as a predicate; a test recalculates the sheet in LibreOffice and finds them equal.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache

from sanjin_xl.messages import template as words
from sanjin_xl.model.fields import CHOICES, MONTHS, TICKS
from sanjin_xl.model.form import Form, Item
from sanjin_xl.model.layout import (
    DATE_VALUE,
    HEAD_ROW,
    HINT_HEAD,
    LIVE_SPANS,
    MONTH_RANGE,
    SCORE_HEAD,
    SUM_HEAD,
    Layout,
    Span,
)
from sanjin_xl.model.points import decimal, plain, points, share_of
from sanjin_xl.model.policy import Policy

Cells = Mapping[tuple[int, str], str]
_TICK = words.TICK
_MONTHS = words.MONTHS
_MONTH_RANGE = f"{words.HIDDEN_SHEET}!{MONTH_RANGE}"
_MONTH_TEXT = "|" + "|".join(_MONTHS) + "|"


Row = Mapping[str, str]
"""The choices of a row as they stand, the neighbour's tick, the month of filling: 12 for a later year, "" for none."""
_ROW = (*CHOICES, "neighbour", "filled")
Test = tuple[str, Callable[[Row], bool]]
"""A condition as Excel has it, over {done} … {ledger}, {neighbour}, {date} and {filled}, and as a predicate."""


def _is(name: str, text: str) -> Test:
    return f'{{{name}}}="{text}"', lambda row: row[name] == text


def _is_not(name: str, text: str) -> Test:
    return f'{{{name}}}<>"{text}"', lambda row: row[name] != text


def _is_no_month(name: str) -> Test:
    return f"SUMPRODUCT(--({_MONTH_RANGE}={{{name}}}))=0", lambda row: row[name] not in _MONTHS


_IS_DATED: Test = ("ISNUMBER({date})", lambda row: bool(row["filled"]))
_IS_LATER: Test = (
    # Not MATCH, to which ? and * in what was typed are wildcards.
    f"SUMPRODUCT(({_MONTH_RANGE}={{done_month}})*(ROW({_MONTH_RANGE})-1))>{{filled}}",
    lambda row: row["done_month"] in _MONTHS[int(row["filled"]) :],
)


def _hints(item: Item) -> Iterator[tuple[str, tuple[Test, ...]]]:
    """What may be said of an item, by its name in `words.HINTS`, each with the conditions that must all hold."""
    for name in TICKS:
        yield f"{name}_illegal", (_is_not(name, ""), _is_not(name, _TICK))
    yield "done_month_illegal", (_is_not("done_month", ""), _is_no_month("done_month"))
    yield "done_month_missing", (_is("done", _TICK), _is("done_month", ""))
    yield "done_missing", (_is("done", ""), _is_not("done_month", ""))
    if item.one_off:
        yield "both", (_is("done", _TICK), _is("planned", _TICK))
    if item.planned_month:
        yield "planned_month_illegal", (_is_not("planned_month", ""), _is_no_month("planned_month"))
        yield "planned_month_missing", (_is("done", ""), _is("planned", _TICK), _is("planned_month", ""))
        yield "planned_missing", (_is("planned", ""), _is_not("planned_month", ""))
    yield "ledger_not_done", (_is("ledger", _TICK), _is("done", ""))
    yield "after_fill", (_is("done", _TICK), _IS_DATED, _IS_LATER)
    if item.is_ledger:
        yield "ledger_item", (_is("done", _TICK), _is("ledger", ""))
    if item.depends_on:
        yield "neighbour", (_is("done", _TICK), _is("neighbour", ""))


@lru_cache(maxsize=1024)  # all workbooks of a form share them
def _pieces(item: Item) -> tuple[tuple[str, tuple[Test, ...]], ...]:
    """The sentences of an item's hints with their conditions."""
    return tuple((words.HINTS[name].format(number=item.depends_on), tests) for name, tests in _hints(item))


@lru_cache(maxsize=10_000)  # most rows of most workbooks say one of a few things
def _said(form: Form, number: int, row: tuple[str, ...]) -> str:
    """What the hint of an item says of a row, whose texts are those of `_ROW`."""
    texts = dict(zip(_ROW, row, strict=True))
    pieces = _pieces(form.item(number))
    return "".join(text for text, tests in pieces if all(holds(texts) for _, holds in tests))


@lru_cache(maxsize=16)  # all workbooks of a form have the same
def _score_formulas(form: Form, layout: Layout, policy: Policy) -> dict[int, str]:
    return {item.number: _score_formula(item, layout, policy) for item in form.items}


def _score_formula(item: Item, layout: Layout, policy: Policy) -> str:
    cell = {name: layout.cell(item.number, name) for name in ("done", "planned", "ledger", "points")}
    head = SCORE_HEAD.format(tick=f'"{_TICK}"', **cell)
    full, less, planned = map(plain, policy.shares)
    plan = f'IF({cell["planned"]}="{_TICK}",ROUND({cell["points"]}*{planned},2),0)'
    return f'={head}"{_TICK}",{full},{less}),2),{plan if policy.planned else 0})'


@lru_cache(maxsize=16)
def _self_score_under(policy: Policy) -> Callable[[int, bool, bool, bool], int]:
    """What the sheet gives for the points of an item and the ticks beside it, under a policy."""

    @lru_cache(maxsize=1024)
    def self_score(points: int, done: bool, planned: bool, ledger: bool) -> int:
        return share_of(points, policy.share(done=done, planned=planned, ledger=ledger))

    return self_score


@lru_cache(maxsize=16)
def _hint_formulas(form: Form, layout: Layout, year: int) -> dict[int, str]:
    return {item.number: _hint_formula(item, layout, year) for item in form.items}


def _hint_formula(item: Item, layout: Layout, year: int) -> str:
    cells = {name: layout.cell(item.number, name) for name in CHOICES}
    date_cell = layout.at(HEAD_ROW, DATE_VALUE, absolute=True)
    places = cells | {
        "neighbour": layout.cell(item.depends_on, "done") if item.depends_on else "",
        "date": date_cell,
        "filled": f"IF(YEAR({date_cell})>{year},12,MONTH({date_cell}))",
    }
    tests = [(",".join(test for test, _ in tests).format_map(places), text) for text, tests in _pieces(item)]
    pieces = "&".join(f'IF(AND({test}),"{text}","")' for test, text in tests)
    return f'={HINT_HEAD.format_map(cells)}"","{words.NOT_FILLED}",{pieces})'


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
        self._year = year
        self._self_score = _self_score_under(policy)
        self._scores, self._hints = _score_formulas(form, layout, policy), _hint_formulas(form, layout, year)
        self._marks = marks
        self._marked_items = {number for number, _ in marks}
        self._carried = carried
        # What a hint may say of a row in which there is nothing to mend.
        self._quiet = (words.NOT_FILLED, words.CARRIED) if carried else (words.NOT_FILLED,)

    def score(self, item: Item, cells: Cells) -> tuple[str, float]:
        """The self-score: the share of the item's points that the policy gives for what is ticked."""
        return self._scores[item.number], points(self._score(item, cells))

    def totals(self, cells: Cells) -> dict[str, tuple[str, float]]:
        """The total row: points of the form, self-score."""
        figures = {"points": points(self._form.points), "score": points(self._total(cells))}
        return {name: (f"={SUM_HEAD}{self._layout.area(name)})", figure) for name, figure in figures.items()}

    def live_line(self, cells: Cells, said: Iterable[str]) -> dict[Span, tuple[str, str]]:
        """Progress, self-score and the number of rows to mend, each in its own span; `said` by the rows' hints now."""
        area, count = self._layout.area, len(self._form.items)
        hint, total = area("hint"), self._layout.at(self._layout.total_row, ("score", "score"))
        filled = sum(bool(_text(cells, i, "done") + _text(cells, i, "planned")) for i in self._form.items)
        to_mend = sum(hint not in ("", *self._quiet) for hint in said)
        quiet = "".join(f'*({hint}<>"{text}")' for text in self._quiet)
        lines = (
            (
                f'="{words.FILLED}"&SUMPRODUCT(--({area("done")}&{area("planned")}<>""))&"/{count}"',
                f"{words.FILLED}{filled}/{count}",
            ),
            (
                f'="{words.SELF_SCORE}"&TEXT({total},"0.00")&"{words.POINTS_WORD}"',
                f"{words.SELF_SCORE}{decimal(self._total(cells))}{words.POINTS_WORD}",
            ),
            (
                f'="{words.TO_MEND}"&SUMPRODUCT(({hint}<>""){quiet})&"{words.ITEMS_WORD}"',
                f"{words.TO_MEND}{to_mend}{words.ITEMS_WORD}",
            ),
        )
        return dict(zip(LIVE_SPANS, lines, strict=True))

    def hint(self, item: Item, cells: Cells, filled_on: date | None) -> tuple[str, str]:
        """What is missing or contradictory in a row, in words; 未填 for a row without any answer."""
        formula = self._hints[item.number]
        formula += "".join(f'&IF({test},"{text}","")' for test, text in self._untouched(item, cells))
        return formula, self._hint_now(item, cells, filled_on)

    def _untouched(self, item: Item, cells: Cells) -> Iterator[tuple[str, str]]:
        """Tests of whether a row still is as it was sent out, each with what is to be said of it until then."""
        if item.number in self._marked_items:
            marked = [self.unmended(n, name, cells) for n, name in self._marks if n == item.number]
            yield f"OR({','.join(marked)})", words.SENT_BACK
        if item.number in self._carried:
            carried = [self._untouched_cell(item.number, name, cells) for name in self._form.answers]
            yield f"AND({','.join(carried)})", words.CARRIED

    def unmended(self, number: int, name: str, cells: Cells) -> str:
        """A test of whether a marked cell is as it was sent out, and so is the rest of its row but for other marks.

        A month without a tick is marked at the month, and mended by the tick.
        """
        names = [one for one in self._form.answers if one == name or (number, one) not in self._marks]
        return f"AND({','.join(self._untouched_cell(number, one, cells) for one in names)})"

    def _untouched_cell(self, number: int, name: str, cells: Cells) -> str:
        """A test of whether a cell still holds the text it was sent out with."""
        # A text in a formula may have 255 characters at most, a quotation mark counting two; _x000B_ is a character.
        text = cells.get((number, name), "")[:100].replace('"', '""').replace("_x", '_"&"x')
        return f'LEFT({self._layout.cell(number, name)},100)="{text}"'

    def highlights(self) -> Iterator[tuple[str, str, bool]]:
        """Conditional formats over the item rows, as (field, formula of its first row, wrong rather than missing).

        They stay when a paste has removed a dropdown. They name no other sheet, which Excel 2007 would refuse, and
        no array constant, which no version takes there.
        """
        at, hint = self._first_cells(), self._first_cells()["hint"]
        both = f'ISNUMBER(SEARCH("{words.HINTS["both"]}",{hint}))'
        for name in TICKS:
            cell = self._layout.cell(1, name)
            yield name, f'=AND({cell}<>"",{cell}<>"{_TICK}")', True
        for name in MONTHS:
            cell = self._layout.cell(1, name)
            yield name, f'=AND({cell}<>"",ISERROR(FIND("|"&{cell}&"|","{_MONTH_TEXT}")))', True
        yield "done", f"={both}", True
        yield "planned", f"={both}", True
        yield "done", f'=AND({at["done"]}="",OR({at["done_month"]}<>"",{at["ledger"]}<>""))', False
        yield "done_month", f'=AND({at["done"]}="{_TICK}",{at["done_month"]}="")', False
        yield "planned", f'=AND({at["planned"]}="",{at["planned_month"]}<>"")', False
        yield "planned_month", f'=ISNUMBER(SEARCH("{words.HINTS["planned_month_missing"]}",{hint}))', False
        loud = "".join(f',{hint}<>"{text}"' for text in self._quiet)
        yield "hint", f'=AND({hint}<>""{loud})', False

    def carried(self) -> str | None:
        """A conditional format over the answers: filled in as in the former round; None where nothing is carried."""
        cell, hint, length = self._layout.cell(1, "done"), self._first_cells()["hint"], len(words.CARRIED)
        return f'=AND({cell}<>"",RIGHT({hint},{length})="{words.CARRIED}")' if self._carried else None

    def _first_cells(self) -> dict[str, str]:
        """The cells of the first item, whichever column a formula stands in."""
        return {name: self._layout.cell(1, name, keep_column=True) for name in self._form.fields}

    def _score(self, item: Item, cells: Cells) -> int:
        return self._self_score(item.points, *[cells.get((item.number, name)) == _TICK for name in TICKS])

    def _total(self, cells: Cells) -> int:
        return sum(self._score(item, cells) for item in self._form.items)

    def _hint_now(self, item: Item, cells: Cells, filled_on: date | None) -> str:
        choices = [_text(cells, item, name) for name in CHOICES]
        untouched = "".join(text for _, text in self._untouched(item, cells))
        if not any(choices):
            return words.NOT_FILLED + untouched
        neighbour = cells.get((item.depends_on, "done"), "") if item.depends_on else ""
        filled = str(12 if filled_on.year > self._year else filled_on.month) if filled_on else ""
        return _said(self._form, item.number, (*choices, neighbour, filled)) + untouched


def _text(cells: Cells, item: Item, name: str) -> str:
    return cells.get((item.number, name), "")
