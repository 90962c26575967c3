"""Living formulas: how a figure of another sheet is had from the sheet 明细, in functions every spreadsheet shares."""

import re

from sanjin_xl.messages import summary as words
from sanjin_xl.model.cellref import area
from sanjin_xl.model.rules import Rules
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


class Figures:
    """Formulas over 明细, whose rows begin at FIRST_TIDY_ROW; arguments are addresses or quoted texts.

    `rolled_up`: 明细 is too long for its sheet to have a row per unit and item; they stand beside the workbook then.
    `living`: figures are written as formulas, for the units are few enough and their names serve as criteria.
    """

    def __init__(self, results: Results) -> None:
        ruled = any(one.rulings for one in results.units)
        self.columns = tuple(name for name in tidy_columns(results) if ruled or name not in RULING_COLUMNS)
        self.rows = len(results.units) * len(results.rules.form.items)
        self.rolled_up = len(results.units) > MOST_LIVING_UNITS or FIRST_TIDY_ROW + self.rows > MOST_ROWS
        serve = all(_CRITERION.fullmatch(one.unit.name) for one in results.units)
        self.living = bool(results.units) and not self.rolled_up and serve
        first, last = FIRST_TIDY_ROW, FIRST_TIDY_ROW + self.rows - 1
        self._areas = {
            column: f"{words.TIDY}!{area((first, n), (last, n), absolute=True)}"
            for n, column in enumerate(self.columns)
        }

    def area(self, column: str) -> str:
        """The cells of a column of 明细, such as 明细!$A$4:$A$651."""
        return self._areas[column]

    def sum(self, column: str, **where: str) -> str:
        """The sum of a column over the rows that meet every condition, to the hundredth: sum("points", unit="$B7")."""
        return f"ROUND(SUMIFS({self.area(column)},{self._conditions(where)}),2)"

    def count(self, **where: str) -> str:
        """The number of rows that meet every condition."""
        return f"COUNTIFS({self._conditions(where)})"

    def _conditions(self, where: dict[str, str]) -> str:
        return ",".join(f"{self.area(column)},{test}" for column, test in where.items())


def rank_formula(scores: str, own: str, rules: Rules) -> str:
    """The rank of a score among others; text cells among them do not count, equal scores share a rank."""
    if rules.dense_ranks:
        return f"ROUND(SUMPRODUCT(({scores}>{own})/COUNTIF({scores},{scores})),0)+1"
    return f'COUNTIF({scores},">"&{own})+1'


def change_formula(places: str) -> str:
    """Places won or lost as `sentences.change` says them."""
    up, down = (words.PLACES[won].format(places="") for won in (True, False))
    return f"IF({places}>0,{quoted(up)}&({places}),IF({places}<0,{quoted(down)}&(-({places})),{quoted(words.LEVEL)}))"
