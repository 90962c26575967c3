"""The sheet the county fills in, written top to bottom (docs/contracts.md §1)."""

from datetime import date
from itertools import pairwise
from typing import Any

from sanjin_xl.books import formulas
from sanjin_xl.books.issue import Filling, Issue
from sanjin_xl.books.seal import SealedWorkbook, SealedWorksheet
from sanjin_xl.books.styles import (
    ANSWER_FONT,
    ASK_FILL,
    ASK_INK,
    CARRIED_FILL,
    CARRIED_INK,
    CATEGORY_FILL,
    CODE_FONT,
    HAIR,
    HEADER_FILL,
    HEADING_FONT,
    LINE,
    OPEN_FILL,
    QUIET,
    THIN,
    TITLE_FONT,
    WRONG_FILL,
    WRONG_INK,
    Styles,
    height_of,
)
from sanjin_xl.messages import template as words
from sanjin_xl.model.form import Category, Item
from sanjin_xl.model.layout import (
    ANSWER_COLUMNS,
    DATE_LABEL,
    DATE_VALUE,
    FIRST_ITEM_ROW,
    GROUP_ROW,
    HEAD_ROW,
    HEADER_ROW,
    LIVE_ROW,
    PERIOD_LABEL,
    PERIOD_VALUE,
    SIGN_SPANS,
    STAMP_LABEL,
    STAMP_VALUE,
    TITLE_ROW,
    UNIT_LABEL,
    UNIT_VALUE,
    VISIBLE_COLUMNS,
    Column,
    Layout,
    Span,
    heading,
    item_code,
    layout_of,
)

WIDTHS = {
    Column.CATEGORY: 10,
    Column.NUMBER: 5,
    Column.TEXT: 50,
    Column.POINTS: 8,
    Column.DONE: 7,
    Column.DONE_MONTH: 9,
    Column.PLANNED: 7,
    Column.PLANNED_MONTH: 11,
    Column.LEDGER: 11,
    Column.REMARK: 18,
    Column.SCORE: 10,
    Column.HINT: 34,
    Column.CODE: 8,
}
_LEAST_ITEM_HEIGHT = 31.0  # two lines of the hint column
_MONTH_RANGE = "=_sanjin!$D$2:$D$13"
_TICK_RANGE = "=_sanjin!$C$2:$C$2"
_SIGN_HEIGHT = 26


def add_form_sheet(book: SealedWorkbook, issue: Issue, filling: Filling) -> SealedWorksheet:
    """Add the sheet the county fills in."""
    sheet = book.add_worksheet(words.SHEET)
    sheet.rows_grow = True
    writer = _FormSheet(sheet, Styles(book), issue, filling)
    writer.write()
    return sheet


