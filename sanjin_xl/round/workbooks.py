"""The workbooks a round writes: one for every unit – issued, sent back, feedback – and the city's own."""

import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeVar

from sanjin_xl import __version__
from sanjin_xl.books import correction, issue
from sanjin_xl.books.correction import correction_bytes
from sanjin_xl.books.issue import Filling, Issue, prefilled
from sanjin_xl.books.template import template_bytes
from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.errors import RoundError
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.form import Form
from sanjin_xl.model.rules import Copy
from sanjin_xl.model.stamp import Stamp
from sanjin_xl.model.submission import Submission
from sanjin_xl.outcome import report
from sanjin_xl.outcome.results import Results
from sanjin_xl.round.config import CORRECTED, FEEDBACK, ISSUED, RESULTS_FILE, SUMMARY, SUMMARY_FILE
from sanjin_xl.round.outputs import LARGEST_BOOK, read_own, remove, write_all, write_stream, write_whole
from sanjin_xl.round.run import Run
from sanjin_xl.round.workers import make_all

Job = TypeVar("Job")


def _write_books(
    run: Run,
    stage: str,
    build: Callable[[Job], bytes],
    books: Sequence[tuple[Path, Job]],
    noted: Callable[[Job, bytes], None] = lambda job, data: None,
) -> None:
    """Make and write the workbook of every job to its path, telling how far it is; one that is open keeps none back."""
    made = make_all(build, [job for _, job in books], run.workers, run.make_executor)

    def write(n: int, path: Path, job: Job, data: bytes) -> None:
        write_whole(path, data)
        run.watch.wrote(path)
        run.watch.stage(stage, n, len(books))
        noted(job, data)

    write_all(partial(write, n, *book, data) for n, (book, data) in enumerate(zip(books, made, strict=True), start=1))


# --- issued -----------------------------------------------------------------------------------------------------------


def issues(run: Run, numbers: Mapping[str, int]) -> Iterator[Issue]:
    """The issue of every unit with these numbers, by unit code; 1 for a unit that has none."""
    rules = run.config.rules
    for unit in rules.roster.units:
        stamp = Stamp(
            form=rules.form.id,
            fingerprint=rules.form.fingerprint,
            round=rules.period.label,
            unit=unit.code,
            issue=numbers.get(unit.code, 1),
            policy=rules.policy.id,
        )
        yield Issue(
            form=rules.form,
            unit=unit,
            period=rules.period,
            stamp=stamp,
            key=run.keys.secret,
            lock=run.lock,
            policy=rules.policy,
            due=rules.due,
            recipient=run.config.recipient,
            contact=run.config.whom_to_ask,
        )


def write_issued(run: Run, numbers: Mapping[str, int]) -> list[Path]:
    """Write the issued workbook of every unit, with its answers of the former round if any; gives the paths."""
    form, period, former = run.rules.form, run.rules.period, run.former
    books = [
        (
            run.folder / ISSUED / issue.file_name(one),
            (one, prefilled(form, period, former, one.unit.code) if former else None),
        )
        for one in issues(run, numbers)
    ]
    _write_books(run, "issue", _issued, books)
    return [path for path, _ in books]


def _issued(job: tuple[Issue, Filling | None]) -> bytes:
    return template_bytes(*job)


# --- sent back --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Copy:
    """A correction copy to be made; `made_from` is the fingerprint of all that goes into it."""

    issue: Issue
    submission: Submission
    findings: list[Finding]
    made_from: str


def note_corrections(run: Run, results: Results) -> dict[str, int]:
    """Note the correction copies that are wanted in the register; gives their numbers, by unit code.

    A copy of the same return keeps its number, another one has the next. To be called before any is written: the
    revision of a copy that the register does not know means nothing.
    """
    made: dict[str, dict[int, Copy]] = {}
    for (unit, number), copy in run.register.corrections().items():
        made.setdefault(unit, {})[number] = copy
    copies = {
        _numbered(made.get(one.unit.code, {}), one.unit.code, one.outcome)
        for one in report.sent_back(results)
        if one.outcome
    }
    run.register.note_corrections({(unit, number): copy for unit, number, copy in copies})
    return {unit: number for unit, number, _ in copies}


def _numbered(made: Mapping[int, Copy], unit: str, one: Outcome) -> tuple[str, int, Copy]:
    """The correction copy of a return with its unit and number, among those that were made for the unit."""
    same = (number for number, copy in made.items() if copy.corrects == one.sha256)
    copy = Copy(corrects=one.sha256, follows=one.revision, filled_on=one.filled_on, received=one.received)
    return unit, next(same, max((0, *made)) + 1), copy


