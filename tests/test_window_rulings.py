"""What is ruled on the page and what is ruled in 核定表 is one ledger, and nothing is ruled that was not shown."""

import html
import re

import pytest
from opened_window import NOW, Opened
from openpyxl import load_workbook
from rounds import DONGYUAN, clean, fill, small_form, typed

from sanjin_xl.messages import rulings as in_table
from sanjin_xl.messages import window as words
from sanjin_xl.outcome.results import UnitResult
from sanjin_xl.round.config import RULED, RULINGS_FILE
from sanjin_xl.window.screens import rulings
from sanjin_xl.window.workplace import Workplace

ITEM = 7  # 2 points, in steps of 1 under policy B
HIDDEN = r'<input type="hidden" name="(\w+)" value="([^"]*)"'
UNCLEAR = typed(done="也许", done_month="8月", ledger="√")


@pytest.fixture
def asked(window: Opened) -> Opened:
    """A window on a round in which one unit has one open question."""
    window.drop(("东源县.xlsx", fill(small_form(), clean(small_form()) | {ITEM: UNCLEAR})))
    return window


def unit(window: Opened) -> UnitResult:
    assert window.place.board
    return next(one for one in window.place.board.results.units if one.unit.code == DONGYUAN)


def form_of(window: Opened) -> dict[str, str]:
    """What the form of the only card would send, before anything is chosen."""
    page = window.get("/rulings")
    (card,) = re.findall(r"<article.*?</article>", page, re.DOTALL)
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', card))


def rule(window: Opened, **fields: str) -> None:
    filled = {"reason": "电话核实", "who": "王某", **form_of(window), **fields}
    window.post("/rulings/enter", **filled)
    window.place.job.wait()


def test_a_card_says_what_each_answer_would_do(asked: Opened) -> None:
    assert asked.place.board
    (card,) = rulings.view(asked.place.board).cards.rows
    assert (card.item, card.name) == (str(ITEM), "东源县司法局")
    assert [choice.value for choice in card.choices] == ["200", "100", "0"]
    before = unit(asked).low or 0
    for choice in card.choices:
        rule(asked, decision=choice.value)
        score, rank = re.findall(r"[\d.]+", choice.effect)
        assert unit(asked).ranks["B"] == int(rank)
        assert unit(asked).scores["B"] == round(float(score) * 100) == before + int(choice.value)
        asked.post(f"/undo/{asked.place.deeds[-1].number}")
        asked.place.job.wait()
        assert not unit(asked).rulings


def test_what_is_ruled_on_the_page_stands_in_the_table_and_can_be_withdrawn_there(asked: Opened) -> None:
    rule(asked, decision="200")
    table = asked.place.round / RULED / RULINGS_FILE
    book = load_workbook(table)
    sheets = (book[name] for name in (in_table.SHEET, in_table.OTHERS_SHEET))
    sheet = next(one for one in sheets if "王某" in str(list(one.values)))
    head = next(row for row in sheet.iter_rows() if any(cell.value == in_table.HEADINGS["who"] for cell in row))
    places = {str(cell.value): cell.column for cell in head}
    row = next(
        cells[0].row for cells in sheet.iter_rows() if cells[places[in_table.HEADINGS["who"]] - 1].value == "王某"
    )
    cell = sheet.cell(row, places[in_table.HEADINGS["points"]])
    assert cell.value == 2
    cell.value = in_table.WITHDRAW
    book.save(table)
    asked.post("/returns/read")
    asked.place.job.wait()
    assert not unit(asked).rulings
    assert form_of(asked)["item"] == str(ITEM)


