"""What is odd and asks nobody anything; and findings that would contradict each other, of which one is left out."""

from collections.abc import Callable, Iterator
from random import Random

import pytest
from damage.book import Book, filled
from damage.registry import MUTATORS
from damage.sheet import Cell
from damage.verdict import LOGIC, Verdict, judged
from rounds import the_form

from sanjin_xl.judge.followers import OF_ITEM, OF_NAMED, OF_RETURN, without_followers
from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.catalogue import CATALOGUE
from sanjin_xl.model.fields import TICKS
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.layout import layout_of

FORM = the_form()
PLACES = layout_of(FORM).places
LABEL, NUMBER = PLACES["category"], PLACES["number"]


def asked(outcome: Outcome) -> list[tuple[str, int | None]]:
    """What is asked about the reading; what was filled in asks the same in every return of this file."""
    return [(one.code, one.item) for one in outcome.findings if one.asks and one.code not in LOGIC]


def codes(outcome: Outcome) -> set[str]:
    return {one.code for one in outcome.findings}


# ── rows that add up ─────────────────────────────────────────────────────────────────────────────────────────────


def with_subtotals(book: Book, label: str, at: int, **figures: str | float) -> None:
    """A row behind every category that adds it up; `at`: where its label stands."""

    def insert(row: int) -> None:
        book.move(lambda place: (place[0] + 1, place[1]) if place[0] >= row else place)

    for category in reversed(FORM.categories):
        after = max(row for row in book.rows() if book.items_in({row}) & {one.number for one in category.items}) + 1
        insert(after)
        book.sheet.at(after, at).value = label
        for name, figure in figures.items():
            book.sheet.at(after, PLACES[name]).value = figure


@pytest.mark.parametrize(("label", "at"), [("小计", LABEL), ("（一）小计：", LABEL), ("本类合计", PLACES["text"])])
@pytest.mark.parametrize(
    "figures",
    [
        {"points": 5.0, "done": 6.0, "planned": 2.0, "ledger": 4.0, "score": 3.5},
        {"done": "6项", "planned": "共2项", "ledger": "50%", "remark": "-"},
        {"number": 8.0, "done": 6.0, "score": 3.5},
    ],
)
def test_a_row_that_adds_up_a_category_is_no_item_and_no_answer(
    label: str, at: int, figures: dict[str, str | float]
) -> None:
    book = filled(FORM, 3)
    with_subtotals(book, label, at, **figures)
    verdict = judged(book)
    assert (asked(verdict.outcome), verdict.wrong, len(verdict.right)) == ([], frozenset(), len(FORM.items))
    assert codes(verdict.outcome) & {"row-duplicated", "item-missing"} == set()


def delete(book: Book, row: int) -> None:
    book.move(lambda place: None if place[0] == row else (place[0] - 1, place[1]) if place[0] > row else place)


def test_rows_that_add_up_never_take_the_place_of_deleted_items() -> None:
    book = filled(FORM, 3)
    with_subtotals(book, "小计", LABEL, done=3.0)
    for name in ("code", "number"):
        for cell in book.answer_cells(name).values():
            cell.value = None
    for number in (1, 20, 30, 40, 50, 58, 70, 90, 108):  # as many as there are categories
        delete(book, (book.place(number, "done") or (0, 0))[0])
    verdict = judged(book)
    assert verdict.wrong == frozenset()
    assert {item for code, item in asked(verdict.outcome) if code == "item-missing"} >= {20, 58}


def test_a_tick_in_a_row_that_adds_up_is_still_asked_about() -> None:
    book = filled(FORM, 3)
    with_subtotals(book, "小计", LABEL, done="√")
    assert {code for code, _ in asked(judged(book).outcome)} == {"answer-unplaced"}


@pytest.mark.parametrize("figure", [37.0, "37", "共37项", "37个"])
def test_figures_in_the_row_of_the_total_ask_nothing(figure: str | float) -> None:
    book = filled(FORM, 3)
    for name in TICKS:
        book.sheet.cells[layout_of(FORM).total_row, PLACES[name]] = Cell(figure)
    assert asked(judged(book).outcome) == []


def test_the_names_of_the_categories_are_no_words_beside_the_table() -> None:
    book = filled(FORM, 3)
    MUTATORS["header_deleted"].run(book, Random(1))
    assert not codes(judged(book).outcome) & {"words-beside", "extra-note"}


# ── wordings ─────────────────────────────────────────────────────────────────────────────────────────────────────


def reworded(change: Callable[[str, int], str], *, marks: bool = True, items: int = 108) -> Verdict:
    """What is made of a return whose wordings were changed, with or without the other marks of the items."""
    book = filled(FORM, 3)
    for item in FORM.items[:items]:
        book.sheet.cells[book.place(item.number, "text") or (0, 0)].value = change(item.text, item.number)
        for name in () if marks else ("code", "number"):
            book.sheet.cells[book.place(item.number, name) or (0, 0)].value = None
    return judged(book)


