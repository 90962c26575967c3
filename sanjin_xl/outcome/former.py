"""A former round beside this one: ranks and scores then, what has been done since, which promises were kept."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.judge.similarity import Ticked, ticked
from sanjin_xl.model.controls import visible
from sanjin_xl.model.errors import RoundError
from sanjin_xl.model.findings import finding
from sanjin_xl.model.period import Period, parse_period
from sanjin_xl.model.points import parse
from sanjin_xl.model.submission import BLANK, Answer, Months
from sanjin_xl.review.rulings import Effect, Ruling

SCHEMA = "sanjin-xl/results/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerUnit:
    """A unit in a former round: rank and score (hundredths) as printed then, None and no answers if it sent nothing.

    `by_category`: its points by ordinal. The counts compare it with the round before that one, None where they are not
    told: items newly done and fallen back, plans that were due and those of them kept.
    """

    rank: int | None = None
    score: int | None = None
    answers: Mapping[int, Answer] = field(default_factory=dict)
    by_category: Mapping[str, int] = field(default_factory=dict)
    newly_done: int | None = None
    fallen_back: int | None = None
    promised: int | None = None
    kept: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """A former round of the same form, as its results.json has it; units by code. `earlier`: the round before it.

    `standing`: its rulings that an item is not applicable in every round to come, to be confirmed in this one.
    """

    period: Period
    policy: str
    units: Mapping[str, FormerUnit]
    earlier: "Former | None" = None
    standing: tuple[Ruling, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Sixteen characters that change with anything that is filled into new forms from this round."""
        units = sorted((code, sorted(one.answers.items())) for code, one in self.units.items())
        answers = [(code, *given) for code, given in units]
        # A repr shows no further columns: registers remember fingerprints that were made before there were any.
        extras = [(code, number, answer.extra) for code, given in units for number, answer in given if answer.extra]
        return hashlib.sha256(repr((self.period, answers, *extras)).encode()).hexdigest()[:16]

    def unit(self, code: str) -> FormerUnit:
        """What is known of a unit; nothing for one that was not asked then."""
        return self.units.get(code, FormerUnit())


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """An item planned in the former round for a month that has begun by the as-of date of this one.

    `over`: whether that month has passed; `kept`: whether the item is done now.
    """

    item: int
    month: int
    over: bool
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What has become of a unit since a former round; scores in hundredths.

    `newly_done`: the items done now and not then, `fallen_back`: those done then and said not to be now; both None
    where either return is missing. `promises` in the order of the items; whether they were kept is not known
    (`reported` False) of a unit that has sent nothing this time.
    """

    rank: int | None
    score: int | None
    newly_done: tuple[int, ...] | None
    fallen_back: tuple[int, ...] | None
    promises: tuple[Promise, ...]
    reported: bool

    @property
    def kept(self) -> int | None:
        """How many promises were kept; None where nothing came this time."""
        return sum(one.kept for one in self.promises) if self.reported else None

    @property
    def broken(self) -> list[Promise]:
        """The promises whose month has begun and whose item is not done."""
        return [one for one in self.promises if self.reported and not one.kept]


def since(
    former: Former, code: str, answer: Callable[[int], Answer] | None, settled: Collection[int], as_of: date
) -> Since:
    """Compare a unit's answers with those of the former round; `answer` None: it has sent nothing this time.

    `settled`: items the city has ruled not applicable or given full marks, of which nothing is to be held against
    the unit.
    """
    then, said = former.unit(code), answer or (lambda _number: BLANK)
    promises = [
        Promise(
            item=number,
            month=month,
            over=(former.period.year, month) < (as_of.year, as_of.month),
            kept=said(number).done is True,
        )
        for number, month in _due(then.answers, former.period.year, as_of)
        if number not in settled
    ]
    newly = [number for number, before in sorted(then.answers.items()) if said(number).done and not before.done]
    fallen = [n for n, before in sorted(then.answers.items()) if before.done and said(n).done is False]
    both = bool(then.answers and answer)
    return Since(
        rank=then.rank,
        score=then.score,
        newly_done=tuple(newly) if both else None,
        fallen_back=tuple(number for number in fallen if number not in settled) if both else None,
        promises=tuple(promises),
        reported=answer is not None,
    )


def _due(answers: Mapping[int, Answer], year: int, as_of: date) -> Iterator[tuple[int, int]]:
    """The items planned and not done then, with the last month they were planned for, if it has begun."""
    for number, answer in sorted(answers.items()):
        month = max(answer.planned_month or (0,))
        if answer.planned and not answer.done and month and (year, month) <= (as_of.year, as_of.month):
            yield number, month


# --- sent back as it was ----------------------------------------------------------------------------------------------


def with_untouched(outcomes: Iterable[Outcome], former: Former, period: Period) -> Iterator[Outcome]:
    """The outcomes, a finding on each counted one whose ticks and months are those of the former round."""
    for one in outcomes:
        count = _untouched(one, former, period) if one.status is Status.COUNTED else 0
        yield one.with_finding(finding("same-as-former", count=count, period=former.period.label)) if count else one


def _untouched(one: Outcome, former: Former, period: Period) -> int:
    """How many items are answered as then, 0 where any is answered otherwise."""
    then = former.unit(one.unit or "").answers
    if one.submission is None or not then:
        return 0
    now = [ticked(one.submission.answer(number)) for number in then]
    # A month carries no year: into the forms of another one the months are not filled in beforehand.
    for months in (True, False) if former.period.year != period.year else (True,):
        if now == [_as_prefilled(answer, months) for answer in then.values()]:
            return sum(answer != ticked(BLANK) for answer in now)
    return 0


def _as_prefilled(then: Answer, months: bool) -> Ticked:
    """What is ticked in a form that is sent back as it was filled in beforehand: what was unclear is left blank."""
    done_month, planned_month = (then.done_month or (), then.planned_month or ()) if months else ((), ())
    return bool(then.done), done_month, bool(then.planned), planned_month, bool(then.ledger)


# --- reading results.json -------------------------------------------------------------------------------------------


def parse_former(text: str, form: str, source: str) -> Former:
    """Read the results.json of a former round of the form with this id; `source` names the file in what is raised.

    Raises RoundError("previous-unreadable") or RoundError("previous-other-form").
    """
    try:
        content = json.loads(text)
        if content["schema"] != SCHEMA:
            raise ValueError(content["schema"])
        found = str(content["form"]["id"])
        former = _former(content)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RoundError("previous-unreadable", path=source) from error
    if found != form:
        raise RoundError("previous-other-form", path=source, found=found, form=form)
    return former


def _former(content: Mapping[str, Any]) -> Former:
    period = parse_period(content["period"])
    if period is None:
        raise ValueError(content["period"])
    answers: dict[str, dict[int, Answer]] = {}
    for entry in content["answers"]:
        answers.setdefault(entry["unit"], {})[_whole(entry["item"])] = _answer(entry)
    units = {
        one["code"]: FormerUnit(
            rank=None if one["rank"] is None else _whole(one["rank"]),
            score=None if one["score"] is None else parse(one["score"]),
            answers=answers.get(one["code"], {}),
            by_category={str(ordinal): parse(points) for ordinal, points in one.get("by_category", {}).items()},
            **{name: _count(one.get("previous", {}).get(name)) for name in _COMPARED},
        )
        for one in content["units"]
    }
    standing = tuple(_standing(one, period) for one in content.get("rulings", []) if _is_standing(one))
    return Former(period=period, policy=str(content["policy"]), units=units, standing=standing)


def _is_standing(entry: Mapping[str, Any]) -> bool:
    """Whether a ruling holds for the rounds to come; one that waited for its return or for confirmation still does."""
    return entry.get("standing") is True and entry["status"] not in (Effect.WITHDRAWN, Effect.INVALID)


def _standing(entry: Mapping[str, Any], period: Period) -> Ruling:
    reason, who, day = (visible(str(entry[name] or "")) for name in ("reason", "who", "day"))
    return Ruling(
        unit=str(entry["unit"]),
        item=_whole(entry["item"]),
        not_applicable=True,
        standing=True,
        reason=reason,
        who=who,
        day=day,
        carried=period.label,
    )


def _answer(entry: Mapping[str, Any]) -> Answer:
    return Answer(
        done=_tick(entry["done"]),
        done_month=_months(entry["done_month"]),
        planned=_tick(entry["planned"]),
        planned_month=_months(entry["planned_month"]),
        ledger=_tick(entry["ledger"]),
        remark=visible(str(entry["remark"])),
        extra=tuple((str(name), visible(str(text))) for name, text in entry.get("extra", {}).items() if text),
    )


def _tick(value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise ValueError(value)


def _months(value: object) -> Months:
    """Months as results.json has them: one, a list, or null, which may stand for blank as well as for unclear."""
    months = tuple(map(_whole, value if isinstance(value, list) else [] if value is None else [value]))
    if any(not 1 <= month <= 12 for month in months):
        raise ValueError(value)
    return months


_COMPARED = ("newly_done", "fallen_back", "promised", "kept")


def _count(value: object) -> int | None:
    return None if value is None else _whole(value)


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(value)
    return value
