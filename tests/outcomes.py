"""Outcomes and results made up for a test."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256

from rounds import (
    DONGYUAN,
    FILLED_ON,
    Entry,
    clean,
    done,
    fill,
    issue,
    judge,
    planned,
    rules,
    small_form,
    the_form,
    typed,
)

from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.form import Form
from sanjin_xl.model.roster import Roster, Unit
from sanjin_xl.model.rules import Copy
from sanjin_xl.model.stamp import Claim
from sanjin_xl.model.submission import Answer, Submission
from sanjin_xl.outcome.compile import compile_results
from sanjin_xl.outcome.results import Results

FORM = small_form()
RULES = rules(FORM)
DONE, NO_LEDGER, PLANNED = (
    Answer(True, (9,), ledger=True),
    Answer(True, (9,)),
    Answer(planned=True, planned_month=(12,)),
)
MIXED: dict[int, Entry] = clean(the_form()) | {
    2: planned(month=12),
    3: done(ledger=False, remark="=1+1"),
    4: typed(done="部分"),
    5: {},
}  # fmt: skip


def returned(
    unit: str = DONGYUAN,
    answers: Mapping[int, Answer] | None = None,
    path: str = "a.xlsx",
    filled_on: date | None = FILLED_ON,
    modified: str = "",
    findings: tuple[Finding, ...] = (),
    revision: int = 0,
    sealed: bool = True,
    received: date | None = None,
) -> Outcome:
    """A return of the small form, as if it was read; without answers everything is done with a ledger."""
    if answers is None:
        answers = {item.number: DONE for item in FORM.items}
    return Outcome(
        path=path,
        sha256=sha256(path.encode()).hexdigest(),
        modified=modified,
        unit=unit,
        submission=Submission(answers=answers, cells={}, filled_on=filled_on),
        findings=findings,
        claim=Claim(issue(unit, FORM, revision=revision).stamp, seal="") if sealed else None,
        sealed=sealed,
        received=received,
    )


def corrections(*returns: Outcome) -> dict[tuple[str, int], Copy]:
    """What the register says of correction copies of these returns, numbered from 1."""
    return {
        (one.unit or "", number): Copy(
            corrects=one.sha256, follows=one.revision, filled_on=one.filled_on, received=one.received
        )
        for number, one in enumerate(returns, start=1)
    }


def round_of(units: int, entries: Mapping[int, Entry] = MIXED, form: Form | None = None) -> Results:
    """A round of many units that all sent the same, the last one excepted, which sent nothing."""
    roster = Roster(tuple(Unit(code=f"U{n}", name=f"第{n}县司法局", area=f"第{n}县") for n in range(units)))
    one = judge(fill(form or the_form(), entries), form=form or the_form())
    sent = [replace(one, path=f"{u.code}.xlsx", unit=u.code, status=Status.COUNTED) for u in roster.units[:-1]]
    return compile_results(rules(form, roster=roster), sent)
