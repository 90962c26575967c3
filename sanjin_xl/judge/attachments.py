"""Files beside a return that are no return themselves: a scan of it, a letter, a notice, a photograph.

Once their unit has reported, nobody has to do anything about them: they are listed and kept, and ask for nothing.

    东源县.zip!三进表.xlsx      counted
    东源县.zip!盖章扫描件.pdf   an attachment of 东源县, which it came with
    紫金县的函.docx             an attachment of 紫金县 if that has reported, else refused: it may be all there is
    IMG_0412.jpg               nobody can say whose it is: an attachment once every unit of the roster has reported
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.model.rules import Rules

NO_RETURNS = frozenset({"file-picture", "file-pdf", "file-word", "file-ofd", "file-not-a-workbook", "file-media"})
BY_ENDING = {"file-csv": (".txt", ".log", ".md"), "file-iwork": (".pages", ".key")}
"""What is no return, by why it is not read, or that and its ending: a page or a CSV may be a later version of one."""


def set_attachments_aside(outcomes: Sequence[Outcome], rules: Rules) -> list[Outcome]:
    """The outcomes of a round, those of attachments skipped where the unit they belong to is counted."""
    counted = {one.unit: one for one in outcomes if one.status is Status.COUNTED and one.unit}
    beside = _units_beside(outcomes)
    everybody = counted.keys() >= rules.roster.by_code.keys()
    return [_judged(one, rules, counted, beside, everybody=everybody) for one in outcomes]


def _judged(
    one: Outcome, rules: Rules, counted: Mapping[str, Outcome], beside: Mapping[str, set[str]], *, everybody: bool
) -> Outcome:
    if one.status is not Status.REJECTED or not _is_no_return(one):
        return one
    unit = _unit_of(one.path, rules, beside)
    if unit and unit in counted:
        name, other = rules.roster.by_code[unit].name, counted[unit].path
        aside = one.with_status(Status.SKIPPED, "attachment-of", what=one.reason, unit=name, other=other)
        return replace(aside, unit=unit)
    return one.with_status(Status.SKIPPED, "attachment", what=one.reason) if everybody else one


def _is_no_return(one: Outcome) -> bool:
    return one.reason in NO_RETURNS or one.path.lower().endswith(BY_ENDING.get(one.reason or "", ()))


def _units_beside(outcomes: Iterable[Outcome]) -> dict[str, set[str]]:
    """Whose returns lie in each folder and container, by its path, those in folders of it as well."""
    units: defaultdict[str, set[str]] = defaultdict(set)
    for one in outcomes:
        if one.submission is not None and one.unit:
            for around in _around(one.file):
                units[around].add(one.unit)
    return units


def _unit_of(path: str, rules: Rules, beside: Mapping[str, set[str]]) -> str | None:
    """Whose it is by its own name, by a folder's or container's, or by the only unit whose return lies beside it."""
    for around in (path, *_around(path)):
        if unit := rules.roster.find_in_file_name(PurePosixPath(around.rpartition("!")[2]).stem):
            return unit.code
        if len(units := beside.get(around, set())) == 1:
            return min(units)
    return None


def _around(path: str) -> Iterator[str]:
    """The folders and containers in 回收/ that something lies in, from the innermost."""
    yield from (path[:n] for n in range(len(path) - 1, 0, -1) if path[n] in "!/")
