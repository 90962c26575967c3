"""历次对比: scores and ranks of every unit round by round, the means of the categories, what was done and kept."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from sanjin_xl.books.quick_sheet import Value
from sanjin_xl.books.sheet_writer import SheetWriter
from sanjin_xl.books.styles import height_of
from sanjin_xl.books.summary.book import ResultsBook
from sanjin_xl.books.summary.charts import MOST_LINES, score_lines
from sanjin_xl.books.table import Column, Entry, Table
from sanjin_xl.messages import summary as words
from sanjin_xl.model.form import Category
from sanjin_xl.model.points import points
from sanjin_xl.outcome.history import History, history
from sanjin_xl.outcome.results import UnitResult

_UNIT_WIDTH, _FIGURE_WIDTH, _ROW_HEIGHT, _HEADING_SIZE = 18, 10.5, 20, 10
_MOST_ON_A_PAGE = 15


def add_history(book: ResultsBook) -> None:
    """Add the sheet 历次对比 where this round has a former one, and that another."""
    former = book.results.former
    if former and former.earlier:
        _HistorySheet(book, history(book.results)).write()


class _HistorySheet:
    """The sheet being written: two columns a round, in three tables one below the other."""

    def __init__(self, book: ResultsBook, rounds: History) -> None:
        self.book, self.rounds = book, rounds
        self.units = book.results.ranking()
        widths = [_UNIT_WIDTH, *[_FIGURE_WIDTH] * (4 * len(rounds.periods))]
        self.sheet: SheetWriter = book.sheet(words.HISTORY, widths)

    def write(self) -> None:
        sheet = self.sheet
        sheet.subtitle(self.book.info, words.UNIT_OF_POINTS)
        sheet.note(words.HISTORY_NOTE)
        sheet.heading_line(words.SCORES_BLOCK)
        header, first = sheet.row, sheet.row + 2
        # Of units that fit one page the headings of one table are not those of the next.
        sheet.print_setup((0, 1) if len(self.units) <= _MOST_ON_A_PAGE else (header, header + 1))
        self._units(self._scores(), words.HISTORY)
        if len(self.units) <= MOST_LINES:
            score_lines(self.book, sheet, header, first, len(self.units), len(self.rounds.periods))
        sheet.heading_line(words.MEANS_BLOCK)
        self._means()
        sheet.heading_line(words.STEPS_BLOCK)
        self._units(self._steps(), words.HISTORY_STEPS)
        sheet.worksheet.freeze_panes(0, 1)

    def _units(self, columns: Iterator[Column[UnitResult]], name: str) -> None:
        """A table with a row per unit."""
        unit = Column[UnitResult](words.UNIT, lambda one: one.unit.name, "text", _UNIT_WIDTH)
        every = [unit, *columns]
        shown = self.book.shortened(self.sheet, name, every, self.units)
        table = Table(self.sheet, every)
        table.headings(20, _heading_height(every))
        for one in shown:
            table.write(one, _ROW_HEIGHT)

    def _scores(self) -> Iterator[Column[UnitResult]]:
        """The scores of all rounds side by side, for the lines, then the ranks."""
        for group, figure, kind in ((words.SCORE, "score", "points"), (words.RANK, "rank", "count")):
            for n, period in enumerate(self.rounds.periods):
                yield self._column(period, figure, n, kind, group)

    def _steps(self) -> Iterator[Column[UnitResult]]:
        """What each round brought and lost against the one before it."""
        for figure, group in words.HISTORY_FIGURES.items():
            for n, period in enumerate(self.rounds.periods):
                yield self._column(period, figure, n, "count", group)

    def _column(self, period: str, figure: str, n: int, kind: str, group: str) -> Column[UnitResult]:
        def value(one: UnitResult) -> Value:
            found = self.rounds.units[n][one.unit.code][figure]
            if kind == "points":
                return points(found)  # blank where nothing came: a text would be a zero in the chart
            return words.NONE if found is None else found

        return Column(_heading(period), value, kind, _FIGURE_WIDTH, group=group, look={"font_size": 9})

    def _means(self) -> None:
        columns = [Column[Category](words.AREA_OF_WORK, lambda one: one.name, "text", _UNIT_WIDTH)]
        columns.append(Column(words.FULL_MARKS, lambda one: points(one.points), "points", _FIGURE_WIDTH))

        def value(means: Mapping[str, int], one: Category) -> Value:
            return points(means[one.ordinal]) if one.ordinal in means else words.NONE

        for period, means in zip(self.rounds.periods, self.rounds.means, strict=True):
            columns.append(Column(_heading(period), partial(value, means), "points", _FIGURE_WIDTH))
        table = Table(self.sheet, columns)
        table.headings(_heading_height(columns))
        for category in self.book.results.rules.form.categories:
            table.write(category, _ROW_HEIGHT)


def _heading(period: str) -> str:
    """A period as a heading, the quarter below its year: a narrow column would break it within a word."""
    year, sign, rest = period.partition(words.YEAR)
    return f"{year}{sign}\n{rest}" if len(rest) > 1 else period


def _heading_height(columns: Sequence[Column[Entry]]) -> float:
    return max(height_of(one.heading, one.width, _HEADING_SIZE) for one in columns)
