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
from sanjin_xl.model.fields import Field, Kind
from sanjin_xl.model.form import Category, Item
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
from sanjin_xl.model.points import plain, points

_LEAST_ITEM_HEIGHT = 31.0  # two lines of the hint column
_LISTS = {Kind.TICK: TICK_RANGE, Kind.MONTH: MONTH_RANGE}
_ALERTS = {Kind.TICK: words.TICK_ALERT, Kind.MONTH: words.MONTH_ALERT}
_SIGN_HEIGHT = 26
_TEXT_SIZE = 10


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
        self.layout = layout_of(issue.form)
        self.places = self.layout.places
        self.fields = issue.form.fields
        self.answers = [self.fields[name] for name in self.form.answers]
        self.formulas = formulas.Formulas(
            issue.form, self.layout, issue.policy, issue.period.year, filling.marks, filling.carried
        )

    def write(self) -> None:
        for place, field in enumerate(self.fields.values()):
            self.sheet.set_column(place, place, field.width, None, {"hidden": field.kind is Kind.HIDDEN})
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
        self.sheet.freeze_panes(FIRST_ITEM_ROW, self.places[self.answers[0].name])
        self.sheet.protect()

    def _merge(self, row: int, span: Span, text: object, form: Any) -> None:
        first, last = self.layout.columns(span)
        if first == last:
            self.sheet.write(row, first, text, form)
        else:
            self.sheet.merge_range(row, first, row, last, text, form)

    def _title(self) -> None:
        form = self.styles.get(font_name=TITLE_FONT, font_size=20, align="center", text_wrap=False)
        self._merge(TITLE_ROW, TITLE, self.form.title, form)
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
        column, _ = self.layout.columns(DATE_VALUE)
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
            self._merge(LIVE_ROW, span, "", form)
            self.sheet.write_formula(self.layout.at(LIVE_ROW, span), formula, form, value)
        self.sheet.set_row(LIVE_ROW, 20)

    def _headings(self) -> None:
        form = self._heading_format()
        # Without the line between them, a blank group cell and its heading look like one.
        upper, lower = self._heading_format(bottom=0), self._heading_format(top=0)
        for place, field in enumerate(self.fields.values()):
            if field.kind is Kind.HIDDEN:
                self.sheet.write_string(HEADER_ROW, place, words.CODE_HEADING, form)
                continue
            self.sheet.write_string(HEADER_ROW, place, field.heading, form if field.scored else lower)
            self.sheet.write_blank(GROUP_ROW, place, None, upper)
        names = self.form.headings
        self._merge(GROUP_ROW, DONE_GROUP, names.done_group, form)
        self._merge(GROUP_ROW, PLANNED_GROUP, names.planned_group, form)
        self._merge(GROUP_ROW, LEDGER_GROUP, names.ledger_group, form)
        self.sheet.set_row(GROUP_ROW, 32)
        self.sheet.set_row(HEADER_ROW, 24)

    def _heading_format(self, fill: str = HEADER_FILL, **properties: object) -> Any:
        return self.styles.get(
            font_name=HEADING_FONT, align="center", border=THIN, border_color=LINE, bg_color=fill, **properties
        )

    def _category(self, category: Category) -> None:
        first, last = category.items[0].number, category.items[-1].number
        text = words.CATEGORY.format(ordinal=category.ordinal, name=category.name, points=plain(category.points))
        # At the top and within the first row, or a page break through the category would cut its name in two.
        form = self._heading_format(CATEGORY_FILL, valign="top")
        place = self.places["category"]
        if first == last:
            self.sheet.write_string(self.layout.row(first), place, text, form)
        else:
            self.sheet.merge_range(self.layout.row(first), place, self.layout.row(last), place, text, form)
        items = category.items
        least = height_of(text, self.fields["category"].width, 10.5)
        for before, item, after in zip((None, *items[:-1]), items, (*items[1:], None), strict=True):
            self._item(item, _edges(before, item, after), _LEAST_ITEM_HEIGHT if before else least)

    def _item(self, item: Item, edges: dict[str, int], least_height: float) -> None:
        row, at = self.layout.row(item.number), self.places
        look = {"border": THIN, "border_color": LINE, **edges}
        number = self.styles.get(align="center", **look)
        self.sheet.write_number(row, at["number"], item.number, number)
        self.sheet.write_string(row, at["text"], item.text, self.styles.get(**look))
        two_decimals = self.styles.get(align="center", num_format="0.0#", **look)
        self.sheet.write_number(row, at["points"], points(item.points), two_decimals)
        for field in self.answers:
            self._answer(item, field, look)
        formula, value = self.formulas.score(item, self.filling.cells)
        score = self.styles.get(align="center", num_format="0.00", font_color=QUIET, **look)
        self.sheet.write_formula(row, at["score"], formula, score, value)
        formula, text = self.formulas.hint(item, self.filling.cells, self.filling.filled_on)
        self.sheet.write_formula(row, at["hint"], formula, self.styles.get(font_size=9, **look), text)
        self.sheet.write_string(row, at["code"], item_code(item.number), self.styles.get(font_size=8))
        self.sheet.set_row(row, max(least_height, self._height(item, text)))

    def _answer(self, item: Item, field: Field, look: dict[str, object]) -> None:
        row, place = self.layout.row(item.number), self.places[field.name]
        open_cell = item.asks(field.name)
        properties: dict[str, object] = {"font_name": ANSWER_FONT, "font_size": 11, **look}
        if field.kind is Kind.TEXT:
            properties |= {"font_size": _TEXT_SIZE, "num_format": "@"}
        else:
            properties |= {"align": "center"}
        properties |= {"locked": False, "bg_color": OPEN_FILL} if open_cell else {"diag_type": 2, "diag_color": LINE}
        text = self.filling.cells.get((item.number, field.name), "")
        form = self.styles.get(**properties)
        if text:
            self.sheet.write_string(row, place, text, form)
        else:
            self.sheet.write_blank(row, place, None, form)

    def _height(self, item: Item, hint: str) -> float:
        cells, widths = self.filling.cells, {name: field.width for name, field in self.fields.items()}
        return max(
            height_of(item.text, widths["text"], 10.5),
            *(height_of(cells.get((item.number, name), ""), widths[name], _TEXT_SIZE) for name in self.form.texts),
            height_of(hint, widths["hint"], 9),
        )

    def _total(self) -> None:
        row = self.layout.total_row
        form = self._heading_format(num_format="0.00")
        first, last = self.layout.columns(TITLE)
        for place in range(first, last + 1):
            self.sheet.write_blank(row, place, None, form)
        self._merge(row, TOTAL_LABEL, self.form.headings.total, form)
        for name, (formula, value) in self.formulas.totals(self.filling.cells).items():
            self.sheet.write_formula(row, self.places[name], formula, form, value)
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
        self._merge(self.layout.seal_row, SEAL, words.SEAL, seal)
        self.sheet.set_row(self.layout.seal_row, _SIGN_HEIGHT)

    def _dropdowns(self) -> None:
        for field in self.answers:
            place, rule = self.places[field.name], _validation(field)
            for first, last in self._open_runs(field.name):
                self.sheet.data_validation(first, place, last, place, rule)

    def _open_runs(self, name: str) -> list[tuple[int, int]]:
        """The runs of rows in which a column is open: all of them, but for items without a planned month."""
        closed = [item.number for item in self.form.items if not item.asks(name)]
        bounds = [0, *closed, self.layout.items + 1]
        return [(self.layout.row(a + 1), self.layout.row(b - 1)) for a, b in pairwise(bounds) if b - a > 1]

    def _highlights(self) -> None:
        wrong = self.styles.condition(WRONG_FILL, WRONG_INK)
        ask = self.styles.condition(ASK_FILL, ASK_INK)
        for name, formula, is_wrong in self.formulas.highlights():
            options = {"type": "formula", "criteria": formula, "format": wrong if is_wrong else ask}
            self.sheet.conditional_format(self.layout.area(name), options)
        if carried := self.formulas.carried():
            # Last of all rules, so that what is wrong with a carried answer stands out.
            options = {
                "type": "formula",
                "criteria": carried,
                "format": self.styles.condition(CARRIED_FILL, CARRIED_INK),
            }
            first, last = (self.places[self.answers[n].name] for n in (0, -1))
            self.sheet.conditional_format(FIRST_ITEM_ROW, first, self.layout.last_item_row, last, options)

    def _marks(self) -> None:
        """Paint and explain the cells sent back for correction; the paint goes when the text is changed."""
        wrong = self.styles.condition(WRONG_FILL, WRONG_INK)
        for (number, name), text in self.filling.marks.items():
            cell = self.layout.cell(number, name)
            # First of all rules of the cell, so that it wins over the general ones.
            untouched = self.formulas.untouched(number, name, self.filling.cells)
            rule = {"type": "formula", "criteria": f"={untouched}", "format": wrong}
            self.sheet.conditional_format(cell, rule)
            self.sheet.write_comment(cell, text, {"author": self.issue.recipient, "x_scale": 2, "y_scale": 1.2})

    def _print_setup(self) -> None:
        sheet = self.sheet
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.center_horizontally()
        sheet.repeat_rows(GROUP_ROW, HEADER_ROW)
        first, last = self.layout.columns(TITLE)
        sheet.print_area(TITLE_ROW, first, self.layout.seal_row, last)
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


def _validation(field: Field) -> dict[str, object]:
    title, text = words.PROMPTS[field.name]
    if field.kind is Kind.TEXT:
        return {"validate": "any", "input_title": title, "input_message": text}
    alert_title, alert_text = _ALERTS[field.kind]
    return {
        "validate": "list", "source": f"={words.HIDDEN_SHEET}!{_LISTS[field.kind]}", "ignore_blank": True,
        "input_title": title, "input_message": text,
        "error_title": alert_title, "error_message": alert_text, "error_type": "stop",
    }  # fmt: skip