def test_what_is_ruled_on_the_page_is_kept_while_the_table_cannot_be_written(
    asked: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sanjin_xl.model.errors import WorkbookError
    from sanjin_xl.round import rulings as of_round

    def locked(*_: object, **__: object) -> None:
        raise WorkbookError("output-locked", path=RULINGS_FILE)

    with monkeypatch.context() as patch:
        patch.setattr(of_round, "write_whole", locked)
        rule(asked, decision="200")
        assert unit(asked).rulings[ITEM].points == 200
        assert RULINGS_FILE in asked.get("/rulings")
    # Whoever opens the window again finds it written, though no file has changed since.
    again = Workplace(clock=lambda: NOW)
    again.open(asked.place.round)
    again.job.wait()
    assert again.job.now.name == "ingest"
    assert not again.behind
    assert "王某" in str([list(sheet.values) for sheet in load_workbook(again.round / RULED / RULINGS_FILE)])
    table = load_workbook(asked.place.round / RULED / RULINGS_FILE)
    assert any("王某" in str(list(sheet.values)) for sheet in table)


def test_a_return_that_was_changed_meanwhile_is_looked_at_again(asked: Opened) -> None:
    form = form_of(asked)
    other = typed(done="大概", done_month="9月", ledger="√")
    asked.place.take_out("东源县.xlsx")
    asked.place.job.wait()
    asked.drop(("东源县.xlsx", fill(small_form(), clean(small_form()) | {ITEM: other})))
    asked.post("/rulings/enter", decision="200", reason="电话核实", who="王某", **form)
    asked.place.job.wait()
    assert not unit(asked).rulings
    assert 'class="said fault"' in asked.get("/rulings")


def test_a_withdrawal_taken_back_leaves_what_was_ruled(asked: Opened) -> None:
    rule(asked, decision="200")
    page = asked.get("/rulings")
    (form,) = re.findall(r'<form method="post" action="/rulings/enter">.*?</form>', page, re.DOTALL)
    asked.post("/rulings/enter", reason="看错", who="王某", **dict(re.findall(HIDDEN, form)))
    asked.place.job.wait()
    assert not unit(asked).rulings
    asked.post(f"/undo/{asked.place.deeds[-1].number}")
    asked.place.job.wait()
    assert unit(asked).rulings[ITEM].points == 200


# --- several at once --------------------------------------------------------------------------------------------------


@pytest.fixture
def asked_twice(window: Opened) -> Opened:
    """A window on a round in which one unit has two open questions."""
    window.drop(("东源县.xlsx", fill(small_form(), clean(small_form()) | {ITEM: UNCLEAR, ITEM - 3: UNCLEAR})))
    return window


def about(window: Opened) -> list[str]:
    return [html.unescape(one) for one in re.findall(r'name="about" value="([^"]*)"', window.get("/rulings"))]


@pytest.mark.parametrize(("decision", "points"), [("100", (250, 200)), ("0", (0, 0)), ("50", (125, 100))])
def test_one_decision_is_entered_for_all_that_are_ticked_or_for_none(
    asked_twice: Opened, decision: str, points: tuple[int, int]
) -> None:
    ticked = about(asked_twice)
    assert len(ticked) == 2
    asked_twice.post("/rulings/enter-many", about=ticked, decision=decision, reason="电话核实", who="王某")
    asked_twice.place.job.wait()
    found = {number: one.points for number, one in unit(asked_twice).rulings.items()}
    assert found == {ITEM - 3: points[0], ITEM: points[1]}
    asked_twice.post(f"/undo/{asked_twice.place.deeds[-1].number}")
    asked_twice.place.job.wait()
    assert not unit(asked_twice).rulings
    assert sorted(about(asked_twice)) == sorted(ticked)


@pytest.mark.parametrize(
    ("ticked", "decision"),
    [
        ([], "100"),
        (["441625|99|x|y"], "100"),
        (["441625||x|y"], "100"),
        (["441625|7|x|y"], "settled"),
        (["441625|7|x|y"], ""),
        (["|||"], "not-applicable"),
        (["441625"], "0"),
    ],
)
def test_what_cannot_be_decided_for_all_is_decided_for_none(
    asked_twice: Opened, ticked: list[str], decision: str
) -> None:
    good = about(asked_twice)[:1] if ticked else []
    fields = {"decision": decision, "reason": "电话核实", "who": "王某"}
    asked_twice.post("/rulings/enter-many", about=[*good, *ticked], **fields)
    asked_twice.place.job.wait()
    assert not unit(asked_twice).ruled
    assert 'class="said fault"' in asked_twice.get("/rulings")


def test_what_only_the_county_is_to_correct_stands_by_itself(on_samples: Opened) -> None:
    assert on_samples.place.board
    results = on_samples.place.board.results
    shown = rulings.view(on_samples.place.board)
    assert shown.waiting == sum(results.pending)
    assert shown.waiting + shown.with_counties == shown.cards.total
    last = rulings.view(on_samples.place.board, page=99).cards.rows
    assert [card.with_county for card in last[-shown.with_counties :]] == [True] * shown.with_counties
    assert not any(card.with_county for card in last[: -shown.with_counties])


@pytest.mark.parametrize(
    "fields",
    [
        {"decision": "other", "points": "二"},
        {"decision": "other", "points": "99"},
        {"decision": ""},
        {"decision": "200", "reason": " "},
        {"decision": "200", "who": ""},
        {"decision": "200", "item": "99"},
        {"decision": "200", "unit": "999999"},
        {"decision": "settled"},
    ],
)
def test_what_cannot_hold_is_not_noted_and_says_why(asked: Opened, fields: dict[str, str]) -> None:
    rule(asked, **fields)
    assert not unit(asked).ruled
    assert 'class="said fault"' in asked.get("/rulings")


@pytest.mark.parametrize("decision", ["not-applicable", "standing"])
def test_an_item_can_be_ruled_not_applicable(asked: Opened, decision: str) -> None:
    rule(asked, decision=decision)
    ruling = unit(asked).rulings[ITEM]
    assert (ruling.not_applicable, ruling.standing, ruling.day) == (True, decision == "standing", "2012-10-11")


def test_a_ruling_is_withdrawn_with_a_reason(asked: Opened) -> None:
    rule(asked, decision="other", points="1")
    page = asked.get("/rulings")
    assert words.NO_QUESTIONS in page
    (form,) = re.findall(r'<form method="post" action="/rulings/enter">.*?</form>', page, re.DOTALL)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    asked.post("/rulings/enter", reason="看错", who="王某", **hidden)
    asked.place.job.wait()
    assert not unit(asked).rulings
    assert form_of(asked)["item"] == str(ITEM)
