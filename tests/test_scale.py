"""Large rounds: what a sheet has no room for stands beside the workbook, streams say what whole texts said, and no
correction copy is made twice from the same.
"""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from rounds import DONGYUAN, KEY, YUANCHENG, Entry, clean, done, fill, judge, planned, terms, the_form, typed

from sanjin_xl import report
from sanjin_xl.books.summary import listing, summary_of
from sanjin_xl.books.summary.beside import Beside, csv_text
from sanjin_xl.form import Form
from sanjin_xl.messages import summary as words
from sanjin_xl.pipeline import Outcome, Status
from sanjin_xl.results import Results, compile_results
from sanjin_xl.roster import Roster, Unit
from sanjin_xl.round import copies, corrections, work
from sanjin_xl.round.config import CORRECTED, SUMMARY, make_round
from sanjin_xl.round.inbox import Taken
from sanjin_xl.round.register import Register
from sanjin_xl.round.sharing import Sharing
from sanjin_xl.round.workers import batches
from sanjin_xl.scoring import decimal
from sanjin_xl.submission import Answer, ByNumber

FORM = the_form()
MIXED: dict[int, Entry] = clean(FORM) | {
    2: planned(month=12),
    3: done(ledger=False, remark="=1+1"),
    4: typed(done="部分"),
    5: {},
}  # fmt: skip


def round_of(units: int, entries: Mapping[int, Entry] = MIXED, form: Form = FORM) -> Results:
    """A round of many units that all sent the same, the last one excepted, which sent nothing."""
    roster = Roster(tuple(Unit(code=f"U{n}", name=f"第{n}县司法局", area=f"第{n}县") for n in range(units)))
    one = judge(fill(form, entries), form=form)
    sent = [replace(one, path=f"{u.code}.xlsx", unit=u.code, status=Status.COUNTED) for u in roster.units[:-1]]
    return compile_results(terms(form, roster=roster), sent)


@pytest.fixture(scope="module")
def large() -> Results:
    return round_of(201)


def read_csv(one: Beside) -> Iterator[dict[str, str]]:
    text = b"".join(one.pieces()).decode("utf-8-sig")
    return csv.DictReader(StringIO(text, newline=""))


# --- the city workbook -----------------------------------------------------------------------------------------------


def test_up_to_two_hundred_units_everything_is_in_the_workbook() -> None:
    _, beside = summary_of(round_of(200, {1: done()}))
    assert [one.name for one in beside if one.name.startswith(words.TIDY)] == []


def test_beyond_two_hundred_units_the_tidy_table_stands_beside_the_workbook(large: Results) -> None:
    book, beside = summary_of(large)
    sheet = load_workbook(BytesIO(book))[words.TIDY]
    file = words.CSV_NAME.format(name=words.TIDY)
    assert words.TIDY_ROLLED_UP.format(count=201 * 108, file=file) in {cell.value for cell in sheet["A"]}
    head, first, *_, last = sheet.iter_rows(min_row=3, values_only=True)
    assert head == (words.UNIT, words.CODE, *(c.name for c in FORM.categories), words.TOTAL)
    assert (first[0], first[-1], sum(first[2:-1])) == ("第0县司法局", 105, 105)
    assert last == ("第200县司法局", "U200", *[None] * 10)
    assert file in {one.name for one in beside}


def test_the_csv_says_what_results_json_says(large: Results) -> None:
    (tidy,) = [one for one in summary_of(large)[1] if one.name == words.CSV_NAME.format(name=words.TIDY)]
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


