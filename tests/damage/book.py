"""A filled return being damaged: its sheets, the parts around them, and what its answers truly are."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from random import Random
from xml.sax.saxutils import escape, quoteattr, unescape
from zipfile import ZIP_DEFLATED, ZipFile

from rounds import FILLED_ON, SIGNERS, issue

from damage.drawings import draw
from damage.sheet import Cell, Place, Sheet, Tag
from sanjin_xl.books.issue import Filling
from sanjin_xl.books.template import template_bytes
from sanjin_xl.messages.template import TICK
from sanjin_xl.model.fields import CHOICES, MONTHS, TICKS
from sanjin_xl.model.form import Form, Item
from sanjin_xl.model.layout import layout_of

LOST = "lost"  # what an answer was can no longer be known: its item must bear a finding
Truth = dict[int, dict[str, object]]
Texts = dict[tuple[int, str], str]

_SHEET, _STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"


@dataclass
class Book:
    """A return being damaged.

    `sheets`: those that hold the form or were added; the first is the issued one. `parts`: all others, as they were.
    `touched`: items whose own cells were changed. `finish`: what is done to the bytes at last.
    """

    form: Form
    sheets: list[Sheet]
    strings: list[str]
    parts: dict[str, bytes]
    truth: Truth
    touched: set[int] = field(default_factory=set)
    finish: list[Callable[[bytes], bytes]] = field(default_factory=list)
    order: list[int] = field(default_factory=list)  # which added sheets stand before the issued one
    merged_away: set[tuple[int, str]] = field(default_factory=set)
    # What a cell says of the other answer of its pair as well, as on paper: (3, "done") holds "☑ 9月" → (9,).
    together: dict[Tag, object] = field(default_factory=dict)
    worded: set[int] = field(default_factory=set)  # items of which only words beside their cells tell
    # In which column an answer stood that is gone with it: (3, "done_month") stood in "done".
    stood: dict[Tag, str] = field(default_factory=dict)
    # Answers of which only the words in another answer cell tell: (5, "remark") holds 第3项已落实 → {(3, "done"), …}.
    told: dict[Tag, set[Tag]] = field(default_factory=dict)

    @property
    def sheet(self) -> Sheet:
        return self.sheets[0]

    # --- where things are ---

    def place(self, number: int, column: str) -> Place | None:
        """Where a cell issued for an item is now in the first sheet."""
        return self.sheet.tags().get((number, column))

    def column(self, column: str) -> int | None:
        """Where most cells of a column are now."""
        places = [place[1] for (_, tagged), place in self.sheet.tags().items() if tagged == column]
        return max(set(places), key=places.count) if places else None

    def rows(self) -> list[int]:
        """The rows in which cells of items are, from the first to the last."""
        rows = {row for row, _ in self.sheet.tags().values()}
        return list(range(min(rows), max(rows) + 1)) if rows else []

    def item_rows(self) -> set[int]:
        """The rows that say what item they are: where the total stands is none, whatever was moved there."""
        marks = ("code", "number", "text")
        return {row for (_, column), (row, _) in self.sheet.tags().items() if column in marks}

    def items_in(self, rows: set[int]) -> set[int]:
        return {number for (number, _), place in self.sheet.tags().items() if place[0] in rows}

    def answered_in(self, row: int) -> set[int]:
        """The items whose answers stand in a row: of two that it names, the one that words beside it are about."""
        return {number for (number, column), place in self.sheet.tags().items() if place[0] == row and column == "done"}

    def answer_cells(self, column: str) -> dict[int, Cell]:
        """The cells of an answer column by item, of those that are still there."""
        cells = self.sheet.cells.values()
        return {cell.tag[0]: cell for cell in cells if cell.tag and cell.tag[1] == column}

    # --- changing it ---

    def say(self, number: int, column: str, value: object) -> None:
        """The truth of an answer is now this."""
        self.truth[number][column] = value
        self.touched.add(number)
        self._silence((number, column))

    def tell(self, cell: Tag, answers: Iterable[Tag]) -> None:
        """Words in a cell tell of answers not in their own: gone with the words, and in doubt with the cell."""
        self.told[cell] = {*answers}
        for number, column in self.told[cell]:
            self.stood[number, column] = cell[1]

    def _silence(self, cell: Tag) -> None:
        """What a cell told of other answers is gone: they are what their own cells say, for nobody could tell more."""
        for number, column in self.told.pop(cell, ()):
            own = self.answer_cells(column).get(number)
            if self.truth[number][column] is LOST and not (own and own.value):
                self.truth[number][column] = _meaning(column, "")
            self.stood.pop((number, column), None)
            self.worded.discard(number)

    def write(self, tag: Tag, meaning: object) -> None:
        """Something was written into a cell: what it says now of its answer, beside what the other of its pair says."""
        number, column = tag
        other = number, pair_of(column)
        if number in self.worded and meaning not in (False, ()):
            self.worded.discard(number)  # it has an answer again, and the words beside it say no more than they do
            self.truth[number] |= {name: meanings(name, "")[0] for name in CHOICES if self.truth[number][name] is LOST}
        if self.together.pop(tag, None) is not None:
            self.say(*other, _meaning(other[1], ""))
        said = self.together.get(other)
        self.say(number, column, meaning if said is None else said if meaning in (False, (), said) else LOST)

    def lose(self, tags: list[tuple[int, str]]) -> None:
        """Cells are gone, and with them what stood there."""
        for number, column in tags:
            also = [pair_of(column)] if self.together.pop((number, column), None) is not None else []
            for name in (column, *also):
                if name in self.form.answers and self.truth[number][name] not in (False, (), ""):
                    self.truth[number][name] = LOST
                    self.stood[number, name] = column
            self.touched.add(number)

    def leave_to_copies(self, row: int) -> None:
        """A row is about to be deleted: what its copies say elsewhere is then what the return says of its item."""
        places = self.sheet.tags()
        for tag in [(number, column) for number in self.items_in({row}) for column in self.form.answers]:
            copies = [cell for sheet in self.sheets for cell in sheet.cells.values() if cell.of == tag]
            if copies and places.get(tag, (row, 0))[0] == row:
                self._leave(tag, self.sheet.cells.get(places.get(tag, (-1, -1))), copies)

    def _leave(self, tag: Tag, cell: Cell | None, copies: list[Cell]) -> None:
        """Leave what a cell is to those copied from it; where it was lost before, they say what they say."""
        number, column = tag
        said = {(one.value, one.formula is None) for one in copies}
        if len(said) > 1:
            self.truth[number][column] = LOST  # no one can tell which of the copies holds
        elif cell is None or tag in self.merged_away or (cell.value, cell.formula is None) not in said:
            own, also = meanings(column, str(copies[0].value or ""))
            self.write(tag, own)
            if also is not None:
                self.together[tag] = also
                self.say(number, pair_of(column), also)
        if cell:
            cell.tag = None
        self.touched.add(number)
        self.merged_away.discard(tag)

    def move(self, where: Callable[[Place], Place | None], *, follow: bool = True) -> None:
        """Move cells of the first sheet, with all that this destroys."""
        self.lose(self.sheet.move(where, follow=follow))
        self.undo_merges(but=self.sheet.merged())

    def keep_values(self) -> None:
        """Formulas are replaced by their results, merges are undone: what is seen is all there is."""
        for cell in (cell for sheet in self.sheets for cell in sheet.cells.values()):
            if cell.formula and cell.tag and cell.tag[1] in self.form.answers:
                number, column = cell.tag
                result = re.search(r'"([^"]*)"', cell.formula)
                cell.value, cell.formula = result[1] if result else None, None
                fits = (cell.value == TICK) == (column in TICKS)
                self.truth[number][column] = _meaning(column, str(cell.value)) if fits else LOST
        self.undo_merges()

    def undo_merges(self, but: Collection[Place] = ()) -> None:
        """Merges are dissolved, but for some: what they swallowed is simply blank now."""
        places = self.sheet.tags()
        for number, column in [tag for tag in self.merged_away if tag in places and places[tag] not in but]:
            self.write((number, column), _meaning(column, ""))
            self.merged_away.discard((number, column))

    def replace_guide(self, guide: Sheet) -> None:
        """Take the issued guide out of the workbook, and put another sheet of its name into its place."""
        name = quoteattr(guide.name)
        self.parts["xl/workbook.xml"] = re.sub(
            f"<sheet name={name}[^>]*/>", "", self.parts["xl/workbook.xml"].decode()
        ).encode()
        self.sheets.append(guide)

    # --- as a workbook ---

    def data(self) -> bytes:
        """The workbook's bytes."""
        known = {text: n for n, text in enumerate(self.strings)}

        def string(text: str) -> int:
            return known.setdefault(text, len(known))

        parts = dict(self.parts)
        for n, sheet in enumerate(self.sheets):
            sheet.recalculate()
            name = "sheet1" if n == 0 else f"sheet{90 + n}"
            parts[f"xl/worksheets/{name}.xml"] = sheet.xml(string).encode()
            draw(parts, name, sheet)
        parts[_STRINGS] = _strings_xml(list(known)).encode()
        self._wire(parts)
        data = zipped(parts)
        for step in self.finish:
            data = step(data)
        return data

    def _wire(self, parts: dict[str, bytes]) -> None:
        """Name the sheets in the workbook part, the added ones after or before the others."""
        book = parts["xl/workbook.xml"].decode()
        first = re.search(r"<sheet [^>]*/>", book)
        assert first
        old = re.search(r'name="([^"]*)"', first[0])
        assert old
        state = "" if self.sheet.state == "visible" else f' state="{self.sheet.state}"'
        renamed = first[0].replace(old[0], f"name={quoteattr(self.sheet.name)}{state}")
        book = book.replace(first[0], renamed)
        if self.sheet.name != unescape(old[1]):
            book = re.sub(r"<definedNames>.*?</definedNames>", "", book)
        kinds, links = parts["[Content_Types].xml"].decode(), parts["xl/_rels/workbook.xml.rels"].decode()
        for n, sheet in enumerate(self.sheets[1:], start=1):
            tag = f'<sheet name={quoteattr(sheet.name)} sheetId="{90 + n}" r:id="rId{900 + n}"/>'
            before = renamed if n in self.order else "</sheets>"
            book = book.replace(before, tag + before)
            part = f"worksheets/sheet{90 + n}.xml"
            kinds = kinds.replace("</Types>", _KIND.format(part=part) + "</Types>")
            links = links.replace("</Relationships>", _LINK.format(n=900 + n, part=part) + "</Relationships>")
        parts["xl/workbook.xml"] = book.encode()
        parts["[Content_Types].xml"], parts["xl/_rels/workbook.xml.rels"] = kinds.encode(), links.encode()


