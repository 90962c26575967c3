"""排名: the one page the leader reads and signs."""

from collections.abc import Sequence
from typing import Any

from sanjin_xl.books.styles import CATEGORY_FILL, HEADING_FONT, QUIET, height_of, width_of
from sanjin_xl.books.summary import sentences
from sanjin_xl.books.summary.charts import AMPLE, stacked_scores
from sanjin_xl.books.summary.figures import (
    MOST_LIVING_UNITS,
    adjustments,
    applicable_formula,
    change_formula,
    final_formula,
    quoted,
    rank_formula,
)
from sanjin_xl.books.summary.listing import shortened
from sanjin_xl.books.summary.sheet_writer import Job, Paper, Value, mean, points
from sanjin_xl.messages import summary as words
from sanjin_xl.model.cellref import address, area
from sanjin_xl.outcome.results import UnitResult

WIDTHS = {
    "rank": 6, "unit": 16, "score": 9, "applicable": 8, "deduction": 7, "done": 7, "planned": 7, "blank": 6,
    "ledger": 7, "pending": 6, "stake": 7, "low": 8, "high": 8, "former": 6, "change": 6, "filled": 11, "remark": 34,
}  # fmt: skip
_CATEGORY_WIDTH = 8.5
_ROW_HEIGHT, _MANY_ROWS_HEIGHT, _SIGN_HEIGHT = 30, 22, 40
_WIDEST_UNIT = 28
_ONE_PAGE_UNITS = 24
"""Up to this many units the sheet is shrunk to one page; beyond that it would be too small to read."""


def add_ranking(job: Job) -> None:
    """Add the sheet 排名."""
    _RankingSheet(job).write()


