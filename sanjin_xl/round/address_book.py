"""通讯录.xlsx as the city clerk has left it: the roster, and whom to write to at each unit.

Its rows are read as if round.toml said the same, so that both are held to the same rules; a fault is named by its cell.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sanjin_xl.messages import letters as words
from sanjin_xl.model.cellref import address
from sanjin_xl.model.contacts import Contact, read_contacts
from sanjin_xl.model.errors import Problem, Refused
from sanjin_xl.model.fields import normal_text
from sanjin_xl.model.roster import Roster, read_roster
from sanjin_xl.model.tomlread import Table
from sanjin_xl.round.outputs import LARGEST_BOOK, read_own
from sanjin_xl.workbook.book import Sheet, plain
from sanjin_xl.workbook.reader import read_book

_LAST_HEADER_ROW = 40
_UNIT, _CONTACT = ("code", "name", "area", "aliases"), ("to", "cc", "contact", "phone")
_PATH = re.compile(r"units\[(\d+)\](?:\.(\w+))?|mail\.(.+?)(?:\.(\w+))?")


@dataclass(frozen=True, slots=True)
class AddressBook:
    """What the book says: its roster, its contacts by unit code, and by code the cell in which each unit stands."""

    roster: Roster
    contacts: Mapping[str, Contact]
    cells: Mapping[str, str]


def read_address_book(folder: Path, problems: list[Problem]) -> AddressBook | None:
    """The address book of a round, None where there is none; faults go to the list."""
    path = folder / words.BOOK
    if not path.exists():
        return None
    try:
        sheets = read_book(read_own(path, LARGEST_BOOK)).sheets
    except (Refused, OSError):
        problems.append(Problem(words.BOOK, "book-unreadable"))
        return None
    found = next(((sheet, row, places) for sheet in sheets for row, places in _headers(sheet)), None)
    if found is None:
        problems.append(Problem(words.BOOK, "book-headings", expected=tuple(words.HEADINGS.values())))
        return None
    return _read(*found, problems)


def holds_more(folder: Path) -> bool:
    """Whether the book of a round holds anything beside what is read of it, which writing it anew would lose.

    Raises Refused where it cannot be read.
    """
    said = {normal_text(one) for one in (words.TITLE, words.LEAD, *words.HEADINGS.values())}
    for sheet in read_book(read_own(folder / words.BOOK, LARGEST_BOOK)).sheets:
        header, places = next(iter(_headers(sheet)), (len(sheet.rows), {}))
        for n, row in enumerate(sheet.rows):
            texts = {at: text for at, cell in enumerate(row) if (text := normal_text(plain(cell)))}
            known = texts.keys() <= set(places.values()) if n > header else said.issuperset(texts.values())
            if not known:
                return True
    return False


def _headers(sheet: Sheet) -> list[tuple[int, dict[str, int]]]:
    """The row with the headings, wherever it and they stand by now."""
    names = {normal_text(heading): name for name, heading in words.HEADINGS.items()}
    for n, row in enumerate(sheet.rows[:_LAST_HEADER_ROW]):
        places = {names[text]: at for at, cell in enumerate(row) if (text := normal_text(plain(cell))) in names}
        if {"code", "name"} <= places.keys():
            return [(n, places)]
    return []


def _read(sheet: Sheet, header: int, places: Mapping[str, int], problems: list[Problem]) -> AddressBook:
    rows: list[int] = []
    units: list[dict[str, object]] = []
    mail: dict[str, dict[str, str]] = {}
    for row in range(header + 1, len(sheet.rows)):
        texts = {name: text for name, at in places.items() if (text := plain(sheet.at(row, at)).strip())}
        if not texts:
            continue
        rows.append(row)
        units.append({name: texts[name] for name in _UNIT if name in texts})
        if "aliases" in texts:
            units[-1]["aliases"] = [one for one in re.split(r"[、，,;；\s]+", texts["aliases"]) if one]
        if contact := {name: texts[name] for name in _CONTACT if name in texts}:
            mail.setdefault(texts.get("code", ""), contact)
    found: list[Problem] = []
    table = Table({"units": units, "mail": mail}, "", found)
    roster = read_roster(table)
    contacts = read_contacts(table, roster) if not found else {}
    codes = {str(unit.get("code")): row for unit, row in zip(units, rows, strict=True)}
    problems += [_by_cell(one, rows, codes, places) for one in found]
    return AddressBook(roster, contacts, {code: _cell(row, places["code"]) for code, row in codes.items()})


def _by_cell(problem: Problem, rows: list[int], codes: Mapping[str, int], places: Mapping[str, int]) -> Problem:
    """A fault with the cell it stands in instead of the key it would have in round.toml."""
    found = _PATH.fullmatch(problem.path)
    if found is None:
        return Problem(words.BOOK, problem.code, **problem.facts)
    row = rows[int(found[1])] if found[1] else codes[found[3]]
    name = found[2] or found[4] or "code"
    return Problem(_cell(row, places.get(name, places["code"])), problem.code, **problem.facts)


def _cell(row: int, column: int) -> str:
    return words.CELL.format(book=words.BOOK, cell=address(row, column))
