"""The ruling table read back: rows by their key and columns by their headings, wherever they stand by now."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sanjin_xl.messages import rulings as words
from sanjin_xl.model.catalogue import CATALOGUE
from sanjin_xl.model.cellref import address
from sanjin_xl.model.errors import Refused, WorkbookError
from sanjin_xl.model.fields import folded, normal_text
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.form import Form
from sanjin_xl.model.points import exact, share_of
from sanjin_xl.model.rules import Rules
from sanjin_xl.recovery.cell_values import read_tick
from sanjin_xl.recovery.head import read_date
from sanjin_xl.recovery.row_ids import as_number
from sanjin_xl.review.entries import Entry, KindRuling
from sanjin_xl.review.rulings import Ruling, reference
from sanjin_xl.workbook.book import Sheet, plain
from sanjin_xl.workbook.cache import Cache
from sanjin_xl.workbook.reader import read_book

_KEY = re.compile(r"([0-9A-Za-z]+)-(?:(\d{3,6})|([a-z]+(?:-[a-z]+)*))")
_NUMBER = re.compile(r"-?\d{1,7}(?:\.\d{1,9})?", re.ASCII)
_LAST_HEADER_ROW = 40
_READ_BEFORE = Cache()  # while a window is open the table is read again and again, with little changed
_OPEN = ("points", "not_applicable", "settled", "reason", "who", "day", "confirm")


@dataclass(frozen=True, slots=True)
class Added:
    """Columns somebody added to a sheet: their headings, and their texts by the key of the row."""

    headings: tuple[str, ...] = ()
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """What stands in the table: entries, decisions on kinds, rows that could not be placed, added columns by sheet."""

    entries: tuple[Entry, ...] = ()
    kinds: tuple[KindRuling, ...] = ()
    findings: tuple[Finding, ...] = ()
    added: Mapping[str, Added] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One sheet of the table: where each column stands, its header's row, which of ours it is."""

    sheet: Sheet
    header: int
    places: Mapping[str, int]
    others: Mapping[int, str]

    @property
    def name(self) -> str:
        """The sheet of ours it is; of those that list items, the first stands for both."""
        if "kind_ruling" in self.places:
            return words.KINDS_SHEET
        return words.SHEET if "points" in self.places else words.WHOLE_SHEET

    def cell(self, row: int, name: str) -> object:
        return self.sheet.at(row, self.places.get(name))

    def text(self, row: int, name: str) -> str:
        return plain(self.cell(row, name)).strip()


def read_table(data: bytes, rules: Rules, path: str) -> Table:
    """Read the table, by whatever program it was saved.

    Raises WorkbookError("rulings-unreadable") when it is no workbook, or the table is not in it; `path` is for that.
    """
    try:
        book = read_book(data, rules.passwords, _READ_BEFORE)
    except Refused as refused:
        # The reasons of `messages.files` speak to a county; this table is the city clerk's own.
        why = words.WHYS_UNREADABLE.get(refused.code, words.WHY_UNREADABLE)
        raise WorkbookError("rulings-unreadable", path=path, detail=why + words.START_AGAIN) from refused
    found = [one for sheet in book.sheets if (one := _recognised(sheet))]
    detail = _missing(book.sheets, found)
    if detail:
        raise WorkbookError("rulings-unreadable", path=path, detail=detail + words.START_AGAIN)
    read = [one for sheet in found for one in _rows_of(sheet, rules)]
    kinds, twice = _once(one for one in read if isinstance(one, KindRuling))
    return Table(
        entries=tuple(one for one in read if isinstance(one, Entry)),
        kinds=kinds,
        findings=(*(one for one in read if isinstance(one, Finding)), *twice),
        added=_all_added(found, rules),
    )


def _once(rulings: Iterable[KindRuling]) -> tuple[tuple[KindRuling, ...], list[Finding]]:
    """The decisions on kinds, and a finding for each kind on which two rows decide otherwise: neither counts."""
    groups: dict[tuple[str, str], set[KindRuling]] = {}
    for ruling in rulings:
        groups.setdefault((ruling.unit, ruling.code), set()).add(ruling)
    twice = [finding("ruling-kind", found=CATALOGUE[code].title) for (_, code), same in groups.items() if len(same) > 1]
    return tuple(next(iter(same)) for same in groups.values() if len(same) == 1), twice


