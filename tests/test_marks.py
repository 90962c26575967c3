"""What other programs put onto a return that is seen and is no value: asked about, whoever wrote it in what format."""

import os
import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from types import ModuleType
from typing import Any

import openpyxl
import pytest
import rounds
from conftest import REQUIRE_ALL
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font
from openpyxl.styles.differential import DifferentialStyle
from writers import exceljs, gnumeric, libreoffice, marks, poi, sheetjs

CLIENTS: dict[str, tuple[ModuleType, tuple[pytest.MarkDecorator, ...]]] = {
    "LibreOffice": (libreoffice, (pytest.mark.office,)),
    "Gnumeric": (gnumeric, (pytest.mark.needs("ssconvert"),)),
    "ExcelJS": (exceljs, (pytest.mark.npm,)),
    "SheetJS": (sheetjs, (pytest.mark.npm,)),
    "Apache POI": (poi, (pytest.mark.needs("javac"),)),
}


CONVERTERS = [(name, CLIENTS[name]) for name in ("LibreOffice", "Gnumeric")]


def cases() -> Iterator[object]:
    for name, (client, needed) in CLIENTS.items():
        for format in client.formats:
            for mark in sorted(client.MARKS[format]):
                yield pytest.param(client, format, mark, id=f"{name}-{format}-{mark}", marks=needed)


@pytest.fixture(autouse=True)
def client_is_there(request: pytest.FixtureRequest) -> None:
    """Skips, or in CI fails, where a client is missing."""
    client = request.node.callspec.params.get("client") if hasattr(request.node, "callspec") else None
    reason = client.unavailable() if client else None
    if reason and os.environ.get(REQUIRE_ALL, "") not in ("", "0"):
        pytest.fail(f"{reason}, and {REQUIRE_ALL} is set", pytrace=False)
    if reason:
        pytest.skip(reason)


@pytest.mark.parametrize(("client", "format", "mark"), list(cases()))
def test_a_mark_is_asked_about_whoever_put_it_there(client: ModuleType, format: str, mark: str) -> None:
    outcome = marks.outcome(client, format)
    found = [(one.code, one.item) for one in outcome.findings]
    if mark == marks.NARROW:
        assert ("column-unseen", None) in found
    else:
        item, _, code = marks.EXPECTED[mark]
        assert (code, item) in found


def test_without_marks_only_the_items_left_blank_are_asked_about() -> None:
    outcome = rounds.judge(marks.unmarked())
    blank = {item for mark, (item, *_) in marks.EXPECTED.items() if mark.startswith("words")}
    assert {one.item for one in outcome.findings} == blank
    assert not [one for one in outcome.findings if one.asks]


def with_rule(**look: Any) -> bytes:
    """A return with a conditional format over the remarks that always holds."""
    book = openpyxl.load_workbook(BytesIO(rounds.fill(rounds.the_form(), rounds.clean(rounds.the_form()))))
    rule = Rule(type="expression", formula=["TRUE"], dxf=DifferentialStyle(**look))
    book.worksheets[0].conditional_formatting.add("J6:J113", rule)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


RULES: dict[str, tuple[bool, dict[str, Any]]] = {
    "struck": (True, {"font": Font(strike=True)}),
    "white": (True, {"font": Font(color="FFFFFFFF")}),
    "red": (False, {"font": Font(color="FFFF0000", b=True)}),
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("format", ["ods", "xls"])
@pytest.mark.parametrize("client", [pytest.param(one, id=name, marks=needed) for name, (one, needed) in CONVERTERS])
def test_a_conditional_format_that_hides_answers_is_asked_about_in_any_format(
    client: ModuleType, format: str, rule: str
) -> None:
    hides, look = RULES[rule]
    outcome = rounds.judge(client.resave(with_rule(**look), format), f"东源县司法局.{format}")
    assert [one.code for one in outcome.findings if one.asks] == ["not-looked-into"] * hides


@pytest.mark.parametrize("format", ["ods", "xls"])
@pytest.mark.parametrize("client", [pytest.param(one, id=name, marks=needed) for name, (one, needed) in CONVERTERS])
def test_a_day_shown_without_its_month_is_asked_about_in_any_format(client: ModuleType, format: str) -> None:
    book = openpyxl.load_workbook(BytesIO(rounds.fill(rounds.the_form(), rounds.clean(rounds.the_form()))))
    for cell, code in {"F7": 'd"月"', "F8": 'm"月"', "F9": "mmm-yy"}.items():
        book.worksheets[0][cell], book.worksheets[0][cell].number_format = date(2012, 8, 9), code
    target = BytesIO()
    book.save(target)
    outcome = rounds.judge(client.resave(target.getvalue(), format), f"东源县司法局.{format}")
    assert [(one.code, one.cell) for one in outcome.findings if one.asks] == [("answer-shown-otherwise", "F7")]


@pytest.mark.parametrize(
    ("header", "footer", "found"),
    [
        ("&C&12第3项已于9月落实", "&L本表一式两份&R第 &P 页", [("words-beside", 3)]),
        ("", "&C以上各项均已落实", [("words-below", None)]),
        ("&L落实情况见附表", "", [("words-below", None)]),
        ("&C第1项已于8月落实", "&C源城区 &D", []),
    ],
)
@pytest.mark.parametrize("format", ["xlsx", "ods", "xls"])
@pytest.mark.parametrize("client", [pytest.param(one, id=name, marks=needed) for name, (one, needed) in CONVERTERS])
def test_what_the_edges_of_the_pages_say_of_items_is_asked_about_in_any_format(
    client: ModuleType, format: str, header: str, footer: str, found: list[tuple[str, int | None]]
) -> None:
    outcome = rounds.judge(client.resave(with_margins(header, footer), format), f"东源县司法局.{format}")
    assert [(one.code, one.item) for one in outcome.findings if one.asks] == found


def with_margins(header: str, footer: str) -> bytes:
    """A return of which items 3 and 5 are blank, with something written above and below its pages."""
    form = rounds.the_form()
    book = openpyxl.load_workbook(BytesIO(rounds.fill(form, rounds.clean(form) | {3: {}, 5: {}})))
    for margin, code in ((book.worksheets[0].oddHeader, header), (book.worksheets[0].oddFooter, footer)):
        for part, text in zip((margin.left, margin.center, margin.right), _parts_of(code), strict=True):
            part.text = text
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _parts_of(code: str) -> list[str]:
    """What stands at the left, in the middle and at the right."""
    parts = dict(re.findall("&([LCR])((?:&[^LCR]|[^&])*)", code))
    return [parts.get(side, "") for side in "LCR"]


def test_the_edges_of_the_pages_of_a_plain_return_ask_nothing() -> None:
    assert not [one for one in rounds.judge(with_margins("&C三进任务完成情况表", "&R第 &P 页")).findings if one.asks]
    (said,) = (one for one in rounds.judge(with_margins("", "&L第5项拟12月落实")).findings if one.asks)
    assert (said.code, said.item, said.cell) == ("words-beside", 5, None)
