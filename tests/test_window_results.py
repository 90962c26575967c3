"""A unit's page and the ranking say what results.json and 汇总.xlsx say."""

from opened_window import Opened, results_of
from openpyxl import load_workbook
from rounds import clean, fill, small_form, typed

from sanjin_xl.messages import summary as in_workbook
from sanjin_xl.messages import window as words
from sanjin_xl.round.config import SUMMARY, SUMMARY_FILE
from sanjin_xl.window.screens import summary, unit


def test_the_findings_of_a_unit_are_those_of_results_json_with_their_items_and_cells(on_samples: Opened) -> None:
    assert on_samples.place.board
    results = on_samples.place.board.results
    counted = {one["unit"]: one for one in results_of(on_samples)["files"] if one["status"] == "counted"}
    for code, file in counted.items():
        shown = unit.view(results, str(code))
        assert shown
        asked = [one for one in file["findings"] if one["severity"] != "note"]  # type: ignore[attr-defined]
        assert bool(shown.findings) == bool(asked)
        places = "".join(row.places for row in shown.findings)
        for one in asked:
            assert one["item"] is None or f"第{one['item']}项" in places
            assert one["cell"] is None or str(one["cell"]) in places
        assert [row.severity for row in shown.findings] == sorted(row.severity for row in shown.findings)


def test_the_answers_of_a_unit_stand_there_with_the_points_of_results_json(on_samples: Opened) -> None:
    assert on_samples.place.board
    answers = results_of(on_samples)["answers"]
    for one in on_samples.place.board.results.units:
        shown = unit.view(on_samples.place.board.results, one.unit.code)
        assert shown
        said = [(row.number, row.points) for row in shown.answers]
        assert said == [(each["item"], each["points"]) for each in answers if each["unit"] == one.unit.code]


def test_the_ranking_is_that_of_the_sheet_the_leader_signs(on_samples: Opened) -> None:
    assert on_samples.place.board
    shown = summary.view(on_samples.place.board)
    sheet = load_workbook(on_samples.place.round / SUMMARY / SUMMARY_FILE, data_only=True)[in_workbook.RANKING]
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    ranked = [row for row in rows if len(row) > 3 and isinstance(row[0], int)]
    assert [
        (one.rank, one.name, one.score.partition("（")[0]) for one in shown.units.rows if one.rank != words.NONE
    ] == [(str(row[0]), row[1], f"{row[2]:.2f}") for row in ranked]
    # The sheet breaks its lines itself, so that none begins with a stop.
    text = "".join(str(cell) for row in rows for cell in row).replace("\n", "")
    assert [note for note in shown.notes if note not in text] == []


def test_a_unit_nobody_knows_has_no_page(on_samples: Opened) -> None:
    answer = on_samples.client.get("/unit/999999", base_url=on_samples.keeper.origin)
    assert answer.status_code == 404


def test_what_a_county_typed_is_only_text_on_its_page(window: Opened) -> None:
    answers = {**clean(small_form()), 1: typed(done="√", done_month="3月", remark="<script>alert(1)</script>")}
    window.drop(("东源县.xlsx", fill(small_form(), answers)))
    page = window.get("/unit/441625")
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
