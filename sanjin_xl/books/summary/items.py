"""逐项情况: every item against every unit, one sign each, and how many units have done it."""

from collections.abc import Sequence

from sanjin_xl import messages
from sanjin_xl.books.styles import ASK_FILL, CATEGORY_FILL, HEADING_FONT, WRONG_FILL, height_of
from sanjin_xl.books.summary.figures import quoted
from sanjin_xl.books.summary.sheet_writer import Job, Paper, points, rate
from sanjin_xl.messages import summary as words
from sanjin_xl.model.cellref import address, area
from sanjin_xl.model.form import Category, Item
from sanjin_xl.outcome.results import UnitResult
from sanjin_xl.outcome.tables import State, item_count_rows, pending_items, state_of

MOST_UNIT_COLUMNS = 100
"""Beyond this many units only the counts are listed: nobody reads across a hundred columns."""

_UNITS_A_PAGE = 20
_NUMBER_WIDTH, _TEXT_WIDTH, _FULL_WIDTH, _UNIT_WIDTH, _COUNT_WIDTH = 6, 46, 7, 9, 8.5
_FIRST_UNIT = 3
_MISSING_FILL = "#F2F2F2"
_LEAST_ITEMS = 10
_COUNTS = ("done", "rate", "ledger", "planned", "blank", "pending")


def add_items(job: Job) -> None:
    """Add the sheet 逐项情况."""
    _ItemsSheet(job).write()


