"""退回/: a correction copy for every unit whose counted return needs something."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from sanjin_xl import __version__
from sanjin_xl.books.correction import correction_bytes, file_name
from sanjin_xl.books.issue import Issue
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.form import Form
from sanjin_xl.model.submission import Submission
from sanjin_xl.outcome import report
from sanjin_xl.outcome.results import Results
from sanjin_xl.round.outputs import remove, write_whole
from sanjin_xl.round.parallel import made
from sanjin_xl.round.register import Register
from sanjin_xl.round.workers import MakeExecutor


@dataclass(frozen=True, slots=True)
class _Copy:
    """A correction copy to be made; `made_from` is the fingerprint of all that goes into it."""

    path: Path
    issue: Issue
    submission: Submission
    findings: list[Finding]
    made_from: str


def write_corrections(
    folder: Path,
    results: Results,
    issues: Iterable[Issue],
    register: Register,
    workers: int | None = None,
    make_executor: MakeExecutor | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Write the copies that are wanted, and remove those of all other units; `issues`: every unit's latest.

    `progress` is told how many are done of how many.

    A copy that lies there as it was made is not made again from the same: a nation's copies take longer than reading
    its returns. One that is gone, or that somebody has changed, is.
    """
    copies = list(_copies(folder, results, issues, register.copies()))
    notes: list[tuple[str, str, str]] = []
    try:
        books = made(_made, copies, workers, make_executor)
        for n, (one, data) in enumerate(zip(copies, books, strict=True), start=1):
            write_whole(one.path, data)
            progress(n, len(copies))
            notes.append((one.issue.unit.code, one.made_from, hashlib.sha256(data).hexdigest()))
    finally:
        register.note_copies(notes)


def _made(one: _Copy) -> bytes:
    return correction_bytes(one.issue, one.submission, one.findings, one.submission.revision + 1)


def _copies(
    folder: Path, results: Results, issues: Iterable[Issue], noted: dict[str, tuple[str, str]]
) -> Iterator[_Copy]:
    """The copies to be made; those nobody needs any more are removed."""
    wanted = {one.unit.code: one for one in report.sent_back(results)}
    for issue in issues:
        path = folder / file_name(issue)
        result = wanted.get(issue.unit.code)
        if result is None or result.outcome is None or result.outcome.submission is None:
            remove(path)
            continue
        findings = result.to_correct()
        made_from = _fingerprint(issue, result.outcome.sha256, findings)
        if noted.get(issue.unit.code) != (made_from, _sha256_at(path)):
            yield _Copy(path, issue, result.outcome.submission, findings, made_from)


def _fingerprint(issue: Issue, sha256: str, findings: list[Finding]) -> str:
    """SHA-256 over the program, the issue, the bytes of the return and what was found in it."""
    rest = [getattr(issue, field.name) for field in fields(issue) if field.name != "form"]
    content = (__version__, _form_in_full(issue.form), rest, sha256, findings)
    return hashlib.sha256(repr(content).encode("utf-8", "backslashreplace")).hexdigest()


@lru_cache(maxsize=2)
def _form_in_full(form: Form) -> str:
    # More than what the form's own fingerprint covers: the hints depend on what no respondent sees.
    return hashlib.sha256(repr(form).encode()).hexdigest()


def _sha256_at(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
