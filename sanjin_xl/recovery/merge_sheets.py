"""The answers of one return from all of its sheets that hold the form or a part of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.form import Form
from sanjin_xl.model.submission import Answer
from sanjin_xl.recovery.answers import Answers
from sanjin_xl.recovery.table import Table


def together(form: Form, parts: Sequence[tuple[Table, Answers]]) -> Answers:
    """Put the answers of several sheets together: an item is read from the first sheet that has it.

    Items that no sheet has are findings.
    """
    (table, first), *others = parts
    answers, cells, findings = dict(first.by_item), dict(first.cells), [*table.findings, *first.findings]
    sheets: dict[int, str] = {}
    for table, other in others:
        name = table.sheet.name
        lent = sorted(number for number in other.by_item if number not in answers)
        findings += _compared(name, answers, other)
        if lent:
            findings.append(finding("items-elsewhere", found=name, items=tuple(lent)))
            theirs = (one for one in (*table.findings, *other.findings) if one.item is None or one.item in lent)
            findings += [replace(one, sheet=name) for one in theirs]
        answers |= {number: other.by_item[number] for number in lent}
        cells |= {number: other.cells[number] for number in lent}
        sheets |= dict.fromkeys(lent, name)
    findings += [finding("item-missing", item.number) for item in form.items if item.number not in answers]
    return Answers(dict(sorted(answers.items())), cells, tuple(findings), sheets)


def _compared(name: str, answers: Mapping[int, Answer], other: Answers) -> list[Finding]:
    """What a further sheet says of items that were already read."""
    shared = sorted(other.by_item.keys() & answers)
    differing = tuple(number for number in shared if other.by_item[number] != answers[number])
    if differing:
        return [finding("sheet-copies-differ", found=name, items=differing)]
    return [finding("sheet-copied", found=name)] if shared else []
