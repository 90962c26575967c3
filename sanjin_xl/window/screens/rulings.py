"""S6 核定: open questions first, a card each with what every answer would do; one ledger with 核定表."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import flask

from sanjin_xl import messages
from sanjin_xl.books.ruling_rows import OpenItem, OpenWhole, answer_in_words
from sanjin_xl.messages import rulings as in_table
from sanjin_xl.messages import window as words
from sanjin_xl.model.catalogue import CATALOGUE
from sanjin_xl.model.errors import RoundError
from sanjin_xl.model.points import decimal, parse
from sanjin_xl.outcome.results import Results
from sanjin_xl.review.rulings import Effect, Ruling, basis, step
from sanjin_xl.round.rulings import enter
from sanjin_xl.round.state import Step
from sanjin_xl.window.pages import Page, back, page_of, render
from sanjin_xl.window.workplace import Board, Workplace

_ON_A_PAGE = 20
_RECENT = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An answer the city may give, and what it would do: `value` is what the form sends, points in hundredths."""

    value: str
    text: str
    effect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One open question: `item` is "" for one about the whole return; `basis` is what the page has shown."""

    ref: str
    unit: str
    code: str
    name: str
    item: str
    title: str
    said: str
    cell: str
    asked: Sequence[str]
    stake: str
    choices: Sequence[Choice]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """A ruling that was made, and what became of it; `withdrawable`: it is in force or waits to be looked at again."""

    unit: str
    item: str
    question: str
    title: str
    decision: str
    reason: str
    who: str
    day: str
    effect: str
    withdrawable: bool
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingsView:
    """Open questions, the others, and what is offered for reason and name."""

    cards: Page[Card]
    ruled: Sequence[Ruled]
    reasons: Sequence[str]
    who: str
    step: str


# --- what it shows ----------------------------------------------------------------------------------------------------


def view(board: Board, unit: str = "", page: int = 1) -> RulingsView:
    """The questions of a unit by its code, or of all ("")."""
    results, questions = board.results, board.questions
    asked: list[OpenItem | OpenWhole] = [*questions.items, *(one for one in questions.whole if one.waiting)]
    asked = [one for one in asked if unit in ("", one.unit.unit.code)]
    made = [one for one in reversed(board.history) if one.reason]
    return RulingsView(
        cards=page_of(asked, page, _ON_A_PAGE, partial(_card, results)),
        ruled=[one for one in _ruled(results) if unit in ("", one.unit)],
        reasons=list(dict.fromkeys(one.reason for one in made))[:_RECENT],
        who=next((one.who for one in made if one.who), ""),
        step=in_table.steps_in_words(decimal(step(results.rules.form, results.rules.policy))),
    )


def _card(results: Results, one: OpenItem | OpenWhole) -> Card:
    return _of_item(results, one) if isinstance(one, OpenItem) else _of_whole(results, one)


def _of_item(results: Results, one: OpenItem) -> Card:
    outcome, number, code = one.unit.outcome, one.item.number, one.unit.unit.code
    assert outcome is not None
    assert outcome.submission is not None
    codes = {found.code for found in one.asked}
    return Card(
        ref=one.ref,
        unit=code,
        code=next(iter(codes)) if len(codes) == 1 else "",
        name=one.unit.unit.name,
        item=str(number),
        title=words.ITEM_TITLE.format(number=number, text=one.item.text, full=decimal(one.item.points)),
        said=answer_in_words(results.rules.form, one.unit.answer(number)),
        cell=messages.places(one.asked) or "",
        asked=[messages.seen(found) for found in one.asked] or [words.TO_CONFIRM],
        stake=decimal(one.stake),
        choices=list(_choices(results, one)),
        basis=basis(outcome, number) or "",
    )


def _choices(results: Results, one: OpenItem) -> Iterator[Choice]:
    """Granted, refused, and one step in between where there is just one, each with score and rank if all else stays."""
    full, by = one.item.points, step(results.rules.form, results.rules.policy)
    half = [full // 2] if full // 2 % by == 0 and 0 < full // 2 < full else []
    for points in dict.fromkeys((full, *half, 0)):
        score, rank = results.if_worth(one.unit, one.item.number, points)
        effect = words.EFFECT.format(score=decimal(score), rank=rank)
        yield Choice(value=str(points), text=words.POINTS.format(points=decimal(points)), effect=effect)


def _of_whole(results: Results, one: OpenWhole) -> Card:
    kind = CATALOGUE[one.code]
    return Card(
        ref=one.ref,
        unit=one.unit.unit.code,
        code=one.code,
        name=one.unit.unit.name,
        item="",
        title=words.WHOLE_TITLE.format(title=kind.title),
        said="",
        cell="",
        asked=list(dict.fromkeys(messages.seen_whole(found) for found in one.same)),
        stake="",
        choices=[Choice(value="settled", text=words.SETTLED, effect=kind.advice)],
        basis=basis(one.unit.outcome, None, one.code) or "",
    )


def _ruled(results: Results) -> Iterator[Ruled]:
    for one in results.rulings:
        ruling, unit = one.ruling, results.rules.roster.by_code.get(one.ruling.unit)
        name = unit.name if unit else ruling.unit
        about = words.ITEM.format(number=ruling.item) if ruling.item else _title(ruling.question)
        yield Ruled(
            unit=ruling.unit,
            item=str(ruling.item or ""),
            question=ruling.question,
            title=f"{name} {about}",
            decision=decision_in_words(ruling),
            reason=ruling.reason,
            who=ruling.who,
            day=ruling.day,
            effect=words.EFFECTS[one.effect.value],
            withdrawable=one.effect in (Effect.APPLIED, Effect.STALE),
            basis=ruling.basis,
        )


def _title(code: str) -> str:
    return CATALOGUE[code].title if code in CATALOGUE else code


def decision_in_words(one: Ruling) -> str:
    """What was decided."""
    if one.withdrawn:
        return in_table.WITHDRAWN
    if one.not_applicable:
        return in_table.STANDING_SO if one.standing else in_table.NOT_APPLICABLE
    return in_table.SETTLED if one.points is None else in_table.POINTS.format(points=decimal(one.points))


# --- what is entered --------------------------------------------------------------------------------------------------


def entered(form: Mapping[str, str], day: str) -> Ruling:
    """The ruling a form sends; raises RoundError("window-points") where the points are no number.

    `decision`: points in hundredths, "other" with the points typed, "not-applicable", "standing", "settled" or
    "withdraw".
    """
    decision = form.get("decision", "")
    item = int(form["item"]) if form.get("item", "").isascii() and form.get("item", "").isdigit() else None
    return Ruling(
        unit=form.get("unit", ""),
        item=item,
        question="" if item else form.get("question", ""),
        points=_points(decision, form.get("points", "")),
        not_applicable=decision in ("not-applicable", "standing"),
        standing=decision == "standing",
        settled=decision == "settled" and item is None,
        withdrawn=decision == "withdraw",
        reason=form.get("reason", "").strip() or form.get("recent", "").strip(),
        who=form.get("who", "").strip(),
        day=day,
        basis=form.get("basis", ""),
    )


def _points(decision: str, typed: str) -> int | None:
    if decision.isascii() and decision.isdigit():
        return int(decision)
    if decision != "other":
        return None
    try:
        return parse(typed.strip())
    except ValueError as error:
        raise RoundError("window-points", found=typed) from error


def rule(place: Workplace, ruling: Ruling) -> None:
    """Enter a ruling, which can be taken back, and count again.

    Raises RoundError("window-changed") where the return is another than the page has shown, RoundError("ruling-faulty")
    where it cannot hold.
    """
    assert place.board is not None
    unit = next((one for one in place.board.results.units if one.unit.code == ruling.unit), None)
    if not ruling.withdrawn:
        now = basis(unit.outcome if unit else None, ruling.item, ruling.question)
        if now != ruling.basis:
            raise RoundError("window-changed")
    enter(place.round, ruling)
    name = unit.unit.name if unit else ruling.unit
    about = words.ITEM.format(number=ruling.item) if ruling.item else _title(ruling.question)
    text = words.RULED_DEED.format(unit=name, about=about, decision=decision_in_words(ruling))
    place.did(text, partial(_take_back, place, ruling))
    place.count_soon()


def _take_back(place: Workplace, ruling: Ruling) -> None:
    """Enter that a ruling is withdrawn: the register keeps both."""
    withdrawal = Ruling(
        unit=ruling.unit, item=ruling.item, question=ruling.question, withdrawn=True,
        reason=words.TAKEN_BACK_REASON, who=ruling.who, day=place.today.isoformat(), basis=ruling.basis,
    )  # fmt: skip
    enter(place.round, withdrawal)
    place.count_soon()


# --- its routes -------------------------------------------------------------------------------------------------------


def add_to(app: flask.Flask, place: Workplace) -> None:
    """Add the routes of the screen to the application."""

    @app.get("/rulings")
    def rulings() -> Any:
        asked = flask.request.args
        unit = asked.get("unit", "")
        shown = view(place.board, unit, asked.get("page", 1, int)) if place.board else None
        return render(place, "rulings", view=shown, unit=unit, issued=place.step is not Step.NEW)

    @app.post("/rulings/enter")
    def enter_one() -> Any:
        if place.board is None:
            raise RoundError("window-not-read")
        rule(place, entered(flask.request.form, place.today.isoformat()))
        return back()
