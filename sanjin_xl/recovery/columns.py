"""Where the columns of a returned sheet are: by headings, by what stands in them, by formulas, by place at last.

Every column is looked for by what is hardest to damage by accident:

1. The columns that tell the items (序号, text, hidden code) by their content: one that holds #001, #002 … is
   the code, whatever its heading says.
2. The columns the sheet's own formulas look at, for these follow cells that were moved (`formula_references`).
3. Headings, unless one of them contradicts the formulas: then somebody has exchanged or retyped them, and none counts.
4. The place between two known columns, if just as many are missing there, and if what stands in it is of the kind:

    heading before   已落实   落实月份   拟落实
    as returned      已落实   (blank)    拟落实        one is missing and it holds months: 落实月份
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, pairwise

from sanjin_xl.messages import template as words
from sanjin_xl.model.cellref import address, column_letters
from sanjin_xl.model.fields import CHOICES, MONTHS, TICKS, normal_text
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.form import Form
from sanjin_xl.model.layout import FIRST_ITEM_ROW, layout_of
from sanjin_xl.recovery.cell_values import names_months, read_months
from sanjin_xl.recovery.entries import read_pair, read_status
from sanjin_xl.recovery.formula_references import NO_LINKS, Links
from sanjin_xl.recovery.headings import STATUS, WHEN, find_header, headings_of, is_heading
from sanjin_xl.recovery.row_ids import MARK_COLUMNS, ItemIds, as_number
from sanjin_xl.workbook.book import Sheet

_MONTH_OF = {"done": "done_month", "planned": "planned_month", STATUS: "done_month"}
_LEAST_SHARE = 0.3  # of the items, for a column to be recognised by its content
_MOST_ROWS, _MOST_COLUMNS = 1000, 60  # looked through for a column of which only the content is known


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each column stands (from zero), the header's row (None: gone), and what was odd about it.

    `as_issued`: nothing was moved, and nothing needs to be looked for. `status`: what stands under `done` says of each
    item whether it is done or planned, and when. `one_month`: what is done has its months under `planned_month`, too.
    """

    places: Mapping[str, int]
    header_row: int | None
    findings: tuple[Finding, ...] = ()
    as_issued: bool = False
    status: bool = False
    one_month: bool = False

    @property
    def first_row(self) -> int:
        return 0 if self.header_row is None else self.header_row + 1

    def place(self, name: str) -> int | None:
        return self.places.get(name)


def find_columns(ids: ItemIds, sheet: Sheet, links: Links = NO_LINKS) -> Columns:
    """Find every column of the form in a sheet; columns that cannot be found are missing from `places`."""
    return _Search(ids, ids.form, sheet, links).run()


def _counted(cells: Sequence[object]) -> int:
    """How many rows a column counts, one after the other and anew from 1 here and there; 0 where it does not."""
    numbers = [number for cell in cells if (number := as_number(cell)) is not None]
    steps = all(other in (one + 1, 1) for one, other in pairwise(numbers))
    return len(numbers) if steps and len(numbers) > 1 else 0


def _is_of_both(headed: Mapping[str, object]) -> bool:
    """Whether both ticks have a heading, and neither month has: 已落实 | 拟落实, or 落实情况 | 拟落实."""
    ticks = [name for name in headed if name in ("done", "planned", STATUS)]
    both = {"done", "planned"} <= headed.keys() or ticks == [STATUS, "planned"]
    return both and headed.keys().isdisjoint(MONTHS)


