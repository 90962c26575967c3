"""Results as results.json (docs/contracts.md §3): the same figures for programs."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache

from sanjin_xl import messages
from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.judge.scoring import Points
from sanjin_xl.model.catalogue import Severity
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.points import decimal
from sanjin_xl.model.submission import Answer, Months, Submission
from sanjin_xl.outcome.former import SCHEMA, Since
from sanjin_xl.outcome.results import Results, UnitResult
from sanjin_xl.review.rulings import Ruled


def results_json(results: Results) -> str:
    """The results as JSON text; points and scores are strings with two decimals."""
    return "".join(results_chunks(results))


def results_chunks(results: Results) -> Iterator[str]:
    """The text of results.json piece by piece, for a nation's answers are too many to hold as one text."""
    rules = results.rules
    head = {
        "schema": SCHEMA,
        "form": {"id": rules.form.id, "fingerprint": rules.form.fingerprint},
        "period": rules.period.label,
        "policy": results.policy,
    }
    yield json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    yield from _list("units", (_entry(unit_entry(results, unit)) for unit in results.units))
    yield from _list("files", (_entry(file_entry(one)) for one in results.files))
    yield from _list("answers", (text for unit in results.units for text in _answer_texts(results, unit)))
    yield from _list("rulings", (_entry(ruling_entry(one)) for one in results.rulings))
    yield "\n}\n"


def _list(name: str, entries: Iterable[str]) -> Iterator[str]:
    """A list of entries, one level down."""
    start = between = f',\n "{name}": ['
    for entry in entries:
        yield f"{between}\n  {entry}"
        between = ","
    yield start + "]" if between == start else "\n ]"


def _entry(entry: Mapping[str, object]) -> str:
    return _indented(entry, 2)


def _indented(value: object, depth: int) -> str:
    """What json.dumps(…, indent=1) writes, `depth` levels down.

    Only without an indent does json use its encoder written in C, ten times as fast; where nothing lies deeper, the
    separator makes up for the indent.
    """
    if not value or not isinstance(value, (dict, list)):
        return _encoder(depth).encode(value)
    outer, inner = "\n" + " " * depth, "\n" + " " * (depth + 1)
    if not any(one and isinstance(one, (dict, list)) for one in (value.values() if isinstance(value, dict) else value)):
        text = _encoder(depth).encode(value)
        return text[0] + inner + text[1:-1] + outer + text[-1]
    if isinstance(value, list):
        return f"[{inner}{f',{inner}'.join(_indented(one, depth + 1) for one in value)}{outer}]"
    pairs = (f"{_encoder(depth).encode(name)}: {_indented(one, depth + 1)}" for name, one in value.items())
    return f"{{{inner}{f',{inner}'.join(pairs)}{outer}}}"


@cache
def _encoder(depth: int) -> json.JSONEncoder:
    return json.JSONEncoder(ensure_ascii=False, separators=(",\n" + " " * (depth + 1), ": "))


def unit_entry(results: Results, one: UnitResult) -> dict[str, object]:
    """A unit's entry in results.json."""
    counts = one.counts
    return {
        "code": one.unit.code,
        "name": one.unit.name,
        "status": one.standing.value,
        "rank": results.rank(one),
        "score": _points(results.score(one)),
        "score_low": _points(one.low),
        "score_high": _points(one.high),
        "by_category": {ordinal: decimal(points) for ordinal, points in one.by_category.items()},
        "counts": {
            name: getattr(counts, name) if counts else None
            for name in ("done", "planned", "blank", "ledger", "pending")
        },
        "days_late": one.days_late,
        "applicable": _points(one.applicable),
        "late_deduction": _points(one.deduction),
        "file": one.outcome.path if one.outcome else None,
        "policies": {
            id_: {"score": _points(one.scores.get(id_)), "rank": one.ranks.get(id_)} for id_ in results.rules.policies
        },
        **({"previous": previous_entry(one.since)} if one.since else {}),
    }


def previous_entry(since: Since) -> dict[str, object]:
    """What has become of a unit since the former round; None where there is nothing to compare."""
    return {
        "rank": since.rank,
        "score": _points(since.score),
        "newly_done": None if since.newly_done is None else len(since.newly_done),
        "fallen_back": None if since.fallen_back is None else len(since.fallen_back),
        "promised": len(since.promises),
        "kept": since.kept,
    }


def file_entry(one: Outcome) -> dict[str, object]:
    """A file's entry in results.json."""
    return {
        "path": one.path,
        "sha256": one.sha256,
        "status": one.status.value,
        "unit": one.unit,
        "reason": reason_of(one),
        "issue": one.claim.stamp.issue if one.claim else None,
        "stamp": one.claim.code if one.claim else None,
        "received": one.received.isoformat() if one.received else None,
        "sender": one.sender,
        "days_late": one.days_late,
        "findings": [finding_entry(found) for found in one.findings],
    }