def test_a_list_too_long_for_its_sheet_says_where_the_rest_is(large: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_ENTRIES", 30)
    book, beside = summary_of(large)
    workbook = load_workbook(BytesIO(book))
    for name, total in ((words.PLANS, 400), (words.LEDGERS, 200), (words.FILES, 200)):
        file = words.CSV_NAME.format(name=name)
        said = words.CUT_OFF.format(count=total, limit=30, file=file)
        assert said in {cell.value for cell in workbook[name]["A"]}
        (whole,) = [one for one in beside if one.name == file]
        assert len(list(read_csv(whole))) == total
    timings = {row[0].value for row in workbook[words.PLANS].iter_rows(min_row=5)}
    assert words.TIMINGS["blank"] not in timings  # the most urgent come first


def test_a_csv_opens_in_excel_and_runs_nothing() -> None:
    one = Beside("x.csv", ["甲", "乙"], lambda: [["=1+1", 0.5], ["−", None], ["@a\nb", 3]])
    data = b"".join(one.pieces())
    assert data == "\ufeff甲,乙\r\n'=1+1,0.50\r\n−,\r\n\"'@a\nb\",3\r\n".encode()


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
    folder = make(tmp_path)
    for n in range(20):
        (folder / "回收" / f"{n:02d}.xlsx").write_bytes(bytes([n]))
    known: list[int] = []

    def judged(terms: object, files: Iterator[Taken], *_: object) -> Iterator[Outcome]:
        with closing(Register(folder / ".sanjin" / "register.sqlite")) as register:
            for one in files:
                known.append(one.sha256 in register.first_seen())
                yield one.outcome().with_status(Status.REJECTED, "file-empty")

    monkeypatch.setattr(work, "judge_all", judged)
    work.ingest(folder)
    assert known == [True] * 20


# --- memory ----------------------------------------------------------------------------------------------------------


def test_equal_answers_of_several_returns_are_one_object() -> None:
    data = fill(FORM, MIXED)
    share = Sharing()
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
    share = Sharing()
    kinds = [share._answer(Answer(raw=(typed,))) for typed in (1, 1.0, True, "1")]
    assert [type(answer.raw[0]) for answer in kinds] == [int, float, bool, str]


def test_by_number_reads_like_a_dictionary() -> None:
    values = ByNumber("abc")
    assert (dict(values), values == {1: "a", 2: "b", 3: "c"}) == ({1: "a", 2: "b", 3: "c"}, True)
    assert [values.get(n) for n in (0, 1, 4)] == [None, "a", None]
    for number in (0, -1, 4):
        with pytest.raises(KeyError):
            values[number]


# --- correction copies -----------------------------------------------------------------------------------------------


def make(tmp_path: Path) -> Path:
    folder = tmp_path / "round"
    make_round(folder, form=FORM.id, period="2012年第三季度", due=terms().due)
    keys = {"secret": KEY.hex(), "password": "password", "salt": bytes(16).hex()}
    (folder / ".sanjin" / "key").write_text(json.dumps(keys), encoding="utf-8")
    return folder


def test_a_copy_is_made_again_only_when_something_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make(tmp_path)
    made: list[str] = []
    build = corrections._made

    def noted(one: corrections._Copy) -> bytes:
        made.append(one.issue.unit.code)
        return build(one)

    monkeypatch.setattr(corrections, "_made", noted)
    (folder / "回收" / "a.xlsx").write_bytes(fill(FORM, MIXED))
    other = {item.number: planned(month=None) for item in FORM.items}
    (folder / "回收" / "b.xlsx").write_bytes(fill(FORM, other, unit=YUANCHENG))
    ingest = lambda: (made.clear(), work.ingest(folder, workers=1), sorted(made))[-1]  # noqa: E731
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
    assert len(list((folder / CORRECTED).iterdir())) == 1


def test_many_workbooks_are_made_in_their_order_whoever_makes_them() -> None:
    points = list(range(60))
    expected = [decimal_bytes(one) for one in points]
    assert list(copies.made(decimal_bytes, points, workers=2)) == expected
    assert list(copies.made(decimal_bytes, points, workers=1)) == expected


def decimal_bytes(points: int) -> bytes:
    return decimal(points).encode()


def test_lists_that_are_needed_no_more_are_removed(tmp_path: Path) -> None:
    folder = make(tmp_path)
    old = folder / SUMMARY / words.CSV_NAME.format(name=words.TIDY)
    old.write_text("old")
    (folder / "回收" / "a.xlsx").write_bytes(fill(FORM, clean(FORM)))
    work.ingest(folder, workers=1)
    assert not old.exists()
