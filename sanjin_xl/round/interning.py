"""One object for equal things in a batch: tens of thousands of returns say much the same."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.stamp import Claim
from sanjin_xl.model.submission import Answer, ByNumber, Submission

Cells = tuple[str, ...]
Thing = TypeVar("Thing")
_NOTHING: Mapping[int, Any] = {}


class Interning:
    """Replaces what is equal by what was seen first; what came out of a worker process is a copy of its own.

    A typed answer is equal to another only with what was really typed, which `==` does not compare.
    """

    def __init__(self) -> None:
        self._things: dict[object, object] = {}

    def outcome(self, one: Outcome) -> Outcome:
        """The same outcome in less memory; the sheet's own scores, compared by now, are left out."""
        return replace(
            one,
            submission=one.submission and self._submission(one.submission),
            findings=tuple(map(self._thing, one.findings)),
            claim=one.claim and self._claim(one.claim),
            unit=self._thing(one.unit),
            received=self._thing(one.received),
        )

    def _claim(self, one: Claim) -> Claim:
        """Of a whole round form and period are the same."""
        stamp = one.stamp
        same = {name: self._thing(getattr(stamp, name)) for name in ("form", "fingerprint", "round", "unit", "policy")}
        return replace(one, stamp=replace(stamp, **same))

    def _submission(self, one: Submission) -> Submission:
        answers: Mapping[int, Answer] = {number: self._answer(answer) for number, answer in one.answers.items()}
        cells = self._cells(one.cells)
        if sorted(answers) == list(range(1, len(answers) + 1)):
            answers = ByNumber(answers[number] for number in range(1, len(answers) + 1))
        return replace(
            one,
            answers=answers,
            cells=cells,
            sheets=one.sheets or _NOTHING,
            filled_on=self._thing(one.filled_on),
            own_scores=_NOTHING,
            signers=tuple(map(self._text, one.signers)),
            policy=self._thing(one.policy),
            hidden=self._thing(one.hidden),
            fields=self._thing(one.fields),
        )

    def _answer(self, answer: Answer) -> Answer:
        # 1, 1.0 and True are equal, and not the same as typed.
        key = (answer, answer.raw, *map(type, answer.raw))
        known = self._things.get(key)
        if known is None:
            raw = tuple(map(self._text, answer.raw))
            extra = tuple((self._thing(name), self._thing(text)) for name, text in answer.extra)
            known = self._things[key] = replace(answer, remark=self._thing(answer.remark), extra=extra, raw=raw)
        return known  # type: ignore[return-value]

    def _text(self, typed: Thing) -> Thing:
        """The same text once; what is no text stays what it is."""
        return self._thing(typed) if isinstance(typed, str) else typed

    def _cells(self, cells: Mapping[int, Cells]) -> Mapping[int, Cells]:
        """Nearly every return has its answers where they were issued."""
        return self._things.setdefault(tuple(cells.items()), cells)  # type: ignore[return-value]

    def _thing(self, thing: Thing) -> Thing:
        return self._things.setdefault(thing, thing)  # type: ignore[return-value]