class _FormSheet:
    """One form sheet being written, top to bottom."""

    def __init__(self, sheet: SealedWorksheet, styles: Styles, issue: Issue, filling: Filling) -> None:
        self.sheet = sheet
        self.styles = styles
        self.issue = issue
        self.filling = filling
        self.form = issue.form
        self.layout: Layout = layout_of(issue.form)
        self.formulas = formulas.Formulas(
            issue.form, self.layout, issue.policy, issue.period.year, filling.marks, filling.carried
        )

    def write(self) -> None:
        for column, width in WIDTHS.items():
            self.sheet.set_column(column, column, width, None, {"hidden": column is Column.CODE})
        self._title()
        self._head()
        self._live_line()
        self._headings()
        for category in self.form.categories:
            self._category(category)
        self._total()
        self._sign_off()
        self._dropdowns()
        self._marks()
        self._highlights()
        self._print_setup()
        self.sheet.freeze_panes(FIRST_ITEM_ROW, Column.DONE)
        self.sheet.protect()

    def _merge(self, row: int, span: Span, text: object, form: Any) -> None:
        first, last = span
        if first == last:
            self.sheet.write(row, first, text, form)
        else:
            self.sheet.merge_range(row, first, row, last, text, form)

    def _title(self) -> None:
        form = self.styles.get(font_name=TITLE_FONT, font_size=20, align="center", text_wrap=False)
        self._merge(TITLE_ROW, (Column.CATEGORY, Column.HINT), self.form.title, form)
        self.sheet.set_row(TITLE_ROW, 38)

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
        self.sheet.set_row(HEAD_ROW, 24)

    def _fill_date(self) -> None:
        form = self.styles.get(
            num_format=words.DATE_FORMAT, align="center", locked=False, bottom=THIN, bg_color=OPEN_FILL, text_wrap=False
        )
        column = DATE_VALUE[0]
        if self.filling.filled_on:
            self.sheet.write_datetime(HEAD_ROW, column, self.filling.filled_on, form)
        else:
            self.sheet.write_blank(HEAD_ROW, column, None, form)
        title, text = words.DATE_PROMPT
        alert_title, alert_text = words.DATE_ALERT
        year = self.issue.period.year
        self.sheet.data_validation(
            HEAD_ROW, column, HEAD_ROW, column,
            {
                "validate": "date", "criteria": "between",
                "minimum": date(year, 1, 1), "maximum": date(year + 1, 12, 31),
                "input_title": title, "input_message": text,
                "error_title": alert_title, "error_message": alert_text, "error_type": "warning",
            },
        )  # fmt: skip

    def _live_line(self) -> None:
        form = self.styles.get(font_color=QUIET, text_wrap=False)
        for span, (formula, value) in self.formulas.live_line(self.filling.cells, self.filling.filled_on).items():
            self.sheet.merge_range(LIVE_ROW, span[0], LIVE_ROW, span[1], "", form)
            self.sheet.write_formula(LIVE_ROW, span[0], formula, form, value)
        self.sheet.set_row(LIVE_ROW, 20)

    def _headings(self) -> None:
        form = self._heading_format()
        # Without the line between them, a blank group cell and its heading look like one.
        upper, lower = self._heading_format(bottom=0), self._heading_format(top=0)
        names = self.form.headings
        for column in VISIBLE_COLUMNS:
            grouped = Column.DONE <= column <= Column.LEDGER
            self.sheet.write_string(HEADER_ROW, column, heading(names, column), form if grouped else lower)
            self.sheet.write_blank(GROUP_ROW, column, None, upper)
        self.sheet.write_string(HEADER_ROW, Column.CODE, words.CODE_HEADING, form)
        self.sheet.merge_range(GROUP_ROW, Column.DONE, GROUP_ROW, Column.DONE_MONTH, names.done_group, form)
        self.sheet.merge_range(GROUP_ROW, Column.PLANNED, GROUP_ROW, Column.PLANNED_MONTH, names.planned_group, form)
        self.sheet.write_string(GROUP_ROW, Column.LEDGER, names.ledger_group, form)
        self.sheet.set_row(GROUP_ROW, 32)
        self.sheet.set_row(HEADER_ROW, 24)

    def _heading_format(self, fill: str = HEADER_FILL, **properties: object) -> Any:
        return self.styles.get(
            font_name=HEADING_FONT, align="center", border=THIN, border_color=LINE, bg_color=fill, **properties
        )

    def _category(self, category: Category) -> None:
        first, last = category.items[0].number, category.items[-1].number
        text = words.CATEGORY.format(ordinal=category.ordinal, name=category.name, points=f"{category.points / 100:g}")
        # At the top and within the first row, or a page break through the category would cut its name in two.
        form = self._heading_format(CATEGORY_FILL, valign="top")
        if first == last:
            self.sheet.write_string(self.layout.row(first), Column.CATEGORY, text, form)
        else:
            rows = self.layout.row(first), self.layout.row(last)
            self.sheet.merge_range(rows[0], Column.CATEGORY, rows[1], Column.CATEGORY, text, form)
        items = category.items
        least = height_of(text, WIDTHS[Column.CATEGORY], 10.5)
        for before, item, after in zip((None, *items[:-1]), items, (*items[1:], None), strict=True):
            self._item(item, _edges(before, item, after), _LEAST_ITEM_HEIGHT if before else least)

    def _item(self, item: Item, edges: dict[str, int], least_height: float) -> None:
        row = self.layout.row(item.number)
        look = {"border": THIN, "border_color": LINE, **edges}
        number = self.styles.get(align="center", **look)
        self.sheet.write_number(row, Column.NUMBER, item.number, number)
        self.sheet.write_string(row, Column.TEXT, item.text, self.styles.get(**look))
        points = self.styles.get(align="center", num_format="0.0#", **look)
        self.sheet.write_number(row, Column.POINTS, item.points / 100, points)
        for column in ANSWER_COLUMNS:
            self._answer(item, column, look)
        formula, value = self.formulas.score(item, self.filling.cells)
        score = self.styles.get(align="center", num_format="0.00", font_color=QUIET, **look)
        self.sheet.write_formula(row, Column.SCORE, formula, score, value)
        formula, text = self.formulas.hint(item, self.filling.cells, self.filling.filled_on)
        self.sheet.write_formula(row, Column.HINT, formula, self.styles.get(font_size=9, **look), text)
        self.sheet.write_string(row, Column.CODE, item_code(item.number), self.styles.get(font_size=8))
        self.sheet.set_row(row, max(least_height, self._height(item, text)))

    def _answer(self, item: Item, column: Column, look: dict[str, object]) -> None:
        row = self.layout.row(item.number)
        open_cell = column is not Column.PLANNED_MONTH or item.planned_month
        properties: dict[str, object] = {"font_name": ANSWER_FONT, "font_size": 11, **look}
        if column is Column.REMARK:
            properties |= {"font_size": 10, "num_format": "@"}
        else:
            properties |= {"align": "center"}
        properties |= {"locked": False, "bg_color": OPEN_FILL} if open_cell else {"diag_type": 2, "diag_color": LINE}
        text = self.filling.cells.get((item.number, column), "")
        form = self.styles.get(**properties)
        if text:
            self.sheet.write_string(row, column, text, form)
        else:
            self.sheet.write_blank(row, column, None, form)

    def _height(self, item: Item, hint: str) -> float:
        remark = self.filling.cells.get((item.number, Column.REMARK), "")
        return max(
            height_of(item.text, WIDTHS[Column.TEXT], 10.5),
            height_of(remark, WIDTHS[Column.REMARK], 10),
            height_of(hint, WIDTHS[Column.HINT], 9),
        )

    def _total(self) -> None:
        row = self.layout.total_row
        form = self._heading_format(num_format="0.00")
        for column in VISIBLE_COLUMNS:
            self.sheet.write_blank(row, column, None, form)
        self.sheet.merge_range(row, Column.CATEGORY, row, Column.TEXT, self.form.headings.total, form)
        for place, (formula, value) in self.formulas.totals(self.filling.cells).items():
            self.sheet.write_formula(row, place, formula, form, value)
        self.sheet.set_row(row, 26)

    def _sign_off(self) -> None:
        label = self.styles.get(align="right", text_wrap=False)
        value = self.styles.get(
            locked=False, bottom=THIN, bottom_color=LINE, bg_color=OPEN_FILL, text_wrap=False, num_format="@"
        )
        row = self.layout.sign_row
        texts = (*self.filling.signers, *[""] * len(words.SIGNERS))
        for (label_span, value_span), name, text in zip(SIGN_SPANS, words.SIGNERS, texts, strict=False):
            self._merge(row, label_span, name, label)
            self._merge(row, value_span, text, value)
        self.sheet.set_row(row, _SIGN_HEIGHT)
        seal = self.styles.get(align="center", text_wrap=False)
        self._merge(self.layout.seal_row, (Column.REMARK, Column.HINT), words.SEAL, seal)
        self.sheet.set_row(self.layout.seal_row, _SIGN_HEIGHT)

    def _dropdowns(self) -> None:
        for column in ANSWER_COLUMNS:
            for first, last in self._open_runs(column):
                self.sheet.data_validation(first, column, last, column, _validation(column))

    def _open_runs(self, column: Column) -> list[tuple[int, int]]:
        """The runs of rows in which a column is open: all of them, but for items without a planned month."""
        closed = [i.number for i in self.form.items if column is Column.PLANNED_MONTH and not i.planned_month]
        bounds = [0, *closed, self.layout.items + 1]
        return [(self.layout.row(a + 1), self.layout.row(b - 1)) for a, b in pairwise(bounds) if b - a > 1]

    def _highlights(self) -> None:
        wrong = self.styles.condition(WRONG_FILL, WRONG_INK)
        ask = self.styles.condition(ASK_FILL, ASK_INK)
        for place, formula, is_wrong in self.formulas.highlights():
            rows = FIRST_ITEM_ROW, self.layout.last_item_row
            options = {"type": "formula", "criteria": formula, "format": wrong if is_wrong else ask}
            self.sheet.conditional_format(rows[0], place, rows[1], place, options)
        if carried := self.formulas.carried():
            # Last of all rules, so that what is wrong with a carried answer stands out.
            options = {
                "type": "formula",
                "criteria": carried,
                "format": self.styles.condition(CARRIED_FILL, CARRIED_INK),
            }
            self.sheet.conditional_format(FIRST_ITEM_ROW, ANSWER_COLUMNS[0], rows[1], ANSWER_COLUMNS[-1], options)

    def _marks(self) -> None:
        """Paint and explain the cells sent back for correction; the paint goes when the text is changed."""
        wrong = self.styles.condition(WRONG_FILL, WRONG_INK)
        for (number, column), text in self.filling.marks.items():
            row = self.layout.row(number)
            # First of all rules of the cell, so that it wins over the general ones.
            untouched = self.formulas.untouched(number, column, self.filling.cells)
            rule = {"type": "formula", "criteria": f"={untouched}", "format": wrong}
            self.sheet.conditional_format(row, column, row, column, rule)
            self.sheet.write_comment(row, column, text, {"author": self.issue.recipient, "x_scale": 2, "y_scale": 1.2})

    def _print_setup(self) -> None:
        sheet = self.sheet
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.center_horizontally()
        sheet.repeat_rows(GROUP_ROW, HEADER_ROW)
        sheet.print_area(TITLE_ROW, Column.CATEGORY, self.layout.seal_row, Column.HINT)
        stamp = _escaped(self.issue.stamp.full(self.issue.key))
        sheet.set_footer(f"&L&7{stamp}&C&9{words.FOOTER}&R&9{self.issue.unit.name}")


def _escaped(text: str) -> str:
    # In a footer an ampersand starts a code, and a digit right after a size would belong to it.
    return " " + text.replace("&", "&&")


def _edges(before: Item | None, item: Item, after: Item | None) -> dict[str, int]:
    """Hair lines between items that share a row of the paper form, thin ones elsewhere."""
    edges = {}
    if before and before.printed_row == item.printed_row:
        edges["top"] = HAIR
    if after and after.printed_row == item.printed_row:
        edges["bottom"] = HAIR
    return edges


def _validation(column: Column) -> dict[str, object]:
    name = column.name.lower()
    if column is Column.REMARK:
        title, text = words.REMARK_PROMPT
        return {"validate": "any", "input_title": title, "input_message": text}
    tick = name in words.TICK_PROMPTS
    title, text = words.TICK_PROMPTS[name] if tick else words.MONTH_PROMPTS[name]
    alert_title, alert_text = words.TICK_ALERT if tick else words.MONTH_ALERT
    return {
        "validate": "list", "source": _TICK_RANGE if tick else _MONTH_RANGE, "ignore_blank": True,
        "input_title": title, "input_message": text,
        "error_title": alert_title, "error_message": alert_text, "error_type": "stop",
    }  # fmt: skip
