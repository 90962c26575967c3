"""Large rounds: what a sheet has no room for stands beside the workbook, streams say what whole texts said, and no
correction copy is made twice from the same.
"""

import contextlib
import csv
import gc
import hashlib
import json
import pickle
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from outcomes import MIXED, round_of
from round_folders import new_round
from rounds import (
    DONGYUAN,
    POLICIES,
    YUANCHENG,
    Entry,
    clean,
    done,
    fill,
    judge,
    lock,
    planned,
    rules,
    small_form,
    the_form,
    typed,
)

from sanjin_xl.books import ruling_rows
from sanjin_xl.books.feedback import feedback_bytes, field_of, file_name
from sanjin_xl.books.summary import book as summary_book
from sanjin_xl.books.summary import summary_of
from sanjin_xl.books.summary.book import Beside, csv_line, csv_text
from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.judge.scoring import score
from sanjin_xl.messages import summary as words
from sanjin_xl.model.errors import WorkbookError
from sanjin_xl.model.points import decimal
from sanjin_xl.model.roster import Roster, Unit
from sanjin_xl.model.submission import Answer, ByNumber
from sanjin_xl.outcome import report
from sanjin_xl.outcome.compile import compile_results
from sanjin_xl.outcome.former import Former, FormerUnit
from sanjin_xl.outcome.results import Results
from sanjin_xl.round import commands, side_by_side, workbooks
from sanjin_xl.round.config import CORRECTED, SUMMARY
from sanjin_xl.round.inbox import Taken, batches
from sanjin_xl.round.interning import Interning
from sanjin_xl.round.keys import read_keys
from sanjin_xl.round.making import make_all
from sanjin_xl.round.register import Register
from sanjin_xl.round.run import opened

FORM = the_form()
Written = tuple[Workbook, list[Beside]]


@pytest.fixture(scope="module")
def large() -> Results:
    return round_of(201)


@pytest.fixture(scope="module")
def in_full(large: Results) -> Written:
    """The city workbook of the large round, and the files beside it."""
    book, beside = summary_of(large)
    return load_workbook(BytesIO(book)), beside


