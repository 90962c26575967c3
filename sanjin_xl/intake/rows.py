"""Which item each row of a returned sheet is: by hidden code, 序号, text and order, in agreement or by majority."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache

from sanjin_xl.findings import Finding, finding
from sanjin_xl.form import Form, Item
from sanjin_xl.intake.columns import CODE, Columns, as_number, normal_text
from sanjin_xl.intake.grid import Sheet, plain
from sanjin_xl.layout import FIRST_ITEM_ROW, Column, address, item_code

_ALIKE = 0.75  # of the characters, for an altered wording to be taken for an item
_LAYERS = (Column.CODE, Column.NUMBER, Column.TEXT)


@dataclass(frozen=True, slots=True)
class ItemRows:
    """The row of each item found (from zero), every further row that claims an item, and what was odd about it."""

    rows: Mapping[int, int]
    copies: Mapping[int, list[int]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@lru_cache(maxsize=16)
def _issued_rows(form: Form) -> tuple[list[object], ...]:
    """The number, text and points of every item as a reader yields them."""
    return tuple([float(item.number), item.text, item.points / 100] for item in form.items)


@lru_cache(maxsize=16)
def _issued_order(form: Form) -> Mapping[int, int]:
    return {item.number: FIRST_ITEM_ROW + n for n, item in enumerate(form.items)}


def is_as_issued(form: Form, sheet: Sheet) -> bool:
    """Whether number, text, points and code of every item stand exactly where they were issued."""
    rows = sheet.rows
    if len(rows) < FIRST_ITEM_ROW + len(form.items):
        return False
    return all(
        row[1:4] == issued and len(row) > Column.CODE and row[Column.CODE] == code
        for row, issued, code in zip(rows[FIRST_ITEM_ROW:], _issued_rows(form), _codes(form), strict=False)
    )


@lru_cache(maxsize=16)
def _codes(form: Form) -> tuple[str, ...]:
    return tuple(item_code(item.number) for item in form.items)


def find_rows(form: Form, sheet: Sheet, columns: Columns) -> ItemRows:
    """Find the row of every item; items that cannot be found are missing from `rows`."""
    if is_as_issued(form, sheet):
        return ItemRows(_issued_order(form))
    return _Search(form, sheet, columns).run()


class _Search:
    """One sheet being searched for its items."""

    def __init__(self, form: Form, sheet: Sheet, columns: Columns) -> None:
        self.form = form
        self.sheet = sheet
        self.columns = columns
        self.by_text = {normal_text(item.text): item.number for item in form.items}
        self.findings: list[Finding] = []

    def run(self) -> ItemRows:
        claims = {row: claim for row in self._table_rows() if (claim := self._claims(row))}
        placed = self._settle(claims)
        placed = self._by_wording(placed, claims)
        placed = self._by_order(placed)
        rows, copies = _first_and_further(placed)
        self._report(rows, claims)
        return ItemRows(rows, copies, tuple(self.findings))

    def _table_rows(self) -> range:
        return range(self.columns.first_row, len(self.sheet.rows))

    def _claims(self, row: int) -> dict[Column, int]:
        """What each layer says this row is."""
        claims: dict[Column, int] = {}
        code = self.sheet.text_at(row, self.columns.place(Column.CODE)).strip()
        if CODE.fullmatch(code) and 1 <= int(code[1:]) <= len(self.form.items):
            claims[Column.CODE] = int(code[1:])
        number = as_number(self.sheet.at(row, self.columns.place(Column.NUMBER)))
        if number is not None and 1 <= number <= len(self.form.items):
            claims[Column.NUMBER] = number
        text = self.by_text.get(normal_text(self.sheet.text_at(row, self.columns.place(Column.TEXT))))
        if text is not None:
            claims[Column.TEXT] = text
        return claims

    def _settle(self, claims: Mapping[int, Mapping[Column, int]]) -> dict[int, int]:
        """Row → item, by agreement or majority of the layers, a tie broken by the order of the neighbours."""
        placed = {row: _majority(claim) for row, claim in claims.items()}
        settled = {row: number for row, number in placed.items() if number is not None}
        for row, claim in claims.items():
            if placed[row] is None:
                settled[row] = _by_neighbours(row, set(claim.values()), settled)
                text = "、".join(str(n) for n in sorted(set(claim.values())))
                self.findings.append(
                    finding("item-conflict", settled[row], self._cell(row, Column.NUMBER), claims=text)
                )
        return settled

    def _by_wording(self, placed: dict[int, int], claims: Mapping[int, object]) -> dict[int, int]:
        """Rows that no layer claims, whose altered wording is close to exactly one item still missing."""
        place = self.columns.place(Column.TEXT)
        absent = [item for item in self.form.items if item.number not in set(placed.values())]
        for row in self._table_rows():
            text = normal_text(self.sheet.text_at(row, place)) if row not in claims else ""
            item = _closest(text, absent) if len(text) >= 4 else None
            if item:
                placed = {**placed, row: item.number}
                absent.remove(item)
        return placed

    def _by_order(self, placed: dict[int, int]) -> dict[int, int]:
        """Runs of unclaimed rows that exactly fill the gap between two found items."""
        rows = sorted(placed)
        if not rows:
            return placed
        for before, after in zip([None, *rows], [*rows, None], strict=True):
            low = placed[before] if before is not None else 0
            high = placed[after] if after is not None else len(self.form.items) + 1
            start = before + 1 if before is not None else self.columns.first_row
            stop = after if after is not None else start + high - low - 1
            if self.columns.header_row is None and before is None:
                start = stop - (high - low - 1)
            gap = range(low + 1, high)
            exact = len(gap) == stop - start and 0 <= start and stop <= len(self.sheet.rows)
            if gap and exact and not set(gap) & set(placed.values()):
                placed = {**placed, **dict(zip(range(start, stop), gap, strict=True))}
        return placed

    def _report(self, rows: Mapping[int, int], claims: Mapping[int, Mapping[Column, int]]) -> None:
        self._report_layers(claims)
        order = [number for _, number in sorted((row, number) for number, row in rows.items())]
        if moved := _out_of_order(order):
            self.findings.append(finding("rows-moved", count=moved))
        elif rows and max(rows.values()) - min(rows.values()) + 1 != len(self.form.items):
            self.findings.append(finding("rows-inserted"))
        for item in self.form.items:
            if item.number not in rows:
                self.findings.append(finding("item-missing", item.number))
            else:
                self.findings += self._altered(item, rows[item.number])

    def _report_layers(self, claims: Mapping[int, Mapping[Column, int]]) -> None:
        for layer in _LAYERS:
            if not any(layer in claim for claim in claims.values()):
                self.findings.append(finding("layer-lost", layer=layer.name))

    def _altered(self, item: Item, row: int) -> Iterator[Finding]:
        text = self.sheet.text_at(row, self.columns.place(Column.TEXT))
        if text.strip() and normal_text(text) != normal_text(item.text):
            yield finding("item-text-changed", item.number, self._cell(row, Column.TEXT), text, expected=item.text)
        points = self.sheet.at(row, self.columns.place(Column.POINTS))
        if points not in ("", None) and not _same_points(points, item.points):
            cell = self._cell(row, Column.POINTS)
            expected = plain(item.points / 100)
            yield finding("item-points-changed", item.number, cell, plain(points), expected=expected)

    def _cell(self, row: int, column: Column) -> str:
        place = self.columns.place(column)
        return address(row, column if place is None else place)


def _majority(claims: Mapping[Column, int]) -> int | None:
    """The item most layers name; None when no item has more votes than the others."""
    ranked = Counter(claims.values()).most_common(2)
    if len(ranked) == 1 or ranked[0][1] > ranked[1][1]:
        return ranked[0][0]
    return None


def _by_neighbours(row: int, candidates: set[int], settled: Mapping[int, int]) -> int:
    """The candidate that fits between the rows above and below, otherwise the smallest."""
    above = next((settled[r] for r in range(row - 1, -1, -1) if r in settled), 0)
    fitting = [number for number in candidates if number == above + 1]
    return fitting[0] if fitting else min(candidates)


def _closest(text: str, items: list[Item]) -> Item | None:
    close = [item for item in items if SequenceMatcher(None, text, normal_text(item.text)).ratio() >= _ALIKE]
    return close[0] if len(close) == 1 else None


def _first_and_further(placed: Mapping[int, int]) -> tuple[dict[int, int], dict[int, list[int]]]:
    rows: dict[int, int] = {}
    copies: defaultdict[int, list[int]] = defaultdict(list)
    for row in sorted(placed):
        number = placed[row]
        if number in rows:
            copies[number].append(row)
        else:
            rows[number] = row
    return rows, dict(copies)


def _out_of_order(numbers: list[int]) -> int:
    """How many items are not where their order would have them: all but the longest ascending run."""
    tails: list[int] = []
    for number in numbers:
        place = next((n for n, tail in enumerate(tails) if tail >= number), len(tails))
        tails[place:] = [number, *tails[place + 1 :]]
    return len(numbers) - len(tails)


def _same_points(cell: object, points: int) -> bool:
    try:
        return round(float(str(cell)) * 100) == points
    except ValueError:
        return False