class _RankingSheet:
    """The sheet 排名 being written, top to bottom; ranked units first, then those that sent nothing."""

    def __init__(self, job: Job) -> None:
        self.job, self.results, self.rules = job, job.results, job.results.rules
        self.ordinals = [category.ordinal for category in self.rules.form.categories]
        self.names = [
            "rank", "unit", "score", *self.ordinals, *adjustments(self.results),
            "done", "planned", "blank", "ledger", "pending", "stake", "low", "high",
            *(("former", "change") if self.results.former else ()), "filled", "remark",
        ]  # fmt: skip
        self.place = {name: n for n, name in enumerate(self.names)}
        self.order = [*_TEXTS, *(name for name in self.names if name not in _TEXTS)]
        self.units = self.results.ranking()
        self.ranked = [one for one in self.units if one.outcome]
        self.one_page = len(self.units) <= _ONE_PAGE_UNITS
        self.row_height = _ROW_HEIGHT if self.one_page else _MANY_ROWS_HEIGHT
        longest = max((width_of(one.unit.name) for one in self.units), default=0)
        self.widths = WIDTHS | {"unit": min(_WIDEST_UNIT, max(WIDTHS["unit"], longest + 3))}
        self.paper = Paper(job, words.RANKING, [self.widths.get(name, _CATEGORY_WIDTH) for name in self.names])

    def write(self) -> None:
        paper = self.paper
        paper.title(words.RANKING_TITLE.format(title=self.job.stem), 22)
        paper.subtitle(self.job.info(), words.UNIT_OF_POINTS)
        shown = shortened(paper, words.RANKING, self._headings_beside(), self.units, self._row_beside)
        self.header = paper.row
        self._headings()
        self._full_marks()
        self.first = paper.row
        for one in shown:
            self._unit(one)
        if len(self.ranked) > 1:
            self._means()
        for note in sentences.notes(self.results):
            paper.note(note)
        if not self.job.living:
            paper.note(words.VALUES_ONLY.format(limit=MOST_LIVING_UNITS))
        self._chart()
        self._sign_off()
        paper.print_setup((self.header, self.first - 1), tall=int(self.one_page))
        paper.sheet.freeze_panes(self.first, 3)

    def _headings(self) -> None:
        """Three rows: what belongs together, the names, and below each category's ordinal its name."""
        paper, row = self.paper, self.header
        form = paper.heading_form()
        for name, text in _SINGLE_HEADINGS.items():
            if name in self.place:
                paper.merge(row, self.place[name], self.place[name], text, form, last_row=row + 2)
        for first, last, text in self._groups():
            if first in self.place:
                paper.merge(row, self.place[first], self.place[last], text, form)
        for name, text in _SUB_HEADINGS.items():
            if name in self.place:
                paper.merge(row + 1, self.place[name], self.place[name], text, form, last_row=row + 2)
        for category in self.rules.form.categories:
            place = self.place[category.ordinal]
            paper.put(row + 1, place, category.ordinal, paper.heading_form(bottom=0))
            paper.put(row + 2, place, category.name, paper.heading_form(top=0))
        for offset, height in enumerate((22, 18, self._names_height())):
            paper.heighten(row + offset, height)
        paper.row += 3

    def _groups(self) -> list[tuple[str, str, str]]:
        return [
            (self.ordinals[0], self.ordinals[-1], words.BY_CATEGORY),
            ("done", "ledger", words.COUNTS),
            ("pending", "stake", words.PENDING),
            ("low", "high", words.RANGE),
            ("former", "change", words.FORMER),
        ]

    def _headings_beside(self) -> list[str]:
        """One heading per column: what stands in several rows on the sheet, put together."""
        texts = {name: text for name, text in _SINGLE_HEADINGS.items() if name in self.place}
        texts |= {category.ordinal: category.name for category in self.rules.form.categories}
        for first, last, group in self._groups()[1:]:
            between = self.names[self.place[first] : self.place[last] + 1] if first in self.place else []
            texts |= {name: group + _SUB_HEADINGS[name] for name in between}
        return [texts[name] for name in self.names]

    def _row_beside(self, one: UnitResult) -> list[Value]:
        values = self._values(one)
        return [values[name] for name in self.names]

    def _names_height(self) -> float:
        return max(height_of(category.name, _CATEGORY_WIDTH, 10) for category in self.rules.form.categories)

    def _full_marks(self) -> None:
        figures: dict[str, Value] = {c.ordinal: points(c.points) for c in self.rules.form.categories}
        figures |= {"unit": words.FULL_MARKS, "score": points(self.rules.form.points)}
        for place, name in enumerate(self.names):
            form = self.paper.form("points", bg_color=CATEGORY_FILL, font_color=QUIET, align="center")
            self.paper.put(self.paper.row, place, figures.get(name), form)
        self.paper.heighten(self.paper.row, 20)
        self.paper.row += 1

    def _unit(self, one: UnitResult) -> None:
        values = self._values(one)
        formulas = self._formulas(one) if one.outcome and self.job.living else {}
        for name in self.order:
            self.paper.figure(
                self.paper.row, self.place[name], formulas.get(name), values[name], self._form(name, bool(one.outcome))
            )
        needed = max(height_of(str(values[name]), self.widths[name], _LOOKS[name][1]["font_size"]) for name in _TEXTS)
        self.paper.heighten(self.paper.row, max(self.row_height, needed))
        self.paper.row += 1

    def _form(self, name: str, returned: bool) -> Any:
        kind, look = _LOOKS.get(name, ("points", {})) if returned or name in _TEXTS else _NOT_RETURNED
        return self.paper.form(kind, **look)

    def _values(self, one: UnitResult) -> dict[str, Value]:
        """What a unit's row shows, by the names of the columns."""
        texts: dict[str, Value] = {"unit": one.unit.name, "remark": sentences.remark(self.results, one)}
        if one.outcome is None:
            return {name: self._without_return(one, name) for name in self.names} | texts
        low, high, counts = one.low or 0, one.high or 0, one.counts
        filled_on = one.outcome.submission.filled_on if one.outcome.submission else None
        return texts | {
            "rank": self.results.rank(one),
            "score": points(self.results.score(one)),
            **{ordinal: points(one.by_category[ordinal]) for ordinal in self.ordinals},
            "applicable": points(one.applicable),
            "deduction": points(one.deduction),
            **{name: getattr(counts, name) for name in _COUNTED},
            "stake": points(high - low),
            "low": points(low),
            "high": points(high),
            **(self._since(one) if self.results.former else {}),
            "filled": filled_on or words.NO_DATE,
        }

    def _since(self, one: UnitResult) -> dict[str, Value]:
        rank, places = one.since.rank if one.since else None, self.results.places_won(one)
        return {
            "former": words.NONE if rank is None else rank,
            "change": words.NONE if places is None else sentences.change(places),
        }

    def _without_return(self, one: UnitResult, name: str) -> Value:
        if name == "former" and one.since and one.since.rank is not None:
            return one.since.rank
        return words.NOT_RETURNED if name == "score" else words.NONE

    def _formulas(self, one: UnitResult) -> dict[str, str]:
        """The formulas of a ranked unit's row, by the names of the columns that have one."""
        figures, unit = self.job.figures, address(self.paper.row, self.place["unit"], keep_column=True)
        place = self.place["score"]
        scores = area((self.first, place), (self.first + len(self.ranked) - 1, place), absolute=True)
        total = f"SUM({self._at(self.ordinals[0])}:{self._at(self.ordinals[-1])})"
        formulas = {
            "rank": rank_formula(scores, self._at("score"), self.rules.dense_ranks),
            "score": self._final(total),
            **{ordinal: self._category_sum(ordinal, unit) for ordinal in self.ordinals},
            **self._count_formulas(unit),
            "stake": f"ROUND({self._at('high')}-{self._at('low')},2)",
            "low": self._final(figures.sum("low", unit=unit)),
            "high": self._final(figures.sum("high", unit=unit)),
        }
        if "applicable" in self.place:
            formulas["applicable"] = applicable_formula(figures, self.rules.form.points, unit)
        if self.results.places_won(one) is not None:
            formulas["change"] = change_formula(f"{self._at('former')}-{self._at('rank')}")
        return formulas

    def _category_sum(self, ordinal: str, unit: str) -> str:
        heading = address(self.header + 1, self.place[ordinal], keep_row=True)
        return self.job.figures.sum("points", unit=unit, category=heading)

    def _count_formulas(self, unit: str) -> dict[str, str]:
        count, yes, no = self.job.figures.count, quoted(words.YES), quoted(words.NO)
        return {
            "done": count(unit=unit, done=yes),
            "planned": count(unit=unit, planned=yes, done=quoted("<>" + words.YES)),
            "blank": count(unit=unit, done=no, planned=no),
            "ledger": count(unit=unit, ledger=yes),
            "pending": count(unit=unit, pending=yes),
        }

    def _final(self, total: str) -> str:
        applicable, deduction = (self._at(name) if name in self.place else None for name in ("applicable", "deduction"))
        return final_formula(total, self.rules.form.points, applicable, deduction)

    def _at(self, name: str) -> str:
        return address(self.paper.row, self.place[name])

    def _means(self) -> None:
        row, last = self.paper.row, self.first + len(self.ranked) - 1
        form = self.paper.form("points", bg_color=CATEGORY_FILL)
        for place in range(len(self.names)):
            self.paper.put(row, place, None, form)
        self.paper.put(row, self.place["unit"], words.MEAN, self.paper.form("centre", bg_color=CATEGORY_FILL))
        columns = {o: [one.by_category[o] for one in self.ranked] for o in self.ordinals}
        columns["score"] = [self.results.score(one) or 0 for one in self.ranked]
        for name, values in columns.items():
            cells = area((self.first, self.place[name]), (last, self.place[name]))
            self.paper.figure(row, self.place[name], f"ROUND(AVERAGE({cells}),2)", points(mean(values)), form)
        self.paper.heighten(row, 22)
        self.paper.row += 1

    def _chart(self) -> None:
        if not self.ranked:
            return
        names = (self.header + 2, self.place[self.ordinals[0]], self.place[self.ordinals[-1]])
        room = self.paper.rows_left(_SIGN_HEIGHT + 10) if self.one_page else AMPLE
        stacked_scores(self.paper, names, self.place["unit"], self.first, len(self.ranked), room)

    def _sign_off(self) -> None:
        form = self.job.styles.get(font_size=11, text_wrap=False)
        texts: Sequence[str] = (*words.SIGNERS, words.SEAL)
        share = len(self.names) / len(texts)
        for n, text in enumerate(texts):
            first, last = round(n * share), round((n + 1) * share) - 1
            self.paper.merge(self.paper.row, first, last, text, form)
        self.paper.heighten(self.paper.row, _SIGN_HEIGHT)
        self.paper.row += 1


