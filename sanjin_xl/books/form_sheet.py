"""The sheet the county fills in, written top to bottom (docs/contracts.md §1)."""

from datetime import date
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any

from sanjin_xl.books import formulas
from sanjin_xl.books.form_pages import HINT_SIZE, SIZE, TEXT_SIZE, Group, ItemRows, label_of
from sanjin_xl.books.issue import Filling, Issue
from sanjin_xl.books.quick_sheet import Value
from sanjin_xl.books.seal import SealedWorkbook
from sanjin_xl.books.sheet_writer import Area, SheetWriter
from sanjin_xl.books.styles import (
    ANSWER_FONT,
    ASK_FILL,
    ASK_INK,
    CARRIED_FILL,
    CARRIED_INK,
    CATEGORY_FILL,
    CODE_FONT,
    DOTTED,
    FAINT_LINE,
    LINE,
    MEDIUM,
    OPEN_FILL,
    QUIET,
    THIN,
    TITLE_FONT,
    WRONG_FILL,
    WRONG_INK,
    Styles,
)
from sanjin_xl.messages import template as words
from sanjin_xl.model.fields import Field, Kind
from sanjin_xl.model.form import Form, Item
from sanjin_xl.model.layout import (
    DATE_LABEL,
    DATE_VALUE,
    DONE_GROUP,
    FIRST_ITEM_ROW,
    GROUP_ROW,
    HEAD_ROW,
    HEADER_ROW,
    LEDGER_GROUP,
    LIVE_ROW,
    MONTH_RANGE,
    PERIOD_LABEL,
    PERIOD_VALUE,
    PLANNED_GROUP,
    SEAL,
    SIGN_SPANS,
    STAMP_LABEL,
    STAMP_VALUE,
    TICK_RANGE,
    TITLE,
    TITLE_ROW,
    TOTAL_LABEL,
    UNIT_LABEL,
    UNIT_VALUE,
    Span,
    item_code,
    layout_of,
)
from sanjin_xl.model.points import points

_TOTAL_HEIGHT = _SIGN_HEIGHT = 26
_LISTS = {Kind.TICK: TICK_RANGE, Kind.MONTH: MONTH_RANGE}
_ALERTS = {Kind.TICK: words.TICK_ALERT, Kind.MONTH: words.MONTH_ALERT}

Edges = tuple[tuple[str, object], ...]
"""Properties of a format, by their names at XlsxWriter."""
Shape = tuple[Edges, tuple[bool, ...]]
"""What the rows of some items have in common: their edges, and which answers are asked for."""


def add_form_sheet(book: SealedWorkbook, issue: Issue, filling: Filling) -> None:
    """Add the sheet the county fills in."""
    _FormSheet(book, issue, filling).write()


