"""The workbooks a round writes: one for every unit – issued, sent back, feedback – and the city's own."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from sanjin_xl import __version__
from sanjin_xl.books import correction, issue
from sanjin_xl.books.correction import correction_bytes
from sanjin_xl.books.issue import Filling, Issue, prefilled
from sanjin_xl.books.template import template_bytes
from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.contacts import Contact
from sanjin_xl.model.errors import RoundError
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.rules import Copy
from sanjin_xl.model.stamp import Stamp
from sanjin_xl.model.submission import Submission
from sanjin_xl.outcome import report
from sanjin_xl.outcome.results import Results, UnitResult
from sanjin_xl.round.config import CORRECTED, EDITED, FEEDBACK, ISSUED, RESULTS_FILE, SUMMARY, SUMMARY_FILE
from sanjin_xl.round.making import make_all
from sanjin_xl.round.outputs import LARGEST_BOOK, read_own, remove, set_aside, write_all, write_stream, write_whole
from sanjin_xl.round.pools import MakeExecutor
from sanjin_xl.round.register import Written, today
from sanjin_xl.round.run import Run
from sanjin_xl.round.side_by_side import Output

if TYPE_CHECKING:
    from sanjin_xl.books.summary.book import Beside

Job = TypeVar("Job")


class Books:
    """The workbooks for units that a run writes; one that somebody has changed since is moved aside first, and told."""

    def __init__(self, run: Run, make_executor: MakeExecutor | None = None) -> None:
        self.run, self._noted = run, run.register.written()
        self._make_executor = make_executor or run.executors
        self._notes: dict[str, Written] = {}
        self._edited: list[Path] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.run.register.note_written(self._notes)
        for place in dict.fromkeys(path.parent for path in self._edited):
            paths = tuple(str(path) for path in self._edited if path.parent == place)
            self.run.watch.warn(RoundError("written-edited", path=paths, kept=place / EDITED))

    def noted(self, path: Path) -> Written | None:
        """What is known of the workbook that was last written there."""
        return self._noted.get(self._name(path))

    def write(
        self,
        stage: str,
        build: Callable[[Job], bytes],
        books: Sequence[tuple[Path, Job]],
        note: Callable[[Job], tuple[str, date]] = lambda job: ("", today()),
    ) -> list[Path]:
        """Make and write the workbook of every job to its path; gives the paths where none was, or not this one.

        One that is open keeps none back. `note` tells what a job is made from and the day it is made.
        """
        made = make_all(build, [job for _, job in books], self.run.workers, self._make_executor)
        changed: list[Path] = []

        def write(n: int, path: Path, job: Job, data: bytes) -> None:
            if (sha256 := hashlib.sha256(data).hexdigest()) != _sha256_at(path):
                self._move_edited(path)
                changed.append(path)
            write_whole(path, data)
            made_from, day = note(job)
            self._notes[self._name(path)] = Written(made_from, sha256, day)
            self.run.watch.wrote(path)
            self.run.watch.stage(stage, n, len(books))

        jobs = enumerate(zip(books, made, strict=True), start=1)
        write_all(partial(write, n, *book, data) for n, (book, data) in jobs)
        return changed

    def remove(self, path: Path) -> None:
        """Remove a workbook that no longer holds."""
        self._move_edited(path)
        remove(path)

    def _move_edited(self, path: Path) -> None:
        """Move a workbook aside if it is not as it was written; what the register does not know is ours to replace."""
        found, noted = _sha256_at(path), self.noted(path)
        if found and noted and noted.sha256 != found:
            set_aside(path, path.parent / EDITED)
            self._edited.append(path)

    def _name(self, path: Path) -> str:
        return path.relative_to(self.run.folder).as_posix()


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
    jobs = [
        (
            run.folder / ISSUED / issue.file_name(one),
            (one, prefilled(form, period, former, one.unit.code) if former else None),
        )
        for one in issues(run, numbers)
    ]
    with Books(run) as books:
        books.write("issue", _issued, jobs)
    return [path for path, _ in jobs]


def _issued(job: tuple[Issue, Filling | None]) -> bytes:
    return template_bytes(*job)


# --- sent back --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Copy:
    """A correction copy to be made; `made_from` is the fingerprint of all that goes into it but the day it is due."""

    issue: Issue
    submission: Submission
    findings: list[Finding]
    made_from: str
    made_on: date


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


def write_corrections(
    run: Run, results: Results, numbers: Mapping[str, int], make_executor: MakeExecutor | None = None
) -> None:
    """Write a correction copy for every unit whose counted return needs something, and remove those of all others.

    `numbers` are those that `note_corrections` gave. A copy that lies there as it was made is not made again from the
    same: a nation's copies take longer than reading its returns. One that is gone, or that somebody has changed, is.
    """
    with Books(run, make_executor) as books:
        copies = list(_copies(books, results, numbers))
        wanted = [(path, copy) for path, copy in copies if copy]
        stale = (partial(books.remove, path) for path, copy in copies if not copy)
        write_all([
            *stale,
            partial(books.write, "copies", _corrected, wanted, lambda one: (one.made_from, one.made_on)),
        ])  # fmt: skip


def _corrected(one: _Copy) -> bytes:
    return correction_bytes(one.issue, one.submission, one.findings)


def _copies(books: Books, results: Results, numbers: Mapping[str, int]) -> Iterator[tuple[Path, _Copy | None]]:
    """The copies to be made, each with its path; None for one that nobody needs any more.

    A copy is due so many days after it was first made like this, so that a later run does not put it off.
    """
    run, wanted, days = (
        books.run,
        {one.unit.code: one for one in report.sent_back(results)},
        books.run.config.correction_days,
    )
    for plain in issues(run, run.rules.issues):
        path = run.folder / CORRECTED / correction.file_name(plain)
        result = wanted.get(plain.unit.code)
        if result is None or result.outcome is None or result.outcome.submission is None:
            yield path, None
            continue
        one = replace(plain, stamp=replace(plain.stamp, revision=numbers[plain.unit.code]))
        findings = result.to_correct()
        made_from = _fingerprint(one, days, result.outcome.sha256, findings)
        noted = books.noted(path)
        same = noted is not None and noted.made_from == made_from
        if noted is None or not same or noted.sha256 != _sha256_at(path):
            made_on = noted.made_on if noted and same else today()
            due = made_on + timedelta(days=days)
            yield path, _Copy(replace(one, due=due), result.outcome.submission, findings, made_from, made_on)


def _fingerprint(one: Issue, days: int, sha256: str, findings: list[Finding]) -> str:
    """SHA-256 over the program, the issue, the days there are, the bytes of the return and what was found in it."""
    rest = [getattr(one, field.name) for field in fields(one) if field.name != "form"]
    content = (__version__, one.form.in_full, rest, days, sha256, findings)
    return hashlib.sha256(repr(content).encode("utf-8", "backslashreplace")).hexdigest()


def _sha256_at(path: Path) -> str | None:
    try:
        return hashlib.sha256(read_own(path, LARGEST_BOOK)).hexdigest()
    except (OSError, RoundError):
        return None


# --- after the ranking ------------------------------------------------------------------------------------------------


def write_feedback(run: Run, results: Results) -> list[str]:
    """Write a workbook for every unit that was counted, and remove those of all others.

    Gives the names of the units of which the workbook says something else than before. That the mean of all is another
    one does not count, for any ruling moves it.
    """
    from sanjin_xl.books import feedback

    paths = {one.unit.code: run.folder / FEEDBACK / feedback.file_name(results, one) for one in results.units}
    counted = [(paths[one.unit.code], one) for one in results.units if one.outcome]
    field = feedback.field_of(results) if counted else None
    build = partial(feedback.feedback_bytes, results.without_units(), lock=run.lock, field=field)
    gone = [path for one in results.units if not one.outcome and (path := paths[one.unit.code]).exists()]
    own = {one.unit.code: hashlib.sha256(feedback.own_part(results, one).encode()).hexdigest() for _, one in counted}
    with Books(run) as books:
        before = {one.unit.code: books.noted(path) for path, one in counted}
        changed: list[Path] = [*gone]
        note = partial(_feedback_note, own)
        write_all([
            *(partial(books.remove, path) for path in gone),
            lambda: changed.extend(books.write("feedback", build, counted, note)),
        ])  # fmt: skip
    same = {paths[code] for code, noted in before.items() if noted and noted.made_from == own[code]}
    return [one.unit.name for one in results.units if paths[one.unit.code] in {*changed} - same]


def _feedback_note(own: Mapping[str, str], one: UnitResult) -> tuple[str, date]:
    return own[one.unit.code], today()


def refresh_feedback(run: Run, results: Results) -> None:
    """Write 反馈/ again where there is one, and tell whose has changed: what was sent out before is old."""
    if any((run.folder / FEEDBACK).glob("*.xlsx")) and (changed := write_feedback(run, results)):
        run.watch.warn(RoundError("feedback-changed", units=tuple(changed)))


def summary_outputs(run: Run) -> list[Output]:
    """What writes results.json, the city workbook and what it has no room for; the longest to write come first."""
    place = run.folder / SUMMARY
    return [
        partial(_write_book, place, run.register.first_seen(), run.config.contacts),
        partial(_write_tidy_files, place),
        partial(_write_results, place),
    ]


def _write_results(place: Path, results: Results) -> list[Path]:
    path = place / RESULTS_FILE
    write_stream(path, (piece.encode() for piece in report.results_chunks(results)))
    return [path]


def _write_tidy_files(place: Path, results: Results) -> list[Path]:
    from sanjin_xl.books.summary.tidy import tidy_files

    return _write_beside(place, tidy_files(results))


def _write_book(
    place: Path, first_seen: Mapping[str, str], contacts: Mapping[str, Contact], results: Results
) -> list[Path]:
    """Write the city workbook and the lists that stand beside it, and remove those that do not any more.

    One that cannot be written does not keep the others back.
    """
    # The writer of workbooks takes its time to load.
    from sanjin_xl.books.summary import summary_of
    from sanjin_xl.books.summary.tidy import tidy_files

    book, beside = summary_of(results, first_seen, contacts)
    own = [one for one in beside if one.name not in {one.name for one in tidy_files(results)}]
    stale = set(place.glob("*.csv")) - {place / one.name for one in beside}
    path = place / SUMMARY_FILE
    write_all([
        partial(write_whole, path, book),
        partial(_write_beside, place, own),
        *(partial(remove, path) for path in sorted(stale)),
    ])  # fmt: skip
    return [path, *(place / one.name for one in own)]


def _write_beside(place: Path, files: "Sequence[Beside]") -> list[Path]:
    write_all(partial(write_stream, place / one.name, one.pieces()) for one in files)
    return [place / one.name for one in files]
