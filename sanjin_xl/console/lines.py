"""What the terminal shows: a short ranking, what needs attention next, the catalogue of findings."""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from sanjin_xl import messages
from sanjin_xl.books.summary.sentences import by_policy
from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.messages import cli as words
from sanjin_xl.messages.summary import pending_in_words
from sanjin_xl.model.catalogue import CATALOGUE, Kind, Severity
from sanjin_xl.model.points import decimal
from sanjin_xl.model.roster import Roster
from sanjin_xl.outcome import report
from sanjin_xl.outcome.report import reason_of
from sanjin_xl.outcome.results import Results, Standing, UnitResult

_MOST = 20  # lines of a kind, or names in a row, that a screen shows


def summary(results: Results) -> Iterator[str]:
    """The ranking table, the conservation line, and what to do next."""
    if not results.files:
        yield words.NOTHING_CAME
    ranking = results.ranking()
    yield from table([words.TABLE_HEAD, *(_row(results, one) for one in ranking[:_MOST])])
    if len(ranking) > _MOST:
        yield words.MORE_UNITS.format(count=len(ranking) - _MOST)
    yield conservation(results)
    yield from _next(results)


def _row(results: Results, one: UnitResult) -> tuple[str, ...]:
    score = results.score(one)
    if score is None or one.counts is None:
        return ("—", one.unit.name, "—", "—", "—", "—", "—", words.MISSING)
    counts = one.counts
    span = f"{decimal(one.low or 0)}～{decimal(one.high or 0)}"
    rank = str(results.rank(one))
    figures = (str(counts.done), str(counts.ledger), str(counts.pending))
    return (rank, one.unit.name, decimal(score), span, *figures, "，".join(_remarks(results, one)))


def _remarks(results: Results, one: UnitResult) -> Iterator[str]:
    if results.tied(one):
        yield words.TIED
    if one.days_late:
        yield words.LATE.format(days=one.days_late)
    if ranks := by_policy(results, one):
        yield ranks
    if results.depends_on_questions(one):
        yield words.OPEN_RANK
    if (places := results.places_won(one)) is not None:
        yield words.SINCE[places > 0].format(places=abs(places)) if places else words.SINCE_SAME


def conservation(results: Results) -> str:
    """Files and units accounted for, one by one (docs/returns.md §6)."""
    fates = Counter(one.status for one in results.files)
    standings = Counter(one.standing for one in results.units)
    return words.CONSERVATION.format(
        found=len(results.files),
        counted=fates[Status.COUNTED],
        superseded=fates[Status.SUPERSEDED],
        duplicate=fates[Status.DUPLICATE],
        rejected=fates[Status.REJECTED],
        skipped=fates[Status.SKIPPED],
        units=len(results.units),
        done=standings[Standing.COUNTED],
        provisional=standings[Standing.PROVISIONAL],
        missing=standings[Standing.MISSING],
    )


def _next(results: Results) -> Iterator[str]:
    groups = [list(lines) for lines in (_missing(results), _found(results), _refused(results), _rulings(results))]
    yield words.NEXT if any(groups) else words.NOTHING_NEXT
    for lines in groups:
        yield from (f"  {line}" for line in lines[:_MOST])
        if len(lines) > _MOST:
            yield f"  {words.MORE_LINES.format(count=len(lines) - _MOST)}"


def _missing(results: Results) -> Iterator[str]:
    missing = [one.unit.name for one in results.units if one.standing is Standing.MISSING]
    if missing:
        yield words.NEXT_MISSING.format(units=_some(missing))


def _some(units: Sequence[str]) -> str:
    """Names of units, the first where there are many."""
    named = "、".join(units[:_MOST])
    return named if len(units) <= _MOST else words.MANY_UNITS.format(units=named, count=len(units))


def _found(results: Results) -> Iterator[str]:
    for one in results.units:
        errors, reviews = len(one.findings(Severity.ERROR)), len(one.findings(Severity.REVIEW))
        if errors or reviews:
            yield words.NEXT_FINDINGS.format(unit=one.unit.name, errors=errors, reviews=reviews)


def _refused(results: Results) -> Iterator[str]:
    for file in results.files:
        if file.status is Status.REJECTED:
            yield words.NEXT_REJECTED.format(path=file.path, reason=reason_of(file))


def _rulings(results: Results) -> Iterator[str]:
    if pending := pending_in_words(*results.pending):
        yield words.NEXT_RULINGS.format(pending=pending)
    for found in results.ruling_findings:
        if found.asks:
            unit = dict(found.facts).get("unit", "")
            yield words.NEXT_RULING.format(unit=unit, sentence=messages.sentence(found))


def next_step(results: Results, inbox: object, program: str, folder: str) -> Iterator[str]:
    """What is to be done after an `ingest`, with the command as it is typed: `program` and `folder`."""
    if not results.files:
        yield words.NEXT_RECEIVE.format(inbox=inbox, program=program, folder=folder)
    elif report.needs_action(results):
        yield words.NEXT_WORK.format(inbox=inbox, program=program, folder=folder)
    else:
        yield words.NEXT_FEEDBACK.format(program=program, folder=folder)


def fed_back(results: Results, place: object, program: str, folder: str) -> Iterator[str]:
    """What `feedback` says: how many workbooks lie in the folder, which are provisional, for whom there is none."""
    present = [one for one in results.units if one.outcome]
    if not present:
        yield words.NO_FEEDBACK
        return
    yield words.FEEDBACK_WRITTEN.format(count=len(present), path=place)
    moving = [one.unit.name for one in present if one.findings(Severity.ERROR, Severity.REVIEW)]
    if moving:
        yield words.FEEDBACK_PROVISIONAL.format(count=len(moving), units=_some(moving))
    if missing := [one.unit.name for one in results.units if one.outcome is None]:
        yield words.FEEDBACK_MISSING.format(units=_some(missing))
    yield words.NEXT_SEND.format(program=program, folder=folder)


def checked(outcome: Outcome, roster: Roster) -> Iterator[str]:
    """What `check` says of one file: one line, then its findings."""
    if outcome.submission is None:
        yield words.CHECK_REJECTED.format(path=outcome.path, reason=reason_of(outcome))
        return
    severities = Counter(one.severity for one in outcome.findings)
    yield words.CHECK_READABLE.format(
        path=outcome.path,
        unit=roster.by_code[outcome.unit].name if outcome.unit else words.NO_UNIT,
        errors=severities[Severity.ERROR],
        reviews=severities[Severity.REVIEW],
        notes=severities[Severity.NOTE],
    )
    for severity, text in messages.grouped(outcome.findings):
        yield f"  [{messages.SEVERITIES[severity]}] {text}"


def catalogue() -> Iterator[str]:
    """Every finding the program knows, with its weight, whom it asks and the reason."""
    rows = [(code, *_kind(kind)) for code, kind in CATALOGUE.items()]
    yield from table([words.CATALOGUE_HEAD, *rows])


def _kind(kind: Kind) -> tuple[str, str, str, str]:
    reason = kind.reason + (words.DOUBT if kind.doubt else "")
    return messages.SEVERITIES[kind.severity], words.AUDIENCES[kind.audience], kind.title, reason


def catalogue_json() -> Iterator[str]:
    """The catalogue, one JSON object a line."""
    for code, kind in CATALOGUE.items():
        entry = {
            "code": code,
            "severity": kind.severity.value,
            "audience": kind.audience.value,
            "title": kind.title,
            "reason": kind.reason,
        }
        yield json.dumps(entry, ensure_ascii=False)


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows of texts in columns as wide as their widest text; a Chinese character is two wide."""
    widths = [max(_width(row[n]) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
