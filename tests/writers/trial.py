"""Every client × format × way, what it makes of a filling, and what we make of that."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from types import ModuleType

import rounds

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.messages.template import HIDDEN_SHEET
from sanjin_xl.model.submission import Answer
from sanjin_xl.workbook.book import Book
from sanjin_xl.workbook.reader import read_book
from writers import exceljs, gnumeric, libreoffice, openpyxl, poi, sheetjs
from writers.filling import CONTROL_LOOKALIKE, LONG, SPACED, TABBED, Filled, random_filling

CLIENTS: dict[str, ModuleType] = {
    "LibreOffice": libreoffice,
    "Gnumeric": gnumeric,
    "SheetJS": sheetjs,
    "ExcelJS": exceljs,
    "Apache POI": poi,
    "openpyxl": openpyxl,
}
RESAVED, FILLED = "re-saved", "filled in"
FILE = "回来的表.bin"  # says neither whose it is nor what it is

ESCAPED_AGAIN = {CONTROL_LOOKALIKE: "_x005F_x000D_ _x005F_x0041_"}  # the escape of an underscore taken for text
UNESCAPED = {CONTROL_LOOKALIKE: "\n A"}  # the escape taken off, and not put back
# What a program itself makes of a remark; nobody who opens its file sees anything else.
SPOILT: dict[tuple[str, str], dict[str, str]] = {
    ("LibreOffice", "ods"): {TABBED: "甲乙"},  # an empty span stands for the tab
    ("Gnumeric", "xlsx"): {SPACED: SPACED.strip()},  # written without xml:space
    ("Gnumeric", "xls"): ESCAPED_AGAIN,
    ("Gnumeric", "ods"): ESCAPED_AGAIN,
    ("SheetJS", "xlsx"): UNESCAPED,
    ("ExcelJS", "xlsx"): UNESCAPED,
    ("openpyxl", "xlsx"): UNESCAPED,
    ("openpyxl", "xlsm"): UNESCAPED,
    ("SheetJS", "xls"): {LONG: LONG[:255]},
}
REFUSED: dict[tuple[str, str], str] = {}


@dataclass(frozen=True, order=True)
class Trial:
    """One client, one format it writes, and the way the answers got into the workbook."""

    client: str
    format: str
    way: str

    def __str__(self) -> str:
        return f"{self.client} {self.format} {self.way}"

    @property
    def module(self) -> ModuleType:
        return CLIENTS[self.client]

    @property
    def refused(self) -> str | None:
        return REFUSED.get((self.client, self.format))

    def meant(self, filled: Filled) -> dict[int, Answer]:
        """The answers the file holds: what was filled in, but for what the program spoils."""
        spoilt = SPOILT.get((self.client, self.format), {})
        return {
            number: replace(answer, remark=spoilt.get(answer.remark, answer.remark))
            for number, answer in filled.meant.items()
        }


def trials() -> Iterator[Trial]:
    """All of them, in the order of the table."""
    for client, module in CLIENTS.items():
        for format in module.formats:
            yield Trial(client, format, RESAVED)
            if hasattr(module, "fill"):
                yield Trial(client, format, FILLED)


@cache
def filling(seed: int) -> Filled:
    return random_filling(rounds.the_form(), seed)


@cache
def workbook(seed: int) -> bytes:
    """The filled workbook as we write it ourselves."""
    return rounds.fill(rounds.the_form(), filling(seed).entries)


@cache
def made(trial: Trial, seed: int) -> bytes:
    """What the client saves."""
    saved: bytes
    if trial.way == FILLED:
        blank = rounds.fill(rounds.the_form(), {}, filled_on=None, signers=())
        saved = trial.module.fill(blank, trial.format, filling(seed).cells(rounds.the_form()))
    else:
        saved = trial.module.resave(workbook(seed), trial.format)
    return saved


@cache
def outcome(trial: Trial, seed: int) -> Outcome:
    return rounds.judge(made(trial, seed), FILE)


def notes(trial: Trial, seed: int) -> list[str]:
    """The codes found more often than in our own copy of the same filling, in order."""
    ours = Counter(one.code for one in rounds.judge(workbook(seed), FILE).findings)
    theirs = Counter(one.code for one in outcome(trial, seed).findings)
    return sorted(theirs - ours)


def carriers(data: bytes) -> list[str]:
    """The places in which the stamp is still whole, as far as our reader looks into the format."""
    book, stamp = read_book(data), rounds.issue().stamp
    full = stamp.full(rounds.KEY)
    places = {
        "表号": any(stamp.code(rounds.KEY) in row for row in _rows(book, hidden=False)),
        "hidden sheet": any(full in row for row in _rows(book, hidden=True)),
        "property": any(full in text for text in book.texts if "<" in text),
        "footer": any(full in text for text in book.texts if "<" not in text),
    }
    return [place for place, there in places.items() if there]


def _rows(book: Book, *, hidden: bool) -> Iterator[list[object]]:
    for sheet in book.sheets:
        if (sheet.name == HIDDEN_SHEET) is hidden:
            yield from sheet.rows


def row(trial: Trial, seed: int) -> str:
    """A line of the table in docs/writers.md."""
    return "| " + " | ".join((trial.client, trial.format, trial.way, *_cells(trial, seed))) + " |"


def _cells(trial: Trial, seed: int) -> tuple[str, str, str]:
    submission = outcome(trial, seed).submission
    if submission is None:
        return f"refused: `{outcome(trial, seed).reason}`", "–", "–"
    wrong = sum(submission.answers[n] != meant for n, meant in filling(seed).meant.items())
    right = "all right" if not wrong else f"{wrong} remark changed by the program"
    found = ", ".join(f"`{code}`" for code in notes(trial, seed)) or "–"
    return right, found, ", ".join(carriers(made(trial, seed)))
