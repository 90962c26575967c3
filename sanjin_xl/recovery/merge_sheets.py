"""The answers of one return from all of its sheets that hold the form or a part of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from sanjin_xl.model.cellref import address
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.form import Form
from sanjin_xl.model.submission import Answer
from sanjin_xl.recovery.answers import Answers, is_filled
from sanjin_xl.recovery.integrity import sheet_findings
from sanjin_xl.recovery.table import Table
from sanjin_xl.recovery.words_around import words_of_other_items

_MOST_DIFFERING = 10  # items told one by one, of which two tables say otherwise
_WRITTEN = {"answer-comment", "answer-unplaced", "extra-note"}  # what somebody wrote, on a copy of the form as well


@dataclass(slots=True)
class Merged:
    """What the sheets of a return say together.

    An item is read from the first sheet that has it. `tables`: those that something was read from; `sheets`: the name
    of the sheet for the items of a further one; `own_scores`: as in Submission.
    """

    answers: dict[int, Answer] = field(default_factory=dict)
    cells: dict[int, tuple[str, ...]] = field(default_factory=dict)
    sheets: dict[int, str] = field(default_factory=dict)
    own_scores: dict[int, int | None] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)


def merge_sheets(form: Form, sheets: Sequence[tuple[Table, Answers]]) -> Merged:
    """Put the answers of several sheets together; items that no sheet has are findings.

    A finding about a further sheet bears its name.
    """
    merged = Merged()
    for table, read in sheets:
        found = _as_in_file(table, [*sheet_findings(form, table, read.by_item), *read.findings])
        taken = (read.by_item.keys() - merged.answers.keys()) | _filled_in(merged, read)
        if merged.tables:
            found = list(_about_further(merged, table, read, taken, found))
            merged.sheets |= dict.fromkeys(taken, table.sheet.name)
        if taken:
            merged.tables.append(table)
        merged.answers |= {number: read.by_item[number] for number in taken}
        origins = table.sheet.origins
        cells = {n: tuple(map(origins.get, one, one)) for n, one in read.cells.items()} if origins else read.cells
        merged.cells |= {number: cells[number] for number in taken}
        merged.own_scores |= {number: own for number, own in table.own_scores(form).items() if number in taken}
        merged.hidden |= {number for number in taken if table.rows.of_item[number] in table.sheet.hidden.hidden_rows}
        merged.findings += found
    merged.answers = dict(sorted(merged.answers.items()))
    merged.findings += list(_of_each_other(form, merged))
    merged.findings += [
        finding("item-missing", item.number) for item in form.items if item.number not in merged.answers
    ]
    return merged


def _of_each_other(form: Form, merged: Merged) -> Iterator[Finding]:
    """What each of several sheets asks about items that were read from another, and has not been asked yet."""
    asked = {one.found for one in merged.findings if one.asks}
    for table in merged.tables if len(merged.tables) > 1 else ():
        others = {number: one for number, one in merged.answers.items() if number not in table.rows.of_item}
        name = None if table is merged.tables[0] else table.sheet.name
        for one in _as_in_file(table, [*words_of_other_items(form, table, others)]):
            if one.item is not None or one.found not in asked:
                yield replace(one, sheet=name)


def _as_in_file(table: Table, found: list[Finding]) -> list[Finding]:
    """Findings whose cells are those of the file, where cells were put elsewhere to be read."""
    origins = table.sheet.origins
    return [replace(one, cell=origins.get(one.cell or "", one.cell)) for one in found] if origins else found


def _filled_in(merged: Merged, read: Answers) -> set[int]:
    """The items that are blank so far and filled in on this sheet, where no item is filled in otherwise on both.

    Half of the items may be answered on the issued sheet and the others on a copy of it. Where both answer an item
    differently, one may just as well be a draft.
    """
    shared = read.by_item.keys() & merged.answers.keys()
    filled = {number for number in shared if is_filled(read.by_item[number])}
    blank = {number for number in filled if not is_filled(merged.answers[number])}
    return blank if all(read.by_item[number] == merged.answers[number] for number in filled - blank) else set()


def _about_further(
    merged: Merged, table: Table, read: Answers, taken: set[int], found: Iterable[Finding]
) -> Iterable[Finding]:
    """What there is to say of a further sheet, from which some items were taken, or none."""
    name, shared = table.sheet.name, sorted(read.by_item.keys() - taken)
    if not read.filled:
        yield finding("sheet-blank", found=name)
    elif differing := _differing(merged, read, shared, taken):
        yield from _about_differing(table, differing)
    elif shared and not taken:
        yield finding("sheet-copied", found=name)
    if taken:
        again = shared or not taken.isdisjoint(merged.answers)
        yield finding("items-elsewhere" if again else "sheets-joined", found=name, items=tuple(sorted(taken)))
    if not read.filled and not taken:
        return
    said = {replace(one, sheet=None) for one in merged.findings}
    for one in found:
        is_read = taken and (one.item is None or one.item in taken) and one.code != "sheet-renamed"
        if is_read or (one.code in _WRITTEN and one not in said):
            yield replace(one, sheet=name)


def _about_differing(table: Table, differing: tuple[int, ...]) -> Iterable[Finding]:
    """A few answers that differ were changed on one of the tables; of many the one question is which table counts."""
    name = table.sheet.name
    if len(differing) <= _MOST_DIFFERING:
        return [finding("sheet-copies-differ", number, found=name) for number in differing]
    top = min(table.rows.of_item.values()) if table.columns.header_row is None else table.columns.header_row
    cell = address(top, min(table.columns.places.values()))
    return [finding("tables-differ", cell=cell, found=name, items=differing)]


def _differing(merged: Merged, read: Answers, shared: Sequence[int], taken: set[int]) -> tuple[int, ...]:
    """The items that a further sheet answers otherwise.

    One that has items of its own may leave all others blank; where it answers some of them, a blank is an answer too.
    """
    if taken and not any(is_filled(read.by_item[number]) for number in shared):
        return ()
    return tuple(number for number in shared if read.by_item[number] != merged.answers[number])
