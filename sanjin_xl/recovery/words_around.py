"""What was written where nothing is asked: beside an item, over what is printed or computed, between, above and below.

Words that may be the answer to an item, which is blank or says otherwise, are asked about; others are kept as notes.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import astuple

from sanjin_xl.messages import is_opinion
from sanjin_xl.messages import template as words
from sanjin_xl.model.cellref import address, place_of
from sanjin_xl.model.fields import normal_text
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.form import Form
from sanjin_xl.model.points import points
from sanjin_xl.model.submission import Answer
from sanjin_xl.recovery.claims import is_about_all, is_blank, items_named, may_answer, says_done
from sanjin_xl.recovery.head import above
from sanjin_xl.recovery.row_ids import as_number, points_in
from sanjin_xl.recovery.subtotals import adds_up
from sanjin_xl.recovery.table import Table
from sanjin_xl.workbook.book import plain

_STOPS = "；。;."  # at the end of a wording
_LONGEST_WORDING = 400  # characters, with what was added


def words_around(form: Form, table: Table, answers: Mapping[int, Answer]) -> Iterator[Finding]:
    """What is said around the answers of a sheet, in cells and in comments on cells that hold none."""
    yield from _words_above(table, answers)
    yield from _comments(form, table, answers)
    if not table.is_plain:
        yield from _words(form, table, answers)


def _words(form: Form, table: Table, answers: Mapping[int, Answer]) -> Iterator[Finding]:
    """What was written where nothing is asked: beside an item, over what is printed or computed, between, and below.

    Where the answer cells of that item are blank, or say otherwise, the words may be the answer.
    """
    known, own = set(table.columns.places.values()), _own_columns(table)
    names = {
        normal_text(label.format(ordinal=one.ordinal, name=one.name, points=plain(points(one.points))))
        for one in form.categories
        for label in (words.CATEGORY, words.CATEGORY_CONTINUED)
    }
    for number, row in table.rows.of_item.items():
        for place, text in _written(table, row, known):
            if normal_text(text) in names:  # printed, in a column whose heading is gone
                continue
            yield _about_item(number, address(row, place), text, answers.get(number), just_claims=place in own)
        for name in ("number", "points", "score", "hint"):
            if text := _over(form, table, number, row, name):
                yield _about_item(number, address(row, table.columns.place(name) or 0), text, answers.get(number))
        added, answer = _added(form, table, number, row), answers.get(number)
        if added and answer and may_answer(added, answer):
            yield finding("words-beside", number, address(row, table.columns.place("text") or 0), added)
    yield from _words_between(form, table, answers)
    for row in range(table.last_row + 1, len(table.sheet.rows)):
        if row in table.rows.placed or is_ours(form, table, row) or adds_up(table.sheet.rows[row]):
            continue
        # What stands in the answer columns right below the items was told as such.
        told = {table.columns.place(name) for name in form.answers} if row == table.last_row + 1 else set()
        for place, text in _written(table, row, told):
            if words.is_of_guide(text, form.policies.values()):
                yield finding("extra-note", cell=address(row, place), found=text)
            else:
                yield from _about_words_outside(text, address(row, place), answers)


def _words_above(table: Table, answers: Mapping[int, Answer]) -> Iterator[Finding]:
    """What is said of items above the headings; whatever else stands there is the title, or is read as the head."""
    sheet, rows = above(table)
    for row in rows:
        for place, cell in enumerate(sheet.rows[row]) if row < len(sheet.rows) else ():
            if isinstance(cell, str) and (items_named(cell) or is_about_all(cell)):
                yield from (one for one in _about_words_outside(cell, address(row, place), answers) if one.asks)


def _words_between(form: Form, table: Table, answers: Mapping[int, Answer]) -> Iterator[Finding]:
    """What stands in rows of their own among the items: about those that it names, or the one above it."""
    by_row = {row: number for number, row in table.rows.of_item.items()}
    asked = {place for name in form.answers if (place := table.columns.place(name)) is not None}
    printed = {normal_text(item.text) for item in form.items}
    number = by_row[min(by_row)]
    for row in range(min(by_row), table.last_row):
        number = by_row.get(row, number)
        if row in table.rows.placed or row in by_row or adds_up(table.sheet.rows[row]):
            continue
        # What stands in the columns of answers is told by `_unplaced`.
        for place, text in _written(table, row, asked):
            cell = address(row, place)
            if items_named(text) or is_about_all(text):
                yield from _about_words_outside(text, cell, answers)
            elif as_number(text) is None and not is_heading(form, text) and normal_text(text) not in printed:
                yield _about_item(number, cell, text, answers.get(number), just_claims=True)


def _comments(form: Form, table: Table, answers: Mapping[int, Answer]) -> Iterator[Finding]:
    """What is said in comments on cells that hold no answer."""
    read = {table.columns.place(name) for name in form.answers}
    by_row = {row: number for number, row in table.rows.of_item.items()}
    for cell, text in table.sheet.hidden.comments.items():
        row, place = place_of(cell) or (-1, -1)
        if is_opinion(text) or (row in by_row and place in read):
            continue
        if row in by_row:
            number = by_row[row]
            yield _about_item(number, cell, text, answers.get(number), just_claims=True)
        else:
            yield from _about_words_outside(text, cell, answers)


def _written(table: Table, row: int, known: Collection[int | None]) -> Iterator[tuple[int, str]]:
    cells = table.sheet.rows[row]
    for place, cell in enumerate(cells) if len(cells) > len(known) else ():
        if cell not in ("", None) and place not in known and (text := plain(cell).strip()):
            yield place, text


def _own_columns(table: Table) -> set[int]:
    """Columns of the county's own, such as 责任人: they are filled in beside most items, answered or not."""
    known, rows = set(table.columns.places.values()), table.rows.of_item.values()
    counts = Counter(place for row in rows for place, _ in _written(table, row, known))
    return {place for place, count in counts.items() if count * 2 > len(rows)}


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


def _about_item(number: int, cell: str, text: str, answer: Answer | None, *, just_claims: bool = False) -> Finding:
    doubtful = answer and (may_answer(text, answer) or (is_blank(answer) and not just_claims))
    return finding("words-beside", number, cell, text) if doubtful else finding("extra-note", cell=cell, found=text)


def _about_words_outside(text: str, cell: str, answers: Mapping[int, Answer]) -> Iterator[Finding]:
    named = [number for number in dict.fromkeys(items_named(text)) if number in answers]
    about = [_about_item(number, cell, text, answers[number]) for number in named]
    if not named or is_about_all(text):
        claims = says_done(text) and any(map(is_blank, answers.values()))
        about.append(finding("words-below" if claims else "extra-note", cell=cell, found=text))
    # A note beside a question about the same words would take it back.
    yield from [one for one in about if one.asks] or about[:1]


def is_heading(form: Form, text: str) -> bool:
    headings = (*astuple(form.headings), *(one.heading for one in form.fields.values()))
    return normal_text(text) in map(normal_text, headings)


def is_ours(form: Form, table: Table, row: int) -> bool:
    """Whether a row below the items is the total, the sign-off line or the place of the seal."""
    labels = (form.headings.total, *words.SIGNERS, words.SEAL)
    texts = [normal_text(cell) for cell in table.sheet.rows[row] if isinstance(cell, str) and cell]
    return any(text.startswith(normal_text(label)[:3]) for text in texts for label in labels)
