"""S3 回收, the board: who has reported, what is open, which files were not used and why; files are dropped here."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import flask

from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.messages import letters
from sanjin_xl.messages import window as words
from sanjin_xl.model.errors import RoundError
from sanjin_xl.model.points import decimal
from sanjin_xl.outcome.report import reason_of
from sanjin_xl.outcome.results import Results, UnitResult
from sanjin_xl.round.state import Step
from sanjin_xl.window.board import Board, stands
from sanjin_xl.window.copies import is_openable, lay_out
from sanjin_xl.window.job import Snapshot
from sanjin_xl.window.pages import Page, back, page_of, render
from sanjin_xl.window.workplace import Workplace

_ON_A_PAGE = 60
_HOLDER = re.compile(r"(.*?\.(?:7z|[A-Za-z]\w{1,4}))!(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number that leads to exactly the rows it counts."""

    key: str
    text: str
    number: int
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """How one unit stands; texts are "—" where there is nothing to say. `share`: of the full score, in percent."""

    code: str
    name: str
    state: str
    shape: str
    standing: str
    filled_on: str
    received: str
    late: str
    score: str
    share: int
    errors: int
    reviews: int
    file: str
    next: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """What became of one file; `holder`: the archive or mail in 回收/ that it lies in, "" for none.

    `openable`: its copy can be opened; `assignable`: the city may say whose it is, or that it is the one that counts.
    """

    path: str
    name: str
    holder: str
    fate: str
    shape: str
    standing: str
    code: str
    unit: str
    reason: str
    openable: bool
    assignable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedRow:
    """A file put in through the window, and how far it has come."""

    path: str
    state: str
    reason: str
    fate: str = ""
    shape: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardView:
    """The board as it is shown: counts, then the rows of the one that is chosen.

    `shares`: of each state the number of units before it and in it, out of `total`; `any_file`: one has come at all.
    """

    read_at: str
    shares: Sequence[tuple[str, int, int]]
    total: int
    counts: Sequence[Count]
    chosen: Count
    units: Page[UnitRow]
    files: Page[FileRow]
    any_file: bool


# --- what it shows ----------------------------------------------------------------------------------------------------


def counts(board: Board, chosen: str) -> list[Count]:
    """The number of units under each filter, and of files that were not used."""
    numbers = board.tally.numbers
    return [
        Count(key=key, text=text, number=numbers.get(key, 0), current=key == chosen)
        for key, text in words.FILTERS.items()
    ]


def view(board: Board, chosen: str = "all", search: str = "", page: int = 1, files_page: int = 1) -> BoardView:
    """The board under a filter, one of `messages.window.FILTERS`; `search` is looked for in names."""
    results, stands = board.results, board.tally.units
    tally = counts(board, chosen)
    units = [one for one in results.units if chosen in stands[one.unit.code].filters and search in one.unit.name]
    codes = {one.unit.code for one in units}
    files = [one for one in results.files if _file_belongs(one, chosen, search, codes)]
    return BoardView(
        read_at=words.READ_AT.format(as_of=results.rules.as_of, at=board.read_at),
        shares=list(_shares(board)),
        total=max(1, len(results.units)),
        counts=tally,
        chosen=next(one for one in tally if one.current),
        units=page_of(units, page, _ON_A_PAGE, partial(unit_row, results)),
        files=page_of(files, files_page, _ON_A_PAGE, partial(file_row, results)),
        any_file=bool(results.files),
    )


def _shares(board: Board) -> Iterator[tuple[str, int, int]]:
    states, start = [one.state for one in board.tally.units.values()], 0
    for state in ("final", "pending", "to-correct", "missing"):
        count = states.count(state)
        yield state, start, count
        start += count


def _file_belongs(one: Outcome, chosen: str, search: str, units: set[str]) -> bool:
    if chosen == "unused":
        return one.status is not Status.COUNTED and search in one.path
    if chosen == "to-do":
        return one.status is Status.REJECTED and search in one.path
    if chosen == "all" and not search:
        return True
    return one.unit in units


def unit_row(results: Results, one: UnitResult) -> UnitRow:
    """A unit as the board shows it."""
    how = stands(one)
    shape, text = words.STATES[how.state]
    outcome = one.outcome
    score = results.score(one)
    return UnitRow(
        code=one.unit.code,
        name=one.unit.name,
        state=how.state,
        shape=shape,
        standing=text,
        filled_on=_day(results, outcome.filled_on if outcome else None),
        received=_day(results, outcome.received if outcome else None),
        late=words.DAYS.format(days=one.days_late) if one.days_late else words.NONE,
        score=score_in_words(score, one),
        share=round(100 * (score or 0) / results.rules.form.points),
        errors=how.errors,
        reviews=how.reviews,
        file=outcome.path if outcome else words.NONE,
        next=list(_next(one.unit.code, how.state, how.reviews)),
    )


def _next(code: str, state: str, reviews: int) -> Iterator[tuple[str, str]]:
    """What there is to do about a unit: the page where it is done, and its name."""
    if state == "missing":
        yield f"/letters/remind/{code}", letters.KINDS["remind"]
    if state == "to-correct":
        yield f"/letters/return/{code}", letters.KINDS["return"]
    if reviews:
        yield f"/rulings?unit={code}", words.STEPS["rulings"]


