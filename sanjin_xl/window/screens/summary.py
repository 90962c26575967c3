"""S5 汇总: the ranking as on 排名, what could still change it, the ranks under each policy, and points by category."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import flask

from sanjin_xl.books.summary import sentences
from sanjin_xl.messages import window as words
from sanjin_xl.model.points import decimal
from sanjin_xl.outcome.results import Results, UnitResult
from sanjin_xl.round.state import Step
from sanjin_xl.window.board import Board
from sanjin_xl.window.pages import Page, page_of, render
from sanjin_xl.window.screens.board import score_in_words
from sanjin_xl.window.workplace import Workplace

_ON_A_PAGE = 60
_HEATS = 5  # shades of a category's share of its points


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A unit as 排名 has it; `share`, `low` and `high` in percent of the full score, for the bar."""

    code: str
    rank: str
    name: str
    score: str
    change: str
    figures: Sequence[str]
    remark: str
    ranks: Sequence[str]
    share: float
    low: float
    high: float
    heat: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryView:
    """The ranking as it is shown: `policies` and `categories` (with their points) head the columns of the tables.

    `ordinals`: those of the categories, by which their items are found on the page of a unit.
    """

    notes: Sequence[str]
    policies: Sequence[str]
    categories: Sequence[tuple[str, str]]
    ordinals: Sequence[str]
    compared: bool
    units: Page[Ranked]


def view(board: Board, page: int = 1) -> SummaryView:
    """The ranking, units by rank, those that sent nothing last."""
    results = board.results
    remarks = sentences.Remarks(results)
    return SummaryView(
        notes=board.notes,
        policies=[f"{one.id} {one.name}" for one in results.rules.policies.values()],
        categories=[(one.name, decimal(one.points)) for one in results.rules.form.categories],
        ordinals=[one.ordinal for one in results.rules.form.categories],
        compared=results.former is not None,
        units=page_of(board.ranking, page, _ON_A_PAGE, lambda one: _ranked(results, one, remarks.of(one))),
    )


def _ranked(results: Results, one: UnitResult, remark: str) -> Ranked:
    full, score, places = results.rules.form.points, results.score(one), results.places_won(one)
    counts = one.counts
    return Ranked(
        code=one.unit.code,
        rank=str(results.rank(one) or words.NONE),
        name=one.unit.name,
        score=score_in_words(score, one),
        change=words.NONE if places is None else sentences.change(places),
        figures=[str(n) for n in (counts.done, counts.planned, counts.blank, counts.pending)] if counts else [""] * 4,
        remark=remark,
        ranks=[str(one.ranks[id_]) for id_ in results.rules.policies] if one.ranks else [words.NONE] * 3,
        share=_percent(score, full),
        low=_percent(one.low, full),
        high=_percent(one.high, full),
        heat=list(_heat(results, one)),
    )


def _percent(points: int | None, full: int) -> float:
    return round(100 * (points or 0) / full, 2)


def _heat(results: Results, one: UnitResult) -> Iterator[tuple[int, str]]:
    """Of every category the shade, from 0 for nothing to the fullest, and the points as text."""
    for category in results.rules.form.categories:
        points = one.by_category.get(category.ordinal)
        if points is None:
            yield 0, words.NONE
        else:
            yield min(_HEATS - 1, points * _HEATS // category.points), decimal(points)


# --- its routes -------------------------------------------------------------------------------------------------------


def add_to(app: flask.Flask, place: Workplace) -> None:
    """Add the routes of the screen to the application."""

    @app.get("/summary")
    def summary() -> Any:
        shown = view(place.board, flask.request.args.get("page", 1, int)) if place.board else None
        at = words.READ_AT.format(as_of=place.board.results.rules.as_of, at=place.board.read_at) if place.board else ""
        return render(place, "summary", view=shown, read_at=at, issued=place.step is not Step.NEW)
