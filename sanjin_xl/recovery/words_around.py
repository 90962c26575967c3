"""What was written where nothing is asked: beside an item, over what is printed or computed, between, above and below.

Words that may be the answer to an item, which is blank or says otherwise, are asked about; others are kept as notes.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from sanjin_xl.messages import is_opinion
from sanjin_xl.messages import template as words
from sanjin_xl.model.cellref import address, place_of
from sanjin_xl.model.fields import CHOICES, TICKS, normal_text
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.form import Category, Form
from sanjin_xl.model.points import points
from sanjin_xl.model.submission import Answer
from sanjin_xl.recovery.cell_values import read_months, read_tick
from sanjin_xl.recovery.claims import (
    claims_away,
    corrects,
    is_about_all,
    is_about_others,
    is_blank,
    is_correction,
    items_named,
    may_answer,
    says_ledger_of_all,
    says_of_ledger,
)
from sanjin_xl.recovery.head import above
from sanjin_xl.recovery.headings import is_heading
from sanjin_xl.recovery.row_ids import as_number, points_in
from sanjin_xl.recovery.rows import out_of_order
from sanjin_xl.recovery.subtotals import adds_up
from sanjin_xl.recovery.table import Table
from sanjin_xl.workbook.book import Sheet, plain

_STOPS = "；。;."  # at the end of a wording
# A font, a size, the number of the page; and the stamp, which is another one in every return.
_STAMP_OR_CODE = re.compile(r'&(?:"[^"]{0,100}"|K[0-9A-Fa-f]{6}|\d{1,3}|.)|SJ\d\|\S*')
_LONGEST_WORDING = 400  # characters, with what was added


def words_around(form: Form, table: Table, answers: Mapping[int, Answer]) -> Iterator[Finding]:
    """What is said around the answers of a sheet, in cells and in comments on cells that hold none."""
    yield from _in_name(table.sheet, answers)
    yield from _words_above(form, table, answers)
    yield from _comments(form, table, answers)
    yield from _remarks(table, answers)
    yield from _categories(form, table, answers)
    if not table.is_plain:
        yield from _words(form, table, answers)
        return
    for row in range(table.last_row + 1, len(table.sheet.rows)):
        yield from _claims_in(table, row, answers)


def _words(form: Form, table: Table, answers: Mapping[int, Answer]) -> Iterator[Finding]:
    """What was written where nothing is asked: beside an item, over what is printed or computed, between, and below.

    Where the answer cells of that item are blank, or say otherwise, the words may be the answer.
    """
    known, own = {*table.columns.places.values(), _category_place(form, table)} - {None}, _own_columns(table)
    former = _columns_of_former_period(table)
    # Of such a sheet it is known that number, wording and points of every item are those that we issued.
    as_issued = table.columns.as_issued
    for number, row in table.rows.of_item.items():
        for place, text in _written(table, row, known):
            if place in former:
                yield finding("extra-note", cell=address(row, place), found=text)
                continue
            cell = address(row, place)
            about = _on_row(number, cell, text, answers, just_claims=place in own)
            # What stands beside the table stays behind like the hidden code, and may be about any item that is blank.
            stays = row in table.rows.placed and "code" not in table.rows.placed[row].marks
            others = about_words_outside(text, cell, answers) if stays and _is_reordered(table) else ()
            yield from [one for one in dict.fromkeys((*about, *others)) if one.asks] or about
        for name in ("score", "hint") if as_issued else ("number", "points", "score", "hint"):
            if text := _over(form, table, number, row, name):
                yield from _on_row(number, address(row, table.columns.place(name) or 0), text, answers)
        added, answer = "" if as_issued else _added(form, table, number, row), answers.get(number)
        if added and answer and may_answer(added, answer):
            yield finding("words-beside", number, address(row, table.columns.place("text") or 0), added)
    yield from _words_between(form, table, answers)
    for row in range(table.last_row + 1, len(table.sheet.rows)):
        if row in table.rows.placed:
            continue
        if is_ours(form, table, row) or adds_up(table.sheet.rows[row]):
            yield from _claims_in(table, row, answers)
            continue
        if (corrected := _corrected_below(table, row, answers)) is not None:
            yield from corrected
            continue
        # What stands in the answer columns right below the items was told as such.
        told = {table.columns.place(name) for name in form.answers} if row == table.last_row + 1 else set()
        for place, text in _written(table, row, told):
            if words.is_of_guide(text, form.policies.values()):
                yield finding("extra-note", cell=address(row, place), found=text)
            else:
                yield from about_words_outside(text, address(row, place), answers)


def _is_reordered(table: Table) -> bool:
    """Whether the items do not stand in their order."""
    row_of = table.rows.of_item
    return bool(out_of_order(sorted(row_of, key=row_of.__getitem__)))


def _in_name(sheet: Sheet, answers: Mapping[int, Answer]) -> Iterator[Finding]:
    """What the name of a sheet says of items: 第5项已落实."""
    if _speaks(sheet.name):
        found = about_words_outside(sheet.name, None, answers, just_claims=True)
        yield from (one for one in found if one.asks)


def _words_above(form: Form, table: Table, answers: Mapping[int, Answer]) -> Iterator[Finding]:
    """What is said of items above them; whatever else stands there is title or heading, or is read as the head."""
    _, rows = above(table)
    header, first = table.columns.header_row, min(table.rows.of_item.values())
    for row in (*rows, *(range(header, first) if header is not None else ())):
        # Above a table that was pasted below the guide stands what the guide says.
        said = _claims_in(table, row, answers)
        yield from (one for one in said if not words.is_of_guide(one.found or "", form.policies.values()))


def _claims_in(table: Table, row: int, answers: Mapping[int, Answer]) -> Iterator[Finding]:
    """What is asked about the items that texts of a row speak of, where most of it says nothing of any."""
    for place, cell in enumerate(table.sheet.rows[row]) if row < len(table.sheet.rows) else ():
        if isinstance(cell, str) and _speaks(cell):
            yield from (one for one in about_words_outside(cell, address(row, place), answers) if one.asks)


def _remarks(table: Table, answers: Mapping[int, Answer]) -> Iterator[Finding]:
    """What a remark says of other items than its own: 以上各项均已落实, 第3、5项已于9月落实."""
    place = table.columns.place("remark")
    for number, answer in answers.items():
        if answer.remark and place is not None and is_about_others(answer.remark):
            others = {n: one for n, one in answers.items() if n != number}
            cell = address(table.rows.of_item[number], place)
            found = about_words_outside(answer.remark, cell, others, just_claims=True)
            yield from (one for one in found if one.asks)


@lru_cache(maxsize=16)
def _category_names(form: Form) -> Mapping[str, Category]:
    """The categories by what is printed of each, longer texts first."""
    names = {
        normal_text(label.format(ordinal=one.ordinal, name=one.name, points=plain(points(one.points)))): one
        for one in form.categories
        for label in (words.CATEGORY, words.CATEGORY_CONTINUED, "（{ordinal}）{name}", "{name}")
    }
    return dict(sorted(names.items(), key=lambda named: -len(named[0])))


def _categories(form: Form, table: Table, answers: Mapping[int, Answer]) -> Iterator[Finding]:
    """What was written into the cell of a category: about its items that are blank or say otherwise."""
    place, names = _category_place(form, table), _category_names(form)
    if place is None:
        return
    by_row = {row: number for number, row in table.rows.of_item.items()}
    beside: dict[int, list[int]] = {}  # the items from one such cell to the next
    for row in sorted(by_row):
        if not beside or table.sheet.text_at(row, place).strip():
            beside[row] = numbers = []
        numbers.append(by_row[row])
    for row, numbers in beside.items():
        text = table.sheet.text_at(row, place).strip()
        written = normal_text(text)
        # A conversion from PDF spreads the name over several rows.
        if written in names or any(written in one for one in names):
            continue
        name = next((name for name in names if name in written), "")
        if added := written.replace(name, "", 1):
            about = [item.number for item in names[name].items] if name else numbers
            yield from _about_several(about, address(row, place), text, added, answers)


def _category_place(form: Form, table: Table) -> int | None:
    """The column of the categories, by the names in it where its heading is gone."""
    names, lines = _category_names(form), [table.sheet.rows[row] for row in table.rows.of_item.values()]
    named = (
        place
        for cells in lines
        for place, cell in enumerate(cells)
        if isinstance(cell, str) and normal_text(cell) in names
    )
    return table.columns.places.get("category", next(named, None))


def _about_several(
    numbers: Iterable[int], cell: str, text: str, added: str, answers: Mapping[int, Answer]
) -> Iterator[Finding]:
    asked = [number for number in numbers if number in answers and may_answer(added, answers[number])]
    yield from (finding("words-beside", number, cell, text) for number in asked)
    if not asked:
        yield finding("extra-note", cell=cell, found=text)


def _words_between(form: Form, table: Table, answers: Mapping[int, Answer]) -> Iterator[Finding]:
    """What stands in rows of their own among the items: about those that it names, or the one above it.

    Where items were sorted such a row stayed behind, and the one above it may be any.
    """
    by_row = {row: number for number, row in table.rows.of_item.items()}
    if by_row.keys() >= {*range(min(by_row), table.last_row)}:  # as in nearly every return
        return
    asked = {place for name in form.answers if (place := table.columns.place(name)) is not None}
    printed = {normal_text(item.text) for item in form.items}
    number = by_row[min(by_row)]
    is_reordered = _is_reordered(table)
    for row in range(min(by_row), table.last_row):
        number = by_row.get(row, number)
        if row in table.rows.placed or row in by_row or adds_up(table.sheet.rows[row]):
            continue
        # What stands in the columns of answers is told by `_unplaced`.
        for place, text in _written(table, row, asked):
            cell = address(row, place)
            if _speaks(text):
                yield from about_words_outside(text, cell, answers)
            elif as_number(text) is None and not is_heading(form, text) and normal_text(text) not in printed:
                about = _about_item(number, cell, text, answers.get(number), just_claims=True)
                others = about_words_outside(text, cell, answers) if is_reordered else ()
                yield from [one for one in (about, *others) if one.asks] or [about]


def _comments(form: Form, table: Table, answers: Mapping[int, Answer]) -> Iterator[Finding]:
    """What is said in comments on cells that hold no answer, and of other items in those on an answer."""
    read = {table.columns.place(name) for name in form.answers}
    by_row = {row: number for number, row in table.rows.of_item.items()}
    for cell, text in table.sheet.hidden.comments.items():
        row, place = place_of(cell) or (-1, -1)
        if is_opinion(text):
            continue
        if row not in by_row:
            yield from about_words_outside(text, cell, answers)
        elif place in read:
            yield from _of_others(by_row[row], cell, text, answers)
        else:
            yield from _on_row(by_row[row], cell, text, answers, just_claims=True)


def _written(table: Table, row: int, known: Collection[int | None]) -> Iterator[tuple[int, str]]:
    cells = table.sheet.rows[row]
    for place, cell in enumerate(cells) if len(cells) > len(known) else ():
        if cell not in ("", None) and place not in known and (text := plain(cell).strip()):
            yield place, text


def _corrected_below(table: Table, row: int, answers: Mapping[int, Answer]) -> list[Finding] | None:
    """What a row below the table answers that has a number alone: 35 | √ | 9月; None for any other row."""
    number = as_number(table.sheet.at(row, table.columns.place("number")))
    if number is None or number not in answers:
        return None
    typed = {name: table.sheet.at(row, table.columns.place(name)) for name in CHOICES}
    said = {name: (read_tick if name in TICKS else read_months)(cell).value for name, cell in typed.items() if cell}
    if not said:
        return None
    text = " ".join(plain(cell) for cell in typed.values() if cell)
    cell = address(row, table.columns.place("number") or 0)
    differs = any(value != answers[number].value(name) for name, value in said.items())
    return [finding("words-beside", number, cell, text) if differs else finding("extra-note", cell=cell, found=text)]


def _columns_of_former_period(table: Table) -> set[int]:
    """Columns headed 上季度完成情况 and the like: what stands there answers nothing of this period."""
    header = table.columns.header_row
    heads = table.sheet.rows[header] if header is not None else []
    return {n for n, text in enumerate(heads) if isinstance(text, str) and words.is_of_former_period(text)}


def _own_columns(table: Table) -> set[int]:
    """Columns of the county's own, such as 责任人: headed so, or filled in beside most items, answered or not."""
    known, rows = set(table.columns.places.values()), table.rows.of_item.values()
    counts = Counter(place for row in rows for place, _ in _written(table, row, known))
    header = table.columns.header_row
    headed = {place for place, _ in _written(table, header, known)} if header is not None else set()
    return headed | {place for place, count in counts.items() if count * 2 > len(rows)}


