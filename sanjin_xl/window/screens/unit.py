"""S4 单位: what is open about one unit, what it sent and which of it counts, and its answers, each with its cell."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import flask

from sanjin_xl import messages
from sanjin_xl.books.summary import sentences
from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.messages import feedback
from sanjin_xl.messages import window as words
from sanjin_xl.messages.answers import answer_in_words
from sanjin_xl.model.catalogue import Severity
from sanjin_xl.model.cellref import on_sheet
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.form import Category, Item
from sanjin_xl.model.points import decimal
from sanjin_xl.outcome.lost_points import losses
from sanjin_xl.outcome.results import Results, UnitResult
from sanjin_xl.window.pages import render
from sanjin_xl.window.screens.board import FileRow, UnitRow, file_row, unit_row, with_way
from sanjin_xl.window.workplace import Workplace


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """The same thing found in one place or several: where, what was found, what to do, and who is asked."""

    severity: str
    weight: str
    places: str
    seen: str
    advice: str
    asks_county: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """What was answered to an item: `cell` is where it stands in the return; points as "1.50", `ruled` by the city.

    `why`: why it is not worth all its points. `category`: the one it is the first item of, "" for others.
    """

    number: int
    text: str
    answer: str
    cell: str
    points: str
    full: str
    ruled: bool
    why: str
    category: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitView:
    """One unit as it is shown.

    `counted`: the path of what it was judged by, "" where no copy of that is opened; `sums`: how the points of all
    items come to the score.
    """

    unit: UnitRow
    rank: str
    findings: Sequence[FindingRow]
    notes: Sequence[FindingRow]
    versions: Sequence[FileRow]
    answers: Sequence[AnswerRow]
    sums: Sequence[tuple[str, str]]
    counted: str
    has_copy: bool


def view(results: Results, code: str) -> UnitView | None:
    """The unit with this code; None where there is none."""
    one = next((one for one in results.units if one.unit.code == code), None)
    if one is None:
        return None
    files = [file_row(results, file) for file in versions(results, code)]
    return UnitView(
        unit=unit_row(results, one),
        rank=_rank(results, one),
        findings=list(finding_rows(one.findings(Severity.ERROR, Severity.REVIEW))),
        notes=list(finding_rows(one.findings(Severity.NOTE))),
        versions=files,
        answers=list(_answers(results, one)),
        sums=list(_sums(results, one)),
        counted=next((file.path for file in files if file.openable and file.fate == "counted"), ""),
        has_copy=bool(one.to_correct()),
    )


def _rank(results: Results, one: UnitResult) -> str:
    """The rank in the words of the unit's feedback: the last of five that reported is not the fifth of six."""
    rank = results.rank(one)
    if rank is None:
        return ""
    pattern = feedback.RANK_TIED if results.tied(one) else feedback.RANK_OF
    return pattern.format(rank=rank, count=sum(each.outcome is not None for each in results.units))


def versions(results: Results, code: str) -> list[Outcome]:
    """All that a unit sent, the last received first."""
    own = [one for one in results.files if one.unit == code]
    return sorted(own, key=lambda one: (str(one.received or ""), one.modified, one.path), reverse=True)


def finding_rows(findings: Iterable[Finding]) -> Iterator[FindingRow]:
    """Findings in their order, the same thing seen in several places in one row."""
    groups: dict[tuple[Severity, str], list[Finding]] = {}
    for one in findings:
        groups.setdefault((one.severity, with_way(messages.seen(one), one.facts)), []).append(one)
    for (severity, seen), same in groups.items():
        yield FindingRow(
            severity=severity.value,
            weight=messages.SEVERITIES[severity],
            places=messages.places(same) or words.WHOLE_RETURN,
            seen=seen,
            advice=same[0].kind.advice,
            asks_county=same[0].asks_county,
        )


def _answers(results: Results, one: UnitResult) -> Iterator[AnswerRow]:
    submission = one.outcome.submission if one.outcome else None
    if submission is None:
        return
    card, form = one.cards[results.policy], results.rules.form
    lost = {loss.item.number: loss for loss in losses(results, one)}
    for item in results.rules.form.items:
        answer = one.answer(item.number)
        field = "planned" if answer.planned and not answer.done else "done"
        yield AnswerRow(
            number=item.number,
            text=item.text,
            answer=answer_in_words(results.rules.form, answer),
            cell=on_sheet(submission.sheets.get(item.number), submission.cell(item.number, field)) or "",
            points=decimal(card.items[item.number].now),
            full=decimal(item.points),
            ruled=item.number in one.rulings,
            why=sentences.why_lost(one, lost[item.number]) if item.number in lost else "",
            category=_category(one, form.category_of(item.number), item),
            anchor=form.category_of(item.number).ordinal,
        )


def _category(one: UnitResult, category: Category, item: Item) -> str:
    if item is not category.items[0]:
        return ""
    points = decimal(one.by_category[category.ordinal])
    return words.CATEGORY_POINTS.format(
        ordinal=category.ordinal, name=category.name, points=points, full=decimal(category.points)
    )


def _sums(results: Results, one: UnitResult) -> Iterator[tuple[str, str]]:
    """From the points of the items to the score: with what is not applicable, and with what lateness costs."""
    score = results.score(one)
    if score is None:
        return
    yield words.ALL_ITEMS, decimal(sum(one.by_category.values()))
    if one.applicable not in (None, results.rules.form.points):
        yield words.RESCALED.format(full=decimal(one.applicable or 0)), decimal(score + (one.deduction or 0))
    if one.deduction:
        yield words.LATE_COSTS, f"-{decimal(one.deduction)}"
    yield words.SCORE, decimal(score)


# --- its routes -------------------------------------------------------------------------------------------------------


def add_to(app: flask.Flask, place: Workplace) -> None:
    """Add the routes of the screen to the application."""

    @app.get("/unit/<code>")
    def unit(code: str) -> Any:
        shown = view(place.board.results, code) if place.board else None
        if place.board and shown is None:
            flask.abort(404)
        return render(place, "unit", view=shown)
