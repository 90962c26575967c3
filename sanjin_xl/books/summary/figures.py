"""Living formulas: how a figure of another sheet is had from the sheet 明细, in functions every spreadsheet shares."""

import re
from dataclasses import dataclass
from functools import cached_property

from sanjin_xl.messages import summary as words
from sanjin_xl.model.cellref import area
from sanjin_xl.model.roster import Unit
from sanjin_xl.outcome.results import Results
from sanjin_xl.outcome.tables import RULING_COLUMNS, tidy_columns

MOST_LIVING_UNITS = 200
"""Beyond this many units Excel would recalculate sluggishly: at 200, some 7,000 sums over 21,600 rows.

The rows themselves then cost gigabytes to write: XlsxWriter took 25 s and 1.8 GB for 2,844 units of 108 items.
"""

MOST_ROWS = 1_048_576  # Excel's, and LibreOffice's

TIDY_HEADER_ROW = 2
FIRST_TIDY_ROW = TIDY_HEADER_ROW + 1

# What SUMIFS would not take for plain text: wildcards, comparisons, and what looks like a number.
_CRITERION = re.compile(r"[^\W\d][^*?~]{0,200}")


def quoted(text: str) -> str:
    """A text as a constant in a formula."""
    return '"' + text.replace('"', '""') + '"'


_YES, _NO = quoted(words.YES), quoted(words.NO)
TESTS = {
    "done": {"done": _YES},
    "ledger": {"done": _YES, "ledger": _YES},
    "planned": {"planned": _YES, "done": quoted("<>" + words.YES)},
    "blank": {"done": _NO, "planned": _NO},
    "pending": {"pending": _YES},
}
"""The conditions on the rows of 明细 by which items are counted as done, done with a ledger, planned only …"""


@dataclass(frozen=True)
class Figures:
    """Formulas over 明细, whose `rows` rows begin at FIRST_TIDY_ROW; arguments are addresses or quoted texts."""

    columns: tuple[str, ...]
    rows: int

    def area(self, column: str) -> str:
        """The cells of a column of 明细, such as 明细!$A$4:$A$651."""
        return self._areas[column]

    @cached_property
    def _areas(self) -> dict[str, str]:
        first, last = FIRST_TIDY_ROW, FIRST_TIDY_ROW + self.rows - 1
        return {
            column: f"{words.TIDY}!{area((first, n), (last, n), absolute=True)}"
            for n, column in enumerate(self.columns)
        }

    def sum(self, column: str, **where: str) -> str:
        """The sum of a column over the rows that meet every condition, to the hundredth: sum("points", unit="$B7")."""
        return f"ROUND(SUMIFS({self.area(column)},{self._conditions(where)}),2)"

    def count(self, **where: str) -> str:
        """The number of rows that meet every condition."""
        return f"COUNTIFS({self._conditions(where)})"

    def _conditions(self, where: dict[str, str]) -> str:
        return ",".join(f"{self.area(column)},{test}" for column, test in where.items())


def figures_of(results: Results) -> Figures:
    """The formulas over the 明细 of these results."""
    ruled = any(one.rulings for one in results.units)
    columns = tidy_columns(results)
    return Figures(columns if ruled else tuple(n for n in columns if n not in RULING_COLUMNS), tidy_rows(results))


def tidy_rows(results: Results) -> int:
    return len(results.units) * len(results.rules.form.items)


def rolled_up(results: Results) -> bool:
    """Whether 明细 is too long for its sheet to have a row per unit and item; they stand beside the workbook then."""
    return len(results.units) > MOST_LIVING_UNITS or FIRST_TIDY_ROW + tidy_rows(results) > MOST_ROWS


def living(results: Results) -> bool:
    """Whether figures are written as formulas: few enough units, and names that serve as criteria."""
    units = results.units
    return bool(units) and not rolled_up(results) and all(_serves(one.unit) for one in units)


def _serves(unit: Unit) -> bool:
    return bool(_CRITERION.fullmatch(unit.name))


def change_formula(places: str) -> str:
    """Places won or lost as `sentences.change` says them."""
    up, down = (words.PLACES[won].format(places="") for won in (True, False))
    return f"IF({places}>0,{quoted(up)}&({places}),IF({places}<0,{quoted(down)}&(-({places})),{quoted(words.LEVEL)}))"
