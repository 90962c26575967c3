"""A unit's page and the ranking say what results.json and 汇总.xlsx say."""

from datetime import date

from markupsafe import escape
from opened_window import Opened, results_of
from openpyxl import load_workbook
from rounds import DONGYUAN, clean, fill, small_form, typed

from sanjin_xl.messages import feedback
from sanjin_xl.messages import summary as in_workbook
from sanjin_xl.messages import window as words
from sanjin_xl.model.points import decimal
from sanjin_xl.round.config import CONFIG, SUMMARY, SUMMARY_FILE
from sanjin_xl.window.screens import board, summary, unit


def hundredths(text: str) -> int:
    return round(float(text) * 100)


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


def test_a_score_is_told_from_the_board_to_the_cell_and_adds_up(on_samples: Opened) -> None:
    assert on_samples.place.board
    results, overview = on_samples.place.board.results, on_samples.get("/returns")
    for one in results.units:
        shown = unit.view(results, one.unit.code)
        assert shown
        if one.outcome is None:
            assert f"/unit/{one.unit.code}#answers" not in overview
            assert not shown.sums
            continue
        assert f"/unit/{one.unit.code}#answers" in overview
        page = on_samples.get(f"/unit/{one.unit.code}")
        assert 'id="answers"' in page
        assert shown.sums[0] == (words.ALL_ITEMS, decimal(sum(hundredths(row.points) for row in shown.answers)))
        assert shown.sums[-1] == (words.SCORE, decimal(results.score(one) or 0))
        assert [row.number for row in shown.answers if row.why] == [
            row.number for row in shown.answers if row.points != row.full
        ]
        heads = [row.category for row in shown.answers if row.category]
        assert len(heads) == len(results.rules.form.categories)
        for category, head in zip(results.rules.form.categories, heads, strict=True):
            assert decimal(one.by_category[category.ordinal]) in head
            link = f"/unit/{one.unit.code}#category-{category.ordinal}"
            assert link in on_samples.get("/summary")
            assert f'id="category-{category.ordinal}"' in page
        # And back: the copy of what it was judged by, and the board.
        on_samples.post("/returns/copy", path=shown.counted)
        assert on_samples.on_desk[-1].name == shown.counted.rpartition("!")[2].rpartition("/")[2]
        assert words.BACK_TO.format(step=words.STEPS["returns"]) in page


def test_a_late_unit_is_told_what_that_costs(window: Opened) -> None:
    toml = window.place.round / CONFIG
    toml.write_text(f"late_deduction = 0.5\n{toml.read_text(encoding='utf-8')}", encoding="utf-8")
    window.drop(("东源县.xlsx", fill(small_form(), clean(small_form()), DONGYUAN, date(2012, 10, 19))))
    assert window.place.board
    shown = unit.view(window.place.board.results, DONGYUAN)
    assert shown
    sums = dict(shown.sums)
    assert hundredths(sums[words.ALL_ITEMS]) + hundredths(sums[words.LATE_COSTS]) == hundredths(sums[words.SCORE])
    assert hundredths(sums[words.LATE_COSTS]) < 0


def test_the_ranking_is_that_of_the_sheet_the_leader_signs(on_samples: Opened) -> None:
    assert on_samples.place.board
    shown = summary.view(on_samples.place.board)
    sheet = load_workbook(on_samples.place.round / SUMMARY / SUMMARY_FILE, data_only=True)[in_workbook.RANKING]
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    ranked = [row for row in rows if len(row) > 3 and isinstance(row[0], int)]
    assert [
        (one.rank, one.name, one.score.partition("（")[0]) for one in shown.units.rows if one.rank != words.NONE
    ] == [(str(row[0]), row[1], f"{row[2]:.2f}") for row in ranked]
    # The same remarks: who looks from one to the other finds nothing missing.
    said = {row[1]: [str(cell).replace("\n", "") for cell in row] for row in rows if len(row) > 3}
    assert [one.name for one in shown.units.rows if one.remark not in said[one.name]] == []
    # The sheet breaks its lines itself, so that none begins with a stop.
    text = "".join(str(cell) for row in rows for cell in row).replace("\n", "")
    assert [note for note in shown.notes if note not in text] == []


def test_a_rank_is_one_among_those_that_reported_as_in_the_feedback(on_samples: Opened) -> None:
    assert on_samples.place.board
    shown = unit.view(on_samples.place.board.results, "441624")
    assert shown
    assert shown.rank == feedback.RANK_OF.format(rank=5, count=5)


def test_a_unit_nobody_knows_has_no_page(on_samples: Opened) -> None:
    answer = on_samples.client.get("/unit/999999", base_url=on_samples.keeper.origin)
    assert answer.status_code == 404


def test_what_a_county_typed_is_only_text_on_its_page(window: Opened) -> None:
    answers = {**clean(small_form()), 1: typed(done="√", done_month="3月", remark="<script>alert(1)</script>")}
    window.drop(("东源县.xlsx", fill(small_form(), answers)))
    page = window.get("/unit/441625")
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_another_file_that_a_finding_names_is_written_as_in_its_row(on_samples: Opened) -> None:
    assert on_samples.place.board
    (other,) = (one.path for one in on_samples.place.board.results.files if one.path.endswith("(1).xlsx"))
    for path in ("/unit/441624", "/rulings?unit=441624"):
        page = on_samples.get(path)
        assert escape(board.way(other)) in page
        assert f"（{escape(other)}）" not in page