@pytest.fixture(scope="module")
def cut(large: Results) -> Written:
    """The same if a sheet had room for 30 entries."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(summary_book, "MOST_ENTRIES", 30)
        book, beside = summary_of(large)
    return load_workbook(BytesIO(book)), beside


def read_csv(one: Beside) -> Iterator[dict[str, str]]:
    text = b"".join(one.pieces()).decode("utf-8-sig")
    return csv.DictReader(StringIO(text, newline=""))


# --- the city workbook -----------------------------------------------------------------------------------------------


def test_up_to_two_hundred_units_everything_is_in_the_workbook() -> None:
    _, beside = summary_of(round_of(200, {1: done()}, small_form()))
    assert [one.name for one in beside if one.name.startswith(words.TIDY)] == []


def test_beyond_two_hundred_units_the_tidy_table_stands_beside_the_workbook(in_full: Written) -> None:
    book, beside = in_full
    sheet = book[words.TIDY]
    file = words.CSV_NAME.format(name=words.TIDY)
    said = words.TIDY_ROLLED_UP.format(count=201 * 108, file=file)
    assert said in "".join(str(cell.value) for cell in sheet["A"])
    head, first, *_, last = sheet.iter_rows(min_row=3, values_only=True)
    assert head == (words.UNIT, words.CODE, *(c.name for c in FORM.categories), words.TOTAL)
    assert (first[0], first[-1], sum(first[2:-1])) == ("第0县司法局", 105, 105)
    assert last == ("第200县司法局", "U200", *[None] * 10)
    assert file in {one.name for one in beside}


def test_the_csv_says_what_results_json_says(large: Results, in_full: Written) -> None:
    (tidy,) = [one for one in in_full[1] if one.name == words.CSV_NAME.format(name=words.TIDY)]
    answers = json.loads(report.results_json(large))["answers"]
    heads = words.TIDY_HEADINGS
    yes_no = {words.YES: True, words.NO: False, words.UNCLEAR: None}
    rows = list(read_csv(tidy))
    assert len(rows) == 201 * 108
    returned = [row for row in rows if row[heads["state"]] != words.NOT_RETURNED]
    assert len(returned) == len(answers)
    for row, answer in zip(returned, answers, strict=True):
        assert (row[heads["code"]], int(row[heads["item"]])) == (answer["unit"], answer["item"])
        assert {name: yes_no[row[heads[name]]] for name in ("done", "planned", "ledger")} == {
            name: answer[name] for name in ("done", "planned", "ledger")
        }
        assert row[heads["done_month"]] == (f"{answer['done_month']}月" if answer["done_month"] else "")
        assert [row[heads[name]] for name in ("points", "low", "high")] == [
            answer[name] for name in ("points", "points_low", "points_high")
        ]
        assert row[heads["remark"]] == csv_text(answer["remark"])


def test_a_list_too_long_for_its_sheet_says_where_the_rest_is(cut: Written) -> None:
    workbook, beside = cut
    for name, total in ((words.PLANS, 400), (words.LEDGERS, 200), (words.FILES, 200)):
        file = words.CSV_NAME.format(name=name)
        said = words.CUT_OFF.format(count=total, limit=30, file=file)
        assert said in {cell.value for cell in workbook[name]["A"]}
        (whole,) = [one for one in beside if one.name == file]
        assert len(list(read_csv(whole))) == total
    timings = {row[0].value for row in workbook[words.PLANS].iter_rows(min_row=5)}
    assert words.TIMINGS["blank"] not in timings  # the most urgent come first


def test_a_sheet_with_a_row_per_unit_holds_the_first_units_by_rank(large: Results, cut: Written) -> None:
    workbook, beside = cut
    for name in (words.RANKING, words.CATEGORIES, words.POLICIES):
        (whole,) = [one for one in beside if one.name == words.CSV_NAME.format(name=name)]
        said = words.CUT_OFF_UNITS.format(count=201, limit=30, file=whole.name)
        cells = {cell.value for row in workbook[name].iter_rows() for cell in row}
        assert said in cells
        assert {unit.name for unit in large.rules.roster.units} & cells == {f"第{n}县司法局" for n in range(30)}
        assert [row[words.UNIT] for row in read_csv(whole)] == [f"第{n}县司法局" for n in range(201)]
    tidy = workbook[words.TIDY]
    assert words.TIDY_FIRST.format(limit=30) in tidy["A2"].value
    assert tidy.max_row == 3 + 30


def test_beside_the_workbook_stands_what_the_sheet_would_have_shown(in_full: Written, cut: Written) -> None:
    whole = in_full[0]
    files = {one.name: one for one in cut[1]}
    for name in (words.RANKING, words.CATEGORIES, words.POLICIES):
        _, *rows = csv.reader(StringIO(b"".join(files[words.CSV_NAME.format(name=name)].pieces()).decode("utf-8-sig")))
        column = 1 if name == words.RANKING else 0
        shown = {row[column]: row for row in whole[name].iter_rows(values_only=True) if row[column]}
        if name == words.CATEGORIES:  # the rates come last, and in rows of their own
            rows = [row[: 1 + len(FORM.categories) + 2] for row in rows]
            shown |= {row[0]: row for row in reversed([*whole[name].iter_rows(values_only=True)]) if row[0]}
        for row in rows:
            assert [*map(_figure, row)] == [*map(_figure, shown[row[column]][: len(row)])]


def test_the_headings_of_a_file_name_what_stands_beneath_them(large: Results, cut: Written) -> None:
    files = {one.name: one for one in cut[1]}
    first, rows = large.units[0], {}
    for name in (words.RANKING, words.CATEGORIES, words.POLICIES):
        one = files[words.CSV_NAME.format(name=name)]
        assert {len(row) for row in csv.reader(one.lines())} == {len(set(one.headings))}
        (rows[name],) = [row for row in read_csv(one) if row[words.UNIT] == first.unit.name]
    ranked, of_categories, of_policies = rows.values()
    assert int(ranked[words.RANK]) == large.rank(first)
    assert ranked[words.SCORE] == decimal(large.score(first) or 0)
    for category in FORM.categories:
        points = first.by_category[category.ordinal]
        assert of_categories[category.name] == decimal(points)
        assert of_categories[words.RATE_OF.format(name=category.name)] == f"{points / category.points:.1%}"
        better = sum(one.by_category[category.ordinal] > points for one in large.units if one.outcome)
        assert of_categories[words.RANK_OF.format(name=category.name)] == str(1 + better)
    scores = [figure for heading, figure in of_policies.items() if heading.endswith(words.SCORE)]
    assert scores[:3] == [decimal(first.scores[policy]) for policy in "ABC"]


def _figure(cell: object) -> object:
    """A cell of a sheet or of a CSV file as a number, if it is one: 10.00 is 10."""
    text = csv_text(cell.date() if isinstance(cell, datetime) else cell)
    with contextlib.suppress(ValueError):
        return float(text)
    return text


def test_the_mean_is_still_that_of_all_units(large: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    (low,) = compile_results(rules(FORM), [judge(fill(FORM, {1: planned(month=12)}), form=FORM)]).files
    worst = replace(low, path="z.xlsx", unit="U200", status=Status.COUNTED)
    results = compile_results(large.rules, [*large.files, worst])
    monkeypatch.setattr(summary_book, "MOST_ENTRIES", 30)
    sheet = load_workbook(BytesIO(summary_of(results)[0]))[words.RANKING]
    (row,) = [row for row in sheet.iter_rows(values_only=True) if row[1] == words.MEAN]
    scores = [one.scores["B"] for one in results.units]
    assert row[2] == round(sum(scores) / len(scores) + 1e-9) / 100 < scores[0] / 100


def test_where_the_missing_are_listed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    roster = Roster(tuple(Unit(code=f"U{n}", name=f"第{n}县司法局", area=f"第{n}县") for n in range(40)))
    results = compile_results(rules(small_form(), roster=roster), [])

    def cells() -> set[Any]:
        sheet = load_workbook(BytesIO(summary_of(results)[0]))[words.RANKING]
        return {str(cell.value).replace("\n", "") for row in sheet.iter_rows() for cell in row}

    asked, file = words.NO_RANKING, words.CSV_NAME.format(name=words.RANKING)
    assert asked + words.MISSING_MANY.format(count=40) in cells()
    monkeypatch.setattr(summary_book, "MOST_ENTRIES", 30)
    assert asked + words.MISSING_BESIDE.format(count=40, file=file) in cells()


def test_the_comparison_with_a_former_round_is_cut_as_well(large: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary_book, "MOST_ENTRIES", 30)
    then = FormerUnit(rank=1, score=5000, answers={5: Answer(planned=True, planned_month=(8,))})
    former = Former(period=large.rules.period, policy="B", units={unit.code: then for unit in large.rules.roster.units})
    book, beside = summary_of(compile_results(large.rules, large.files, former=former))
    sheet, files = load_workbook(BytesIO(book))[words.CHANGES], {one.name: one for one in beside}
    names = [words.CSV_NAME.format(name=name) for name in (words.CHANGES, words.BROKEN)]
    said = {cell.value for cell in sheet["A"]}
    assert words.CUT_OFF_UNITS.format(count=201, limit=30, file=names[0]) in said
    assert words.CUT_OFF.format(count=200, limit=30, file=names[1]) in said
    units, broken = (list(csv.reader(StringIO(b"".join(files[name].pieces()).decode("utf-8-sig")))) for name in names)
    assert (len(units), len(broken)) == (1 + 201, 1 + 200)
    assert units[1][:5] == ["第0县司法局", "1", "1", "50.00", f"{large.units[0].scores['B'] / 100:.2f}"]
    assert units[1][5:] == [f"{large.units[0].scores['B'] / 100 - 50:.2f}", "0", "1", "0", "0.0%"]
    assert broken[1][:3] == ["第0县司法局", words.ORDINAL.format(ordinal=FORM.category_of(5).ordinal), "5"]


def test_a_process_that_judges_loads_nothing_of_the_network() -> None:
    program = "import sys; import sanjin_xl.round.workers; print({'ssl', 'http.client'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_no_pandas_is_needed_for_the_workbook() -> None:
    program = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "from outcomes import round_of\n"
        "from sanjin_xl.books.summary import summary_of\n"
        "for count in (3, 201): [b''.join(one.pieces()) for one in summary_of(round_of(count))[1]]\n"
        "print('pandas' in sys.modules)"  # numpy is loaded by openpyxl, which made the returns
    )
    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", program, here, here.parent], capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("False", "")


def test_of_a_large_round_only_the_open_questions_that_have_a_row_are_held(
    large: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ruling_rows, "MOST_ROWS", 3)
    questions = ruling_rows.Questions(large)
    assert len(questions.items) > 3
    assert questions.foremost == questions.items[:3]
    held = ruling_rows.Rows(large, []).questions
    assert "items" not in vars(held)


def test_a_csv_opens_in_excel_and_runs_nothing() -> None:
    rows: list[list[object]] = [["=1+1", 0.5], ["−", None], ["@a\nb", 3], ['"', 1], ["x" * 300, 1.0]]
    data = b"".join(Beside("x.csv", ["甲", "乙"], lambda: map(csv_line, rows)).pieces())
    expected = """\ufeff"甲","乙"\r\n"'=1+1","0.50"\r\n"−",""\r\n"'@a\nb","3"\r\n"""
    expected += f'''"""","1"\r\n"{"x" * 300}","1.00"\r\n'''
    assert data == expected.encode()


