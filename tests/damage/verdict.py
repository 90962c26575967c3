"""How a damaged return was read: per item right, flagged, or silently wrong; or refused as a whole."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from random import Random

from rounds import processor

from damage import cells, columns, containers, layouts, marks, meant, rows, seen, sheets, values, words  # noqa: F401 - they fill the list
from damage.book import Book, filled
from damage.registry import MUTATORS, Mutator
from sanjin_xl.judge.checks import ITEM_CHECKS
from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.catalogue import Severity
from sanjin_xl.model.fields import CHOICES
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.form import Form

# What asks about every item at once: the words name none, nobody sees the sheet, or it is said to be of another period.
WHOLE = {"words-below", "drawing-unplaced", "sheet-hidden", "sheet-period-differs"}
FILE = "东源县司法局.xlsx"
# What is odd about an answer that was read right says nothing about whether it was read right.
LOGIC = {*ITEM_CHECKS} - {"remark-answers", "remark-plans"} | {"neighbour-not-done", "filled-down", "total-differs"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The items of one return, by what became of them; `refused` is the reason why none was read."""

    right: frozenset[int]
    flagged: frozenset[int]
    wrong: frozenset[int]
    refused: str | None
    outcome: Outcome


def damaged(form: Form, mutators: Iterable[Mutator], seed: int, base: int = 0) -> Book:
    """A filled return with some mutators applied one after the other."""
    random = Random(seed)
    book = filled(form, base)
    for one in mutators:
        one.run(book, random)
    return book


def chosen(random: Random) -> list[Mutator]:
    """One to three mutators in a sensible order: a converter comes last, and what it drops cannot be moved again."""
    families = [
        "values",
        "meant",
        "seen",
        "words",
        "rows",
        "cells",
        "marks",
        "columns",
        "sheets",
        "layouts",
        "containers",
    ]
    some = random.sample(sorted(MUTATORS.values(), key=lambda one: one.name), random.choice([1, 1, 2, 2, 2, 3]))
    names = {one.name for one in some}
    some = [one for one in some if not any(names & these and one.name in those for these, those in UNKNOWABLE)]
    return sorted(some, key=lambda one: (one.name in LAST, families.index(one.family) if random.random() < 0.5 else 0))


VALUES_ONLY = {"values_pasted", "seen_values_pasted", "written_as_values"}
LAYOUTS = {one.name for one in MUTATORS.values() if one.family == "layouts"}
# What stays with the rows, whatever is moved in them: heights, and how far down an arrow reaches.
STAYING = {"rows_of_no_height", "arrows_drawn_down"}
LAST = VALUES_ONLY | LAYOUTS | {"saved_by_openpyxl", "strings_inline", "rezipped", *STAYING}
# What no reader could tell: of these the second leaves nothing of what the first has done.
MEANT = {one.name for one in MUTATORS.values() if one.family == "meant"}
QUIET = {
    "sheet_renamed",
    "among_strangers",
    "protection_removed",
    "total_overwritten",
    "head_changed",
    "two_lists_of_items",
}
SEEN = {one.name for one in MUTATORS.values() if one.family == "seen"}
WORDS = {one.name for one in MUTATORS.values() if one.family == "words"}
GONE = {"two_marks_gone", "mark_column_deleted", "other_column_deleted", "scores_overwritten", "title_deleted"}
DRAWN = {"marks_drawn", "words_drawn_beside", "words_drawn_below", "answers_in_comments", "arrows_drawn_down"}
UNKNOWABLE = (
    # What is seen and is no value is not there any more where only values were taken along, or drawings dropped.
    (SEEN, (VALUES_ONLY | LAYOUTS) - {"last_quarter_beside"}),
    (DRAWN | {"struck_out"}, {"saved_by_openpyxl"}),  # which drops runs of a text as well
    # What was written into the cells that tell the items, or over scores, goes when these are cleared or deleted.
    (
        WORDS | {"words_drawn_beside", "words_drawn_below"},
        {one.name for one in MUTATORS.values() if one.family == "marks"} | GONE,
    ),
    # Words beside the table are not among the columns that are copied.
    ({"answers_in_words_around"}, {"values_pasted", "seen_values_pasted"}),
    # A sheet of the county's own is written anew from the items: words around them stay behind.
    (WORDS, LAYOUTS - {"last_quarter_beside"}),
    # A pattern in the answers shows as long as nothing else is done to them.
    (MEANT, {one.name for one in MUTATORS.values() if one.family not in ("containers", "meant")} - QUIET),
    # What is pasted or converted to plain values after cells were moved is simply what the county says.
    ({one.name for one in MUTATORS.values() if one.family == "cells"}, VALUES_ONLY | LAYOUTS | {"split_in_two"}),
    # A drawing in a hidden column is seen by nobody, and one below the table goes with the sheet.
    ({"arrows_drawn_down", "marks_drawn"}, {"column_moved_away", "columns_hidden"}),
    ({"answers_said_to_be_elsewhere"}, VALUES_ONLY | {"saved_by_openpyxl"}),
    # Which rows and sheets were hidden is no value; openpyxl drops a height of 0, and the row can be seen again.
    ({"rows_of_no_height"}, VALUES_ONLY | LAYOUTS | {"split_in_two", "saved_by_openpyxl"}),
    (
        {"sheet_hidden"},
        VALUES_ONLY | LAYOUTS | {one.name for one in MUTATORS.values() if one.family == "sheets"} - {"sheet_hidden"},
    ),
    ({"pasted_over_hidden"}, {"written_as_values"}),
    # What was said in a heading is gone with it, and what stood in a cell of a category, or on a sheet.
    (
        {"claims_in_headings"},
        {"heading_edited", "headings_cleared", "header_deleted", "labels_exchanged", "headings_shifted"},
    ),
    # Hidden codes that stayed while the rest was sorted, and nothing that is seen tells the items.
    (
        {"visible_rows_swapped", "visible_columns_sorted"},
        {"two_marks_gone", "mark_column_deleted", "wordings_cleared"},
    ),
)


