"""Whether a return is a form in which nothing was filled in: its unit has then sent nothing, which is not 0 points."""

from collections.abc import Iterable, Sequence

from sanjin_xl.model.fields import CHOICES
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.submission import Submission
from sanjin_xl.recovery.cell_values import is_untouched
from sanjin_xl.recovery.claims import says_done, says_planned

_DRAWN = frozenset({"drawing-large", "drawing-unplaced", "drawing-beside", "drawing-elsewhere"})
_WORDS = frozenset({"extra-note", "words-beside", "words-below", "answer-unplaced", "answer-comment"}) | _DRAWN
_LOST = frozenset({"column-missing", "blank-but-scored"})  # with these a blank cell is not what was filled in
_SWALLOWED = frozenset({"answer-merged", "answer-gone"})
_MOST_QUOTED = 3


def is_blank(submission: Submission, findings: Iterable[Finding]) -> bool:
    """Whether no cell of the choices was filled in, nothing in them is doubtful, and no words say otherwise."""
    answers = submission.answers.values()
    if not all(is_untouched(answer.typed(name)) for answer in answers for name in CHOICES):
        return False
    findings = list(findings)
    if any(one.code in _LOST or _is_about_a_cell(one) for one in findings):
        return False
    return not any(says_done(text) or says_planned(text) for text in _texts(submission, findings))


def _is_about_a_cell(one: Finding) -> bool:
    # Of what is seen and no value every such finding makes the choice unclear.
    seen = one.code in ("answer-drawing", "answer-coloured")
    return (one.doubt or seen) and one.item is not None and one.field in CHOICES and one.code not in _SWALLOWED


def words_elsewhere(submission: Submission, findings: Sequence[Finding]) -> tuple[str, ...]:
    """What else is written in a blank form: remarks, notes around the table, sheets that were not read."""
    names = [one.found or "" for one in findings if one.code == "sheet-other-period"]
    return tuple(dict.fromkeys([*names, *_texts(submission, findings)]))[:_MOST_QUOTED]


def drawn_over(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The kinds of what lies over a blank form, which may be a picture of the filled one."""
    kinds = (str(dict(one.facts)["kind"]) for one in findings if one.code in ("drawing-large", "drawing-unplaced"))
    return tuple(dict.fromkeys(kinds))


def _texts(submission: Submission, findings: Iterable[Finding]) -> list[str]:
    remarks = [answer.remark.strip() for answer in submission.answers.values()]
    return [text for text in (*remarks, *(one.found or "" for one in findings if one.code in _WORDS)) if text]
