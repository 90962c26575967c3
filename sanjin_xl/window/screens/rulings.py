"""S6 核定: open questions first, a card each with what every answer would do; one ledger with 核定表."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import flask

from sanjin_xl import messages
from sanjin_xl.books.ruling_rows import OpenItem, OpenWhole
from sanjin_xl.messages import rulings as in_table
from sanjin_xl.messages import window as words
from sanjin_xl.messages.answers import answer_in_words
from sanjin_xl.model.catalogue import CATALOGUE
from sanjin_xl.model.errors import RoundError
from sanjin_xl.model.points import decimal, parse, share_of
from sanjin_xl.model.rules import Rules
from sanjin_xl.outcome.results import Results
from sanjin_xl.review.rulings import Effect, Ruling, basis, by_ref, in_force, step
from sanjin_xl.round.rulings import enter
from sanjin_xl.round.state import Step
from sanjin_xl.window.board import Board
from sanjin_xl.window.pages import Page, back, page_of, render
from sanjin_xl.window.screens.board import with_way
from sanjin_xl.window.workplace import Workplace

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
    path: str
    with_county: bool


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
    """Open questions, the others, and what is offered for reason and name.

    `waiting` for the city, `with_counties`: how many cards there are of each; `faults`: what is wrong with the table.
    """

    cards: Page[Card]
    waiting: int
    with_counties: int
    faults: Sequence[str]
    ruled: Sequence[Ruled]
    reasons: Sequence[str]
    who: str
    step: str


# --- what it shows ----------------------------------------------------------------------------------------------------


def view(board: Board, unit: str = "", page: int = 1) -> RulingsView:
    """The questions of a unit by its code, or of all ("")."""
    results = board.results
    waiting, with_counties = (
        [one for one in asked if unit in ("", one.unit.unit.code)] for asked in (board.waiting, board.with_counties)
    )
    made = [one for one in reversed(board.history) if one.reason]
    return RulingsView(
        cards=page_of([*waiting, *with_counties], page, _ON_A_PAGE, partial(_card, board)),
        waiting=len(waiting),
        with_counties=len(with_counties),
        faults=[messages.seen(found) for found in results.table_findings if found.asks],
        ruled=[one for one in _ruled(results) if unit in ("", one.unit)],
        reasons=list(dict.fromkeys(one.reason for one in made))[:_RECENT],
        who=next((one.who for one in made if one.who), ""),
        step=in_table.steps_in_words(decimal(step(results.rules.form, results.rules.policy))),
    )


def _card(board: Board, one: OpenItem | OpenWhole) -> Card:
    return _of_item(board, one) if isinstance(one, OpenItem) else _of_whole(one)


def _of_item(board: Board, one: OpenItem) -> Card:
    results = board.results
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
        path=outcome.path,
        with_county=not board.questions.waits(one),
    )


def _choices(results: Results, one: OpenItem) -> Iterator[Choice]:
    """Granted, refused, and one step in between where there is just one, each with score and rank if all else stays."""
    full, by = one.item.points, step(results.rules.form, results.rules.policy)
    half = [full // 2] if full // 2 % by == 0 and 0 < full // 2 < full else []
    for points in dict.fromkeys((full, *half, 0)):
        score, rank = results.if_worth(one.unit, one.item.number, points)
        effect = words.EFFECT.format(score=decimal(score), rank=rank)
        yield Choice(value=str(points), text=words.POINTS.format(points=decimal(points)), effect=effect)


def _of_whole(one: OpenWhole) -> Card:
    kind, outcome = CATALOGUE[one.code], one.unit.outcome
    assert outcome is not None
    return Card(
        ref=one.ref,
        unit=one.unit.unit.code,
        code=one.code,
        name=one.unit.unit.name,
        item="",
        title=words.WHOLE_TITLE.format(title=kind.title),
        said="",
        cell="",
        asked=list(dict.fromkeys(with_way(messages.seen_whole(found), found.facts) for found in one.same)),
        stake="",
        choices=[Choice(value="settled", text=words.SETTLED, effect=kind.advice)],
        basis=basis(outcome, None, one.code) or "",
        path=outcome.path,
        with_county=False,
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


def entered_for_many(form: Mapping[str, str], about: Sequence[str], rules: Rules, day: str) -> list[Ruling]:
    """The same decision on every ticked question, each named by unit, item, code of the question and basis.

    `decision`: percent of an item's points, "not-applicable", "standing", or "settled" for whole returns. Raises
    RoundError("window-none") where nothing is ticked, RoundError("window-kinds") where it is no answer to one of them.
    """
    if not about:
        raise RoundError("window-none")
    rulings = [
        entered({**form, **dict(zip(("unit", "item", "question", "basis"), one.split("|"), strict=False))}, day)
        for one in about
    ]
    share = form.get("decision", "")
    if share not in map(str, in_table.SHARES.values()):
        kinds = {(one.item is None) == one.settled for one in rulings}
        if kinds != {True}:
            raise RoundError("window-kinds")
        return rulings
    if not all(one.item and one.item <= len(rules.form.items) for one in rulings):
        raise RoundError("window-kinds")
    return [replace(one, points=share_of(rules.form.item(one.item or 0).points, int(share))) for one in rulings]


def _points(decision: str, typed: str) -> int | None:
    if decision.isascii() and decision.isdigit():
        return int(decision)
    if decision != "other":
        return None
    try:
        return parse(typed.strip())
    except ValueError as error:
        raise RoundError("window-points", found=typed) from error


def rule(place: Workplace, rulings: Sequence[Ruling]) -> None:
    """Enter rulings, all or none, which can be taken back, and count again.

    Raises RoundError("window-changed") where a return is another than the page has shown, RoundError("ruling-faulty")
    where one cannot hold.
    """
    assert place.board is not None
    units = {one.unit.code: one for one in place.board.results.units}
    for one in rulings:
        unit = units.get(one.unit)
        if not one.withdrawn and basis(unit.outcome if unit else None, one.item, one.question) != one.basis:
            raise RoundError("window-changed")
    enter(place.round, rulings)
    first = rulings[0]
    name = units[first.unit].unit.name if first.unit in units else first.unit
    about = words.ITEM.format(number=first.item) if first.item else _title(first.question)
    text = words.RULED_DEED.format(unit=name, about=about, decision=decision_in_words(first))
    if len(rulings) > 1:
        text = words.RULED_DEED_MANY.format(first=text, count=len(rulings))
    before = by_ref(place.board.history)
    held = [in_force(place.board.results.rules, before.get(one.ref, ())) for one in rulings]
    day = place.today.isoformat()
    again = [_again(one, former, day) for one, former in zip(rulings, held, strict=True)]
    place.did(text, partial(_take_back, place, again))
    place.count_soon()


def _again(ruling: Ruling, former: Ruling | None, day: str) -> Ruling:
    """The entry that takes a ruling back: what held before it, or that it is withdrawn; the register keeps them all."""
    if former is not None:
        return replace(former, carried="")
    return Ruling(
        unit=ruling.unit, item=ruling.item, question=ruling.question, withdrawn=True,
        reason=words.TAKEN_BACK_REASON, who=ruling.who, day=day, basis=ruling.basis,
    )  # fmt: skip


def _take_back(place: Workplace, rulings: Sequence[Ruling]) -> None:
    enter(place.round, rulings)
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
        rule(place, [entered(flask.request.form, place.today.isoformat())])
        return back()

    @app.post("/rulings/enter-many")
    def enter_many() -> Any:
        if place.board is None:
            raise RoundError("window-not-read")
        form, rules, day = flask.request.form, place.board.results.rules, place.today.isoformat()
        rule(place, entered_for_many(form.to_dict(), form.getlist("about"), rules, day))
        return back()
