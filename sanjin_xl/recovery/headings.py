"""The headings of a returned sheet: in which row they stand, and which field each of them is of.

They are ours or those that others write (`messages.template.heading_of`), in one row or in up to three, as on paper:

    落实情况                             one above several columns
    已落实内容及时间  拟落实内容及时间   of a tick and its month
    已落实  月份      拟落实  月份       the lowest that is known is that of the column
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from functools import lru_cache
from itertools import zip_longest

from sanjin_xl.messages import template as words
from sanjin_xl.model.fields import normal_text
from sanjin_xl.model.form import Form
from sanjin_xl.workbook.book import Rows, Sheet

_MOST_TOP_ROWS = 60  # headings further down than this are part of something else
_FEWEST = 4
_MOST_ROWS = 3  # of headings, one above the other
STATUS = "status"  # the column that says in words what the ticks and months of others say
_FEWEST_IN_WORDS = {"number", "text", STATUS}  # 序号 内容 落实情况, and nothing else
WHEN = "when"  # a column of months, of what stands to the left of it


def headings(form: Form) -> Mapping[str, str]:
    """The heading of every column, the hidden one included."""
    return {name: field.heading or words.CODE_HEADING for name, field in form.fields.items()}


def top_rows(sheet: Sheet) -> tuple[int, Rows]:
    """The first row in which something stands, and those from there in which headings may stand."""
    first = next((n for n, row in enumerate(sheet.rows) if any(cell not in ("", None) for cell in row)), 0)
    return first, sheet.rows[first : first + _MOST_TOP_ROWS]


def find_header(form: Form, sheet: Sheet) -> tuple[int | None, list[str]]:
    """The last row of the headings, at least four of them or those of `_FEWEST_IN_WORDS`, and their texts; None if
    there are none.

    They may stand in two or three rows, as on paper: 已落实内容及时间 below 落实情况, and 月份 below that.
    """
    known = headings_of(form)
    first, top = top_rows(sheet)
    rows = [[normal_text(cell) if isinstance(cell, str) else "" for cell in row] for row in top]
    further = [known.are_in(texts, row) for texts, row in zip(rows, top, strict=True)]
    most, found = _FEWEST - 1, None
    for depth in range(_MOST_ROWS):
        for last in range(depth, len(rows)):
            if all(further[last - depth + 1 : last + 1]):
                texts = known.lowest(rows[last - depth : last + 1]) if depth else rows[last]
                fields = {*map(known.field, texts)} - {""}
                if len(fields) > most or (found is None and fields >= _FEWEST_IN_WORDS):
                    most, found = max(most, len(fields)), (first + last, texts)
    return found or (None, [])


def further_headers(form: Form, sheet: Sheet, header: int) -> Iterator[tuple[int, list[str]]]:
    """The rows below a header in which at least four headings stand again, and the headings in them."""
    known = headings_of(form)
    for n, row in enumerate(sheet.rows[header + 1 :], start=header + 1):
        if any(isinstance(cell, (int, float)) for cell in row):
            continue
        texts = [normal_text(cell) if isinstance(cell, str) else "" for cell in row]
        if len({*map(known.field, texts)} - {""}) >= _FEWEST and known.are_in(texts, row):
            yield n, [text if known.field(text) else "" for text in texts]


def places_of_headings(form: Form, texts: Sequence[str]) -> list[int]:
    """Where headings stand among the texts of a row, as `find_header` gives them."""
    known = headings_of(form)
    return [place for place, text in enumerate(texts) if known.field(text)]


class Headings:
    """The fields of a form by what is written above a column: our own headings, and those that others write.

    `ours`: the fields by our headings; `printed`: those and the ones above several columns.
    """

    def __init__(self, form: Form) -> None:
        self.ours = {normal_text(text): name for name, text in headings(form).items()}
        groups = {"done": form.headings.done_group, "planned": form.headings.planned_group}
        self._groups = {normal_text(text): name for name, text in groups.items()}
        self.printed = frozenset(map(normal_text, (*astuple(form.headings), *headings(form).values())))
        self.field = lru_cache(maxsize=4096)(self._field)

    def _field(self, text: str) -> str:
        """The field, "status" or "when" (see `messages.template.heading_of`), "" for any other text."""
        if not text or text in self.ours:
            return self.ours.get(text, "")
        return "" if words.is_of_former_period(text) else self._groups.get(text) or words.heading_of(text)

    def are_in(self, texts: Sequence[str], row: Sequence[object]) -> bool:
        """Whether half of what stands in a row or more are headings, and nothing is a number."""
        filled = [text for text in texts if text]
        headings = sum(bool(self.field(text) or words.is_yes_or_no(text)) for text in filled)
        return headings * 2 >= max(1, len(filled)) and not any(isinstance(cell, (int, float)) for cell in row)

    def lowest(self, rows: Sequence[Sequence[str]]) -> list[str]:
        """Of several rows of headings the lowest of each column that is known, else what stands in the first."""
        columns = zip_longest(*rows, fillvalue="")
        return [next(filter(self.field, reversed(column)), column[0]) for column in columns]


headings_of = lru_cache(maxsize=16)(Headings)


def is_heading(form: Form, text: str) -> bool:
    """Whether a text is one of our own headings, of a column or of several."""
    return normal_text(text) in headings_of(form).printed
