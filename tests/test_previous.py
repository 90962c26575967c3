"""A former round: ranks, scores, promises kept and broken; and its answers standing in the new form."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import ooxml
import pytest
from command import Command
from office import Office
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from round_folders import new_round
from rounds import (
    DONGYUAN,
    YUANCHENG,
    Entry,
    done,
    fill,
    heyuan,
    issue,
    planned,
    rules,
    small_form,
    the_form,
    typed,
)

from sanjin_xl.books.issue import prefilled
from sanjin_xl.books.summary import sentences, summary_bytes
from sanjin_xl.books.template import template_bytes
from sanjin_xl.console import lines
from sanjin_xl.judge.pipeline import Processor
from sanjin_xl.judge.versions import settle
from sanjin_xl.messages import summary as words
from sanjin_xl.messages import template as form_words
from sanjin_xl.model.catalogue import Severity
from sanjin_xl.model.errors import RoundError
from sanjin_xl.model.fields import ANSWERS
from sanjin_xl.model.form import Form
from sanjin_xl.model.layout import LIVE_ROW, LIVE_SPANS, layout_of
from sanjin_xl.model.period import Period, parse_period
from sanjin_xl.outcome import report
from sanjin_xl.outcome.compile import compile_results
from sanjin_xl.outcome.former import Former, Promise, parse_former
from sanjin_xl.outcome.results import Results
from sanjin_xl.review.rulings import Ruling, basis

FORM = small_form()
ZIJIN, LONGCHUAN = "441621", "441622"
NAMES = {unit.code: unit.name for unit in heyuan().units}
NOW = date(2012, 10, 15)
Returns = Mapping[str, Mapping[int, Entry]]

# Points of the small form: 0.25 1.50 0.01 2.50 0.75 3.33 2.00; under policy B without a ledger half of it.
THEN: Returns = {
    YUANCHENG: {1: done(3), 2: done(3), 4: planned(9), 5: planned(None), 6: planned(10), 7: planned(12)},  # 1.75
    DONGYUAN: {6: done(5), 4: planned(8), 2: planned(9)},  # 3.33
    ZIJIN: {1: done(3)},  # 0.25
}
AFTER: Returns = {
    # 4 kept, 6 not (the month has only begun), 7 not yet due, 5 never had a month
    YUANCHENG: {1: done(3), 2: done(3), 4: done(9), 6: planned(10), 7: planned(12)},  # 4.25
    # 6 no longer done, both promises broken, 1 newly done
    DONGYUAN: {1: done(9), 4: planned(12)},  # 0.25
    LONGCHUAN: {1: done(9), 2: done(9), 3: done(9), 6: done(9)},  # 5.09
}


def quarter(label: str) -> Period:
    period = parse_period(label)
    assert period
    return period


def results_of(
    returns: Returns, former: Former | None = None, form: Form = FORM, rulings: tuple[Ruling, ...] = (), **changes: Any
) -> Results:
    by = rules(form, **{"as_of": NOW, **changes})
    processor = Processor(by)
    made = [processor.process_file(fill(form, rows, unit), f"{unit}.xlsx") for unit, rows in returns.items()]
    settled = settle(made, by)
    counted = {one.unit: one for one in settled}
    rulings = tuple(replace(one, basis=basis(counted[one.unit], one.item) or "") for one in rulings)
    return compile_results(by, settled, rulings, (), former)


def text_of(returns: Returns, period: str = "2012年第三季度", form: Form = FORM, **changes: Any) -> str:
    """The results.json of a round of that period; the period is written in, for the forms are issued for another."""
    content = json.loads(report.results_json(results_of(returns, form=form, **changes)))
    return json.dumps(content | {"period": period}, ensure_ascii=False)


def former_of(returns: Returns = THEN, period: str = "2012年第三季度", form: Form = FORM, **changes: Any) -> Former:
    return parse_former(text_of(returns, period, form, **changes), form.id, "results.json")


def unit(results: Results, code: str) -> Any:
    return next(one for one in results.units if one.unit.code == code)


# --- what has become of a unit --------------------------------------------------------------------------------------


def test_former_ranks_and_scores_are_those_of_its_results() -> None:
    former = former_of()
    assert {code: (former.unit(code).rank, former.unit(code).score) for code in THEN} == {
        DONGYUAN: (1, 333), YUANCHENG: (2, 175), ZIJIN: (3, 25),
    }  # fmt: skip
    assert (former.unit(LONGCHUAN).rank, former.unit(LONGCHUAN).answers) == (None, {})


def test_promises_due_are_kept_when_the_item_is_done_now() -> None:
    since = unit(results_of(AFTER, former_of()), YUANCHENG).since
    assert since.promises == (
        Promise(item=4, month=9, over=True, kept=True),
        Promise(item=6, month=10, over=False, kept=False),
    )
    assert (since.newly_done, since.kept, [one.item for one in since.broken]) == ((4,), 1, [6])


def test_a_promise_to_do_later_in_the_year_is_not_due() -> None:
    early = unit(results_of(AFTER, former_of(), as_of=date(2012, 8, 31)), DONGYUAN).since
    assert [(one.item, one.over) for one in early.promises] == [(4, False)]
    assert [one.item for one in unit(results_of(AFTER, former_of()), DONGYUAN).since.promises] == [2, 4]


def test_promises_of_a_former_year_have_all_come_due() -> None:
    since = unit(results_of(AFTER, former_of(period="2011年度")), YUANCHENG).since
    assert [(one.item, one.over) for one in since.promises] == [(4, True), (6, True), (7, True)]


def test_what_the_city_has_settled_is_no_broken_promise() -> None:
    ruled = [
        Ruling(unit=DONGYUAN, item=2, not_applicable=True, reason="无此项", who="李某", day="2012-10-20"),
        Ruling(unit=DONGYUAN, item=4, points=250, reason="已看过", who="李某", day="2012-10-20"),
    ]
    assert unit(results_of(AFTER, former_of(), rulings=tuple(ruled)), DONGYUAN).since.promises == ()


def test_a_unit_missing_in_either_round_has_nothing_newly_done() -> None:
    results = results_of(AFTER, former_of())
    new, gone = unit(results, LONGCHUAN).since, unit(results, ZIJIN).since
    assert (new.rank, new.newly_done, new.promises, new.kept) == (None, None, (), 0)
    assert (gone.rank, gone.score, gone.newly_done, gone.kept, gone.broken) == (3, 25, None, None, [])


def test_the_results_file_says_it_and_only_when_a_former_round_is_given() -> None:
    content = json.loads(report.results_json(results_of(AFTER, former_of())))
    entries = {one["code"]: one["previous"] for one in content["units"]}
    compared = {"newly_done": 1, "fallen_back": 0, "promised": 2, "kept": 1}
    assert entries[YUANCHENG] == {"rank": 2, "score": "1.75", **compared}
    unknown = {"newly_done": None, "fallen_back": None, "promised": 0, "kept": None}
    assert entries[ZIJIN] == {"rank": 3, "score": "0.25", **unknown}
    assert not any("previous" in one for one in json.loads(report.results_json(results_of(AFTER)))["units"])


# --- in the city workbook and on the terminal -----------------------------------------------------------------------


def opened(results: Results, **options: Any) -> Workbook:
    return load_workbook(BytesIO(summary_bytes(results)), **options)


def rows(sheet: Worksheet) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def row_of(sheet: Worksheet, name: str, at: int = 0) -> list[Any]:
    return next(row for row in rows(sheet) if row[at] == name)


# All have reported: 龙川县 leads, but was in no former round; the others follow as 源城区, 东源县, 紫金县.
ALL_REPORTED: Returns = {unit.code: {1: planned(month=12)} for unit in heyuan().units} | dict(AFTER)


def shown_changes(results: Results) -> dict[str, tuple[Any, ...]]:
    """Former rank and change on 排名 by unit."""
    sheet = opened(results, data_only=True)[words.RANKING]
    heads = next(row for row in rows(sheet) if words.FORMER_RANK in row)
    place = heads.index(words.FORMER_RANK)
    assert heads[place + 1] == words.CHANGE
    return {code: tuple(row_of(sheet, NAMES[code], 1)[place : place + 2]) for code in (*AFTER, ZIJIN)}


def test_the_ranking_shows_the_former_rank_and_the_change_among_those_ranked_twice() -> None:
    assert shown_changes(results_of(ALL_REPORTED, former_of())) == {
        LONGCHUAN: (words.NONE, words.NONE), YUANCHENG: (2, "↑1"), DONGYUAN: (1, "↓1"), ZIJIN: (3, words.LEVEL)
    }  # fmt: skip


def test_no_place_is_won_or_lost_while_a_unit_is_missing() -> None:
    shown = shown_changes(results_of(AFTER, former_of()))
    assert {change for _, change in shown.values()} == {words.NONE}
    assert words.NO_CHANGES_YET in "".join(sentences.notes(results_of(AFTER, former_of())))


def test_the_change_is_a_formula_over_the_two_ranks_where_no_unit_was_left_out() -> None:
    former = former_of()
    ranks = dict.fromkeys((unit.code for unit in heyuan().units), 5)
    ranks |= {DONGYUAN: 1, YUANCHENG: 2, LONGCHUAN: 3, ZIJIN: 3}
    known = {code: replace(former.unit(ZIJIN), rank=rank) for code, rank in ranks.items()}
    sheet = opened(results_of(ALL_REPORTED, replace(former, units=known)))[words.RANKING]
    formulas = [value for row in rows(sheet) for value in row if isinstance(value, str) and "↑" in value]
    assert len(formulas) == len(known)
    assert all(one.startswith("=IF(") for one in formulas)


def test_the_comparison_lists_scores_and_broken_promises() -> None:
    sheet = opened(results_of(AFTER, former_of()), data_only=True)[words.CHANGES]
    assert row_of(sheet, NAMES[YUANCHENG]) == [NAMES[YUANCHENG], 2, 2, 1.75, 4.25, 2.5, 1, 2, 1, 0.5]
    assert row_of(sheet, NAMES[DONGYUAN]) == [NAMES[DONGYUAN], 1, 3, 3.33, 0.25, -3.08, 1, 2, 0, 0]
    none = words.NONE
    assert row_of(sheet, NAMES[LONGCHUAN]) == [NAMES[LONGCHUAN], none, 1, none, 5.09, none, none, 0, 0, none]
    assert row_of(sheet, NAMES[ZIJIN])[3:6] == [0.25, words.NOT_RETURNED, none]
    start = next(n for n, row in enumerate(rows(sheet)) if row[0] == words.BROKEN_BLOCK)
    broken = [(row[0], row[2], row[7], row[8]) for row in rows(sheet)[start + 2 :]]
    assert broken == [
        (NAMES[YUANCHENG], 6, "10月", words.PLAN_DUE),
        (NAMES[DONGYUAN], 2, "9月", words.PLAN_OVER),
        (NAMES[DONGYUAN], 4, "8月", words.PLAN_OVER),
    ]


def test_without_a_former_round_nothing_speaks_of_it() -> None:
    book = opened(results_of(AFTER))
    assert words.CHANGES not in book.sheetnames
    assert not any(words.FORMER_RANK in row for row in rows(book[words.RANKING]))


def test_another_policy_then_is_said() -> None:
    book = opened(results_of(AFTER, former_of()), data_only=True)
    other = opened(results_of(AFTER, replace(former_of(), policy="A")), data_only=True)
    said = words.OTHER_POLICY.format(then="A", now="B")
    texts = [str(value) for row in rows(other[words.RANKING]) for value in row if value]
    assert any(said in text for text in texts)
    assert not any(said in str(value) for row in rows(book[words.RANKING]) for value in row)


def test_the_terminal_marks_the_change() -> None:
    said = list(lines.summary(results_of(ALL_REPORTED, former_of())))
    remarks = {name: line for name in NAMES.values() for line in said[:7] if name in line}
    assert "↓1" in remarks[NAMES[DONGYUAN]]
    assert "↑" not in remarks[NAMES[LONGCHUAN]]


@pytest.mark.office
def test_libreoffice_calculates_what_we_cached(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "汇总.xlsx"
    path.write_bytes(summary_bytes(results_of(AFTER, former_of())))
    cached, written = load_workbook(path, data_only=True), load_workbook(path)
    with office.opened(path) as book:
        office.recalculate(book)
        for name in (words.RANKING, words.CHANGES):
            now = office.read(book, name, written[name].dimensions)
            places = [c.coordinate for row in written[name].iter_rows() for c in row if c.data_type == "f"]
            assert places
            assert [now[one]["value"] for one in places] == [pytest.approx(cached[name][one].value) for one in places]
            area = written[name].dimensions
            heights = [*office.row_heights(book, name, area), *office.merged_heights(book, name, area)]
            assert [row for row in heights if row["height"] < row["optimal"] - 0.5] == []
        assert [page["sheet"] for page in office.pages(book)].count(words.RANKING) == 1


# --- reading it -----------------------------------------------------------------------------------------------------


def broken(**changes: object) -> str:
    return json.dumps(json.loads(text_of(THEN)) | changes)


def with_answer(**changes: object) -> str:
    content = json.loads(text_of(THEN))
    content["answers"][0] |= changes
    return json.dumps(content)


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "null", "{}", "{", "[" * 100_000, broken(schema="sanjin-xl/results/2"), broken(period="不久"),
        broken(units=[{"code": DONGYUAN}]), broken(answers=3), broken(form="wells-2013"),
        with_answer(done="√"), with_answer(done_month=13), with_answer(planned_month=["9月"]), with_answer(item="1"),
    ],
)  # fmt: skip
def test_what_is_no_results_file_is_refused(text: str) -> None:
    with pytest.raises(RoundError) as raised:
        parse_former(text, FORM.id, "results.json")
    assert raised.value.code == "previous-unreadable"


def test_a_round_of_another_form_is_refused() -> None:
    with pytest.raises(RoundError) as raised:
        parse_former(text_of(THEN), "sanjin-2012", "results.json")
    assert raised.value.code == "previous-other-form"


# --- prefilled forms ------------------------------------------------------------------------------------------------

PREFILL: dict[int, Entry] = {
    1: done(3, remark="已报“市局”\n第二行"),
    2: done(None, ledger=False),
    3: typed(done="√", done_month="3、6、9月", ledger="√"),
    4: planned(12),
    5: typed(planned="√"),
    7: typed(remark="只有备注"),
}


def prefilled_bytes(former: Former, form: Form = FORM, label: str = "2012年第三季度") -> bytes:
    return template_bytes(issue(form=form), prefilled(form, quarter(label), former, DONGYUAN))


def test_an_untouched_prefilled_form_gives_the_answers_of_the_former_round() -> None:
    before = Processor(rules(FORM)).process_file(fill(FORM, PREFILL), "then.xlsx")
    data = prefilled_bytes(former_of({DONGYUAN: PREFILL}))
    again = Processor(rules(FORM)).process_file(data, "now.xlsx")
    assert before.submission
    assert again.submission
    assert again.submission.answers == before.submission.answers
    assert again.submission.filled_on is None
    assert again.submission.signers == ("", "", "", "")


def test_an_untouched_prefilled_form_is_asked_about_and_one_that_was_signed_is_not() -> None:
    filling = prefilled(FORM, quarter("2012年第三季度"), former_of({DONGYUAN: PREFILL}), DONGYUAN)

    def asked(**changes: Any) -> set[str]:
        data = template_bytes(issue(form=FORM), replace(filling, **changes))
        findings = Processor(rules(FORM)).process_file(data, "now.xlsx").findings
        return {one.code for one in findings if one.item is None and one.severity is Severity.REVIEW}

    assert asked() == {"nobody-signed"}
    assert asked(filled_on=date(2012, 9, 28)) == set()
    assert asked(signers=("张三",)) == set()


def test_what_was_unclear_is_left_blank() -> None:
    former = former_of({DONGYUAN: {1: typed(done="也许", done_month="某月"), 2: done(9)}})
    cells = prefilled(FORM, quarter("2012年第四季度"), former, DONGYUAN).cells
    assert {number for number, _ in cells} == {2}


def test_months_of_a_former_year_are_left_out() -> None:
    former = former_of({DONGYUAN: PREFILL}, period="2011年第四季度")
    cells = prefilled(FORM, quarter("2012年第一季度"), former, DONGYUAN).cells
    assert {column for _, column in cells} == {"done", "planned", "ledger", "remark"}


def test_a_unit_that_sent_nothing_then_gets_a_blank_form() -> None:
    filling = prefilled(FORM, quarter("2012年第四季度"), former_of({}), DONGYUAN)
    assert template_bytes(issue(form=FORM), filling) == template_bytes(issue(form=FORM))


def test_carried_rows_say_so_and_ask_for_nothing_by_that() -> None:
    data = prefilled_bytes(former_of({DONGYUAN: PREFILL}))
    sheet = load_workbook(BytesIO(data), data_only=True).worksheets[0]
    layout = layout_of(FORM)
    hints = {item.number: sheet[layout.cell(item.number, "hint")].value or "" for item in FORM.items}
    assert {number for number, text in hints.items() if text.endswith(form_words.CARRIED)} == {1, 2, 3, 4, 5}
    assert hints[1] == hints[4] == form_words.CARRIED
    assert hints[7] == form_words.NOT_FILLED
    to_mend = sheet[layout.at(LIVE_ROW, LIVE_SPANS[2])].value
    assert to_mend == f"{form_words.TO_MEND}2{form_words.ITEMS_WORD}"  # no month in 2, no legal one in 3


def test_the_guide_explains_the_mark_only_where_there_is_one() -> None:
    title = form_words.GUIDE_CARRIED[0]
    marked = load_workbook(BytesIO(prefilled_bytes(former_of({DONGYUAN: PREFILL}))))[form_words.GUIDE_SHEET]
    plain = load_workbook(BytesIO(template_bytes(issue(form=FORM))))[form_words.GUIDE_SHEET]
    assert title in [row[0].value for row in marked.iter_rows()]
    assert title not in [row[0].value for row in plain.iter_rows()]


@pytest.mark.office
def test_the_mark_goes_when_any_cell_of_the_row_is_changed(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(prefilled_bytes(former_of({DONGYUAN: PREFILL})))
    layout, name = layout_of(FORM), form_words.SHEET
    sheet = load_workbook(path, data_only=True).worksheets[0]
    with office.opened(path) as book:

        def hint(number: int) -> str:
            cell = layout.cell(number, "hint")
            return str(office.read(book, name, cell)[cell]["value"])

        office.recalculate(book)
        for item in FORM.items:
            assert hint(item.number) == (sheet[layout.cell(item.number, "hint")].value or "")
        for span in LIVE_SPANS:
            cell = layout.at(LIVE_ROW, span)
            assert office.read(book, name, cell)[cell]["value"] == sheet[cell].value
        for number, column, text in (
            (1, "remark", "改了"), (2, "done_month", "9月"), (4, "done", "√"), (5, "ledger", "√"),
        ):  # fmt: skip
            assert form_words.CARRIED in hint(number)
            office.type_text(book, name, layout.cell(number, column), text)
            assert form_words.CARRIED not in hint(number)
        assert form_words.CARRIED in hint(3)


@pytest.mark.npm
def test_the_open_xml_sdk_finds_nothing(tmp_path: Path) -> None:
    entries = {item.number: done(3 + item.number % 6, remark='"引号"<&>\n') for item in the_form().items}
    form, city = tmp_path / "表.xlsx", tmp_path / "汇总.xlsx"
    form.write_bytes(prefilled_bytes(former_of({DONGYUAN: entries}, form=the_form()), the_form()))
    city.write_bytes(summary_bytes(results_of(AFTER, former_of())))
    assert ooxml.errors_of(form, city) == []


# --- the commands ---------------------------------------------------------------------------------------------------


@pytest.fixture
def two_rounds(command: Command, tmp_path: Path) -> tuple[Path, Path]:
    """A former round with one return, ingested, and a new one."""
    then = new_round(tmp_path / "三季度")
    now = new_round(tmp_path / "四季度", "2012年第四季度", date(2013, 1, 15))
    (then / "回收" / "回.xlsx").write_bytes(fill(FORM, PREFILL))
    assert command("ingest", then).status == 1
    return then, now


def one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and "Traceback" not in text


def results_in(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "汇总" / "results.json").read_text(encoding="utf-8"))
    return content


def test_a_prefilled_round_is_issued_and_compared(command: Command, two_rounds: tuple[Path, Path]) -> None:
    then, now = two_rounds
    assert all("previous" not in one for one in results_in(then)["units"])
    content = results_in(then)
    assert len(content["answers"]) == len(FORM.items)
    assert command("generate", now, "--prefill", then).status == 0
    issued = next(path for path in (now / "发放").iterdir() if path.name.startswith(NAMES[DONGYUAN]))
    (now / "回收" / "回.xlsx").write_bytes(issued.read_bytes())
    assert command("ingest", now, "--previous", then).status == 1
    after = {one["item"]: one for one in results_in(now)["answers"]}
    before = {one["item"]: one for one in content["answers"]}
    fields = ANSWERS
    assert {n: [one[f] for f in fields] for n, one in after.items()} == {
        n: [one[f] for f in fields] for n, one in before.items()
    }
    # Nothing was changed and nobody has signed: the city is asked, and the score is provisional until it has ruled.
    (file,) = results_in(now)["files"]
    assert ("nobody-signed", "review") in [(one["code"], one["severity"]) for one in file["findings"]]
    assert [one["status"] for one in results_in(now)["units"] if one["code"] == DONGYUAN] == ["provisional"]
    assert all("previous" in one for one in results_in(now)["units"])


def test_round_toml_names_the_former_round_relative_to_itself(
    command: Command, two_rounds: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, now = two_rounds
    path = now / "round.toml"
    path.write_text('previous = "../三季度"\n' + path.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.chdir("/")
    assert command("ingest", now).status == 1
    assert all("previous" in one for one in results_in(now)["units"])


@pytest.mark.parametrize("text", [None, "{", '{"schema": "sanjin-xl/results/1"}'])
@pytest.mark.parametrize("line", [("ingest", "--previous"), ("generate", "--prefill")])
def test_a_former_round_that_cannot_be_read_is_one_sentence(
    command: Command, two_rounds: tuple[Path, Path], line: tuple[str, str], text: str | None
) -> None:
    then, now = two_rounds
    path = then / "汇总" / "results.json"
    path.unlink()
    if text is not None:
        path.write_text(text, encoding="utf-8")
    ran = command(line[0], now, line[1], then)
    assert ran.status == 2
    assert one_sentence(ran.err)
    assert not list((now / "发放").iterdir())


@pytest.mark.parametrize("line", [("ingest", "--previous"), ("generate", "--prefill")])
def test_a_round_that_is_not_earlier_is_no_former_one(
    command: Command, two_rounds: tuple[Path, Path], line: tuple[str, str]
) -> None:
    then, now = two_rounds
    for folder, former in ((then, then), (then, now)):
        command("ingest", former)
        ran = command(line[0], folder, line[1], former)
        assert ran.status == 2
        assert one_sentence(ran.err)


@pytest.mark.parametrize("first", [True, False])
def test_what_was_issued_is_not_made_again_with_other_answers_in_it(
    command: Command, two_rounds: tuple[Path, Path], first: bool
) -> None:
    then, now = two_rounds
    lines = [("generate", now, "--prefill", then), ("generate", now)]
    same, other = lines if first else reversed(lines)
    assert command(*same).status == 0
    before = {path.name: path.read_bytes() for path in (now / "发放").iterdir()}
    refused = command(*other)
    assert refused.status == 2
    assert one_sentence(refused.err)
    assert command(*same).status == 0
    assert {path.name: path.read_bytes() for path in (now / "发放").iterdir()} == before
    assert command(*other, "--reissue").status == 0
    assert {path.name: path.read_bytes() for path in (now / "发放").iterdir()} != before


def test_prefilled_forms_are_not_made_again_once_the_former_round_has_changed(
    command: Command, two_rounds: tuple[Path, Path]
) -> None:
    then, now = two_rounds
    assert command("generate", now, "--prefill", then).status == 0
    (then / "回收" / "回.xlsx").write_bytes(fill(FORM, {**PREFILL, 1: done(month=8)}))
    command("ingest", then)
    ran = command("generate", now, "--prefill", then)
    assert ran.status == 2
    assert one_sentence(ran.err)
    assert command("generate", now, "--prefill", then, "--reissue").status == 0


def test_a_period_that_began_on_the_same_day_and_ended_sooner_is_a_former_one(command: Command, tmp_path: Path) -> None:
    half = new_round(tmp_path / "上半年", "2012年上半年", date(2012, 7, 15))
    nine = new_round(tmp_path / "九个月", "2012年1-9月", date(2012, 10, 15))
    whole = new_round(tmp_path / "全年", "2012年度", date(2013, 1, 15))
    for folder in (half, nine, whole):
        command("ingest", folder)
    assert command("ingest", nine, "--previous", half).status == 1
    assert command("ingest", nine, "--previous", whole).status == 2
