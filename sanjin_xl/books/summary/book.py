"""The workbook that results are written into, and the CSV files beside it for what is too long for a sheet."""

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from heapq import nsmallest
from itertools import chain, islice
from typing import Any

from sanjin_xl.books.quick_sheet import Value
from sanjin_xl.books.seal import Lock, SealedWorkbook
from sanjin_xl.books.sheet_writer import SheetWriter
from sanjin_xl.books.styles import Styles
from sanjin_xl.books.summary.figures import Figures
from sanjin_xl.books.table import Column, Entry
from sanjin_xl.messages import summary as words
from sanjin_xl.model.cellref import area
from sanjin_xl.model.contacts import Contact
from sanjin_xl.model.controls import visible
from sanjin_xl.outcome.results import Results

MOST_ENTRIES = 5_000
"""Beyond this many rows nobody works a list off in a sheet; the whole list then stands beside the workbook."""

_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_HARMLESS = ("number_stored_as_text", "formula_range", "formula_differs")
_WHOLE_SHEET = area((0, 0), (1_048_575, 16_383))
_BOM = "\ufeff"  # without it Excel takes UTF-8 for the code page of the machine
_LINES_A_PIECE = 1_000
_REMEMBERED = 200  # characters of a text that comes again and again
# What Excel or WPS takes for a formula when it opens the file, also behind what another program would part cells by:
# a respondent's text is never one.
_FORMULA = re.compile(r"\A *(?=[=+\-@＝＋－＠\t\n])|[\t\n,;，；|] *(?=[=+\-@＝＋－＠])")


class ResultsBook:
    """A workbook about the results of a round; `beside` takes what a sheet cannot hold.

    `register` maps a file's SHA-256 to when it was first seen, `contacts` a unit's code to whom to call there. Excel
    opens the CSV files as they are.
    """

    def __init__(
        self,
        results: Results,
        lock: Lock | None,
        title: str,
        company: str = "",
        register: Mapping[str, str] | None = None,
        contacts: Mapping[str, Contact] | None = None,
    ) -> None:
        self.results, self.register, self.contacts = results, register or {}, contacts or {}
        self.figures = Figures(results)
        self.beside: list[Beside] = []
        self.sheets: list[SheetWriter] = []
        self._target = io.BytesIO()
        self.workbook = SealedWorkbook(self._target, lock)
        self.workbook.set_properties({"title": title, "subject": results.rules.period.label, "company": company})
        self.styles = Styles(self.workbook)

    def sheet(
        self,
        name: str,
        widths: Sequence[float],
        title: str | None = None,
        *,
        title_size: float = 18,
        size: float = 10,
        hidden: Sequence[float] = (),
        head: float | None = None,
        behind: int = 0,
    ) -> SheetWriter:
        """Add a sheet with its title; `size` is the font size of its tables, `hidden` columns nobody sees.

        `head`: how many points wide the lines above the table are at most, `behind`: how many columns they leave free.
        """
        living = self.figures.living
        sheet = SheetWriter(
            self.styles, name, widths, size=size, living=living, hidden=hidden, head=head, behind=behind
        )
        self.sheets.append(sheet)
        # The green corners Excel puts on codes of digits and on sums beside other figures.
        sheet.worksheet.ignore_errors(dict.fromkeys(_HARMLESS, _WHOLE_SHEET))
        sheet.title(title or words.TITLE.format(title=self.stem, sheet=name), title_size)
        return sheet

    def finished(self) -> bytes:
        """Close the workbook; gives its bytes."""
        self.workbook.close()
        for sheet in self.workbook.worksheets():
            sheet.fh = None  # its XML: what is written beside the workbook still holds on to the sheets
        return self._target.getvalue()

    @cached_property
    def stem(self) -> str:
        return stem_of(self.results)

    @cached_property
    def info(self) -> str:
        """The line that says which round this is, as of when, and what of a later day is counted all the same."""
        rules = self.results.rules
        info = words.INFO.format(period=rules.period.label, as_of=words.DAY.format(day=rules.as_of))
        later = [
            pattern.format(count=count)
            for pattern, count in (
                (words.LATER_RETURNS, self._later_returns()),
                (words.LATER_RULINGS, self._later_rulings()),
            )
            if count
        ]
        return info + (words.LATER.format(what=words.LIST_JOIN.join(later)) if later else "")

    def _later_returns(self) -> int:
        counted = [one.outcome.submission for one in self.results.units if one.outcome]
        return sum(bool(one and one.filled_on and one.filled_on > self.results.rules.as_of) for one in counted)

    def _later_rulings(self) -> int:
        """How many applied rulings bear a later day, as an ISO date; others are no days."""
        as_of = self.results.rules.as_of.isoformat()
        days = [ruling.day for one in self.results.units for ruling in one.rulings.values()]
        return sum(bool(_ISO_DAY.fullmatch(day)) and day > as_of for day in days)

    def all_of(self, name: str, columns: Sequence[Column[Entry]], entries: Callable[[], Iterable[Entry]]) -> str:
        """Have a whole table written beside the workbook; gives the name of the file."""
        file = words.CSV_NAME.format(name=name)
        headings = [(one.heading if one.over else one.group + one.heading).replace("\n", "") for one in columns]
        values = list(map(_plain, columns))
        self.beside.append(
            Beside(file, headings, lambda: (csv_line([value(one) for value in values]) for one in entries()))
        )
        return file

    def shortened(
        self,
        sheet: SheetWriter,
        name: str,
        columns: Sequence[Column[Entry]],
        entries: Sequence[Entry],
        said: str = words.CUT_OFF_UNITS,
    ) -> Sequence[Entry]:
        """The first entries, as many as a sheet holds; if those are not all, a note says where the table `name` is."""
        if not cut_off(len(entries)):
            return entries
        file = self.all_of(name, columns, lambda: entries)
        sheet.note(said.format(count=len(entries), limit=MOST_ENTRIES, file=file))
        return entries[:MOST_ENTRIES]


