"""A tick and its month, written in two cells, in one of them, or in one column for everything.

The paper form has one cell for both, and it is filled in like this, in whichever of the two cells of the sheet:

    已落实     落实月份
    √          9月          as issued
    ☑ 9月                   done, in September
               √（9月）      the same
    9月已落实                the same
    □ ＿＿ 月                nothing was filled in
    ☑ 9月      8月          done, but the months contradict each other: asked

Pure, like `cell_values`: what has two readings has no value.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sanjin_xl.model.submission import Months
from sanjin_xl.recovery.cell_values import (
    BOXES,
    DATES,
    DONE_WORD,
    LONGEST,
    MONTH_UNCLEAR,
    NO_ENTRY,
    NO_TICK,
    NOT_TICKED,
    NOT_WORD,
    OR,
    PLAN_WORD,
    SPANS,
    TICK_MARKS,
    TICK_UNCLEAR,
    Cell,
    Reading,
    compact,
    read_months,
    read_tick,
)

_YES = r"(?:是|有|对|y(?:es)?)(?=[(,;:]?\d)"  # before a month: 有（9月）
_TOKEN = re.compile(
    rf"(?:落实|完成)?(?:时间|日期)"
    rf"|(?:(?P<no>{NOT_WORD})|(?P<plan>{PLAN_WORD})|(?P<deed>(?:落实|完成)(?:到位|完毕)?)|(?P<done>{DONE_WORD}|已)"
    rf"|(?P<tick>[{TICK_MARKS}]+|v+(?![a-z])|{_YES}))[-—–/]*|(?P<box>[{BOXES}])|[()\[\]【】。;:,于在]"
)
_STATES = {"done": "done deed tick", "plan": "plan deed tick", "tick": "tick deed", "no": "no box"}
_BOX = re.compile(rf"([{TICK_MARKS}{BOXES}])")
_CLOSING = re.compile("[)）\\]］】]")
_BRACKETS = re.compile(rf"[(\[【]([{TICK_MARKS}]?)[)\]】]")  # a box made of brackets
_LEDGER_LAST = re.compile(r"((?:没?有|无)台[帐账]|台[帐账][齐健]全)[)）。]*\s*$")  # 已落实（9月），有台帐
_BEFORE_LEDGER = " \t\r\n\u3000,，;；、。(（"  # not in the pattern: it would try them from each of them
_WHEN_LAST = re.compile(r"[^\d(]*(\d+月)")  # behind the words of the last of several boxes


@dataclass(frozen=True, slots=True)
class Entry:
    """What one cell says at once: `state` is tick, done, plan or no, and the months beside it."""

    state: str
    months: Reading[Months]


@dataclass(frozen=True, slots=True)
class Pair:
    """A tick and its months; `at_tick`: the months stand in the cell of the tick."""

    tick: Reading[bool]
    months: Reading[Months]
    at_tick: bool = False


def read_entry(cell: Cell, *, of_months: bool = False) -> Entry | None:
    """What a cell says by a mark or by words, with or without months; None where it is anything else or contradicts
    itself. `of_months`: a bare number behind a tick is one.
    """
    text = compact(cell).casefold() if isinstance(cell, str) else ""
    if not text or len(text) > LONGEST:
        return None
    said = {found.lastgroup for found in _TOKEN.finditer(text) if found.lastgroup}
    state, rest = _state(said), _TOKEN.sub("", text)
    if state is None:
        return None
    if rest in ("", "月"):
        return Entry(state, NO_ENTRY)
    # A bare number may count anything: 完成3.
    sure = "月" in rest or rest in SPANS or DATES[0].fullmatch(rest) or (of_months and said == {"tick"})
    months = read_months(rest) if sure else MONTH_UNCLEAR
    return None if months.value is None or state == "no" else Entry(state, months)


def has_month(cell: Cell) -> bool:
    """Whether a cell holds a tick or an empty box, and beside it a month or the place for one: ☑ 9月, □ ＿＿ 月."""
    return isinstance(cell, str) and "月" in cell and read_entry(cell) is not None


def _state(said: set[str]) -> str | None:
    """What several words mean together: 拟 and 落实 are a plan, 拟 and 已落实 contradict each other."""
    states = ("done", "plan") if said & {"done", "plan"} else ("tick", "no")
    return next((state for state in states if said and said <= set(_STATES[state].split())), None)


def read_pair(tick_cell: Cell, month_cell: Cell, *, planned: bool = False) -> Pair:
    """Read the cell of a tick and that of its month together; `planned`: those of what is planned."""
    tick_cell = chosen(tick_cell)
    pair = Pair(read_tick(tick_cell), read_months(month_cell))
    blank = pair.tick == NO_TICK
    beside = read_entry(month_cell, of_months=True) if pair.months.code else None
    if beside and beside.months.value:
        pair = Pair(pair.tick, _said(beside.months) if blank else beside.months)
    if pair.tick.code in ("tick-normalised", "tick-unclear") and (entry := read_entry(tick_cell)):
        pair = _with_tick_cell(pair, entry, planned)
    if beside and beside.months.value:
        # A month cell that says more than the month: its tick counts where nothing stands in the cell of the tick.
        ticked = _ticked(beside, planned)
        tick = ticked if blank else pair.tick if ticked.value is pair.tick.value else TICK_UNCLEAR
        pair = Pair(tick, pair.months, pair.at_tick)
    return pair


def _with_tick_cell(pair: Pair, entry: Entry, planned: bool) -> Pair:
    ticked = _ticked(entry, planned)
    if not ticked.value or not entry.months.value:
        return Pair(ticked, pair.months)
    if pair.months.value == ():
        return Pair(ticked, _said(entry.months), at_tick=True)
    if pair.months.value == entry.months.value:
        return Pair(ticked, pair.months)
    both = OR.join("、".join(map(str, months)) for months in (entry.months.value, pair.months.value or ()) if months)
    return Pair(ticked, Reading(None, "month-ambiguous", both), at_tick=True)


def _ticked(entry: Entry, planned: bool) -> Reading[bool]:
    """A tick is a tick in either column; words for done in the column of what is planned are asked about, and back."""
    if entry.state == "no":
        return NOT_TICKED
    if entry.state not in ("tick", "plan" if planned else "done"):
        return TICK_UNCLEAR
    months = entry.months.hint or "".join(f"{month}月" for month in entry.months.value or ())
    return Reading(True, "tick-normalised", "，".join(filter(None, ("√", months))))


def _said(months: Reading[Months]) -> Reading[Months]:
    """Months of which the note about the tick has told already."""
    return Reading(months.value, None if months.code == "month-normalised" else months.code, months.hint, months.year)


def read_status(cell: Cell) -> tuple[Pair, Pair]:
    """Read a cell of one column for everything, such as 已落实（9月） or 拟12月落实: what is done, what is planned."""
    entry = read_entry(chosen(cell))
    if entry is None:
        return Pair(read_tick(chosen(cell)), NO_ENTRY), _NOTHING
    if entry.state == "no":
        return Pair(NOT_TICKED, NO_ENTRY), _NOTHING
    planned = entry.state == "plan"
    pair = Pair(_ticked(entry, planned), _said(entry.months), at_tick=True)
    return (_NOTHING, pair) if planned else (pair, _NOTHING)


_NOTHING = Pair(NO_TICK, NO_ENTRY)


def ledger_apart(cell: Cell) -> tuple[Cell, str]:
    """A cell of one column for everything without its last words, of the ledger, and these; "" for none.

    已落实（9月），有台帐 → 已落实（9月） 有台帐    9月完成，台账齐全 → 9月完成 有台账
    """
    found = _LEDGER_LAST.search(cell) if isinstance(cell, str) and len(cell) <= LONGEST else None
    if not isinstance(cell, str) or not found:
        return cell, ""
    ledger = f"有{found[1][:2]}" if found[1].startswith("台") else found[1]
    return cell[: found.start()].rstrip(_BEFORE_LEDGER), ledger


def chosen(cell: Cell) -> Cell:
    """Of several boxes with their words those that are ticked, with the month behind the last one.

    ☑已落实 □拟落实 → 已落实    □已落实 ☑拟落实 12月 → 拟落实12月    有□ 无☑ → 无    □已落实 □拟落实 → □
    (√)有 ( )无 → 有
    """
    if not isinstance(cell, str) or len(cell) > LONGEST:
        return cell
    text = _BRACKETS.sub(lambda found: found[1] or BOXES[0], compact(cell)) if _CLOSING.search(cell) else cell
    if not any(box in text for box in BOXES):
        return cell
    text = compact(text)
    parts = _BOX.split(text)  # words, mark, words, … words
    if text[-1] in BOXES or parts[0]:
        boxed = list(zip(parts[1::2], parts[::2], strict=False))
    else:
        boxed = list(zip(parts[1::2], parts[2::2], strict=True))
    if len(boxed) < 2 or not all(words for _, words in boxed) or sum(len(words) + 1 for _, words in boxed) < len(text):
        return cell
    return _ticked_words(boxed) or cell


def _ticked_words(boxed: Sequence[tuple[str, str]]) -> str:
    """The words of the boxes that are ticked, □ for none, "" where a month stands beside one that is not."""
    ticked = "".join(words for mark, words in boxed if mark in TICK_MARKS)
    mark, words = boxed[-1]
    if any(char.isdigit() for char in ticked) or not any(char.isdigit() for _, words in boxed for char in words):
        return ticked or BOXES[0]
    when = _WHEN_LAST.fullmatch(words)
    return ticked + when[1] if ticked and when and mark in BOXES else ""
