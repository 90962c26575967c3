"""Random fillings of a form that give the city nothing to ask, with what each answer means.

Ticks and months are typed in several ways; remarks are made of what programs like to mangle.
"""

from dataclasses import dataclass
from random import Random

import rounds
from rounds import Entry

from sanjin_xl.form import Form, Item
from sanjin_xl.layout import DATE_VALUE, HEAD_ROW, SIGN_SPANS, Column, address, layout_of
from sanjin_xl.submission import Answer

TICKS = ("√",) * 8 + ("✓", "☑", " √ ", "是")
MONTHS = ("{}月",) * 8 + ("{}", "{}月份", "2012年{}月", "0{}月")
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
    "甲\t乙",
    "  前后有空格  ",
    "\u3000全角空格\u3000",
    "不换行\u00a0空格",
    "_x000D_ _x0041_",
    "𠮷野家 👍🏽 ＡＢＣ ㎡ é e\u0301",
    "http://example.org/?a=1&b=2",
    "internal:'_sanjin'!A1",
    "12345678901234567890",
    "0762-1234567",
    "很长的说明。" * 500,
)
_BLANK, _DONE, _PLANNED = "blank", "done", "planned"


@dataclass(frozen=True, kw_only=True)
class Filled:
    """One filling: what was typed into each row, and the answers it means."""

    entries: dict[int, Entry]
    meant: dict[int, Answer]

    def workbook(self, form: Form) -> bytes:
        """The issued workbook with this filling, as we write it ourselves."""
        return rounds.fill(form, self.entries)

    def cells(self, form: Form) -> dict[str, str | float]:
        """What a client puts into a blank issued workbook: answers, day of filling, signers, by address."""
        layout = layout_of(form)
        answers = {
            layout.cell(number, column): text
            for number, entry in self.entries.items()
            for column, text in entry.items()
            if text
        }
        signers = {
            address(layout.sign_row, span[0]): name
            for (_, span), name in zip(SIGN_SPANS, rounds.SIGNERS, strict=True)
        }
        day = {address(HEAD_ROW, DATE_VALUE[0]): float(rounds.FILLED_ON.toordinal() - _DAY_ZERO)}
        return {**day, **answers, **signers}


_DAY_ZERO = 693594  # 30 December 1899, Excel's day 0


def random_filling(form: Form, seed: int) -> Filled:
    """A filling of its own for each seed; the same for the same seed."""
    random = Random(seed)
    states: dict[int, str] = {}
    rows = {item.number: _row(item, _state(item, states, random), random) for item in form.items}
    remarks = random.sample(REMARKS, len(REMARKS))
    rows = {n: _with_remark(row, remarks.pop() if remarks else "") for n, row in _shuffled(rows, random)}
    return Filled(
        entries={n: rows[n][0] for n in sorted(rows)},
        meant={n: rows[n][1] for n in sorted(rows)},
    )


def _shuffled(rows: dict, random: Random) -> list:
    return random.sample(sorted(rows.items()), len(rows))


def _state(item: Item, states: dict[int, str], random: Random) -> str:
    state = random.choice((_DONE, _DONE, _DONE, _PLANNED, _BLANK))
    # An item whose neighbour is not done would be asked about; a neighbour that comes later is not drawn yet.
    if item.depends_on and states.get(item.depends_on) != _DONE:
        state = _BLANK
    states[item.number] = state
    return state


def _row(item: Item, state: str, random: Random) -> tuple[Entry, dict]:
    if state == _DONE:
        month, ledger = random.randint(1, 9), item.is_ledger or random.random() < 0.7
        entry = {Column.DONE: random.choice(TICKS), Column.DONE_MONTH: random.choice(MONTHS).format(month)}
        if ledger:
            entry[Column.LEDGER] = random.choice(TICKS)
        return entry, {"done": True, "done_month": (month,), "ledger": ledger}
    if state == _PLANNED:
        month = random.randint(10, 12)
        entry = {Column.PLANNED: random.choice(TICKS)}
        if item.planned_month:
            entry[Column.PLANNED_MONTH] = f"{month}月"
        return entry, {"planned": True, "planned_month": (month,) if item.planned_month else ()}
    return {}, {}


def _with_remark(row: tuple[Entry, dict], remark: str) -> tuple[Entry, Answer]:
    entry, meant = row
    return entry | ({Column.REMARK: remark} if remark else {}), Answer(**meant, remark=remark)