def _over(form: Form, table: Table, number: int, row: int, name: str) -> str:
    """The words that somebody wrote over what was printed or computed in a row, "" for none."""
    place = table.columns.place(name)
    cell = table.sheet.at(row, place)
    if not isinstance(cell, str) or not cell.strip() or cell == str(number):
        return ""
    if place is None or address(row, place) in table.sheet.hidden.formulas:
        return ""
    if name == "number":
        return (
            ""
            if as_number(cell) is not None or normal_text(cell) == normal_text(form.headings.number)
            else cell.strip()
        )
    if name in ("score", "points"):
        return "" if points_in(cell) is not None else cell.strip()
    return "" if words.is_hint(cell) else cell.strip()


def _added(form: Form, table: Table, number: int, row: int) -> str:
    """What somebody wrote before or behind the wording of an item, in its cell, "" for nothing: 督导细则。（√ 9月）."""
    text, wording = table.sheet.text_at(row, table.columns.place("text")), form.item(number).text
    if text == wording or len(text) > _LONGEST_WORDING:
        return ""
    text, wording = "".join(text.split()), "".join(wording.split()).rstrip(_STOPS)
    before, found, behind = text.partition(wording)
    return f"{before}{behind}".strip(f"{_STOPS}()（）") if found else ""


def _on_row(
    number: int, cell: str, text: str, answers: Mapping[int, Answer], *, just_claims: bool = False
) -> list[Finding]:
    """What words on the row of an item ask: about that item, unless they are about others that they name."""
    others = _of_others(number, cell, text, answers)
    if others and number not in items_named(text):
        return others
    about = _about_item(number, cell, text, answers.get(number), just_claims=just_claims)
    return [one for one in (about, *others) if one.asks] or [about]