def score_in_words(score: int | None, one: UnitResult) -> str:
    """A score with the span that open questions leave it: 60.00（55.00～65.00）."""
    if score is None:
        return words.NONE
    if one.low == one.high:
        return decimal(score)
    return words.SPAN.format(score=decimal(score), low=decimal(one.low or 0), high=decimal(one.high or 0))


def _day(results: Results, day: date | None) -> str:
    """A day as the board shows it: with its year where that is another than the round's."""
    if day is None:
        return words.NONE
    return (words.DATE if day.year == results.rules.period.year else words.OTHER_YEAR).format(day=day)


def file_row(results: Results, one: Outcome) -> FileRow:
    """A file as the board shows it."""
    shape, text = words.FATES[one.status.value]
    unit = results.rules.roster.by_code.get(one.unit or "")
    holder, within = split_holder(one.path)
    return FileRow(
        path=one.path,
        name=within.replace("!", words.WITHIN) if holder else one.path,
        holder=holder,
        fate=one.status.value,
        shape=shape,
        standing=text,
        code=unit.code if unit else "",
        unit=unit.name if unit else "",
        reason=_reason(one),
        openable=bool(one.sha256) and is_openable(one.file),
        assignable=one.status in (Status.COUNTED, Status.SUPERSEDED, Status.REJECTED),
    )


def _reason(one: Outcome) -> str:
    """Why a file is not counted."""
    return with_way(reason_of(one) or "", one.facts)


def with_way(text: str, facts: Iterable[tuple[str, object]]) -> str:
    """A sentence in which another file that it names is written as in a row of its own."""
    other = str(dict(facts).get("other", ""))
    return text.replace(other, way(other))


def split_holder(path: str) -> tuple[str, str]:
    """The archive or mail a path leads into, and the way within it; a name may have a “!” of its own."""
    found = _HOLDER.fullmatch(path)
    return (found[1], found[2]) if found else ("", path)


def way(path: str) -> str:
    """A path as it is read on a page: “a.zip › b.xlsx” for a file in an archive or a mail."""
    holder, within = split_holder(path)
    return f"{holder}!{within}".replace("!", words.WITHIN) if holder else path


def dropped_rows(place: Workplace) -> Iterator[DroppedRow]:
    """What was put in through the window, the last first, each with its state or its reason."""
    now = place.job.now
    known = {one.path: one for one in place.board.results.files} if place.board else {}
    for path in place.dropped[:_ON_A_PAGE]:
        if not place.is_counted(path):
            yield _uncounted(path, now)
        elif one := known.get(path):
            shape, state = words.FATES[one.status.value]
            yield DroppedRow(path=path, state=state, reason=_reason(one), fate=one.status.value, shape=shape)
        else:
            # A mail or an archive: what was in it has lines of its own.
            yield DroppedRow(path=path, state=words.CAME, reason=_members_in_words(path, known.values()))


def _uncounted(path: str, now: Snapshot) -> DroppedRow:
    """How far a file has come that the board does not know of yet."""
    if now.busy and path in now.judged:
        return DroppedRow(path=path, state=words.READ, reason=now.judged[path] or "")
    return DroppedRow(path=path, state=words.WAITING if now.busy else words.CAME, reason="")


def _members_in_words(path: str, files: Iterable[Outcome]) -> str:
    inside = [one for one in files if one.path.startswith(f"{path}!")]
    return words.MEMBERS.format(count=len(inside)) if inside else ""


# --- its routes -------------------------------------------------------------------------------------------------------


def add_to(app: flask.Flask, place: Workplace) -> None:
    """Add the board's routes to the application."""

    @app.get("/returns")
    def returns() -> Any:
        asked = flask.request.args
        chosen = asked.get("filter", "all")
        shown = None
        if place.board:
            search, pages = asked.get("search", "").strip(), [asked.get(name, 1, int) for name in ("page", "files")]
            shown = view(place.board, chosen if chosen in words.FILTERS else "all", search, *pages)
        return render(
            place, "returns",
            board=shown, dropped=list(dropped_rows(place)), issued=place.step is not Step.NEW,
            search=asked.get("search", ""),
        )  # fmt: skip

    @app.post("/returns/drop")
    def drop() -> Any:
        files = flask.request.files.getlist("file")
        place.drop((one.filename or "", one.read()) for one in files if one.filename)
        return back()

    @app.post("/returns/read")
    def read_again() -> Any:
        place.count()
        return back()

    @app.post("/returns/take-out")
    def take_out() -> Any:
        place.take_out(flask.request.form["path"])
        return back()

    @app.post("/returns/copy")
    def open_copy() -> Any:
        one = _file_of(place, flask.request.form.get("path", ""))
        place.open_on_desk(lay_out(one.file.rpartition("!")[2], place.archive.read(one.sha256)))
        return back()

    @app.get("/returns/file")
    def one_file() -> Any:
        one, results = _file_of(place, flask.request.args.get("path", "")), place.board and place.board.results
        assert results
        units = [(unit.code, unit.name) for unit in results.rules.roster.units]
        return render(place, "file", file=file_row(results, one), units=units)

    @app.post("/returns/assign")
    def assign() -> Any:
        form = flask.request.form
        place.pin(form.get("unit", ""), _file_of(place, form.get("path", "")).path)
        return back()


def _file_of(place: Workplace, path: str) -> Outcome:
    """The file the board shows under a path, which no request can make up; raises RoundError("arrival-gone")."""
    files = place.board.results.files if place.board else ()
    found = next((one for one in files if one.path == path and one.sha256), None)
    if found is None:
        raise RoundError("arrival-gone", name=path)
    return found