def judged(book: Book) -> Verdict:
    """Read a damaged return and hold it against the truth."""
    outcome = processor(book.form).process_file(book.data(), FILE)
    return verdict(book, outcome)


def verdict(book: Book, outcome: Outcome) -> Verdict:
    """Sort the items by what became of them."""
    truth = book.truth
    everything = frozenset(truth)
    if outcome.submission is None:
        return Verdict(frozenset(), frozenset(), frozenset(), outcome.reason or "?", outcome)
    wrong = {number: set(_wrong(truth[number], outcome, number)) for number in everything}
    flags = list(_flags(outcome.findings))
    flagged = everything if any(one.code in WHOLE for one in flags) else {n for one in flags for n in _items(one)}
    doubted = {column for one in flags for column in _columns(book.form, one)}
    right = frozenset(number for number in everything if not wrong[number])
    stood = {number: {book.stood.get((number, name), name) for name in names} for number, names in wrong.items()}
    said = frozenset(number for number in everything - right if number in flagged or stood[number] <= doubted)
    return Verdict(right, said, everything - right - said, None, outcome)


def flagged_items(outcome: Outcome) -> set[int]:
    """The items named by an error or a review about reading."""
    return {number for one in _flags(outcome.findings) for number in _items(one)}


def alarms(outcome: Outcome, touched: Collection[int]) -> list[Finding]:
    """The errors and reviews about reading that are not about the items that were changed."""
    return [one for one in _flags(outcome.findings) if not _items(one) or _items(one) - set(touched)]


def _wrong(truth: dict[str, object], outcome: Outcome, number: int) -> Iterator[str]:
    assert outcome.submission
    answer = outcome.submission.answer(number)
    for column, value in truth.items():
        if answer.value(column) != value:
            yield column


def _flags(findings: Iterable[Finding]) -> Iterator[Finding]:
    return (one for one in findings if one.severity is not Severity.NOTE and one.code not in LOGIC)


def _items(one: Finding) -> set[int]:
    listed = dict(one.facts).get("items", ())
    return {one.item} if one.item is not None else set(listed) if isinstance(listed, tuple) else set()


def _columns(form: Form, one: Finding) -> Iterator[str]:
    """The answer columns on which a finding casts doubt; where two do not fit each other, on both."""
    if not one.code.startswith("column-"):
        return
    expected = dict(one.facts).get("expected")
    named = [column for column in form.answers if form.fields[column].heading in str(expected).split("、")]
    yield from named
    if one.code in ("column-off", "column-sorted"):
        yield from CHOICES  # which of them was moved, and which went along, nobody can tell