def _of_others(number: int, cell: str, text: str, answers: Mapping[int, Answer]) -> list[Finding]:
    """What words on the row of an item ask about others that they name: 第27项已于9月落实."""
    others = {n: answers[n] for n in items_named(text) if n != number and n in answers}
    found = about_words_outside(text, cell, others, just_claims=True) if others else ()
    return [one for one in found if one.asks]


def _about_item(
    number: int, cell: str | None, text: str, answer: Answer | None, *, just_claims: bool = False
) -> Finding:
    if answer and says_of_ledger(text, answer) and not may_answer(text, answer):
        return finding("ledger-in-words", number, cell, text)
    doubtful = answer and (may_answer(text, answer) or (is_blank(answer) and not just_claims))
    return finding("words-beside", number, cell, text) if doubtful else finding("extra-note", cell=cell, found=text)


def about_words_outside(
    text: str, cell: str | None, answers: Mapping[int, Answer], *, just_claims: bool = False
) -> Iterator[Finding]:
    """What words away from all items ask: about those they name, about all where they claim what is blank.

    `just_claims`: they are not about an item that they merely mention.
    """
    named = [number for number in dict.fromkeys(items_named(text)) if number in answers]
    about = [
        finding("words-beside", number, cell, text)
        if corrects(text, answers[number])
        else _about_item(number, cell, text, answers[number], just_claims=just_claims)
        for number in named
    ]
    if not named or is_about_all(text):
        asks = claims_away(text) and (is_correction(text) or any(map(is_blank, answers.values())))
        asks |= says_ledger_of_all(text) and any(says_of_ledger(text, answer) for answer in answers.values())
        about.append(finding("words-below" if asks else "extra-note", cell=cell, found=text))
    # A note beside a question about the same words would take it back.
    yield from [one for one in about if one.asks] or about[:1]


