"""The board is the truth: on random rounds the page, results.json and 汇总.xlsx say the same, and so do the folders."""

import random
import re

import pytest
from opened_window import Opened, results_of
from openpyxl import load_workbook
from rounds import FILLED_ON, clean, done, fill, heyuan, planned, small_form, typed

from sanjin_xl.messages import summary as in_workbook
from sanjin_xl.messages import window as words
from sanjin_xl.round.config import CORRECTED, SUMMARY, SUMMARY_FILE
from sanjin_xl.window.screens import board, summary, unit


def random_files(seed: int) -> list[tuple[str, bytes]]:
    """What some of the units send, some of them twice, with whatever people type; and what is no return at all."""
    chance, form = random.Random(seed), small_form()
    said = [
        done(month=8),
        done(month=9, ledger=False),
        planned(month=12),
        typed(done="也许"),
        typed(done="√", planned="√"),
    ]
    files = [("通知.pdf", b"%PDF-1.4"), ("坏的.xlsx", b"PK\x03\x04")][: chance.randint(0, 2)]
    for one in heyuan().units:
        for n in range(chance.choice([0, 1, 1, 1, 2])):
            answers = {number: chance.choice(said) for number in chance.sample(range(1, len(form.items) + 1), 4)}
            day = FILLED_ON.replace(month=10, day=chance.choice([9, 14, 19]))
            files.append((f"{one.area}{n}.xlsx", fill(form, clean(form) | answers, one.code, day)))
    chance.shuffle(files)
    return files


@pytest.fixture(params=[1, 2, 3])
def random_round(request: pytest.FixtureRequest, window: Opened) -> Opened:
    window.drop(*random_files(request.param))
    return window


def test_page_results_and_workbook_say_the_same(random_round: Opened) -> None:
    assert random_round.place.board
    results, said = random_round.place.board.results, results_of(random_round)
    book = load_workbook(random_round.place.round / SUMMARY / SUMMARY_FILE, data_only=True)
    sheet = [
        [cell for cell in row if cell is not None] for row in book[in_workbook.RANKING].iter_rows(values_only=True)
    ]
    ranked = {str(row[1]): row for row in sheet if len(row) > 3 and isinstance(row[0], int)}
    shown = {row.code: row for row in board.view(random_round.place.board).units.rows}
    places = {row.code: row for row in summary.view(random_round.place.board).units.rows}
    for one in said["units"]:
        code, name = str(one["code"]), str(one["name"])
        score = one["score"] or words.NONE
        assert shown[code].score.partition("（")[0] == places[code].score.partition("（")[0] == score
        assert places[code].rank == str(one["rank"] or words.NONE)
        assert (name in ranked) == (one["rank"] is not None)
        if name in ranked:
            assert (str(ranked[name][0]), f"{ranked[name][2]:.2f}") == (places[code].rank, score)
        page = unit.view(results, code)
        assert page
        assert page.unit == shown[code]


def test_every_filter_shows_what_results_and_folders_tell(random_round: Opened) -> None:
    units, files = results_of(random_round)["units"], results_of(random_round)["files"]
    reported = {str(one["code"]) for one in units if one["status"] != "missing"}
    asked = {str(one["unit"]) for one in files if one["status"] == "counted" and "review" in severities(one)}
    names = {str(one["name"]): str(one["code"]) for one in units}
    copies = (random_round.place.round / CORRECTED).glob("*.xlsx")
    sent_back = {code for path in copies for name, code in names.items() if path.name.startswith(name)}
    unused = {str(one["path"]) for one in files if one["status"] != "counted"}
    refused = {str(one["path"]) for one in files if one["status"] == "rejected"}
    missing = set(names.values()) - reported
    expected: dict[str, tuple[set[str], set[str]]] = {
        "reported": (reported, set()),
        "missing": (missing, set()),
        "pending": (asked, set()),
        "to-correct": (sent_back, set()),
        "late": ({str(one["code"]) for one in units if one["days_late"]}, set()),
        "unused": (set(), unused),
        "to-do": (missing | sent_back, refused),
    }
    assert expected.keys() == words.FILTERS.keys() - {"all"}
    for name, (own_units, own_files) in expected.items():
        page = random_round.get(f"/returns?filter={name}").partition('data-live="board"')[2]
        listed = set(re.findall(r'<th scope="row"><a href="/unit/(\d+)">', page))
        paths = set(re.findall(r'<th scope="row" class="file(?: within)?" title="([^"]*)"', page))
        assert listed == own_units, name
        number = re.search(rf"count-{name}[^>]*><b>(\d+)</b>", page)
        assert number is not None
        if name in ("unused", "to-do"):
            assert paths == own_files, name
        assert int(number[1]) == len(own_units) + len(own_files), name


def severities(file: dict[str, object]) -> set[str]:
    return {str(one["severity"]) for one in file["findings"]}  # type: ignore[attr-defined]