class _ItemsSheet:
    """The sheet being written: a row per category and below it, to be folded, a row per item."""

    def __init__(self, job: Job) -> None:
        self.job, self.results, self.rules = job, job.results, job.results.rules
        shown = len(self.results.units) <= MOST_UNIT_COLUMNS
        self.units: Sequence[UnitResult] = self.results.units if shown else ()
        self.pending = {one.unit.code: pending_items(one) for one in self.units}
        self.counts = item_count_rows(self.results)
        self.place = {name: _FIRST_UNIT + len(self.units) + n for n, name in enumerate(_COUNTS)}
        widths = [_NUMBER_WIDTH, _TEXT_WIDTH, _FULL_WIDTH, *[_UNIT_WIDTH] * len(self.units)]
        self.paper = Paper(job, words.ITEMS, [*widths, *[_COUNT_WIDTH] * len(_COUNTS)])

    def write(self) -> None:
        paper = self.paper
        paper.title(words.TITLE.format(title=self.job.stem, sheet=words.ITEMS))
        paper.subtitle(self.job.info())
        for note in self._notes():
            paper.note(note)
        header = paper.row
        self._headings()
        for category in self.rules.form.categories:
            self._category(category)
            for item in category.items:
                self._item(item)
        self._highlight(header + 1)
        paper.sheet.outline_settings(True, False, False, False)  # the row that sums up stands above
        paper.sheet.freeze_panes(header + 1, 2)
        paper.print_setup((header, header), wide=max(1, -(-len(self.units) // _UNITS_A_PAGE)))
        if len(self.units) > _UNITS_A_PAGE:
            paper.sheet.repeat_columns(0, 1)

    def _notes(self) -> list[str]:
        if not self.units:
            return [words.NO_UNIT_COLUMNS.format(limit=MOST_UNIT_COLUMNS, sheet=words.TIDY), self._least()]
        return [words.LEGEND, words.CATEGORY_ROWS, self._least()]

    def _least(self) -> str:
        """The items fewest units have done."""
        least = min(counts[0] for counts in self.counts.values())
        numbers = [str(number) for number, counts in self.counts.items() if counts[0] == least]
        items = words.ITEM_NUMBERS.format(numbers=words.LIST_JOIN.join(numbers[:_LEAST_ITEMS]))
        if len(numbers) > _LEAST_ITEMS:
            items += words.ITEMS_IN_ALL.format(count=len(numbers))
        return words.LEAST_DONE.format(done=least, items=items)

    def _headings(self) -> None:
        paper, row = self.paper, self.paper.row
        missing = words.AREA_MISSING
        texts = [words.NUMBER, words.TEXT, words.FULL]
        texts += [one.unit.area if one.outcome else missing.format(area=one.unit.area) for one in self.units]
        texts += [words.COUNT_HEADINGS[name] for name in _COUNTS]
        for place, text in enumerate(texts):
            paper.put(row, place, text, paper.heading_form())
        paper.heighten(row, max(height_of(t, w, 10) for t, w in zip(texts, paper.widths, strict=True)) + 4)
        paper.row += 1

    def _category(self, category: Category) -> None:
        """A category's row: its points per unit, the counts of its items added up, the share of all answers done."""
        paper, row = self.paper, self.paper.row
        look = {"bg_color": CATEGORY_FILL, "font_name": HEADING_FONT}
        # The ordinal stands by itself, so that formulas can look it up.
        paper.put(row, 0, category.ordinal, paper.form("centre", **look))
        paper.put(row, 1, category.name, paper.form("text", **look))
        paper.put(row, 2, points(category.points), paper.form("points", **look))
        for place, one in enumerate(self.units, start=_FIRST_UNIT):
            self._category_points(place, one, category, look)
        first, last = row + 1, row + len(category.items)
        sums = [sum(self.counts[item.number][n] for item in category.items) for n in range(6)]
        for name, n in zip(("done", "ledger", "planned", "blank", "pending"), range(5), strict=True):
            place = self.place[name]
            formula = f"SUM({area((first, place), (last, place))})"
            paper.figure(row, place, formula, sums[n], paper.form("count", **look))
        returned = self._returned(category=address(row, 0, keep_column=True))
        self._rate(returned, sums[0], sums[5], paper.form("share", **look))
        paper.heighten(row, 24)
        paper.row += 1

    def _category_points(self, place: int, one: UnitResult, category: Category, look: dict[str, str]) -> None:
        paper, row = self.paper, self.paper.row
        if one.outcome is None:
            paper.put(row, place, words.NONE, paper.form("centre", **look))
            return
        formula = self.job.figures.sum("points", unit=quoted(one.unit.name), category=address(row, 0, keep_column=True))
        paper.figure(row, place, formula, points(one.by_category[category.ordinal]), paper.form("points", **look))

    def _item(self, item: Item) -> None:
        paper, row = self.paper, self.paper.row
        paper.put(row, 0, item.number, paper.form("count"))
        paper.put(row, 1, item.text, paper.form("text"))
        paper.put(row, 2, points(item.points), paper.form("points"))
        for place, one in enumerate(self.units, start=_FIRST_UNIT):
            look: dict[str, object] = {} if one.outcome else {"bg_color": _MISSING_FILL}
            paper.put(row, place, self._sign(one, item.number), paper.form("centre", font_size=11, **look))
        self._item_counts(item)
        paper.heighten(row, max(20, height_of(item.text, _TEXT_WIDTH, 10)), level=1)
        paper.row += 1

    def _sign(self, one: UnitResult, number: int) -> str:
        sign = words.GLYPHS[state_of(one, number)].format(months=messages.months(one.answer(number).planned_month))
        return sign + (words.PENDING_GLYPH if number in self.pending[one.unit.code] else "")

    def _item_counts(self, item: Item) -> None:
        paper, row = self.paper, self.paper.row
        figures = self.job.figures
        number = address(row, 0, keep_column=True)
        yes, no = quoted(words.YES), quoted(words.NO)
        done, ledger, planned, blank, pending, returned = self.counts[item.number]
        for name, formula, value in (
            ("done", figures.count(item=number, done=yes), done),
            ("ledger", figures.count(item=number, done=yes, ledger=yes), ledger),
            ("planned", figures.count(item=number, planned=yes, done=quoted("<>" + words.YES)), planned),
            ("blank", figures.count(item=number, done=no, planned=no), blank),
            ("pending", figures.count(item=number, pending=yes), pending),
        ):
            paper.figure(row, self.place[name], formula, value, paper.form("count"))
        self._rate(self._returned(item=number), done, returned, paper.form("share"))

    def _returned(self, **where: str) -> str:
        return self.job.figures.count(**where, state=quoted("<>" + words.STATES[State.MISSING]))

    def _rate(self, returned_formula: str, done: int, returned: int, form: object) -> None:
        paper, row, place = self.paper, self.paper.row, self.place["rate"]
        if returned:
            formula = f"ROUND({address(row, self.place['done'])}/{returned_formula},4)"
            paper.figure(row, place, formula, rate(done, returned), form)
        else:
            paper.put(row, place, words.NONE, form)

    def _highlight(self, first: int) -> None:
        """Items no unit has done, and items less than a third have done; a bar of the rate beside them."""
        sheet, last, place = self.paper.sheet, self.paper.row - 1, self.place["rate"]
        rate_cell, number = address(first, place, keep_column=True), address(first, 0, keep_column=True)
        for criteria, fill in ((f"{rate_cell}=0", WRONG_FILL), (f"{rate_cell}<1/3", ASK_FILL)):
            condition = {
                "type": "formula",
                "criteria": f"=AND(ISNUMBER({number}),ISNUMBER({rate_cell}),{criteria})",
                "format": self.job.styles.condition(fill, "#000000"),
                "stop_if_true": True,
            }
            sheet.conditional_format(first, self.place["done"], last, place, condition)
