"""The board shows what results.json says, and every count leads to exactly the rows it counts."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from mails import attachment, mail
from opened_window import NOW, Opened, opened_window, results_of, served
from playwright.sync_api import Page, expect
from rounds import DONGYUAN, FILLED_ON, YUANCHENG, clean, fill, small_form, typed

from sanjin_xl.messages import window as words
from sanjin_xl.round.lock import only_one
from sanjin_xl.round.outputs import WORKSHOP
from sanjin_xl.window import copies
from sanjin_xl.window.screens import board
from sanjin_xl.window.workplace import Workplace

LATER = FILLED_ON + timedelta(days=1)


# --- counts and rows --------------------------------------------------------------------------------------------------


def test_every_count_is_the_number_of_rows_it_leads_to(on_samples: Opened) -> None:
    assert on_samples.place.board
    for count in board.counts(on_samples.place.board, "all"):
        page = on_samples.get(f"/returns?filter={count.key}")
        units, files = len(re.findall(r'<tr class="state-', page)), len(re.findall(r'<tr class="fate-', page))
        counted = {"unused": files, "to-do": units + files}.get(count.key, units)
        assert counted == count.number, count.key
        assert f"<b>{count.number}</b> {count.text}" in page


def test_the_counts_of_the_steps_lead_to_what_they_count(on_samples: Opened) -> None:
    on_samples.drop(("通知.xlsx", b"PK\x03\x04 cut off"))
    page = on_samples.get("/summary")
    leads = {link: int(n) for link, n in re.findall(r'class="to-do" href="([^"]*)"[^>]*>(\d+)<', page)}
    assert leads.keys() == {"/returns?filter=to-do", "/rulings"}
    shown = on_samples.get("/returns?filter=to-do").partition('data-live="board"')[2]
    rows = len(re.findall(r'<tr class="(?:state|fate)-', shown))
    assert rows == leads["/returns?filter=to-do"]
    cards = re.findall(r'<article class="card"', "".join(on_samples.get(f"/rulings?page={n}") for n in (1, 2)))
    assert len(cards) == leads["/rulings"]


def test_a_day_of_another_year_than_the_rounds_is_shown_with_its_year(on_samples: Opened) -> None:
    assert on_samples.place.board
    results = on_samples.place.board.results
    one = next(one for one in results.units if one.outcome)
    assert one.outcome
    for day, years in ((date(2012, 10, 12), []), (date(2013, 1, 4), ["2013"])):
        row = board.unit_row(results, replace(one, outcome=replace(one.outcome, received=day)))
        assert re.findall(r"\d{4}", row.received) == years


def test_the_counts_of_a_unit_lead_to_as_many_places(on_samples: Opened) -> None:
    assert on_samples.place.board
    for row in board.view(on_samples.place.board).units.rows:
        page = on_samples.get(f"/unit/{row.code}")
        for name, number in (("error", row.errors), ("review", row.reviews)):
            part = page.partition(f'id="{name}"')[2].partition("</table>")[0]
            places = "".join(re.findall(r'class="places">([^<]*)<', part))
            whole = len(re.findall(rf'class="places">{words.WHOLE_RETURN}', part))
            assert len(re.findall(r"第\d+项", places)) + whole == number


def test_units_stand_as_results_json_says(on_samples: Opened) -> None:
    assert on_samples.place.board
    rows = {row.code: row for row in board.view(on_samples.place.board).units.rows}
    for unit in results_of(on_samples)["units"]:
        row = rows[str(unit["code"])]
        assert (row.state == "missing") == (unit["status"] == "missing")
        assert row.score.startswith(str(unit["score"] or words.NONE))
        assert (f"{unit['score_low']}～{unit['score_high']}" in row.score) == (unit["score_low"] != unit["score_high"])
        assert row.file == (unit["file"] or words.NONE)
        late = unit["days_late"]
        assert row.late == (words.DAYS.format(days=late) if late else words.NONE)


def test_every_file_stands_there_once_with_its_reason(on_samples: Opened) -> None:
    assert on_samples.place.board
    rows = board.view(on_samples.place.board).files.rows
    files = results_of(on_samples)["files"]
    assert [(row.path, row.fate, row.reason.replace(words.WITHIN, "!") or None) for row in rows] == [
        (one["path"], one["status"], one["reason"]) for one in files
    ]


def test_a_search_finds_units_by_a_part_of_their_names(on_samples: Opened) -> None:
    page = on_samples.get("/returns?search=东源")
    assert page.count('<tr class="state-') == 1


@pytest.mark.parametrize("query", ["filter=none", "page=0", "page=99", "page=x", "search=%00", "filter=unused&page=-3"])
def test_a_question_nobody_asks_shows_the_board_all_the_same(on_samples: Opened, query: str) -> None:
    assert "<table" in on_samples.get(f"/returns?{query}")


# --- files ------------------------------------------------------------------------------------------------------------


def test_what_is_dropped_is_counted_and_its_reason_stands_beside_it(window: Opened) -> None:
    good = fill(small_form(), clean(small_form()))
    window.drop(("东源县.xlsx", good), ("通知.pdf", b"%PDF-1.4"), ("东源县.xlsx", good + b" "))
    page = window.get("/returns")
    assert "东源县 (2).xlsx" in page
    rows = {row.path: row for row in board.dropped_rows(window.place)}
    assert list(rows) == ["东源县 (2).xlsx", "通知.pdf", "东源县.xlsx"]
    assert rows["东源县.xlsx"].state == words.FATES["counted"][1]
    assert rows["通知.pdf"].reason
    assert window.place.board
    assert len(window.place.board.results.files) == 3


def test_what_is_taken_out_can_be_taken_back(window: Opened) -> None:
    window.drop(("东源县.xlsx", fill(small_form(), clean(small_form()))))
    window.post("/returns/take-out", path="东源县.xlsx")
    window.place.job.wait()
    assert window.place.board
    assert not window.place.board.results.files
    window.post(f"/undo/{window.place.deeds[-1].number}")
    window.place.job.wait()
    assert [one.path for one in window.place.board.results.files] == ["东源县.xlsx"]
    assert not window.place.deeds


def test_a_copy_of_a_file_is_opened_that_nobody_can_change(window: Opened, tmp_path: Path) -> None:
    good = fill(small_form(), clean(small_form()))
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("报表/东源县.xlsx", good)
    window.drop(("来信.zip", packed.getvalue()))
    (path,) = [one.path for one in window.place.board.results.files if one.unit] if window.place.board else []
    assert path.endswith("东源县.xlsx")
    for _ in range(2):
        window.post("/returns/copy", path=path)
    (copy, again) = window.on_desk
    assert copy == again
    assert copy.name == "东源县.xlsx"
    assert copy.read_bytes() == good
    assert not copy.stat().st_mode & 0o222
    assert not copy.is_relative_to(window.place.round)
    copies.clear()
    assert not copy.exists()


@pytest.mark.parametrize("name", ["x.exe", "x.lnk", "x.html", "x.xlsm", "x.xlsx.scr", "x", "x.pdf.js"])
def test_what_could_run_is_never_opened(window: Opened, name: str) -> None:
    window.drop((name, b"MZ"))
    window.post("/returns/copy", path=name)
    assert not window.on_desk
    assert words.OPEN_COPY not in window.get("/returns")


@pytest.mark.parametrize("path", ["", "../round.toml", "/etc/passwd", "东源县.xlsx/..", "not there.xlsx"])
def test_only_what_the_board_lists_is_opened_or_assigned(window: Opened, path: str) -> None:
    window.drop(("东源县.xlsx", fill(small_form(), clean(small_form()))))
    window.post("/returns/copy", path=path)
    window.post("/returns/assign", path=path, unit="441625")
    assert not window.on_desk
    assert not window.place.config().rules.pinned
    assert window.client.get(f"/returns/file?path={path}", base_url=window.keeper.origin).status_code == 409


def test_what_came_in_a_mail_stands_under_it_and_the_mail_is_taken_out_whole(window: Opened) -> None:
    book = fill(small_form(), clean(small_form()))
    window.drop(("来信.eml", mail(attachment(book))), ("急!东源县.xlsx", book + b" "))
    page = window.get("/returns")
    assert page.count('<tr class="holder">') == 1
    assert page.count('class="file within"') == 1
    holder = page.partition('<tr class="holder">')[2].partition("</tr>")[0]
    assert "来信.eml" in holder
    # The way into the mail is written alike wherever it is told; a “!” in a name makes no archive of it.
    told = re.sub(r'(title|value)="[^"]*"', "", page)
    assert f"来信.eml{words.WITHIN}" in told
    assert "来信.eml!" not in told
    assert "急!东源县.xlsx" in told
    assert page.count('action="/returns/take-out"') == 2
    window.post("/returns/take-out", path="来信.eml")
    window.place.job.wait()
    assert [one.name for one in (window.place.round / "回收").iterdir()] == ["急!东源县.xlsx"]


def test_a_file_is_assigned_to_a_unit_and_that_is_taken_back(window: Opened) -> None:
    first = fill(small_form(), clean(small_form()), filled_on=FILLED_ON)
    second = fill(small_form(), clean(small_form()) | {7: typed()}, filled_on=LATER)
    window.drop(("一.xlsx", first), ("二.xlsx", second))
    assert fates(window) == {"一.xlsx": "superseded", "二.xlsx": "counted"}
    assert words.ASSIGN_DO in window.get("/returns/file?path=一.xlsx")
    window.post("/returns/assign", path="一.xlsx", unit=DONGYUAN)
    window.place.job.wait()
    assert fates(window) == {"一.xlsx": "counted", "二.xlsx": "superseded"}
    window.post("/returns/assign", path="二.xlsx", unit=DONGYUAN)
    window.place.job.wait()
    assert fates(window) == {"一.xlsx": "superseded", "二.xlsx": "counted"}
    for pinned in ({DONGYUAN: "一.xlsx"}, {}):
        window.post(f"/undo/{window.place.deeds[-1].number}")
        window.place.job.wait()
        assert window.place.config().rules.pinned == pinned


def test_a_file_assigned_to_another_unit_is_no_longer_that_of_the_first(window: Opened) -> None:
    window.drop(("一.xlsx", fill(small_form(), clean(small_form()))))
    toml = window.place.round / "round.toml"
    toml.write_text(
        f'{toml.read_text(encoding="utf-8")}\n[pinned]  # 市局定的\n"东源县" = "一.xlsx"\n', encoding="utf-8"
    )
    window.post("/returns/assign", path="一.xlsx", unit=YUANCHENG)
    assert window.place.config().rules.pinned == {YUANCHENG: "一.xlsx"}
    assert "# 市局定的" in toml.read_text(encoding="utf-8")
    window.place.job.wait()
    window.post(f"/undo/{window.place.deeds[-1].number}")
    assert window.place.config().rules.pinned == {DONGYUAN: "一.xlsx"}
    window.place.job.wait()


def fates(window: Opened) -> dict[str, str]:
    assert window.place.board
    return {one.path: one.status.value for one in window.place.board.results.files}


def test_a_file_put_into_the_folder_by_hand_is_counted_once_it_stays_as_it_is(window: Opened) -> None:
    came = window.place.inbox / "东源县.xlsx"
    for data in (b"half", fill(small_form(), clean(small_form()))):
        came.write_bytes(data)
        window.place.tick()
        assert not window.place.job.now.busy
    number = window.place.job.now.number
    for _ in range(3):
        window.place.tick()
        window.place.job.wait()
    assert window.place.job.now.number == number + 1
    assert window.place.board
    assert [one.status.value for one in window.place.board.results.files] == ["counted"]


def test_two_windows_on_one_round_come_to_rest_and_show_the_same(window: Opened) -> None:
    # As of two computers on one share; what one has counted and written, the other only looks at.
    other = opened_window(Workplace(clock=lambda: NOW))
    other.place.open(window.place.round)
    other.place.job.wait()
    window.drop(("东源县.xlsx", fill(small_form(), clean(small_form()))))
    counted = []
    for _ in range(6):
        for place in (window.place, other.place):
            place.tick()
            place.job.wait()
        counted.append((window.place.job.now.number, other.place.job.now.number))
    assert counted[-1] == counted[2]
    assert fates(window) == fates(other) == {"东源县.xlsx": "counted"}
    assert not other.place.heard()


def test_a_count_waits_for_another_program_without_a_word_and_is_made_then(window: Opened) -> None:
    (window.place.inbox / "东源县.xlsx").write_bytes(fill(small_form(), clean(small_form())))
    with only_one(window.place.round / WORKSHOP):
        for _ in range(3):
            window.place.tick()
            window.place.job.wait()
    assert not window.place.heard()
    assert fates(window) == {}
    for _ in range(2):
        window.place.tick()
        window.place.job.wait()
    assert fates(window) == {"东源县.xlsx": "counted"}


def test_the_last_good_board_stays_when_a_count_fails(window: Opened) -> None:
    window.drop(("东源县.xlsx", fill(small_form(), clean(small_form()))))
    (window.place.round / "round.toml").write_text("period = ", encoding="utf-8")
    window.post("/returns/read")
    window.place.job.wait()
    page = window.get("/returns")
    assert 'class="said fault"' in page
    assert page.count('<tr class="state-') == 6


def test_a_hostile_name_is_only_a_name(window: Opened) -> None:
    window.drop(('<img src=x onerror="alert(1)">.xlsx', b"1"), ("\u202excod.exe" + "长" * 200, b"2"))
    page = window.get("/returns")
    assert "<img" not in page
    assert "\u202e" not in page
    assert not window.place.heard()


# --- in a real browser ------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_clerk_drops_files_onto_the_page_and_sees_what_became_of_them(
    window: Opened, show: Callable[..., Page]
) -> None:
    with served(window.place) as opened:
        page = show(opened)
        expect(page.locator("nav a[aria-current=page]")).to_contain_text(words.STEPS["returns"])
        files = [
            {"name": "东源县.xlsx", "mimeType": "", "buffer": fill(small_form(), clean(small_form()))},
            {"name": "通知.pdf", "mimeType": "", "buffer": b"%PDF-1.4"},
        ]
        page.locator("#files").set_input_files(files)  # type: ignore[arg-type]
        row = page.locator("table.files tr", has_text="通知.pdf")
        expect(row).to_contain_text(words.FATES["rejected"][1])
        expect(page.locator("tr.state-missing")).to_have_count(5)
        page.locator(".count-missing").click()
        expect(page.locator("table.units tbody tr")).to_have_count(5)