@dataclass
class _Search:
    """One sheet being searched for its columns."""

    ids: ItemIds
    form: Form
    sheet: Sheet
    links: Links
    header: int | None = None
    heads: list[str] = field(default_factory=list)
    headed: dict[str, list[int]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    one_month: bool = False

    def run(self) -> Columns:
        self.header, self.heads = find_header(self.form, self.sheet)
        self.headed = self._headed()
        status = self._status()
        self.one_month = self._has_one_month()
        linked = self.links.columns()
        self.places = self._marks() | linked
        # Headings that stand elsewhere than the formulas say were shifted or exchanged: none of them counts then.
        trusted = not any(name in linked and linked[name] not in places for name, places in self.headed.items())
        for name, places in self.headed.items() if trusted else ():
            free = [place for place in places if place not in self.places.values()]
            if name not in self.places and free:
                self.places[name] = free[0]
        status = [place for place in status if place not in self.places.values()]
        if sure := self._by_status(filter(self._is_status, status)):
            return sure
        guessed = self._guessed({place for places in self.headed.values() for place in places} if trusted else set())
        if not guessed.keys() & {"done", "planned"} and (unsure := self._by_status(filter(self._is_filled, status))):
            return unsure  # ○ and △ beside most items: each of them is asked about
        self.places |= guessed
        self.one_month = self.one_month and "planned_month" in self.places and "done_month" not in self.places
        found = tuple(self._findings(linked, guessed))
        return Columns(self.places, self.header, found, one_month=self.one_month)

    def _status(self) -> list[int]:
        """The columns headed as one for everything; beside one for what is planned the first is for what is done."""
        status, planned = self.headed.pop(STATUS, []), self.headed.get("planned")
        if not (status and planned and status[0] < planned[0] and "done" not in self.headed):
            return status
        self.headed["done"] = status[:1]
        return []

    def _has_one_month(self) -> bool:
        """Whether one column of months is of what is done and of what is planned alike; it is put under the plans.

        已落实 | 拟落实 | 时间        names neither, and is put there in any case: is it of what is done as well?
        已落实 | 拟落实 | 落实时间    names what is done, beside the plans: is it of what is planned as well?
        """
        headed, unnamed = self.headed, self.headed.pop(WHEN, [])
        if unnamed and _is_of_both(headed):
            headed["planned_month"] = unnamed
            return len(unnamed) == 1 and self._months_stand_beside("done", "planned", unnamed[0])
        named = headed.get("done_month", [])
        if len(named) != 1 or "planned_month" in headed or not {"done", "planned"} <= headed.keys():
            return False
        planned, month = headed["planned"][0], named[0]
        is_beside = planned < month and not any(map(headings_of(self.form).field, self.heads[planned + 1 : month]))
        if not (is_beside and self._months_stand_beside("planned", "done", month)):
            return False
        headed["planned_month"] = headed.pop("done_month")
        return True

    def _months_stand_beside(self, tick: str, other: str, month: int) -> bool:
        """Whether a month stands in some row with one tick and without the other, if there is any such row."""
        places = [self.headed[name][0] for name in (tick, other)]
        rows = range((self.header or 0) + 1, min(len(self.sheet.rows), _MOST_ROWS))
        cells = [[self.sheet.at(row, place) for place in (*places, month)] for row in rows]
        alone = [when for ticked, others, when in cells if ticked not in ("", None) and others in ("", None)]
        return not alone or any(read_months(when).value for when in alone)

    def _by_status(self, places: Iterable[int]) -> Columns | None:
        """The columns with the first of some places as the one for everything; None where another says it already."""
        place = next(iter(places), None)
        if place is None or self.places.keys() & {"done", "planned"}:
            return None
        self.places["done"] = place
        return Columns(self.places, self.header, tuple(self._status_findings(place)), status=True)

    def _is_filled(self, place: int) -> bool:
        """Whether something stands in a column beside most of what stands in the others."""
        cells = {n: sum(cell not in ("", None) for cell in cells) for n, cells in self._cells()}
        return cells.get(place, 0) * 2 >= max(cells.values(), default=0) > 0

    def _is_status(self, place: int) -> bool:
        """Whether a column says of most items in words or marks what became of them."""
        cells = [cell for n, cells in self._cells() if n == place for cell in cells if cell not in ("", None)]
        sure = sum(done.tick.value is not None for done, _ in map(read_status, cells))
        return bool(cells) and sure * 2 >= len(cells)

    def _status_findings(self, place: int) -> Iterator[Finding]:
        yield finding("column-status", found=self.sheet.text_at(self.header or 0, place))
        if "done_month" not in self.places:
            yield from self._months_beside()
        yield from self._moved()
        for name in ("ledger", *self.form.extras):
            if name not in self.places:
                yield self._about("column-missing", name)

    def _months_beside(self) -> Iterator[Finding]:
        """The first column without a name that holds months: taken for those of what is said beside it."""
        former = {place for place, text in enumerate(self.heads) if words.is_of_former_period(text)}
        free = (place for place, _ in self._cells() if place not in {*self.places.values()} | former)
        for place in islice(filter(self._holds_months, free), 1):
            self.places["done_month"] = place
            yield self._about("column-guessed", "done_month", place)

    def _holds_months(self, place: int) -> bool:
        cells = (cell for n, cells in self._cells() if n == place for cell in cells)
        return sum(map(names_months, cells)) >= self._least and self._is_plausible("done_month", place)

    @cached_property
    def _least(self) -> int:
        first = 0 if self.header is None else self.header + 1
        rows = self.sheet.rows[first : first + _MOST_ROWS]
        filled = sum(any(cell not in ("", None) for cell in row) for row in rows)
        return max(2, int(min(len(self.form.items), filled) * _LEAST_SHARE))

    def _headed(self) -> dict[str, list[int]]:
        """Where each heading stands, every one of them; those of others where ours stands nowhere."""
        known = headings_of(self.form)
        own = {known.ours[text] for text in self.heads if text in known.ours}
        found: defaultdict[str, list[int]] = defaultdict(list)
        before = ""
        for place, text in enumerate(self.heads):
            name = known.field(text)
            if name == WHEN:
                name = WHEN if _is_of_both(found) else _MONTH_OF.get(before, WHEN)
            if name and (text in known.ours or name not in own):
                found[name].append(place)
            before = name or before
        return dict(found)

    def _is_together(self, name: str) -> bool:
        """Whether a month has no column because it stands with its tick, under the heading of their group."""
        tick = name.removesuffix("_month")
        group = getattr(self.form.headings, f"{tick}_group", "")
        place = self.places.get(tick)
        return tick != name and place is not None and self.heads[place : place + 1] == [normal_text(group)]

    def _marks(self) -> dict[str, int]:
        """The columns that tell the items: what stands in them must fit, whatever the heading says."""
        found: dict[str, int] = {}
        for name in MARK_COLUMNS:
            free = {place: cells for place, cells in self._cells() if place not in found.values()}
            headed = [place for place in self.headed.get(name, ()) if place in free]
            told = self._told(name, {place: free[place] for place in headed}) or self._told(name, free)
            if not told and name == "number":
                told = {place: count for place in headed if (count := _counted(free[place]))}
            if told:
                found[name] = max(told, key=lambda place: (told[place], -place))
        return found

    def _told(self, name: str, cells: Mapping[int, list[object]]) -> dict[int, int]:
        """How many items each place would tell, for places that tell enough of them."""
        counts = {place: self.ids.count(name, values) for place, values in cells.items()}
        return {place: count for place, count in counts.items() if count >= self._least}

    def _cells(self) -> Iterator[tuple[int, list[object]]]:
        first = 0 if self.header is None else self.header + 1
        rows = self.sheet.rows[first : first + _MOST_ROWS]
        width = min(max((len(row) for row in rows), default=0), _MOST_COLUMNS)
        return ((place, [row[place] for row in rows if place < len(row)]) for place in range(width))

    def _guessed(self, named: Collection[int]) -> dict[str, int]:
        """Columns of which nothing but the place is known: just as many unknown ones lie between two known ones.

        Taken only if what stands there is of the right sort: ticks in a tick column, months in a month column; and
        never where the heading of another column is believed, which stands there twice.
        """
        found: dict[str, int] = {}
        names = list(self.form.fields)
        known = [(names.index(name), place) for name, place in self.places.items()]
        last = max(self.places.values(), default=0)
        width = max(map(len, self.sheet.rows), default=0)
        for (left, left_place), (right, right_place) in pairwise([*sorted(known), (len(names), last + len(names))]):
            absent = [name for name in names[left + 1 : right] if name != "code"]
            if right < len(names) and right_place - left_place - 1 != len(absent):
                continue
            for place, name in enumerate(absent, start=left_place + 1):
                fits = place < width and place not in named and self._is_plausible(name, place)
                if fits and name not in MARK_COLUMNS:
                    found[name] = place
        return found

    def _is_printed(self, text: str) -> bool:
        """Whether it stands on every page of a table that was converted from print: a heading, a number of the page."""
        return is_heading(self.form, text) or words.may_be_of_page_number(text)

    def _is_plausible(self, name: str, place: int) -> bool:
        start = FIRST_ITEM_ROW if self.header is None else self.header + 1
        rows = self.sheet.rows[start : start + _MOST_ROWS]
        cells = [row[place] for row in rows if place < len(row) and row[place] not in ("", None)]
        cells = [cell for cell in cells if not isinstance(cell, str) or not self._is_printed(cell)]
        if name in TICKS:
            fits = sum(read_pair(cell, "", planned=name == "planned").tick.value is not None for cell in cells)
        elif name in MONTHS:
            fits = sum(read_months(cell).value is not None for cell in cells)
        elif name in self.form.texts:
            return sum(isinstance(cell, (int, float)) for cell in cells) < self._least  # many numbers are scores
        elif name in ("points", "score"):
            fits = sum(isinstance(cell, (int, float)) for cell in cells)
        elif name == "hint":  # a column of the county's own may stand there: 单位, 联系人
            return any(isinstance(cell, str) and words.is_hint(cell) for cell in cells)
        else:
            return bool(cells)
        return fits * 2 >= len(cells)

    def _findings(self, linked: Mapping[str, int], guessed: Mapping[str, int]) -> Iterator[Finding]:
        asked = [
            self._about("column-guessed", name, place) for name, place in guessed.items() if name in self.form.answers
        ]
        asked += self._doubtful_headings(linked)
        yield from self._changed_headings({one.field for one in asked})
        yield from asked
        yield from self._repeated()
        yield from self._moved()
        for name in self.form.answers:
            both = self.one_month and name == "done_month"
            if name not in self.places and not both and not self._is_together(name):
                yield self._about("column-missing", name)

    def _about(self, code: str, name: str, place: int | None = None, **facts: str) -> Finding:
        found = None if place is None else column_letters(place)
        return finding(code, None, None, found, field=name, expected=self.form.fields[name].heading, **facts)

    def _changed_headings(self, asked: Collection[str | None]) -> Iterator[Finding]:
        """Headings that are not as issued; a column that is asked about needs no note as well."""
        if self.header is None:
            yield finding("header-changed", expected=self.form.headings.category + "…", found="")
            return
        known = headings_of(self.form)
        for name, place in self.places.items():
            text, expected = self.sheet.text_at(self.header, place), self.form.fields[name].heading
            # A heading of its group above it may still tell what a column is.
            altered = bool(text) and not known.field(normal_text(text))
            if name != "code" and name not in asked and (altered or place not in self.headed.get(name, ())):
                yield finding("header-changed", cell=address(self.header, place), found=text, expected=expected)

    def _doubtful_headings(self, linked: Mapping[str, int]) -> Iterator[Finding]:
        """Answer columns of which the headings say something else than the formulas, the contents or the order."""
        # A heading above other columns than it names, of the marks or of the answers: all of them may be shifted.
        away = [n for n, places in self.headed.items() if n in MARK_COLUMNS and self.places.get(n) not in places]
        answers = {name: self.places[name] for name in self.form.answers if name in self.places}
        if self.one_month:  # which may stand in front of both ticks
            del answers["planned_month"]
        shifted = bool(away) or not all(self._is_plausible(*one) for one in answers.items())
        odd = shifted or [*answers.values()] != sorted(answers.values())
        # Where formulas bear out all headings they look at, those of the texts are believed as well, if in their order.
        texts = [answers[name] for name in self.form.texts if name in answers]
        vouched = (linked.keys() >= set(CHOICES) and texts == sorted(texts)) or (not shifted and self._go_together())
        for name, place in answers.items():
            headed = self.headed.get(name, ())
            if name in linked and headed and place not in headed:
                yield self._about("column-conflict", name, headed[0], linked=column_letters(place))
            elif odd and name not in linked and not vouched:
                yield self._about("column-doubtful", name, place)

    def _go_together(self) -> bool:
        """Whether each tick has its month, and ledgers stand beside what is done: no two headings were exchanged."""
        rows = {name: self._filled_rows(self.places.get(name)) for name in CHOICES}
        done, planned = rows["done"], rows["planned"]
        lone = planned - rows["planned_month"]
        return (
            len(done) >= self._least
            and done == rows["done_month"]
            and rows["planned_month"] <= planned
            and len(lone) <= sum(not item.planned_month for item in self.form.items)
            and rows["ledger"] < done
            and done.isdisjoint(planned)
        )

    def _filled_rows(self, place: int | None) -> set[int]:
        """The rows of items in which something stands in a column."""
        marks = [self.places[name] for name in MARK_COLUMNS if name in self.places]
        rows = range((self.header or 0) + 1, min(len(self.sheet.rows), _MOST_ROWS))
        filled = {row for row in rows if self.sheet.at(row, place) not in ("", None)}
        return {row for row in filled if any(self.sheet.at(row, mark) not in ("", None) for mark in marks)}

    def _repeated(self) -> Iterator[Finding]:
        """A second column of the same heading in which something else stands."""
        used = set(self.places.values())
        for name, places in self.headed.items():
            for place in places if name in self.form.answers and name in self.places else ():
                if place not in used and not self._same_below(place, self.places[name]):
                    yield self._about("column-repeated", name, place)

    def _same_below(self, one: int, other: int) -> bool:
        rows = range((self.header or 0) + 1, min(len(self.sheet.rows), _MOST_ROWS))
        return all(self.sheet.at(row, one) in ("", None, self.sheet.at(row, other)) for row in rows)

    def _moved(self) -> Iterator[Finding]:
        issued = layout_of(self.form).places
        steps = {place - issued[name] for name, place in self.places.items()}
        if len(steps) == 1 and steps != {0}:
            yield finding("table-moved", found=column_letters(min(self.places.values())))
            return
        for name, place in self.places.items():
            if place != issued[name] and name != "code":
                yield self._about("column-moved", name, place)