# --- streams ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entries", [MIXED, {}, {1: done() | typed(done_month="1-3月、5月")}])
def test_the_stream_of_results_is_what_json_writes(entries: Mapping[int, Entry]) -> None:
    text = report.results_json(round_of(4, entries))
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n"


def test_files_travel_in_batches_of_bounded_number_and_size() -> None:
    sizes = [1] * 20 + [3 << 20] * 3 + [1]
    groups = list(batches(Taken(str(n), bytes(size)) for n, size in enumerate(sizes)))
    assert [len(group) for group in groups] == [16, 6, 2]
    assert [one.shown for group in groups for one in group] == [str(n) for n in range(24)]


def test_a_batch_is_registered_before_any_of_it_is_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = new_round(tmp_path / "round", form=None)
    for n in range(20):
        (folder / "回收" / f"{n:02d}.xlsx").write_bytes(bytes([n]))
    known: list[int] = []

    def judged(rules: object, files: Iterator[Taken], *_: object, **__: object) -> Iterator[Outcome]:
        with closing(Register(folder / ".sanjin" / "register.sqlite")) as register:
            for one in files:
                known.append(one.sha256 in register.first_seen())
                yield one.outcome().with_status(Status.REJECTED, "file-empty")

    monkeypatch.setattr(commands, "judge_all", judged)
    commands.ingest(folder)
    assert known == [True] * 20