_KIND = f'<Override PartName="/xl/{{part}}" ContentType="{_SPREADSHEET}.worksheet+xml"/>'
_LINK = f'<Relationship Id="rId{{n}}" Type="{_RELATION}" Target="{{part}}"/>'


def zipped(parts: dict[str, bytes], method: int = ZIP_DEFLATED, level: int | None = 1) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", method, compresslevel=level) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return target.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def shared_strings(part: bytes) -> list[str]:
    return [unescape(text) for text in re.findall(r"<si><t[^>]*>(.*?)</t></si>", part.decode(), re.DOTALL)]


def _strings_xml(strings: list[str]) -> str:
    items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    return f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{items}</sst>'


# --- filled returns -------------------------------------------------------------------------------------------------


def filled(form: Form, seed: int) -> Book:
    """A return filled in at random, with nothing wrong in it."""
    first, texts = _filled(form, seed)
    return Book(form, [first.sheet.copy()], [*first.strings], dict(first.parts), _truth(form, texts))


def opened(form: Form, data: bytes) -> Book:
    """A return as it was filled in; what its answers truly are is not told."""
    parts = unzipped(data)
    strings = shared_strings(parts.pop(_STRINGS))
    sheet = Sheet.parse("完成情况表", parts.pop(_SHEET).decode(), strings)
    layout = layout_of(form)
    for item in form.items:
        for column, place in layout.places.items():
            if column != "category":
                sheet.at(layout.row(item.number), place).tag = (item.number, column)
    return Book(form, [sheet], strings, parts, {})


