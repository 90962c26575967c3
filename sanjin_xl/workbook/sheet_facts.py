"""What is found out about a worksheet before its values are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sanjin_xl.workbook.book import Rows, Value

Range = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFacts:
    """What the values of a sheet do not show; addresses as in the sheet, rows and columns from zero.

    `part`: the name of the sheet's part. `errors`: address → "#REF!". `formulas`: address → whether a result is stored
    with it (an empty text is one).
    `merges` (first row, first column, last row, last column) and `hidden_columns` end at the limits at the latest.
    `dimension`: what the sheet says of itself (WPS may say A1). `extent`: rows and columns that hold every cell.
    `rows`: the values from A1 on, all rows equally long; None where one of them is for calamine to read.
    """

    part: str = ""
    visible: bool = True
    dimension: str = ""
    extent: tuple[int, int] = (0, 0)
    errors: Mapping[str, str] = field(default_factory=dict)
    formulas: Mapping[str, bool] = field(default_factory=dict)
    merges: tuple[Range, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    protected: bool = False
    rows: Rows | None = None


@dataclass(slots=True)
class Cells:
    """Facts of the cells alone, while they are being gathered; as in `SheetFacts`.

    `rows`: the values where they are known; None for a value of which readers may differ.
    """

    extent: tuple[int, int] = (0, 0)
    errors: dict[str, str] = field(default_factory=dict)
    formulas: dict[str, bool] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    rows: list[list[Value | None]] = field(default_factory=list)
    count: int = 0