_TEXTS = ("unit", "remark")
_COUNTED = ("done", "planned", "blank", "ledger", "pending")
_STRONG: dict[str, Any] = {"font_name": HEADING_FONT, "font_size": 12}
# The kind of a column's values (see `paper.LOOKS`) and how it looks besides; all others hold plain points.
_LOOKS: dict[str, tuple[str, dict[str, Any]]] = {
    "unit": ("text", {"font_size": 11}),
    "remark": ("text", {"font_size": 9}),
    "rank": ("count", _STRONG),
    "score": ("points", _STRONG),
    **{name: ("count", {}) for name in (*_COUNTED, "former")},
    "change": ("centre", {}),
    "filled": ("day", {}),
}
_NOT_RETURNED: tuple[str, dict[str, Any]] = ("centre", {"font_color": QUIET})
_SINGLE_HEADINGS = {
    "rank": words.RANK, "unit": words.UNIT, "score": words.SCORE, "applicable": words.APPLICABLE,
    "deduction": words.DEDUCTION, "filled": words.FILLED_ON, "remark": words.REMARK,
}  # fmt: skip
_SUB_HEADINGS = {
    "done": words.DONE, "planned": words.PLANNED, "blank": words.BLANK, "ledger": words.LEDGER,
    "pending": words.PENDING_ITEMS, "stake": words.PENDING_POINTS, "low": words.LOW, "high": words.HIGH,
    "former": words.FORMER_RANK, "change": words.CHANGE,
}  # fmt: skip
