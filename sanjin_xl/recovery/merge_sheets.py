"""The answers of one return from all of its sheets that hold the form or a part of it."""

from collections.abc import Mapping, Sequence

from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.form import Form
from sanjin_xl.model.submission import Answer
from sanjin_xl.recovery.answers import Answers
from sanjin_xl.recovery.table import Table


def together(form: Form, sheets: Sequence[tuple[Table, Answers]]) -> Answers:
    """Put the answers of several sheets together: an item is read from the first sheet that has it.

    The addresses of an answer from a further sheet bear its name. Items that no sheet has are findings.
    """
    (table, first), *others = sheets
    answers, cells, findings = dict(first.by_item), dict(first.cells), [*table.findings, *first.findings]
    for table, other in others:
        name = table.sheet.name
        lent = sorted(number for number in other.by_item if number not in answers)
        findings += _compared(name, answers, other)
        if lent:
            findings.append(finding("items-elsewhere", found=name, items=tuple(lent)))
            findings += [one for one in (*table.findings, *other.findings) if one.item is None or one.item in lent]
        for number in lent:
            answers[number] = other.by_item[number]
            cells[number] = tuple(cell and f"{name}!{cell}" for cell in other.cells[number])
    findings += [finding("item-missing", item.number) for item in form.items if item.number not in answers]
    return Answers(dict(sorted(answers.items())), cells, tuple(findings))


def _compared(name: str, answers: Mapping[int, Answer], other: Answers) -> list[Finding]:
    """What a further sheet says of items that were already read."""
    shared = sorted(other.by_item.keys() & answers)
    differing = tuple(number for number in shared if other.by_item[number] != answers[number])
    if differing:
        return [finding("sheet-copies-differ", found=name, items=differing)]
    return [finding("sheet-copied", found=name)] if shared else []