@cache
def _filled(form: Form, seed: int) -> tuple[Book, Texts]:
    random = Random(seed)
    texts = {(item.number, column): text for item in form.items for column, text in _row(item, random).items() if text}
    names = Random(seed + 1)
    people = {(item.number, name): f"{names.choice('张王李赵陈')}股长" for item in form.items for name in form.extras}
    texts |= {place: text for place, text in people.items() if names.random() < 0.8}
    filling = Filling(cells=texts, filled_on=FILLED_ON, signers=SIGNERS)
    return opened(form, template_bytes(issue(form=form), filling)), texts


def _row(item: Item, random: Random) -> dict[str, str]:
    """A plausible answer: mostly done with a ledger, some planned, some blank, few remarks."""
    kind = random.random()
    remark = random.choice(["已报市局", "附照片3张", "与综治办联合开展", "材料已归档", f"档案{random.randint(1, 9)}号"])
    row = {"remark": remark if random.random() < 0.15 else ""}
    if kind < 0.6:
        ledger = TICK if random.random() < 0.75 else ""
        row |= {"done": TICK, "done_month": f"{random.randint(1, 9)}月", "ledger": ledger}
    elif kind < 0.8:
        month = f"{random.randint(10, 12)}月" if item.planned_month else ""
        row |= {"planned": TICK, "planned_month": month}
    return row


def _truth(form: Form, texts: Texts) -> Truth:
    numbers = [item.number for item in form.items]
    return {n: {column: _meaning(column, texts.get((n, column), "")) for column in form.answers} for n in numbers}


def pair_of(column: str) -> str:
    """The month of a tick, the tick of a month; the column itself where it has no other."""
    other = column.removesuffix("_month") if column in MONTHS else f"{column}_month"
    return other if other in (*TICKS, *MONTHS) else column


def meanings(column: str, text: str) -> tuple[object, object]:
    """What a cell says of its own answer and of the other of its pair, None if nothing: √（9月）, 9月已落实."""
    both = "月" in text and (column in TICKS or not text.removesuffix("月").isdigit())
    if not both or "□" in text:
        return _meaning(column, "" if both else text), None
    months = tuple(map(int, re.findall(r"\d+", text)))
    return (True, months) if column in TICKS else (months, True)


def _meaning(column: str, text: str) -> object:
    if column in TICKS:
        return text == TICK
    if column in MONTHS:
        return (int(text.removesuffix("月")),) if text else ()
    return text
