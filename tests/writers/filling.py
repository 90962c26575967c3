"""Random fillings of a form that give the city nothing to ask, with what each answer means.

Ticks and months are typed in several ways; remarks are made of what programs like to mangle.
"""

from dataclasses import dataclass
from random import Random
from typing import Any

import rounds
from rounds import Entry

from sanjin_xl.model.form import Form, Item
from sanjin_xl.model.layout import DATE_VALUE, HEAD_ROW, SIGN_SPANS, layout_of
from sanjin_xl.model.submission import Answer
from writers.program import Value

TICKS = ("√",) * 8 + ("✓", "☑", "V", "是")
MONTHS = ("{}月",) * 8 + ("{}", "{}月份", "2012年{}月", "0{}月")
# Remarks that some program spoils: see SPOILT in trial.py.
TABBED = "甲\t乙"
SPACED = "  前后有空格  "
CONTROL_LOOKALIKE = "_x000D_ _x0041_"
LONG = "很长的说明。" * 500
REMARKS = (
    "已报市局",
    "007",
    "=1+1",
    "{=1+1}",
    "@市局",
    "+8620",
    "-",
    "'引号开头",
    "1/2",
    "3-5",
    "2012-03-15",
    "1E5",
    "TRUE",
    "#N/A",
    "#REF!",
    "a<b> & \"c\" 'd' &amp; ]]>",
    "第一行\n第二行\n\n第四行",
    TABBED,
    SPACED,
    "\u3000全角空格\u3000",
    "不换行\u00a0空格",
    CONTROL_LOOKALIKE,
    "𠮷野家 👍🏽 ＡＢＣ ㎡ é e\u0301",
    "http://example.org/?a=1&b=2",
    "internal:'_sanjin'!A1",
    "12345678901234567890",
    "0762-1234567",
    LONG,
)
_BLANK, _DONE, _PLANNED = "blank", "done", "planned"


@dataclass(frozen=True, kw_only=True)
class Filled:
    """One filling: what was typed into each row, and the answers it means."""

    entries: dict[int, Entry]
    meant: dict[int, Answer]

    def cells(self, form: Form) -> dict[str, Value]:
        """What a client puts into a blank issued workbook: answers, day of filling, signers, by address."""
        layout = layout_of(form)
        answers = {
            layout.cell(number, column): _typed(column, text)
            for number, entry in self.entries.items()
            for column, text in entry.items()
        }
        signers = {
            layout.at(layout.sign_row, span): name for (_, span), name in zip(SIGN_SPANS, rounds.SIGNERS, strict=True)
        }
        return {layout.at(HEAD_ROW, DATE_VALUE): rounds.FILLED_ON, **answers, **signers}


def _typed(column: str, text: str) -> Value:
    """As a program stores it: 3 for a month is a number."""
    return float(text) if column in ("done_month", "planned_month") and text.isdigit() else text


def random_filling(form: Form, seed: int) -> Filled:
    """A filling of its own for each seed; the same for the same seed."""
    random = Random(seed)
    states: dict[int, str] = {}
    rows = {item.number: _row(item, _state(item, states, random), random) for item in form.items}
    remarks = [*REMARKS, *[""] * (len(rows) - len(REMARKS))]
    random.shuffle(remarks)
    # Alone in its row it might be what a check box left there, and is asked about.
    true, ticked = remarks.index("TRUE"), [bool(entry) for entry, _ in rows.values()].index(True)
    if not list(rows.values())[true][0]:
        remarks[true], remarks[ticked] = remarks[ticked], remarks[true]
    filled = {n: _with_remark(*rows[n], remark) for n, remark in zip(rows, remarks, strict=True)}
    return Filled(
        entries={number: entry for number, (entry, _) in filled.items()},
        meant={number: answer for number, (_, answer) in filled.items()},
    )


def _state(item: Item, states: dict[int, str], random: Random) -> str:
    state = random.choice((_DONE, _DONE, _DONE, _PLANNED, _BLANK))
    # An item whose neighbour is not done would be asked about; a neighbour that comes later is not drawn yet.
    if item.depends_on and states.get(item.depends_on) != _DONE:
        state = _BLANK
    states[item.number] = state
    return state


def _row(item: Item, state: str, random: Random) -> tuple[Entry, dict[str, Any]]:
    if state == _DONE:
        month, ledger = random.randint(1, 9), item.is_ledger or random.random() < 0.7
        entry = {"done": random.choice(TICKS), "done_month": random.choice(MONTHS).format(month)}
        if ledger:
            entry["ledger"] = random.choice(TICKS)
        return entry, {"done": True, "done_month": (month,), "ledger": ledger}
    if state == _PLANNED:
        month = random.randint(10, 12)
        entry = {"planned": random.choice(TICKS)}
        if item.planned_month:
            entry["planned_month"] = f"{month}月"
        return entry, {"planned": True, "planned_month": (month,) if item.planned_month else ()}
    return {}, {}


def _with_remark(entry: Entry, meant: dict[str, Any], remark: str) -> tuple[Entry, Answer]:
    return entry | ({"remark": remark} if remark else {}), Answer(**meant, remark=remark)
