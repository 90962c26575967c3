"""Every Chinese sentence the program says, by code; the rest of the program knows codes and facts only."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sanjin_xl.messages import feedback, letters, rulings, summary, template
from sanjin_xl.messages.errors import ERRORS, PROBLEMS, TOML_TYPES
from sanjin_xl.messages.files import REASONS
from sanjin_xl.model.catalogue import Severity
from sanjin_xl.model.errors import Problem, SanjinError
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.policy import Policy

SEVERITIES = {Severity.ERROR: "强制", Severity.REVIEW: "核实", Severity.NOTE: "提示"}
RECURRENCES = {
    "one-off": "一次性",
    "continuing": "经常性",
    "monthly": "每月",
    "quarterly": "每季度",
    "annual": "每年",
    "multi-year": "跨年度",
}
# The sheets by which a workbook of ours that is no form is known.
OUTPUT_SHEETS = {
    "汇总表": {summary.RANKING, summary.POLICIES},
    "核定表": {rulings.SHEET, rulings.WHOLE_SHEET},
    "通讯录": {letters.SHEET},
    "成绩反馈": {feedback.SHEET},
}
_ALONE = {letters.SHEET}  # books of a single sheet, whose name is a common one
_MOST_PATHS = 6  # named in one sentence
_SHEET = "工作表“{name}”"
_PLACES = {"unit-cell": "填报单位", "file-name": "文件名", "stamp": "另一处表号"}
_ATTACHED = {
    "file-picture": "图片",
    "file-pdf": "PDF",
    "file-word": "Word文档",
    "file-ofd": "版式文件",
    "file-not-a-workbook": "别的文档",
    "file-media": "录音或录像",
    "file-csv": "文本",
    "file-iwork": "Pages文件",
}
_LAYERS = {"code": "项目编码", "number": "序号", "text": "内容、标准", "order": "先后次序"}
_DAYS = {"received": "收到日期", "filled-on": "填报日期", "modified": "保存时间"}
_CHOSEN_BY = {name: f"{day}较新的" for name, day in _DAYS.items()} | {
    "sealed": "表号有效的",
    "path": "文件名在后的",
    "further": "按退回的表重报、而这些项并未要求改的",
}
_DRAWINGS = {
    "shape": "图形或文本框",
    "picture": "图片",
    "check-box": "复选框等控件",
    "ink": "手写墨迹",
    "object": "图表或嵌入的文件",
}
_LOOKED_FOR = {
    "errors": "错误值",
    "formulas": "公式",
    "merges": "合并的格",
    "hidden": "隐藏的行和列",
    "comments": "批注",
    "drawings": "图形、图片和控件",
    "looks": "字体、删除线和颜色",
}
_DAYS_TOLD = frozenset(("received", "filled", "as_of"))
_LACKING = {"points": "核定分", "settled": "已核实", "reason": "理由", "who": "核定人"}


def seen(finding: Finding) -> str:
    """What was found, in words, without the place and without the advice."""
    facts = {name: _fact(name, value) for name, value in finding.facts}
    return finding.kind.seen.format(found=_shown(finding.found), **facts)


def seen_whole(finding: Finding) -> str:
    """What was found, behind the name of a further sheet where it is about no item: for a list that shows no place."""
    sheet = _SHEET.format(name=finding.sheet) + "：" if finding.sheet and not finding.item else ""
    return sheet + seen(finding)


def sentence(finding: Finding) -> str:
    """The whole sentence of a finding: item, cell, what was found, what to do."""
    return _place(finding) + _told(finding)


def grouped(findings: Iterable[Finding]) -> list[tuple[Severity, str]]:
    """Findings as sentences, the same fault of several items said once: 第3、4、7项：…"""
    groups: dict[tuple[Severity, str], list[Finding]] = {}
    for one in findings:
        groups.setdefault((one.severity, _told(one)), []).append(one)
    return [(severity, _items(group) + text) for (severity, text), group in groups.items()]


def places(findings: Iterable[Finding]) -> str:
    """Where findings are, by item and cell: 第3项（E12）、第7项（E16）."""
    return "、".join(dict.fromkeys(_place(one).removesuffix("：") for one in findings if _place(one)))


def _told(finding: Finding) -> str:
    return f"{seen(finding)}；{finding.kind.advice}。"


def _items(group: list[Finding]) -> str:
    if len(group) == 1:
        return _place(group[0])
    numbers = [one.item for one in group if one.item]
    return f"第{runs(numbers)}项：" if numbers else ""


def runs(numbers: list[int]) -> str:
    """Ascending numbers with runs of three and more drawn together: 1至3、7、8."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "、".join(f"{run[0]}至{run[-1]}" if len(run) > 2 else "、".join(map(str, run)) for run in runs)


def _place(finding: Finding) -> str:
    place = f"第{finding.item}项" if finding.item else ""
    if finding.place:
        place += f"（{finding.place}）" if place else f"{finding.place}格"
    elif finding.sheet:
        place += f"（{_SHEET.format(name=finding.sheet)}）" if place else _SHEET.format(name=finding.sheet)
    return f"{place}：" if place else ""