# --- memory ----------------------------------------------------------------------------------------------------------


def test_equal_answers_of_several_returns_are_one_object() -> None:
    data = fill(FORM, MIXED)
    share = Interning()
    plain = [judge(data), judge(data)]
    one, other = (share.outcome(each) for each in plain)
    assert one.submission
    assert other.submission
    assert plain[0].submission
    assert all(one.submission.answers[n] is other.submission.answers[n] for n in range(1, 109))
    assert one.submission.cells is other.submission.cells
    assert one.findings == plain[0].findings
    assert dict(one.submission.answers) == dict(plain[0].submission.answers)


def test_what_was_typed_is_never_shared_with_something_else() -> None:
    share = Interning()
    kinds = [share._answer(Answer(raw=(typed,))) for typed in (1, 1.0, True, "1")]
    assert [type(answer.raw[0]) for answer in kinds] == [int, float, bool, str]


def test_equal_texts_of_several_returns_are_one_object() -> None:
    def remark() -> str:
        return "，".join(["已报", "送达"])  # noqa: FLY002  (another object each time)

    answers = [Answer(done=done, remark=remark(), raw=("√", remark())) for done in (True, False)]
    share = Interning()
    one, other = map(share._answer, answers)
    assert (one, other) == tuple(answers)
    assert one.remark is other.remark is one.raw[1] is other.raw[1]


def test_what_returns_of_a_round_have_in_common_is_kept_once() -> None:
    plain = judge(fill(FORM, MIXED))
    share = Interning()
    one, other = (share.outcome(pickle.loads(pickle.dumps(plain))) for _ in range(2))
    assert (one.claim, one.unit, one.findings) == (plain.claim, plain.unit, plain.findings)
    assert one.claim
    assert other.claim
    assert one.submission
    assert other.submission
    for name in ("form", "fingerprint", "round", "unit", "policy"):
        assert getattr(one.claim.stamp, name) is getattr(other.claim.stamp, name)
    assert one.unit is other.unit
    assert one.submission.filled_on is other.submission.filled_on
    assert one.submission.hidden is other.submission.hidden
    assert one.submission.sheets is other.submission.sheets


def test_only_the_card_under_the_rounds_own_policy_is_kept(large: Results) -> None:
    one = large.units[0]
    assert one.outcome
    assert one.outcome.submission
    assert one.cards["B"] is one.cards["B"]
    assert one.cards["A"] is not one.cards["A"]
    assert dict(one.cards) == {
        id_: score(FORM, one.outcome.submission, one.outcome.in_doubt, policy) for id_, policy in POLICIES.items()
    }
    assert len(one.cards) == 3
    with pytest.raises(KeyError):
        one.cards["D"]


def test_what_a_units_result_takes_does_not_outweigh_its_answers() -> None:
    share = Interning()
    one = share.outcome(judge(fill(FORM, MIXED)))
    roster = Roster(tuple(Unit(code=f"U{n}", name=f"第{n}县司法局", area=f"第{n}县") for n in range(300)))
    sent = [replace(one, path=f"{unit.code}.xlsx", unit=unit.code, status=Status.COUNTED) for unit in roster.units]
    by = rules(FORM, roster=roster)
    compile_results(by, sent)
    tracemalloc.start()
    try:
        results = compile_results(by, sent)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken / len(results.units) < 3_500  # with the cards under three policies kept it was 5,000