WRITINGS: dict[str, Callable[[str, int], str]] = {
    "number": lambda text, n: f"{n}、{text}",
    "number and point": lambda text, n: f"{n}.{text}",
    "number in brackets": lambda text, n: f"（{n}）{text}",
    "number and space": lambda text, n: f"{n} {text}",
    "star": lambda text, n: f"★{text}",
    "spaces": lambda text, n: f"　　{text} ",
    "points": lambda text, n: text.rstrip("；。").replace("“", '"').replace("”", '"').replace("、", ","),
    "lines": lambda text, n: text[:9] + "\n" + text[9:],
    "zeros": lambda text, n: text.replace("00", "OO").replace("90%", "9O%"),
    "scan": lambda text, n: text.replace("员", "貝").replace("工", "エ").replace("人", "入").replace("日", "曰"),
}


@pytest.mark.parametrize("marks", [True, False])
@pytest.mark.parametrize("name", WRITINGS)
def test_wordings_that_only_look_otherwise_are_one_note_and_still_tell_the_items(name: str, marks: bool) -> None:
    verdict = reworded(WRITINGS[name], marks=marks)
    assert (asked(verdict.outcome), verdict.wrong, len(verdict.right)) == ([], frozenset(), len(FORM.items))
    assert sum(one.code.startswith("item-text") for one in verdict.outcome.findings) <= 1


def test_wordings_that_say_otherwise_are_told_one_by_one_and_many_of_them_as_one() -> None:
    def weaker(text: str, number: int) -> str:
        return f"{text[:-1]}（力争）。"

    assert asked(reworded(weaker, items=3).outcome) == [("item-text-changed", number) for number in (1, 2, 3)]
    (found,) = (one for one in reworded(weaker, items=60).outcome.findings if one.code.startswith("item-text"))
    assert (found.code, dict(found.facts)["items"]) == ("item-texts-changed", tuple(range(1, 61)))


def test_another_figure_in_a_wording_is_another_wording() -> None:
    verdict = reworded(lambda text, n: text.replace("400人", "100人"), items=50)
    assert asked(verdict.outcome) == [("item-text-changed", 39)]


# ── points and totals ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("points", ["0.5分", "０．５", " 0.50 分", "0.5"])
def test_points_written_otherwise_are_not_altered(points: str) -> None:
    book = filled(FORM, 3)
    number = next(item.number for item in FORM.items if item.points == 50)
    book.sheet.cells[book.place(number, "points") or (0, 0)].value = points
    assert "item-points-changed" not in codes(judged(book).outcome)


def test_altered_points_ask_the_city_and_not_the_county() -> None:
    book = filled(FORM, 3)
    book.sheet.cells[book.place(8, "points") or (0, 0)].value = 9.0
    (found,) = (one for one in judged(book).outcome.findings if one.asks and one.code not in LOGIC)
    assert (found.code, found.item, found.found, found.asks_county) == ("item-points-changed", 8, "9", False)


@pytest.mark.parametrize("pasted", ["values_pasted", "written_as_values"])
def test_a_wrong_total_among_pasted_values_is_told(pasted: str) -> None:
    def told(total: float | None) -> bool:
        book = filled(FORM, 3)
        book.sheet.recalculate()
        MUTATORS[pasted].run(book, Random(1))
        if total:
            place = next(
                p for p, cell in book.sheet.cells.items() if cell.value and p[1] == PLACES["score"] and p[0] > 112
            )
            book.sheet.cells[place].value = total
        return "total-differs" in codes(judged(book).outcome)

    assert (told(None), told(99.5)) == (False, True)


# ── one of two ───────────────────────────────────────────────────────────────────────────────────────────────────


def pairs() -> Iterator[tuple[Finding, Finding]]:
    """Every finding that follows beside each that it follows from."""
    for code, causes in OF_ITEM.items():
        yield from ((finding(code, 5), finding(cause, 5)) for cause in sorted(causes))
    for code, causes in OF_RETURN.items():
        yield from ((finding(code), finding(cause)) for cause in sorted(causes))
    for code, causes in OF_NAMED.items():
        yield from ((finding(code, 5), finding(cause, items=(4, 5))) for cause in sorted(causes))


@pytest.mark.parametrize(("follower", "cause"), [*pairs()], ids=lambda one: one.code)
def test_what_follows_is_said_alone_and_not_beside_its_cause(follower: Finding, cause: Finding) -> None:
    assert without_followers([follower]) == [follower]
    assert without_followers([follower, cause]) == [cause]
    assert {follower.code, cause.code} <= set(CATALOGUE)


def test_another_item_keeps_what_is_said_of_it() -> None:
    both = [finding("not-answered", 6), finding("words-beside", 5)]
    assert without_followers(both) == both


def test_no_cause_is_left_out_itself_where_it_asks() -> None:
    followers = {*OF_ITEM, *OF_RETURN, *OF_NAMED}
    causes = {cause for table in (OF_ITEM, OF_RETURN, OF_NAMED) for some in table.values() for cause in some}
    assert followers & causes == set()


def test_rows_without_codes_are_not_said_to_be_read_by_them() -> None:
    book = filled(FORM, 3)
    MUTATORS["codes_cleared"].run(book, Random(1))
    with_subtotals(book, "小计", LABEL, done=6.0)
    (found,) = (one for one in judged(book).outcome.findings if one.code == "rows-inserted")
    assert dict(found.facts)["layers"] == ("text", "number")