def _recognised(sheet: Sheet) -> _Sheet | None:
    names = {normal_text(text): name for name, text in (*words.HEADINGS.items(), *words.FORMER_HEADINGS.items())}
    for row, cells in enumerate(sheet.rows[:_LAST_HEADER_ROW]):
        places: dict[str, int] = {}
        others: dict[int, str] = {}
        for place, cell in enumerate(cells):
            name = names.get(normal_text(cell)) if isinstance(cell, str) else None
            if name and name not in places:
                places[name] = place
            elif plain(cell).strip():
                others[place] = plain(cell).strip()
        if {"reason", "who"} <= places.keys() and places.keys() & {"points", "settled", "kind_ruling"}:
            return _Sheet(sheet, row, places, others)
    return None


def _missing(sheets: Sequence[Sheet], found: list[_Sheet]) -> str | None:
    """Why the table cannot be used, None if it can: what is ours and not recognised may hold rulings."""
    known = [one.sheet for one in found]
    for sheet in sheets:
        if sheet.name in words.SHEETS and sheet.rows and sheet not in known:
            return words.NO_HEADER.format(sheet=sheet.name)
    if not any(one.name == words.SHEET for one in found):
        return words.NO_TABLE
    for one in found:
        if "key" not in one.places and not {"unit", "item"} <= one.places.keys():
            return words.NO_KEYS.format(sheet=one.sheet.name)
    return None


def _rows_of(one: _Sheet, rules: Rules) -> Iterator[Entry | KindRuling | Finding]:
    return _kinds(one, rules) if one.name == words.KINDS_SHEET else _rows(one, rules)


def _kinds(one: _Sheet, rules: Rules) -> Iterator[KindRuling | Finding]:
    """The decisions on kinds of questions, and a finding for one that is not whole or cannot be read."""
    for row in range(one.header + 1, len(one.sheet.rows)):
        decision = normal_text(one.text(row, "kind_ruling"))
        if decision and one.text(row, "reason") != words.HEADINGS["reason"]:
            found = _kind(one, row, decision, rules)
            told = " ".join(filter(None, (one.text(row, "unit"), one.text(row, "kind"), decision)))
            yield found or finding("ruling-kind", cell=address(row, one.places["kind_ruling"]), found=told)


def _kind(one: _Sheet, row: int, decision: str, rules: Rules) -> KindRuling | None:
    """The decision of a row, None where anything needed is lacking or not known."""
    unit, _, code = one.text(row, "key").partition("-")
    named = rules.roster.find(one.text(row, "unit"))
    share, granted = words.SHARES.get(decision), words.GRANTED.get(decision)
    reason, who = one.text(row, "reason"), one.text(row, "who")
    whole, code = code.endswith(words.WHOLE_KEY), code.removesuffix(words.WHOLE_KEY)
    of_items = (share, granted) != (None, None) or decision in (words.NOT_APPLICABLE, words.STANDING)
    known = decision == words.SETTLED if whole else of_items
    agrees = unit == (named.code if named else words.ALL_KEY) and code in CATALOGUE
    if not (known and agrees and reason and who):
        return None
    day = read_date(one.cell(row, "day"))
    return KindRuling(
        unit=named.code if named else "",
        code=code,
        share=share,
        granted=granted,
        standing=decision == words.STANDING,
        whole=whole,
        reason=reason,
        who=who,
        day=day.isoformat() if day else one.text(row, "day"),
    )


def _rows(one: _Sheet, rules: Rules) -> Iterator[Entry | Finding]:
    """An entry for every row, a finding where something was entered and it cannot be told what it is about."""
    for row in range(one.header + 1, len(one.sheet.rows)):
        matter = _matter(one, row, rules)
        # A header pasted a second time is no entry.
        if matter is None and one.text(row, "reason") == words.HEADINGS["reason"]:
            continue
        if matter is None and any(one.text(row, name) for name in _OPEN):
            where = next(place for name in ("points", "settled") if (place := one.places.get(name)) is not None)
            told = " ".join(filter(None, (one.text(row, name) for name in ("unit", "item", "key"))))
            yield finding("ruling-unplaced", cell=address(row, where), found=told)
        elif matter:
            confirmed = read_tick(one.cell(row, "confirm")).value is True
            known = as_number(one.cell(row, "known"))
            granted = words.GRANTED.get(normal_text(one.text(row, "points")))
            yield Entry(_ruling(one, row, *matter, rules.form), confirmed, (one.sheet.name, row + 1), known, granted)


