"""One sheet of the ruling table: title, instructions, rows, the rules of the open cells, print set-up."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from math import gcd
from typing import Any

from sanjin_xl.books.ruling_table.rows import Row
from sanjin_xl.books.seal import SealedWorkbook
from sanjin_xl.books.styles import (
    HEADER_FILL,
    HEADING_FONT,
    LINE,
    OPEN_FILL,
    THIN,
    TITLE_FONT,
    WRONG_FILL,
    WRONG_INK,
    Styles,
    height_of,
)
from sanjin_xl.messages import rulings as words
from sanjin_xl.model.cellref import address
from sanjin_xl.model.policy import Policy
from sanjin_xl.review.columns import ADDED_COLUMN, Added, Column

HEADER_ROW = 2
FIRST_ROW = 3
_SIZE = 10.0
_LEAST_HEIGHT = 24.0
_MOST_HEIGHT = 409.0  # Excel: points in a row
_LOOKS: dict[str, dict[str, object]] = {
    "text": {},
    "centre": {"align": "center"},
    "points": {"align": "center", "num_format": "0.00"},
    "day": {"align": "center", "num_format": words.DAY_FORMAT},
}


class RulingSheet:
    """A sheet of these columns, `added` ones before the hidden ones; `policy` says in which steps points are given."""

    def __init__(
        self, book: SealedWorkbook, styles: Styles, name: str, columns: Sequence[Column], added: Added, policy: Policy
    ) -> None:
        shown, hidden = [one for one in columns if not one.hidden], [one for one in columns if one.hidden]
        self.columns = [*shown, *[ADDED_COLUMN] * len(added.headings), *hidden]
        self.headings = [words.HEADINGS[one.name] for one in shown]
        self.headings += [*added.headings, *(words.HEADINGS[one.name] for one in hidden)]
        self.last_shown = len(self.columns) - len(hidden) - 1
        self.place = {one.name: n for n, one in enumerate(self.columns) if one.name}
        self.added = added
        self.step_share = gcd(policy.done_with_ledger, policy.done_without_ledger)
        self.steps = words.steps_in_words(self.step_share)
        self.sheet = book.add_worksheet(name)
        self.styles = styles
        self._forms: dict[tuple[str, bool, str | None], Any] = {}

    def write(self, title: str, lead: str, rows: Sequence[Row]) -> None:
        self._head(title, lead.format(steps=self.steps))
        for number, row in enumerate(rows, start=FIRST_ROW):
            self._row(number, row)
        if rows:
            last = FIRST_ROW + len(rows) - 1
            self._validate(FIRST_ROW, last)
            self._paint(FIRST_ROW, last)
            # The hidden columns as well: a table sorted without its keys would mix up the rows.
            self.sheet.autofilter(HEADER_ROW, 0, last, len(self.columns) - 1)
        self._set_up()
        self.sheet.protect({"autofilter": True, "sort": True})

    def _head(self, title: str, lead: str) -> None:
        for place, column in enumerate(self.columns):
            self.sheet.set_column(place, place, column.width, None, {"hidden": column.hidden})
        form = self.styles.get(font_name=TITLE_FONT, font_size=18, align="center")
        self.sheet.merge_range(0, 0, 0, self.last_shown, title, form)
        self.sheet.set_row(0, 36)
        width = sum(one.width for one in self.columns if not one.hidden)
        self.sheet.merge_range(1, 0, 1, self.last_shown, lead, self.styles.get(font_size=_SIZE))
        self.sheet.set_row(1, height_of(lead, width, _SIZE))
        head = self._form("centre", font_name=HEADING_FONT, bg_color=HEADER_FILL)
        for place, text in enumerate(self.headings):
            self.sheet.write_string(HEADER_ROW, place, text, head)
        self.sheet.set_row(HEADER_ROW, 34)

    def _form(self, look: str, **properties: object) -> Any:
        base = {"font_size": _SIZE, "border": THIN, "border_color": LINE}
        return self.styles.get(**{**base, **_LOOKS[look], **properties})

    def _cell_form(self, look: str, open_here: bool, fill: str | None) -> Any:
        # Asked for every cell of a large table: found here in a tenth of the time.
        key = look, open_here, fill
        if key not in self._forms:
            fill = OPEN_FILL if open_here else fill
            colour = {"bg_color": fill} if fill else {}
            self._forms[key] = self._form(look, locked=int(not open_here), **colour)
        return self._forms[key]

    def _row(self, number: int, row: Row) -> None:
        values = list(self._values(row))
        for place, (column, value) in enumerate(zip(self.columns, values, strict=True)):
            open_here = column.open and row.open
            self._put(number, place, value, self._cell_form(column.look, open_here, row.fill))
        texts = [(column.width, value) for column, value in zip(self.columns, values, strict=True) if not column.hidden]
        heights = [height_of(value, width, _SIZE) for width, value in texts if isinstance(value, str)]
        self.sheet.set_row(number, min(_MOST_HEIGHT, max([_LEAST_HEIGHT, *heights])))

    def _values(self, row: Row) -> Iterator[object]:
        added = iter(self.added.texts.get(str(row.cells.get("key")), [""] * len(self.added.headings)))
        return (row.cells.get(column.name) if column.name else next(added) for column in self.columns)

    def _put(self, row: int, place: int, value: object, form: Any) -> None:
        match value:
            case None | "":
                self.sheet.write_blank(row, place, None, form)
            case date():
                self.sheet.write_datetime(row, place, datetime.combine(value, time()), form)
            case int() | float():
                self.sheet.write_number(row, place, value, form)
            case _:
                self.sheet.write_string(row, place, str(value), form)

    # --- the rules of the open cells

    def _validate(self, first: int, last: int) -> None:
        for name, prompt in words.TICK_PROMPTS.items():
            if name in self.place:
                choices = [words.TICK, words.WITHDRAW] if name == "settled" else [words.TICK]
                alert = words.SETTLED_ALERT if name == "settled" else words.TICK_ALERT
                self._rule(name, first, last, {"validate": "list", "source": choices}, prompt, alert)
        if "points" in self.place:
            fits = {"validate": "custom", "value": f"={self._fits(first)}"}
            self._rule("points", first, last, fits, words.POINTS_PROMPT, words.POINTS_ALERT)
        self._rule("day", first, last, {"validate": "any"}, words.DAY_PROMPT)

    def _rule(
        self,
        name: str,
        first: int,
        last: int,
        rule: Mapping[str, object],
        prompt: tuple[str, str],
        alert: tuple[str, str] | None = None,
    ) -> None:
        options = {**rule, "ignore_blank": True, "input_title": prompt[0]}
        options["input_message"] = prompt[1].format(steps=self.steps)
        if alert:
            message = alert[1].format(steps=self.steps)
            options |= {"error_title": alert[0], "error_message": message, "error_type": "stop"}
        self.sheet.data_validation(first, self.place[name], last, self.place[name], options)

    def _fits(self, row: int) -> str:
        """Whether 核定分 is a number from 0 to the item's points in its steps, a share in words, or a withdrawal."""
        ruled, full, step = (self._cell(name, row) for name in ("points", "full", "step"))
        in_steps = f"ABS({ruled}/{step}-ROUND({ruled}/{step},0))<0.000001"
        number = f"IF(ISNUMBER({ruled}),AND({ruled}>=0,{ruled}<={full},{in_steps}),FALSE)"
        fitting = [name for name, share in words.SHARES.items() if share % self.step_share == 0]
        named = ",".join(f'{ruled}="{word}"' for word in (words.WITHDRAW, *fitting))
        return f"OR({named},{number})"

    def _paint(self, first: int, last: int) -> None:
        """Paint what is missing beside a decision, and a decision that a paste has brought past its rule."""
        decisions = [name for name in ("points", "not_applicable", "settled") if name in self.place]
        made = "&".join(self._cell(name, first) for name in decisions) + '<>""'
        for name in ("reason", "who"):
            self._condition(name, first, last, f'=AND({made},{self._cell(name, first)}="")')
        if "points" in self.place:
            given = f'{self._cell("points", first)}<>""'
            self._condition("points", first, last, f"=AND({given},NOT({self._fits(first)}))")

    def _cell(self, name: str, row: int) -> str:
        return address(row, self.place[name], keep_column=True)

    def _condition(self, name: str, first: int, last: int, formula: str) -> None:
        rule = {"type": "formula", "criteria": formula, "format": self.styles.condition(WRONG_FILL, WRONG_INK)}
        self.sheet.conditional_format(first, self.place[name], last, self.place[name], rule)

    def _set_up(self) -> None:
        sheet = self.sheet
        sheet.freeze_panes(FIRST_ROW, 2)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.center_horizontally()
        sheet.repeat_rows(HEADER_ROW)
        sheet.set_footer(f"&C&9{words.FOOTER}&R&9&A")