def words_in_margins(margins: Iterable[str], answers: Mapping[int, Answer]) -> Iterator[Finding]:
    """What headers and footers of the printed pages say of items: 第3项已于9月落实, 未填的见附表."""
    for text in dict.fromkeys(_STAMP_OR_CODE.sub("", margin).strip() for margin in margins):
        if _speaks(text) or (text and _claims(text)):
            yield from (one for one in about_words_outside(text, None, answers, just_claims=True) if one.asks)


def words_on_other_sheets(form: Form, sheets: Iterable[Sheet], answers: Mapping[int, Answer]) -> Iterator[Finding]:
    """What sheets that are not the form say of its items: 第3、5项已于9月落实, or √ on the row of a wording."""
    numbers = {item.text.strip(): item.number for item in form.items}
    for sheet in sheets:
        yield from (replace(one, sheet=sheet.name) for one in _in_name(sheet, answers))
        for row, cells in enumerate(sheet.rows):
            texts = [(place, cell) for place, cell in enumerate(cells) if isinstance(cell, str) and cell]
            beside = next((number for _, cell in texts if (number := numbers.get(cell.strip()))), 0)
            for place, cell in texts:
                found = _about_on_another_sheet(form, beside, address(row, place), cell, answers)
                yield from (replace(one, sheet=sheet.name) for one in found if one.asks)