_Matter = tuple[str, int | None, str]


def _matter(one: _Sheet, row: int, rules: Rules) -> _Matter | None:
    """Which unit and item, or which question about the whole return, a row is about.

    By the key or by unit and item as printed; None where neither tells, or the two disagree.
    """
    unit = rules.roster.find(one.text(row, "unit"))
    item = as_number(one.cell(row, "item"))
    key = _KEY.fullmatch(one.text(row, "key"))
    if key is None:
        return (unit.code, item, "") if unit and item is not None and one.name == words.SHEET else None
    code, number, question = key[1], int(key[2]) if key[2] else None, key[3] or ""
    agrees = (unit is None or unit.code == code) and (item is None or item == number)
    fits = question in CATALOGUE if one.name == words.WHOLE_SHEET else number is not None
    return (code, number, question) if agrees and fits else None


def _ruling(one: _Sheet, row: int, unit: str, item: int | None, question: str, form: Form) -> Ruling:
    decision = one.cell(row, "settled" if item is None else "points")
    withdrawn = normal_text(plain(decision)) == words.WITHDRAW
    tick = read_tick(decision if item is None else one.cell(row, "not_applicable"))
    points = None if item is None or withdrawn else _points(decision, form.points_of.get(item))
    unread = "" if withdrawn or points is not None else plain(decision).strip()
    unread_tick = ""
    if item is None:
        unread = unread if tick.value is None else ""
    elif tick.value is None and not withdrawn:
        unread_tick = one.text(row, "not_applicable")
    standing = item is not None and normal_text(one.text(row, "not_applicable")) == words.STANDING
    unread_tick = "" if standing else unread_tick
    ticked = (tick.value is True or standing) and not withdrawn
    day = read_date(one.cell(row, "day"))
    return Ruling(
        unit=unit,
        item=item,
        question=question,
        points=points,
        not_applicable=ticked and item is not None,
        standing=standing and not withdrawn,
        settled=ticked and item is None,
        withdrawn=withdrawn,
        unread=(unread, unread_tick),
        reason=one.text(row, "reason"),
        who=one.text(row, "who"),
        day=day.isoformat() if day else one.text(row, "day"),
        basis=one.text(row, "basis"),
    )


def _points(cell: object, full: int | None) -> int | None:
    """A number, a text that is one, or a share of the `full` points in words, in hundredths.

    None for anything else, and for parts of hundredths.
    """
    text = folded(plain(cell)).strip()
    if text in words.SHARES and full is not None:
        return share_of(full, words.SHARES[text])
    text = text.removesuffix(words.POINTS.format(points=""))
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return exact(float(text)) if _NUMBER.fullmatch(text) else None
    return exact(float(cell))


def _all_added(found: list[_Sheet], rules: Rules) -> dict[str, Added]:
    """The columns somebody added, by sheet; an item moves between its two sheets, and what was noted of it with it."""
    both: dict[str, Added] = {}
    for name in dict.fromkeys(one.name for one in found if one.name != words.KINDS_SHEET):
        sheets = [one for one in found if one.name == name]
        if columns := list(dict.fromkeys(column for one in sheets for column in _columns(one))):
            texts = {ref: cells for one in sheets for ref, cells in _added(one, columns, rules)}
            both[name] = Added(tuple(heading for heading, _ in columns), texts)
    return both


def _columns(one: _Sheet) -> dict[tuple[str, int], int]:
    """Where each added column of a sheet stands, by its heading and its turn among those headed alike."""
    seen: list[str] = []
    places = {}
    for place, heading in one.others.items():
        places[heading, seen.count(heading)] = place
        seen.append(heading)
    return places


def _added(one: _Sheet, columns: Sequence[tuple[str, int]], rules: Rules) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What stands in these added columns in the rows of a sheet, by the key of the row."""
    places = _columns(one)
    for row in range(one.header + 1, len(one.sheet.rows)):
        cells = tuple(one.sheet.text_at(row, places.get(column)).strip() for column in columns)
        if any(cells) and (matter := _matter(one, row, rules)):
            yield reference(*matter), cells
