"""Makes returns for the benchmarks: filled, realistic, all different."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from sanjin_xl.books.issue import Filling, Issue
from sanjin_xl.books.seal import make_lock
from sanjin_xl.books.template import template_bytes
from sanjin_xl.judge.pipeline import Outcome, Processor, Status
from sanjin_xl.judge.versions import settle
from sanjin_xl.model.form import Form, parse_form
from sanjin_xl.model.period import Period, parse_period
from sanjin_xl.model.roster import Roster, Unit
from sanjin_xl.model.rules import Rules
from sanjin_xl.model.stamp import Stamp
from sanjin_xl.model.submission import ByNumber
from sanjin_xl.outcome.compile import compile_results
from sanjin_xl.outcome.results import Results
from sanjin_xl.round.making import make_all
from sanjin_xl.round.shipped import DEFAULT_FORM, template_text

KEY = b"a key of 32 bytes for benchmarks"
DUE = date(2012, 10, 15)


def the_form() -> Form:
    return parse_form(template_text(DEFAULT_FORM))


def the_period() -> Period:
    period = parse_period("2012年第三季度")
    assert period
    return period


def roster_of(count: int) -> Roster:
    """A roster of made-up offices, as many as asked for."""
    return Roster(tuple(Unit(code=f"9{n:06d}", name=f"第{n:06d}号司法局", area=f"第{n:06d}号") for n in range(count)))


def rules_of(count: int) -> Rules:
    """The rules of a round with that many units."""
    form = the_form()
    return Rules(
        form=form,
        roster=roster_of(count),
        period=the_period(),
        due=DUE,
        as_of=DUE,
        policies=form.policies,
        policy=form.policies[form.policy],
        key=KEY,
    )


def returns(rules: Rules, workers: int | None = None) -> Iterator[tuple[str, bytes]]:
    """One filled return per unit, as (file name, bytes); many are made by several processes."""
    issues = list(issues_of(rules))
    names = (f"{issue.unit.name}.xlsx" for issue in issues)
    return zip(names, make_all(filled, list(enumerate(issues)), workers), strict=True)


def filled(job: tuple[int, Issue]) -> bytes:
    seed, issue = job
    return template_bytes(issue, filling(issue.form, random.Random(seed)))


def issues_of(rules: Rules) -> Iterator[Issue]:
    lock = make_lock("benchmark", bytes(16), spins=1)
    for unit in rules.roster.units:
        form, period = rules.form, rules.period
        stamp = Stamp(form=form.id, fingerprint=form.fingerprint, round=period.label, unit=unit.code, issue=1)
        yield Issue(
            form=form, unit=unit, period=period, stamp=stamp, key=KEY, lock=lock, policy=rules.policy, due=rules.due
        )


def filling(form: Form, rng: random.Random) -> Filling:
    """Answers as a county gives them: most items done with a ledger, some planned, some blank, a few remarks.

    One plan in ten is without a month, so that nearly every return has something for a correction copy.
    """
    cells: dict[tuple[int, str], str] = {}
    for item in form.items:
        fate = rng.random()
        if fate < 0.65:
            cells[item.number, "done"] = "√"
            cells[item.number, "done_month"] = f"{rng.randint(7, 9)}月"
            if rng.random() < 0.75 or item.is_ledger:
                cells[item.number, "ledger"] = "√"
        elif fate < 0.9:
            cells[item.number, "planned"] = "√"
            if item.planned_month and rng.random() < 0.9:
                cells[item.number, "planned_month"] = f"{rng.randint(10, 12)}月"
        if rng.random() < 0.08:
            cells[item.number, "remark"] = f"已报送第{rng.randint(1, 999)}期简报"
    return Filling(
        cells=cells, filled_on=DUE - timedelta(days=rng.randint(0, 20)), signers=("甲", "乙", "丙", "0762-0000000")
    )


@cache
def _judged(count: int) -> tuple[Outcome, ...]:
    processor = Processor(rules_of(count))
    return tuple(processor.process_file(data, "x.xlsx") for _, data in returns(rules_of(count), workers=1))


def mixed_returns(rules: Rules, of: int = 20) -> list[Outcome]:
    """A judged return of every unit, mixed item by item from the answers of a few: no two are copies of each other."""
    return [_mixed(_judged(of), n, unit.code) for n, unit in enumerate(rules.roster.units)]


def _mixed(judged: Sequence[Outcome], seed: int, unit: str) -> Outcome:
    rng, first = random.Random(seed), judged[seed % len(judged)]
    submissions = [one.submission for one in judged if one.submission]
    answers = {n: rng.choice(submissions).answer(n) for n in range(1, len(submissions[0].answers) + 1)}
    submission = replace(submissions[seed % len(judged)], answers=ByNumber(answers.values()))
    return replace(first, path=f"{unit}.xlsx", unit=unit, status=Status.READABLE, submission=submission)


def results_of(count: int) -> Results:
    """The results of a round of so many units, all of which have reported."""
    rules = rules_of(count)
    return compile_results(rules, settle(mixed_returns(rules), rules))


def write_round(folder: Path, count: int) -> None:
    """A round folder with a made-up roster and one return per unit in 回收/."""
    from sanjin_xl.round import config, outputs

    rules = rules_of(count)
    for name in config.FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / outputs.WORKSHOP).mkdir(exist_ok=True)
    (folder / outputs.WORKSHOP / "key").write_text(
        f'{{"secret": "{KEY.hex()}", "password": "benchmark", "salt": "{bytes(16).hex()}"}}', encoding="utf-8"
    )
    units = "\n".join(f'[[units]]\ncode = "{one.code}"\nname = "{one.name}"\n' for one in rules.roster.units)
    text = f'form = "{rules.form.id}"\nperiod = "{rules.period.label}"\ndue = {DUE.isoformat()}\n{units}'
    (folder / config.CONFIG).write_text(text, encoding="utf-8")
    for name, data in returns(rules):
        (folder / config.RETURNED / name).write_bytes(data)
