"""What is typed into an issued workbook in LibreOffice comes back from .xlsx, .xls and .ods (docs/contracts.md §1)."""

import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from office import Office
from rounds import heyuan, issue, rules, the_form

from sanjin_xl.books.template import template_bytes
from sanjin_xl.judge.checks import ITEM_CHECKS
from sanjin_xl.judge.pipeline import Outcome, Processor, Status
from sanjin_xl.messages.template import MONTHS, SHEET, TICK
from sanjin_xl.model.cellref import serial_of
from sanjin_xl.model.layout import DATE_VALUE, HEAD_ROW, SIGN_SPANS, layout_of
from sanjin_xl.model.submission import Answer

pytestmark = pytest.mark.office

FORMATS = ("xlsx", "xls", "ods")
UNITS = [unit.code for unit in heyuan().units]
LAYOUT = layout_of(the_form())
# No tab: a clerk cannot type one, and python-calamine drops it from an .ods.
REMARKS = [
    "已报市局", "=1+1", "007", "3-5", "'", '"引号"', "两端 有空格", " 前后 ", "两个  空格", "第一行\n第二行",
    "<b>&amp;</b>", "𠮷㐱，生僻字", "√", "长" * 200, "1", "TRUE", "#N/A", "2012年9月", "https://example.com/?a=1&b=2",
]  # fmt: skip
# Only what the answers themselves say: nothing about the workbook, where things stand or how they were typed.
LOGIC = {*ITEM_CHECKS, "neighbour-not-done"}


def random_answers(choose: random.Random, blanks: bool) -> dict[int, Answer]:
    """An answer to every item by way of the dropdowns, in any combination; without `blanks` no cell stays empty."""

    def tick() -> bool:
        return not blanks or choose.random() < 0.6

    def months() -> tuple[int, ...]:
        return (choose.randint(1, 12),) if tick() else ()

    return {
        item.number: Answer(
            done=tick(),
            done_month=months(),
            planned=tick(),
            planned_month=months() if item.planned_month else (),
            ledger=tick(),
            remark=choose.choice(REMARKS) if tick() else "",
        )
        for item in the_form().items
    }


def as_typed(answers: dict[int, Answer], day: date, signers: list[str]) -> dict[str, str | float]:
    """What a clerk writes for them, by address; blank cells left out."""
    cells: dict[str, str | float] = {LAYOUT.at(HEAD_ROW, DATE_VALUE): serial_of(day)}
    for (_, value), name in zip(SIGN_SPANS, signers, strict=True):
        cells[LAYOUT.at(LAYOUT.sign_row, value)] = name
    for number, answer in answers.items():
        texts = {
            "done": TICK if answer.done else "",
            "done_month": "".join(MONTHS[month - 1] for month in answer.done_month or ()),
            "planned": TICK if answer.planned else "",
            "planned_month": "".join(MONTHS[month - 1] for month in answer.planned_month or ()),
            "ledger": TICK if answer.ledger else "",
            "remark": answer.remark,
        }
        cells |= {LAYOUT.cell(number, column): text for column, text in texts.items() if text}
    return cells


class Sent:
    """One county's answers, and the files LibreOffice saved them in."""

    def __init__(self, office: Office, folder: Path, unit: str, seed: int) -> None:
        choose = random.Random(seed)
        self.unit = unit
        self.answers = random_answers(choose, blanks=seed % 3 > 0)
        self.day = date(2012, 7, 1) + timedelta(days=choose.randrange(200))
        self.signers = ["张三", "李 四", "欧阳婷婷", f"0762-{choose.randrange(10**7):07}"]
        issued = folder / "issued.xlsx"
        issued.write_bytes(template_bytes(issue(unit)))
        with office.opened(issued) as book:
            cells = as_typed(self.answers, self.day, self.signers)
            office.write(book, SHEET, cells)
            for format in FORMATS:
                office.save(book, folder / f"表.{format}", format, unasked=format != "xlsx")
        self.files = {format: (folder / f"表.{format}").read_bytes() for format in FORMATS}


@pytest.fixture(scope="module")
def processor() -> Processor:
    """One for all files, as in a batch: what it learned from one must not colour the next."""
    return Processor(rules())


@pytest.fixture(scope="module", params=range(len(UNITS)), ids=UNITS)
def sent(office: Office, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sent:
    return Sent(office, tmp_path_factory.mktemp("sent"), UNITS[request.param], seed=request.param)


@pytest.fixture(params=FORMATS)
def outcome(request: pytest.FixtureRequest, sent: Sent, processor: Processor) -> Outcome:
    return processor.process_file(sent.files[request.param], f"表.{request.param}")


def test_every_open_cell_comes_back_as_it_was_written(sent: Sent, outcome: Outcome) -> None:
    assert outcome.status is Status.READABLE
    assert outcome.submission
    read = outcome.submission.answers
    assert {n: (read[n], answer) for n, answer in sent.answers.items() if read[n] != answer} == {}
    assert outcome.submission.filled_on == sent.day
    assert list(outcome.submission.signers) == sent.signers


def test_the_unit_is_known_by_its_stamp_and_nothing_is_found_but_what_the_answers_say(
    sent: Sent, outcome: Outcome
) -> None:
    assert outcome.unit == sent.unit
    assert {one.code for one in outcome.findings} <= LOGIC