class _FormSheet:
    """One form sheet being written, top to bottom."""

    def __init__(self, book: SealedWorkbook, issue: Issue, filling: Filling) -> None:
        self.issue = issue
        self.filling = filling
        self.form = issue.form
        self.layout = layout_of(issue.form)
        self.places = self.layout.places
        self.fields = issue.form.fields
        self.answers = [self.fields[name] for name in self.form.answers]
        self.formulas = formulas.Formulas(
            issue.form, self.layout, issue.policy, issue.period.year, filling.marks, filling.carried
        )
        self.hints = {one.number: self.formulas.hint(one, filling.cells, filling.filled_on) for one in self.form.items}
        self._scores = {one.number: self.formulas.score(one, filling.cells) for one in self.form.items}
        self.rows = ItemRows(self.form, filling.cells, {number: said for number, (_, said) in self.hints.items()})
        self.styles = Styles(book)
        self._shapes = _shapes_of(self.form)
        self._looks_of: dict[Shape, list[Any]] = {}
        seen = [field.width for field in self.fields.values() if field.kind is not Kind.HIDDEN]
        hidden = [field.width for field in self.fields.values() if field.kind is Kind.HIDDEN]
        self.sheet = SheetWriter(self.styles, words.SHEET, seen, hidden=hidden, size=SIZE, living=True, gridlines=True)
        self.sheet.worksheet.rows_grow = True

    def write(self) -> None:
        self._title()
        self._head()
        self._live_line()
        self._headings()
        self._items()
        self._total()
        self._sign_off()
        self._dropdowns()
        self._marks()
        self._highlights()
        self._print_setup()
        self.sheet.worksheet.freeze_panes(FIRST_ITEM_ROW, self.places["done"])
        self.sheet.worksheet.protect()

    def _put(self, row: int, name: str, value: Value, form: Any, formula: str | None = None) -> None:
        self.sheet.put(row, self.places[name], value, form, formula)

    def _merge(self, row: int, span: Span, text: Value, form: Any) -> None:
        self.sheet.merge(row, *self.layout.columns(span), text or None, form)

    def _title(self) -> None:
        form = self.styles.get(font_name=TITLE_FONT, font_size=20, align="center", text_wrap=False)
        self._merge(TITLE_ROW, TITLE, self.form.title, form)
        self.sheet.next_row(38)

    def _head(self) -> None:
        label = self.styles.get(align="right", text_wrap=False)
        value = self.styles.get(bottom=THIN, bottom_color=LINE, bold=True, text_wrap=False)
        centred = self.styles.get(bottom=THIN, bottom_color=LINE, align="center", text_wrap=False)
        code = self.styles.get(font_name=CODE_FONT, font_size=9, bottom=THIN, bottom_color=LINE, text_wrap=False)
        self._merge(HEAD_ROW, UNIT_LABEL, words.UNIT_LABEL, label)
        self._merge(HEAD_ROW, UNIT_VALUE, self.issue.unit.name, value)
        self._merge(HEAD_ROW, PERIOD_LABEL, words.PERIOD_LABEL, label)
        self._merge(HEAD_ROW, PERIOD_VALUE, self.issue.period.label, centred)
        self._merge(HEAD_ROW, DATE_LABEL, words.DATE_LABEL, label)
        self._fill_date()
        self._merge(HEAD_ROW, STAMP_LABEL, words.STAMP_LABEL, label)
        self._merge(HEAD_ROW, STAMP_VALUE, self.issue.stamp.code(self.issue.key), code)
        self.sheet.next_row(24)

    def _fill_date(self) -> None:
        form = self.styles.get(
            num_format=words.DATE_FORMAT, align="center", locked=False, bottom=THIN, bg_color=OPEN_FILL, text_wrap=False
        )
        self._put(HEAD_ROW, DATE_VALUE[0], self.filling.filled_on, form)
        column, year = self.places[DATE_VALUE[0]], self.issue.period.year
        between = {"minimum": date(year, 1, 1), "maximum": date(year + 1, 12, 31)}
        rule = {"validate": "date", "criteria": "between", **between}
        self.sheet.validate((HEAD_ROW, column) * 2, rule, words.DATE_PROMPT, words.DATE_ALERT, "warning")

    def _live_line(self) -> None:
        form = self.styles.get(font_color=QUIET, text_wrap=False)
        for span, (formula, value) in self.formulas.live_line(
            self.filling.cells, [said for _, said in self.hints.values()]
        ).items():
            self._merge(LIVE_ROW, span, None, form)
            self._put(LIVE_ROW, span[0], value, form, formula)
        self.sheet.next_row(20)

    def _headings(self) -> None:
        form = self.sheet.heading_format()
        # Without the line between them, a blank group cell and its heading look like one.
        upper, lower = self.sheet.heading_format(bottom=0), self.sheet.heading_format(top=0)
        for name, field in self.fields.items():
            if field.kind is Kind.HIDDEN:
                self._put(HEADER_ROW, name, words.CODE_HEADING, form)
                continue
            self._put(HEADER_ROW, name, field.heading, form if field.scored else lower)
            self._put(GROUP_ROW, name, None, upper)
        names = self.form.headings
        self._merge(GROUP_ROW, DONE_GROUP, names.done_group, form)
        self._merge(GROUP_ROW, PLANNED_GROUP, names.planned_group, form)
        self._merge(GROUP_ROW, LEDGER_GROUP, names.ledger_group, form)
        self.sheet.next_row(32)
        self.sheet.next_row(24)

    def _items(self) -> None:
        """The items page by page, the category's name standing again at the top of every page it runs over."""
        head, repeated = self.sheet.height(), self.sheet.height(GROUP_ROW, HEADER_ROW + 1)
        pages = self.rows.pages(self.sheet.page_room(), head, repeated, _TOTAL_HEIGHT + 2 * _SIGN_HEIGHT)
        self.sheet.worksheet.set_h_pagebreaks([self.layout.row(page[0][0].number) for page in pages[1:]])
        for page in pages:
            for _, groups in groupby(page, key=self._ordinal):
                self._part([item for group in groups for item in group])

    def _ordinal(self, group: Group) -> str:
        return self.form.category_of(group[0].number).ordinal

    def _part(self, items: list[Item]) -> None:
        """What of a category stands on one page."""
        form = self.sheet.heading_format(bg_color=CATEGORY_FILL, valign="top", top=MEDIUM)
        place, first, last = self.places["category"], items[0], self.layout.row(items[-1].number)
        label = label_of(self.form, first)
        # At the top, or an office that breaks pages elsewhere would cut the name in two.
        self.sheet.merge(self.layout.row(first.number), place, place, label, form, last_row=last)
        for item in items:
            self._item(item, labelled=item is first)

    def _item(self, item: Item, *, labelled: bool) -> None:
        cells, (formula, score), (hint, said) = self.filling.cells, self._scores[item.number], self.hints[item.number]
        values: dict[str, Value] = {
            "number": item.number,
            "text": item.text,
            "points": points(item.points),
            **{name: cells.get((item.number, name)) or None for name in self.form.answers},
            "score": score,
            "hint": said,
            "code": item_code(item.number),
        }
        calculated = {"score": formula, "hint": hint}
        names = self.layout.fields
        self.sheet.put_row([values.get(n) for n in names], self._looks(item), [calculated.get(n) for n in names])
        self.sheet.next_row(self.rows.height(item, labelled=labelled))

    def _looks(self, item: Item) -> list[Any]:
        """The formats of an item's row from left to right; rows of one shape share them."""
        shape, look = self._shapes[item.number], self.sheet.format
        if shape not in self._looks_of:
            edges = dict(shape[0])
            looks = {
                "number": look("centre", **edges),
                "text": look("text", **edges),
                "points": look("points", num_format="0.0#", **edges),
                **{field.name: self._answer_format(item, field, edges) for field in self.answers},
                "score": look("points", font_color=QUIET, **edges),
                "hint": look("text", font_size=HINT_SIZE, font_color=QUIET, **edges),
                "code": self.styles.get(font_size=8),
            }
            self._looks_of[shape] = [looks.get(name) for name in self.layout.fields]
        return self._looks_of[shape]

    def _answer_format(self, item: Item, field: Field, edges: dict[str, object]) -> Any:
        text = field.kind is Kind.TEXT
        kind: dict[str, object] = {"font_size": TEXT_SIZE, "num_format": "@"} if text else {"align": "center"}
        opened: dict[str, object] = {"locked": False, "bg_color": OPEN_FILL}
        state = opened if item.asks(field.name) else {"diag_type": 2, "diag_color": LINE}
        return self.sheet.format("text", **{"font_name": ANSWER_FONT, "font_size": 11, **edges, **kind, **state})

    def _total(self) -> None:
        row, form = self.layout.total_row, self.sheet.heading_format(num_format="0.00")
        for name, field in self.fields.items():
            if field.kind is not Kind.HIDDEN:
                self._put(row, name, None, form)
        self._merge(row, TOTAL_LABEL, self.form.headings.total, form)
        for name, (formula, value) in self.formulas.totals(self.filling.cells).items():
            self._put(row, name, value, form, formula)
        self.sheet.next_row(_TOTAL_HEIGHT)

    def _sign_off(self) -> None:
        label = self.styles.get(align="right", text_wrap=False)
        value = self.styles.get(
            locked=False, bottom=THIN, bottom_color=LINE, bg_color=OPEN_FILL, text_wrap=False, num_format="@"
        )
        row = self.layout.sign_row
        texts = (*self.filling.signers, *[""] * len(words.SIGNERS))
        for (label_span, value_span), name, text in zip(SIGN_SPANS, words.SIGNERS, texts, strict=False):
            self._merge(row, label_span, name, label)
            self._merge(row, value_span, text or None, value)
        self.sheet.next_row(_SIGN_HEIGHT)
        seal = self.styles.get(align="center", text_wrap=False)
        self._merge(self.layout.seal_row, SEAL, words.SEAL, seal)
        self.sheet.next_row(_SIGN_HEIGHT)

    def _dropdowns(self) -> None:
        for field in self.answers:
            place, alert = self.places[field.name], _ALERTS.get(field.kind)
            prompt = words.PROMPTS.get(field.name, (field.heading, field.prompt))
            rule = {"validate": "any"}
            if alert:
                rule = {"validate": "list", "source": f"={words.HIDDEN_SHEET}!{_LISTS[field.kind]}"}
            for first, last in self._open_runs(field.name):
                self.sheet.validate((first, place, last, place), rule, prompt, alert)

    def _open_runs(self, name: str) -> list[tuple[int, int]]:
        """The runs of rows in which a column is open: all of them, but for items without a planned month."""
        closed = [item.number for item in self.form.items if not item.asks(name)]
        bounds = [0, *closed, self.layout.items + 1]
        return [(self.layout.row(a + 1), self.layout.row(b - 1)) for a, b in pairwise(bounds) if b - a > 1]

    def _highlights(self) -> None:
        wrong, ask = self.styles.condition(WRONG_FILL, WRONG_INK), self.styles.condition(ASK_FILL, ASK_INK)
        for name, formula, is_wrong in self.formulas.highlights():
            self.sheet.condition(self._area(name, name), formula, wrong if is_wrong else ask)
        if carried := self.formulas.carried():
            # Last of all rules, so that what is wrong with a carried answer stands out.
            first, *_, last = self.form.answers
            self.sheet.condition(self._area(first, last), carried, self.styles.condition(CARRIED_FILL, CARRIED_INK))

    def _area(self, first: str, last: str) -> Area:
        """The cells of these fields and those between, over all items."""
        return FIRST_ITEM_ROW, self.places[first], self.layout.last_item_row, self.places[last]

    def _marks(self) -> None:
        """Paint and explain the cells sent back for correction; the paint goes when they or their row are mended."""
        wrong = self.styles.condition(WRONG_FILL, WRONG_INK)
        for (number, name), text in self.filling.marks.items():
            cell = self.layout.row(number), self.places[name]
            # First of all rules of the cell, so that it wins over the general ones.
            self.sheet.condition(cell * 2, self.formulas.unmended(number, name, self.filling.cells), wrong)
            comment = {"author": self.issue.recipient, "x_scale": 2, "y_scale": 1.2}
            self.sheet.worksheet.write_comment(*cell, text, comment)

    def _print_setup(self) -> None:
        stamp = _escaped(self.issue.stamp.full(self.issue.key))
        footer = f"&L&7{stamp}&C&9{words.FOOTER}&R&9{self.issue.unit.name.replace('&', '&&')}"
        self.sheet.print_setup((GROUP_ROW, HEADER_ROW), footer=footer)
        first, last = self.layout.columns(TITLE)
        self.sheet.worksheet.print_area(TITLE_ROW, first, self.layout.seal_row, last)


@lru_cache(maxsize=16)
def _shapes_of(form: Form) -> dict[int, Shape]:
    """The shape of every item's row, by its number.

    Faint dots between items that share a row of the paper form, a strong line around a category.
    """
    shapes: dict[int, Shape] = {}
    for one in form.categories:
        for before, item, after in zip((None, *one.items[:-1]), one.items, (*one.items[1:], None), strict=True):
            edges = *_edge("top", item, before), *_edge("bottom", item, after)
            shapes[item.number] = edges, tuple(map(item.asks, form.answers))
    return shapes


def _edge(side: str, item: Item, beside: Item | None) -> Edges:
    if beside is None:
        return ((side, MEDIUM),)
    return ((side, DOTTED), (f"{side}_color", FAINT_LINE)) if beside.printed_row == item.printed_row else ()


def _escaped(text: str) -> str:
    # In a footer an ampersand starts a code, and a digit right after a size would belong to it.
    return " " + text.replace("&", "&&")