def words_of_other_items(form: Form, table: Table, others: Mapping[int, Answer]) -> Iterator[Finding]:
    """What a sheet asks about items that another sheet of the return has: 第74项已于9月落实, over its first half.

    Words on the row of an item and in comments are about others that they name: 各镇均已全部完成 is about that item.
    """
    printed = {table.columns.place("text"), _category_place(form, table)}
    said: list[tuple[str | None, str, bool]] = [
        (cell, text, False) for cell, text in table.sheet.hidden.comments.items()
    ]
    said += [(None, drawing.text, True) for drawing in table.sheet.hidden.drawings]
    for row, cells in enumerate(table.sheet.rows):
        free = row not in table.rows.placed
        texts = ((place, text) for place, text in enumerate(cells) if isinstance(text, str))
        said += [(address(row, place), text, free) for place, text in texts if free or place not in printed]
    for where, text, free in said:
        speaks = not others.keys().isdisjoint(items_named(text)) or (free and is_about_all(text))
        if speaks and not words.is_of_guide(text, form.policies.values()):
            yield from (one for one in about_words_outside(text, where, others, just_claims=True) if one.asks)


def _about_on_another_sheet(
    form: Form, beside: int, cell: str, text: str, answers: Mapping[int, Answer]
) -> Iterator[Finding]:
    """What a text on another sheet asks: about the item it stands beside, if any, or those it speaks of."""
    if beside in answers and text.strip() != form.item(beside).text.strip():
        yield _about_item(beside, cell, text, answers[beside], just_claims=True)
    elif not beside and _speaks(text) and not words.is_of_guide(text, form.policies.values()):
        yield from about_words_outside(text, cell, answers, just_claims=True)


_claims = lru_cache(maxsize=256)(claims_away)


@lru_cache(maxsize=1024)  # headings and the guide are the same in all returns
def _speaks(text: str) -> bool:
    """Whether a text speaks of items, by their numbers or of all of them."""
    return bool(items_named(text)) or is_about_all(text)


def is_ours(form: Form, table: Table, row: int) -> bool:
    """Whether a row below the items is the total, the sign-off line or the place of the seal."""
    labels = (form.headings.total, *words.SIGNERS, words.SEAL)
    texts = [normal_text(cell) for cell in table.sheet.rows[row] if isinstance(cell, str) and cell]
    return any(text.startswith(normal_text(label)[:3]) for text in texts for label in labels)