def test_the_collector_is_what_it_was_before() -> None:
    with side_by_side.collector_at_rest():
        assert not gc.isenabled()
        with side_by_side.collector_at_rest():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
    with contextlib.suppress(ValueError), side_by_side.collector_at_rest():
        raise ValueError
    assert gc.isenabled()


def test_by_number_reads_like_a_dictionary() -> None:
    values = ByNumber("abc")
    assert (dict(values), values == {1: "a", 2: "b", 3: "c"}) == ({1: "a", 2: "b", 3: "c"}, True)
    assert [values.get(n) for n in (0, 1, 4)] == [None, "a", None]
    for number in (0, -1, 4):
        with pytest.raises(KeyError):
            values[number]


# --- correction copies -----------------------------------------------------------------------------------------------


def test_a_copy_is_made_again_only_when_something_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = new_round(tmp_path / "round", form=None)
    made: list[str] = []
    build = workbooks._corrected

    def noted(one: workbooks._Copy) -> bytes:
        made.append(one.issue.unit.code)
        return build(one)

    monkeypatch.setattr(workbooks, "_corrected", noted)
    monkeypatch.setattr(commands, "summary_outputs", lambda _: [])
    (folder / "回收" / "a.xlsx").write_bytes(fill(FORM, MIXED))
    other = {item.number: planned(month=None) for item in FORM.items}
    (folder / "回收" / "b.xlsx").write_bytes(fill(FORM, other, unit=YUANCHENG))

    def ingest() -> list[str]:
        made.clear()
        commands.ingest(folder, workers=1)
        return sorted(made)

    assert ingest() == [YUANCHENG, DONGYUAN]
    assert ingest() == []
    paths = sorted((folder / CORRECTED).iterdir())
    before = [hashlib.sha256(path.read_bytes()).digest() for path in paths]
    assert len(paths) == 2
    paths[0].write_bytes(b"changed")
    paths[1].unlink()
    assert ingest() == [YUANCHENG, DONGYUAN]
    assert [hashlib.sha256(path.read_bytes()).digest() for path in paths] == before
    (folder / "回收" / "b.xlsx").write_bytes(fill(FORM, other | {6: {}}, unit=YUANCHENG))
    assert ingest() == [YUANCHENG]
    (folder / "回收" / "a.xlsx").write_bytes(fill(FORM, clean(FORM)))
    assert ingest() == []
    assert len(list((folder / CORRECTED).glob("*.xlsx"))) == 1


def test_feedback_is_made_of_what_all_have_in_common_and_one_unit(large: Results) -> None:
    common, field = large.without_units(), field_of(large)
    assert (common.rules.roster.units, common.units, common.files) == ((), (), ())
    for one in large.units[:2]:
        shared, own, theirs = pickle.loads(pickle.dumps((common, one, field)))
        assert large.units[2].unit.name.encode() not in pickle.dumps((common, one, field))
        assert feedback_bytes(shared, own, lock(), theirs) == feedback_bytes(large, one, lock())


def test_feedback_to_many_is_that_to_one_and_an_open_file_keeps_none_of_the_others_back(
    tmp_path: Path, large: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, written = new_round(tmp_path / "round", form=None), dict[str, bytes]()

    def write(path: Path, data: bytes) -> None:
        if not written:
            written[path.name] = b""
            raise WorkbookError("output-locked", path=str(path))
        written[path.name] = data

    monkeypatch.setattr(workbooks, "write_whole", write)
    some = replace(large, units=large.units[:20])
    with opened(folder) as run, pytest.raises(WorkbookError):
        workbooks.write_feedback(run, some)
    assert [*written] == [file_name(some, one) for one in some.units]
    keys = read_keys(folder).lock()
    assert written[file_name(some, some.units[19])] == feedback_bytes(some, some.units[19], keys)


def test_many_workbooks_are_made_in_their_order_whoever_makes_them() -> None:
    points = list(range(60))
    expected = [decimal_bytes(one) for one in points]
    assert list(make_all(decimal_bytes, points, workers=2)) == expected
    assert list(make_all(decimal_bytes, points, workers=1)) == expected


def decimal_bytes(points: int) -> bytes:
    return decimal(points).encode()


def test_lists_that_are_needed_no_more_are_removed(tmp_path: Path) -> None:
    folder = new_round(tmp_path / "round", form=None)
    old = folder / SUMMARY / words.CSV_NAME.format(name=words.TIDY)
    old.write_text("old")
    (folder / "回收" / "a.xlsx").write_bytes(fill(FORM, clean(FORM)))
    commands.ingest(folder, workers=1)
    assert not old.exists()
