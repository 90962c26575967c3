"""The sheet of a form as it was issued: a return in which nothing was moved is known by it and needs no search."""

from html import escape

from sanjin_xl.model.fields import CHOICES
from sanjin_xl.model.form import Form
from sanjin_xl.model.layout import FIRST_ITEM_ROW, HEADER_ROW, HINT_HEAD, SCORE_HEAD, SUM_HEAD, item_code, layout_of
from sanjin_xl.model.points import points
from sanjin_xl.recovery.columns import Columns
from sanjin_xl.recovery.formula_references import Links
from sanjin_xl.recovery.headings import headings
from sanjin_xl.recovery.row_ids import ItemIds
from sanjin_xl.recovery.rows import Rows
from sanjin_xl.workbook.book import Sheet


class IssuedSheet:
    """The issued sheet of one form, made once for all returns that are held against it.

    `columns` and `rows`: where they stand in it.
    """

    def __init__(self, ids: ItemIds) -> None:
        form = ids.form
        self._ids = ids
        self._places = layout_of(form).places
        self._headings = [*headings(form).values()]
        # Number, text and points of every item as a reader yields them, and its code.
        self._items = [([float(i.number), i.text, points(i.points)], item_code(i.number)) for i in form.items]
        self._formulas = _formulas(form)
        # Without a total a prompt tells nothing: see `Links.covers`.
        self._prompts = tuple(f'sqref="{layout_of(form).area(name)}"'.encode() for name in form.texts)
        self.columns = Columns(self._places, HEADER_ROW, as_issued=True)
        self.rows = Rows(of_item={item.number: FIRST_ITEM_ROW + n for n, item in enumerate(form.items)})
        # What the formulas tell: the row of each self-score and of its points, and the columns.
        self._rows = {row: row for row in self.rows.of_item.values()}
        self._linked = {name: self._places[name] for name in ("score", "hint", *CHOICES)}

    def is_intact(self, sheet: Sheet) -> bool:
        """Whether headings, items and formulas of a sheet stand exactly where they were issued."""
        return self._has_header(sheet) and self._has_rows(sheet) and self._has_formulas(sheet)

    def is_borne_out(self, sheet: Sheet, links: Links) -> bool:
        """Whether headings and items stand where they were issued, and all formulas that are left look where they did.

        SheetJS leaves out the hints that say nothing, and all prompts.
        """
        return (
            (links.points, links.choices.keys()) == (self._rows, self._rows.keys())
            and links.columns() == self._linked
            and links.sums == {FIRST_ITEM_ROW + len(self._items)}
            and not links.validated
            and all(at == (row, self._places[name]) for row, one in links.choices.items() for name, at in one.items())
            and self._has_header(sheet)
            and self._has_rows(sheet)
        )

    def _has_header(self, sheet: Sheet) -> bool:
        return len(sheet.rows) > HEADER_ROW and sheet.rows[HEADER_ROW][: len(self._headings)] == self._headings

    def _has_rows(self, sheet: Sheet) -> bool:
        """Whether number, text, points and code of every item stand in its row, and nowhere below."""
        rows, end = sheet.rows, FIRST_ITEM_ROW + len(self._items)
        first, last, coded = self._places["number"], self._places["points"] + 1, self._places["code"]
        if len(rows) < end or not all(
            row[first:last] == issued and len(row) > coded and row[coded] == code
            for row, (issued, code) in zip(rows[FIRST_ITEM_ROW:], self._items, strict=False)
        ):
            return False
        return not any(self._ids.told(mark, row[self._places[mark]]) for row in rows[end:] for mark in ("text", "code"))

    def _has_formulas(self, sheet: Sheet) -> bool:
        """Whether every self-score and hint looks at the cells it was issued with, and the total and the prompts of the
        texts are where they were; formats that tell nothing of formulas pass.
        """
        at, xml = 0, sheet.hidden.xml
        # Of another format the prompts are not known.
        expected = self._formulas + self._prompts if xml else self._formulas if sheet.hidden.wordings else ()
        xml = xml or sheet.hidden.wordings
        for formula in expected:
            at = xml.find(formula, at)
            if at < 0:
                return False
        return True


def _formulas(form: Form) -> tuple[bytes, ...]:
    """What the self-scores and hints begin with, in the order in which they stand in the sheet."""
    layout = layout_of(form)
    # Programs differ in how they write the quotation marks around the tick.
    score = SCORE_HEAD.partition("{tick},")[2]
    heads = []
    for item in form.items:
        cells = {name: layout.cell(item.number, name) for name in layout.places}
        heads += [score.format_map(cells), f">{escape(HINT_HEAD.format_map(cells), quote=False)}"]
    return tuple(head.encode() for head in (*heads, f">{SUM_HEAD}"))