def quoted(finding: Finding, found: Sequence[str]) -> str | None:
    """What was found in several places, as it is to stand where the sentence of a finding quotes one: 近期”“年底."""
    return ("”“" if "“{found}”" in finding.kind.seen else "、").join(found) or None


def opinion(finding: Finding) -> str:
    """A finding as the comment on its cell: weight, what was found, what to do."""
    return f"【{SEVERITIES[finding.severity]}】{_told(finding)}"


def is_opinion(comment: str) -> bool:
    """Whether a comment is one of ours, from a correction copy."""
    return comment.startswith(tuple(f"【{name}】" for name in SEVERITIES.values()))


def own_output(sheets: Collection[str]) -> str | None:
    """Which workbook of ours has sheets of these names, however it was renamed or saved; None for a form or others'."""
    if template.SHEET in sheets:
        return None
    names = set(sheets)
    # A return may well hold an address list of the county's own.
    found = (
        name for name, theirs in OUTPUT_SHEETS.items() if theirs <= names and (name not in _ALONE or theirs == names)
    )
    return next(found, None)


def reason(code: str, facts: Mapping[str, object]) -> str:
    """Why a file was not counted, and what to do next."""
    return REASONS[code].format_map({name: _fact(name, value) for name, value in facts.items()})


def error(problem: SanjinError, said: Mapping[str, str] = ERRORS) -> str:
    """Our own error as one clear sentence; `said`: how it is said where it is read, if not on the command line."""
    if problem.several != [problem]:
        return said[problem.code] + "".join(error(one, said) for one in problem.several)
    facts = {name: _paths(value) if isinstance(value, tuple) else value for name, value in problem.facts.items()}
    problems = facts.pop("problems", None)
    text = said[problem.code].format_map(facts)
    if not isinstance(problems, list):
        return text
    return text + "；".join(fault(one) for one in problems) + "。"


def _paths(paths: Sequence[object]) -> str:
    shown = "、".join(map(str, paths[:_MOST_PATHS]))
    return shown if len(paths) <= _MOST_PATHS else f"{shown}等{len(paths)}份文件"


def fault(problem: Problem) -> str:
    """One fault of a data file, with the path to its key."""
    facts = {name: _fault_fact(name, value) for name, value in problem.facts.items()}
    return f"{problem.path or '文件'}：{PROBLEMS[problem.code].format_map(facts)}"


def _fault_fact(name: str, value: object) -> object:
    if isinstance(value, tuple):
        return one_of(value) if name == "expected" else runs(list(value))
    return TOML_TYPES.get(str(value), value) if name == "expected" else value


def one_of(names: Sequence[str]) -> str:
    """Names of which one is to be chosen: A、B或C."""
    return "或".join(filter(None, ("、".join(names[:-1]), names[-1])))


def policies(known: Mapping[str, Policy]) -> str:
    """The policies to choose from by id and name: A 只看落实；B 台帐核减."""
    return "；".join(f"{one.id} {one.name}" for one in known.values())


def months(values: tuple[int, ...] | None) -> str:
    """Months as people write them: 3月, 3、6、9月."""
    return "、".join(str(value) for value in values) + "月" if values else ""


def _fact(name: str, value: object) -> str:
    if name == "elsewhere" and isinstance(value, tuple):
        return f"但文件里写有{'、'.join(f'“{_shown(text)}”' for text in value)}，请核实。" if value else ""
    if name == "drawn" and isinstance(value, tuple):
        return f"表上盖有{'、'.join(map(_DRAWINGS.__getitem__, value))}，请打开原件查看。" if value else ""
    if name == "what":
        return _ATTACHED[str(value)]
    if name == "recurrence":
        return RECURRENCES[str(value)]
    if name == "chosen_by":
        return _CHOSEN_BY[str(value)]
    if name == "but" and isinstance(value, tuple):
        return "".join(f"（按{_DAYS[one]}则另一份较新）" for one in value)
    if name == "kind":
        return _DRAWINGS[str(value)]
    if name == "looked_for" and isinstance(value, tuple):
        return "、".join(_LOOKED_FOR[one] for one in value)
    if name in ("place", "layer"):
        return (_PLACES | _LAYERS)[str(value)]
    if name == "layers" and isinstance(value, tuple):
        return "、".join(_LAYERS[one] for one in value)
    if name == "lacking" and isinstance(value, tuple):
        return "、".join(_LACKING[one] for one in value)
    if name == "rows" and isinstance(value, tuple):
        return "、".join(rulings.ROW.format(sheet=sheet, row=row) for sheet, row in value)
    if isinstance(value, tuple):
        return runs(list(value))
    if name in _DAYS_TOLD:
        return _in_words(str(value))
    return _shown(str(value)) if name in ("found", "period") else str(value)


def _in_words(day: str) -> str:
    """An ISO date as a notice has it, 2012年10月15日; anything else as it is."""
    try:
        return template.DATE_TEXT.format(day=date.fromisoformat(day))
    except ValueError:
        return day


# A pasted novel must not fill the correction list; the whole text stays in the archive.
_LONGEST_QUOTE = 60


def _shown(found: str | None) -> str:
    text = " ".join((found or "").split())
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"