def stem_of(results: Results) -> str:
    """The title of the form without the word for a table."""
    return results.rules.form.title.removesuffix(words.TABLE)


def cut_off(count: int) -> bool:
    """Whether so many entries are more than a sheet holds."""
    return count > MOST_ENTRIES


def foremost(entries: Iterable[Entry], key: Callable[[Entry], Any] = lambda _: 0) -> list[Entry]:
    """As many entries as a sheet holds, the first by `key`; those equal in it stay in their order."""
    return nsmallest(MOST_ENTRIES, entries, key=key)


def _plain(column: Column[Entry]) -> Callable[[Entry], Value]:
    """What a CSV file has of a column: a share as the sheets show it, 0.7543 as 75.4%."""

    def share(entry: Entry) -> Value:
        value = column.value(entry)
        return f"{value:.1%}" if isinstance(value, float) else value

    return share if column.kind == "share" else column.value


@dataclass(frozen=True, slots=True)
class Beside:
    """A file beside the workbook: its name, the headings of its columns; its lines are made when they are asked for."""

    name: str
    headings: Sequence[str]
    lines: Callable[[], Iterable[str]]

    def pieces(self) -> Iterator[bytes]:
        """The file in pieces of some lines: UTF-8 with a byte order mark, lines ending as Excel's do."""
        yield _BOM.encode()
        lines = chain([csv_line(self.headings)], self.lines())
        while some := list(islice(lines, _LINES_A_PIECE)):
            yield "".join(f"{line}\r\n" for line in some).encode("utf-8", "replace")


def csv_line(row: Iterable[object]) -> str:
    """Values as a line of a CSV file or a part of one, each between quotation marks."""
    # Most cells of a list say what hundreds of thousands of others say; a remark is each clerk's own.
    return ",".join([_quoted(one) if type(one) is str and len(one) > _REMEMBERED else _known(one) for one in row])


def _quoted(cell: object) -> str:
    return '"' + csv_text(cell).replace('"', '""') + '"'


_known = lru_cache(maxsize=20_000, typed=True)(_quoted)  # 1 is no 1.00


def csv_text(cell: object) -> str:
    """A value as text: points with two decimals, dates as 2012-10-15; what is like a formula behind an apostrophe."""
    if isinstance(cell, str):
        return _FORMULA.sub(r"\g<0>'", visible(cell))
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.2f}"
    return cell.isoformat() if isinstance(cell, date) else str(cell)