def reason_of(one: Outcome) -> str | None:
    """Why a file was not counted, in words."""
    return messages.reason(one.reason, dict(one.facts)) if one.reason else None


def finding_entry(found: Finding) -> dict[str, object]:
    """A finding's entry in results.json."""
    return {
        "code": found.code,
        "severity": found.severity.value,
        "item": found.item,
        "cell": found.place,
        "found": found.found,
        "message": messages.sentence(found),
    }


def _answer_texts(results: Results, one: UnitResult) -> Iterator[str]:
    """A unit's answers in results.json; none for a unit that has sent nothing."""
    if one.outcome is None or one.outcome.submission is None:
        return
    card, auto, rulings = one.cards[results.policy], one.auto_cards[results.policy], one.rulings
    unit, answer = _encoder(2).encode(one.unit.code), one.outcome.submission.answer
    extras = results.rules.form.extras
    for number, points in card.items.items():
        rest = _answer_text(answer(number), points, auto.items[number].now, number in rulings, extras)
        yield f'{{\n   "unit": {unit},\n   "item": {number},\n   {rest}'


@lru_cache(maxsize=10_000)
def _answer_text(answer: Answer, points: Points, auto: int, ruled: bool, extras: tuple[str, ...]) -> str:
    """An answer's entry from behind unit and item on: of a nation's answers most are the same few thousand."""
    entry = {
        **answer_entry(answer, extras),
        "points": decimal(points.now),
        "points_low": decimal(points.low),
        "points_high": decimal(points.high),
        "auto_points": decimal(auto),
        "ruled": ruled,
    }
    return _entry(entry).removeprefix("{\n   ")


def ruling_entry(one: Ruled) -> dict[str, object]:
    """A ruling's entry in results.json; `question` is a finding's code where it is about a return as a whole."""
    ruling = one.ruling
    return {
        "unit": ruling.unit,
        "item": ruling.item,
        "question": ruling.question or None,
        "points": _points(ruling.points),
        "not_applicable": ruling.not_applicable,
        "standing": ruling.standing,
        "reason": ruling.reason,
        "who": ruling.who,
        "day": ruling.day or None,
        "status": one.effect.value,
    }


def answer_entry(answer: Answer, extras: Sequence[str]) -> dict[str, object]:
    """An answer in results.json; `extras` are the columns that the form declares."""
    return {
        "done": answer.done,
        "done_month": _months(answer.done_month),
        "planned": answer.planned,
        "planned_month": _months(answer.planned_month),
        "ledger": answer.ledger,
        "remark": answer.remark,
        **({"extra": {name: answer.value(name) for name in extras}} if extras else {}),
    }


def check_entry(one: Outcome) -> dict[str, object]:
    """What `check --json` says of one file."""
    return {
        "path": one.path,
        "sha256": one.sha256,
        "unit": one.unit,
        "status": "readable" if one.submission else "rejected",
        "reason": reason_of(one),
        "findings": [finding_entry(found) for found in one.findings],
        "answers": _check_answers(one.unit, one.submission),
    }


def _check_answers(unit: str | None, submission: Submission | None) -> list[dict[str, object]]:
    if submission is None:
        return []
    return [
        {"unit": unit, "item": n, **answer_entry(answer, submission.extras)}
        for n, answer in sorted(submission.answers.items())
    ]


def _months(months: Months | None) -> int | list[int] | None:
    if not months:
        return None
    return months[0] if len(months) == 1 else list(months)


def _points(hundredths: int | None) -> str | None:
    return None if hundredths is None else decimal(hundredths)


def needs_action(results: Results) -> bool:
    """Whether anything in the results needs somebody: a unit missing, a question open, a file or ruling not counted."""
    if any(one.outcome is None or one.findings(Severity.ERROR, Severity.REVIEW) for one in results.units):
        return True
    if any(found.asks for found in results.ruling_findings):
        return True
    return bool(rejected(results))


def rejected(results: Results) -> list[Outcome]:
    """The files that were not counted and not set aside either."""
    return [one for one in results.files if one.status is Status.REJECTED]


def sent_back(results: Results) -> list[UnitResult]:
    """The units that can mend something in what they sent: those for which a correction copy is written."""
    return [one for one in results.units if one.to_correct()]


def outcome_needs_action(one: Outcome) -> bool:
    """Whether a file needs somebody: it was not read, or has a finding to correct or to rule on."""
    return one.submission is None or any(found.asks for found in one.findings)