def write_corrections(run: Run, results: Results, numbers: Mapping[str, int]) -> None:
    """Write a correction copy for every unit whose counted return needs something, and remove those of all others.

    `numbers` are those that `note_corrections` gave. A copy that lies there as it was made is not made again from the
    same: a nation's copies take longer than reading its returns. One that is gone, or that somebody has changed, is.
    """
    notes: list[tuple[str, str, str]] = []

    def noted(one: _Copy, data: bytes) -> None:
        notes.append((one.issue.unit.code, one.made_from, hashlib.sha256(data).hexdigest()))

    copies = list(_copies(run, results, numbers))
    wanted = [(path, copy) for path, copy in copies if copy]
    stale = (partial(remove, path) for path, copy in copies if not copy)
    try:
        write_all([*stale, partial(_write_books, run, "copies", _corrected, wanted, noted)])
    finally:
        run.register.note_copies(notes)


def _corrected(one: _Copy) -> bytes:
    return correction_bytes(one.issue, one.submission, one.findings)


def _copies(run: Run, results: Results, numbers: Mapping[str, int]) -> Iterator[tuple[Path, _Copy | None]]:
    """The copies to be made, each with its path; None for one that nobody needs any more."""
    wanted, noted = {one.unit.code: one for one in report.sent_back(results)}, run.register.copies()
    for plain in issues(run, run.rules.issues):
        path = run.folder / CORRECTED / correction.file_name(plain)
        result = wanted.get(plain.unit.code)
        if result is None or result.outcome is None or result.outcome.submission is None:
            yield path, None
            continue
        one = replace(plain, stamp=replace(plain.stamp, revision=numbers[plain.unit.code]))
        findings = result.to_correct()
        made_from = _fingerprint(one, result.outcome.sha256, findings)
        if noted.get(one.unit.code) != (made_from, _sha256_at(path)):
            yield path, _Copy(one, result.outcome.submission, findings, made_from)


def _fingerprint(one: Issue, sha256: str, findings: list[Finding]) -> str:
    """SHA-256 over the program, the issue, the bytes of the return and what was found in it."""
    rest = [getattr(one, field.name) for field in fields(one) if field.name != "form"]
    content = (__version__, _form_in_full(one.form), rest, sha256, findings)
    return hashlib.sha256(repr(content).encode("utf-8", "backslashreplace")).hexdigest()


@lru_cache(maxsize=2)
def _form_in_full(form: Form) -> str:
    # More than what the form's own fingerprint covers: the hints depend on what no respondent sees.
    return hashlib.sha256(repr(form).encode()).hexdigest()


def _sha256_at(path: Path) -> str | None:
    try:
        return hashlib.sha256(read_own(path, LARGEST_BOOK)).hexdigest()
    except (OSError, RoundError):
        return None


# --- after the ranking ------------------------------------------------------------------------------------------------


def write_feedback(run: Run, results: Results) -> None:
    """Write a workbook for every unit that was counted, and remove those of all others."""
    from sanjin_xl.books import feedback

    paths = {one.unit.code: run.folder / FEEDBACK / feedback.file_name(results, one) for one in results.units}
    counted = [(paths[one.unit.code], one) for one in results.units if one.outcome]
    field = feedback.field_of(results) if counted else None
    build = partial(feedback.feedback_bytes, results.without_units(), lock=run.lock, field=field)
    missing = (partial(remove, paths[one.unit.code]) for one in results.units if not one.outcome)
    write_all([*missing, partial(_write_books, run, "feedback", build, counted)])


def write_summary(run: Run, results: Results) -> None:
    """Write results.json, the city workbook and what it has no room for, each whole or not at all.

    One that cannot be written does not keep the others back.
    """
    # The writer of workbooks takes its time to load.
    from sanjin_xl.books.summary import summary_of

    place = run.folder / SUMMARY
    run.watch.stage("summary", 0, 1)

    def write(path: Path, pieces: Iterable[bytes]) -> None:
        write_stream(path, pieces)
        run.watch.wrote(path)

    def write_results() -> None:
        write(place / RESULTS_FILE, (piece.encode() for piece in report.results_chunks(results)))

    def write_book() -> None:
        book, beside = summary_of(results, run.register.first_seen())
        stale = set(place.glob("*.csv")) - {place / one.name for one in beside}
        write_all([
            partial(write, place / SUMMARY_FILE, [book]),
            *(partial(write, place / one.name, one.pieces()) for one in beside),
            *(partial(remove, path) for path in sorted(stale)),
        ])  # fmt: skip

    with collector_at_rest():
        write_all([write_results, write_book])
    run.watch.stage("summary", 1, 1)


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Leave reference cycles alone for a while: with a nation in memory the search takes a fifth of the time.

    For work that makes hundreds of thousands of things and hardly a cycle.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
