"""Rounds side by side: four quarters of a year, one county missing in one of them."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import ooxml
import pytest
from office import Office
from openpyxl import load_workbook
from round_folders import Noting, new_round
from rounds import done, fill, heyuan, planned, small_form

import sanjin_xl
from sanjin_xl.messages import summary as words
from sanjin_xl.model.period import parse_period
from sanjin_xl.model.stamp import Stamp
from sanjin_xl.outcome.results import Results
from sanjin_xl.round import commands
from sanjin_xl.round.config import CONFIG, SUMMARY, SUMMARY_FILE

FORM = small_form()
NAMES = {unit.code: unit.name for unit in heyuan().units}
YUANCHENG, ZIJIN, LONGCHUAN, *OTHERS = NAMES
QUARTERS = [f"2012年第{n}季度" for n in "一二三四"]
DUE = [date(2012, 4, 15), date(2012, 7, 15), date(2012, 10, 15), date(2013, 1, 15)]

# The items done by the end of each quarter, worth 0.25 1.50 0.01 2.50 0.75 3.33 2.00. Of three counties: 紫金县 falls
# back on item 2 in the third quarter, 龙川县 sends nothing in the second; the other three do item 1 and no more.
DONE: Mapping[str, list[set[int] | None]] = {
    YUANCHENG: [{1}, {1, 2}, {1, 2, 4}, {1, 2, 4, 6}],
    ZIJIN: [{1, 2}, {1, 2, 3}, {1, 3}, {1, 2, 3}],
    LONGCHUAN: [{6}, None, {6, 7}, {6, 7, 4}],
    **{code: [{1}, {1}, {1}, {1}] for code in OTHERS},
}
WORTH = {1: 25, 2: 150, 3: 1, 4: 250, 5: 75, 6: 333, 7: 200}


def score(code: str, quarter: int) -> int | None:
    numbers = DONE[code][quarter]
    return None if numbers is None else sum(WORTH[number] for number in numbers)


def ranks(quarter: int) -> dict[str, int | None]:
    scores = {code: score(code, quarter) for code in NAMES}
    there = [one for one in scores.values() if one is not None]
    return {code: None if own is None else 1 + sum(one > own for one in there) for code, own in scores.items()}


def returned(code: str, quarter: int) -> bytes | None:
    """What a county sends in a quarter: its items done, and item 7, if it is not, planned for the next month."""
    numbers, period = DONE[code][quarter], parse_period(QUARTERS[quarter])
    if numbers is None or period is None:
        return None
    stamp = Stamp(form=FORM.id, fingerprint=FORM.fingerprint, round=period.label, unit=code, issue=1)
    plan = {7: planned(month=12 if quarter == 3 else 3 * quarter + 4)}
    entries = plan | {number: done(month=3 * quarter + 1) for number in numbers}
    return fill(FORM, entries, code, DUE[quarter], stamp=stamp, period=period)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, Results]]:
    """The four rounds after `ingest`, each naming the one before it."""
    home, rounds = tmp_path_factory.mktemp("年"), []
    for n, (label, due) in enumerate(zip(QUARTERS, DUE, strict=True)):
        folder = new_round(home / label, label, due)
        if n:
            settings = folder / CONFIG
            settings.write_text(f'previous = "../{QUARTERS[n - 1]}"\n' + settings.read_text("utf-8"), "utf-8")
        for code in NAMES:
            if data := returned(code, n):
                (folder / "回收" / f"{code}.xlsx").write_bytes(data)
        rounds.append((folder, commands.ingest(folder)))
    return rounds


def block(folder: Path, heading: str) -> dict[Any, list[Any]]:
    """The rows of a part of 历次对比, by what stands in the first column, without the dash for nothing."""
    sheet = load_workbook(folder / SUMMARY / SUMMARY_FILE, data_only=True)[words.HISTORY]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    start = next(n for n, row in enumerate(rows) if row[0] == heading)
    parts = (words.SCORES_BLOCK, words.MEANS_BLOCK, words.STEPS_BLOCK)
    end = next((n for n, row in enumerate(rows) if n > start and row[0] in parts), len(rows))
    return {
        row[0]: [None if cell == words.NONE else cell for cell in row[1:]] for row in rows[start + 1 : end] if row[0]
    }


def test_scores_and_ranks_of_four_quarters_stand_side_by_side(year: list[tuple[Path, Results]]) -> None:
    found = block(year[-1][0], words.SCORES_BLOCK)
    for code, name in NAMES.items():
        scores = [score(code, n) for n in range(4)]
        assert found[name][:4] == [None if one is None else one / 100 for one in scores], name
        assert found[name][4:8] == [ranks(n)[code] for n in range(4)], name


def test_means_of_the_categories_are_of_those_that_reported_then(year: list[tuple[Path, Results]]) -> None:
    found = block(year[-1][0], words.MEANS_BLOCK)
    for category in FORM.categories:
        numbers = {item.number for item in category.items}
        expected = []
        for n in range(4):
            there = [items[n] for items in DONE.values() if items[n] is not None]
            total = sum(WORTH[number] for items in there for number in numbers & (items or set()))
            expected.append((2 * total + len(there)) // (2 * len(there)) / 100)  # halves rounded up
        assert found[category.name][1:5] == expected, category.name


def test_what_was_newly_done_and_fell_back_is_counted_round_by_round(year: list[tuple[Path, Results]]) -> None:
    found = block(year[-1][0], words.STEPS_BLOCK)
    for code, name in NAMES.items():
        pairs = [(None, None), *zip(DONE[code], DONE[code][1:], strict=False)]
        known = [(then, now) if then and now else None for then, now in pairs]
        assert found[name][:4] == [len(one[1] - one[0]) if one else None for one in known], name
        assert found[name][4:8] == [len(one[0] - one[1]) if one else None for one in known], name
    # Item 7 was always planned for the month the next quarter begins with, and never done.
    promised, kept = found[NAMES[YUANCHENG]][8:12], found[NAMES[YUANCHENG]][12:16]
    assert (promised, kept) == ([None, 1, 1, 1], [None, 0, 0, 0])


def test_two_rounds_have_no_sheet_of_their_own(year: list[tuple[Path, Results]]) -> None:
    assert words.HISTORY not in load_workbook(year[1][0] / SUMMARY / SUMMARY_FILE).sheetnames
    assert words.HISTORY in load_workbook(year[2][0] / SUMMARY / SUMMARY_FILE).sheetnames


def test_several_rounds_are_read_as_one_set_of_frames(year: list[tuple[Path, Results]]) -> None:
    units = sanjin_xl.read_results(*(folder for folder, _ in year)).units
    wide = units.pivot(index="code", columns="period", values="score")
    for code in NAMES:
        assert [wide.loc[code, label] for label in QUARTERS if score(code, QUARTERS.index(label)) is not None] == [
            score(code, n) for n in range(4) if score(code, n) is not None
        ]
    assert wide[QUARTERS[1]].isna()[LONGCHUAN]


def test_a_former_round_that_names_a_round_that_is_gone_ends_the_chain_and_is_told(
    year: list[tuple[Path, Results]], tmp_path: Path
) -> None:
    watch = Noting()
    folder = new_round(tmp_path / "末", "2013年第一季度", date(2013, 4, 15))
    third = new_round(tmp_path / "前", QUARTERS[2], DUE[2])
    for one, previous in ((folder, third), (third, tmp_path / "没有")):
        settings = one / CONFIG
        settings.write_text(f'previous = "{previous.as_posix()}"\n' + settings.read_text("utf-8"), "utf-8")
    with pytest.raises(Exception, match="previous-missing"):
        commands.ingest(third)
    text = (third / CONFIG).read_text("utf-8")
    (third / CONFIG).write_text(text.split("\n", 1)[1], "utf-8")
    commands.ingest(third)
    (third / CONFIG).write_text(text, "utf-8")
    results = commands.ingest(folder, watch=watch)
    assert [one.code for one in watch.warnings] == ["previous-missing"]
    assert results.former
    assert results.former.earlier is None


@pytest.mark.office
def test_libreoffice_prints_it_on_a_page(office: Office, year: list[tuple[Path, Results]]) -> None:
    with office.opened(year[-1][0] / SUMMARY / SUMMARY_FILE) as book:
        assert [page["sheet"] for page in office.pages(book)].count(words.HISTORY) <= 2


@pytest.mark.npm
def test_the_open_xml_sdk_finds_nothing(year: list[tuple[Path, Results]]) -> None:
    assert ooxml.errors_of(year[-1][0] / SUMMARY / SUMMARY_FILE) == []
