"""The city workbook on paper: the size of its type, its pages, and what the page the leader signs says."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import pytest
from office import Office
from printed import Page, printed
from rounds import Entry, done, fill, heyuan, rules, small_form, typed

from sanjin_xl.books.posting_list import Posted, posting_list_bytes
from sanjin_xl.books.summary import summary_bytes
from sanjin_xl.judge.pipeline import Processor
from sanjin_xl.judge.versions import settle
from sanjin_xl.messages import summary as words
from sanjin_xl.model.period import parse_period
from sanjin_xl.model.roster import Roster, Unit
from sanjin_xl.outcome import report
from sanjin_xl.outcome.compile import compile_results
from sanjin_xl.outcome.former import parse_former
from sanjin_xl.outcome.results import Results
from sanjin_xl.round import commands, shipped
from sanjin_xl.round.config import SUMMARY, SUMMARY_FILE

pytestmark = [pytest.mark.office, pytest.mark.needs("pdftohtml")]

FORM = small_form()
FORBIDDEN = "，。；、）：？”"
"""No line begins with one of these."""


def round_of(many: int, missing: int = 0, seed: int = 1, **changes: object) -> Results:
    """A round of so many units, some of which have sent nothing; the others have answered at random."""
    rng, (one, *_) = Random(seed), heyuan().units
    units = heyuan().units
    if many > len(units):
        units = tuple(Unit(code=f"U{n}", name=f"第{n}县司法局", area=f"第{n}县") for n in range(many))
    by = replace(rules(FORM, **changes), roster=Roster(units))
    processor, outcomes = Processor(rules(FORM, **changes)), []
    for unit in units[: many - missing]:
        kinds = [done(9), done(8, ledger=False), {}, typed(done="部分")]
        entries: dict[int, Entry] = {item.number: rng.choice(kinds) for item in FORM.items}
        outcome = processor.process_file(fill(FORM, entries, one.code), f"{one.name}.xlsx")
        outcomes.append(replace(outcome, unit=unit.code, path=f"{unit.code}.xlsx"))
    return compile_results(by, settle(outcomes, by))


def three_of_six() -> Results:
    """Three of six have reported; in the former round all six had."""
    then = round_of(6, seed=2, period=parse_period("2012年第二季度"))
    former = parse_former(report.results_json(then), FORM.id, "results.json")
    now = round_of(6, missing=3)
    return compile_results(now.rules, now.files, former=former)


ROUNDS: dict[str, Callable[[], Results]] = {
    "three of six": three_of_six,
    "six": lambda: round_of(6),
    "twelve": lambda: round_of(12, missing=1),
    "twenty-four": lambda: round_of(24, missing=2),
    "sixty": lambda: round_of(60, missing=2),
}


@pytest.fixture(scope="module")
def pages(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[Page]]:
    """The pages of the workbook of a round by its name; each is printed once."""

    @cache
    def of(name: str) -> list[Page]:
        path = tmp_path_factory.mktemp("印") / SUMMARY_FILE
        path.write_bytes(summary_bytes(ROUNDS[name]()))
        return printed(office, path)

    return of


def ranking(found: list[Page]) -> list[Page]:
    """The pages of 排名, which bear its name at their foot."""
    return [page for page in found if any(text.text.strip() == words.RANKING for text in page.texts[:8])]


@pytest.mark.parametrize(
    ("name", "least"), [("three of six", 10.5), ("six", 10.5), ("twelve", 10.5), ("twenty-four", 9)]
)
def test_the_page_that_is_signed_is_one_and_in_type_that_is_read(
    pages: Callable[[str], list[Page]], name: str, least: float
) -> None:
    (page,) = ranking(pages(name))
    assert [one for one in page.texts if one.size < least] == []
    for signer in words.SIGNERS:
        assert signer in page.words


def test_the_first_page_of_many_has_the_first_twenty_and_says_what_the_others_have(
    pages: Callable[[str], list[Page]],
) -> None:
    results = ROUNDS["sixty"]()
    first, *others = ranking(pages("sixty"))
    names = [one.unit.name for one in results.ranking()]
    assert [name for name in names if name in first.words] == names[:20]
    assert words.FOLLOWING_PAGES.format(count=60, first=20) in first.words
    for page in others:
        assert words.UNIT in page.words  # each page has its headings
    assert sum(name in page.words for page in others for name in names[20:]) == 40
    assert min(one.size for page in (first, *others) for one in page.texts) >= 9


def test_with_three_of_six_missing_nothing_is_called_settled_and_nobody_rises_or_falls(
    pages: Callable[[str], list[Page]],
) -> None:
    found = pages("three of six")
    (page,) = ranking(found)
    assert words.PROVISIONAL.format(returned=3, units=6) in page.words
    assert "已报3个单位中的暂列名次" in page.words
    assert words.NO_CHANGES_YET in page.words
    said = "".join(one.words for one in found)
    assert words.RANK_SETTLED not in said
    assert not re.search("[↑↓]", said)
    for unit in heyuan().units[3:]:
        assert unit.area in page.words  # in the table, and below its place in the chart
    assert page.words.count(words.NOT_RETURNED) >= 3 * 2


def test_a_round_without_questions_in_which_all_have_reported_is_settled(office: Office, tmp_path: Path) -> None:
    by, outcomes = rules(FORM), []
    for n, unit in enumerate(heyuan().units):
        entries = {item.number: done(9) for item in FORM.items} | {1: done(n + 1)}
        outcomes.append(Processor(by).process_file(fill(FORM, entries, unit.code), f"{unit.name}.xlsx"))
    path = tmp_path / SUMMARY_FILE
    path.write_bytes(summary_bytes(compile_results(by, settle(outcomes, by))))
    (page,) = ranking(printed(office, path))
    assert words.SETTLED in page.words


@pytest.mark.parametrize("name", ROUNDS)
def test_no_line_of_the_ranking_begins_with_a_mark_that_ends_one(pages: Callable[[str], list[Page]], name: str) -> None:
    starts = [text for page in ranking(pages(name)) for text in page.line_starts()]
    assert [text for text in starts if text.strip()[:1] in FORBIDDEN and text.strip()] == []


def test_the_workbook_of_the_samples_prints_twenty_six_pages_at_most(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "演示"
    shipped.copy_samples(folder)
    commands.ingest(folder)
    path = tmp_path / SUMMARY_FILE
    shutil.copy(folder / SUMMARY / SUMMARY_FILE, path)
    found = printed(office, path)
    assert len(found) <= 26
    (page,) = ranking(found)
    assert [one for one in page.texts if one.size < 10.5] == []
    assert [text for text in page.line_starts() if text.strip() and text.strip()[0] in FORBIDDEN] == []
    for title in words.METHOD_TEXTS:
        assert title in "".join(one.words for one in found)
    # What is kept off paper says so in type that is read: its lines are no wider than a page.
    for name in (words.NOTES, words.FILES, words.TIDY):
        (head,) = [one for one in found if words.TITLE.format(title="", sheet=name) in one.words]
        assert words.NOT_FOR_PRINTING in head.words
        assert min(one.size for one in head.texts) >= 9


def test_the_list_of_drafts_is_read_on_paper(office: Office, tmp_path: Path) -> None:
    one = Posted(
        kind="下发", unit="东源县司法局", to="sfj@dongyuan.example.cn", subject="通知" * 12, body="请填报。" * 20
    )
    path = tmp_path / "清单.xlsx"
    path.write_bytes(posting_list_bytes("2012年第三季度", [one]))
    (page,) = printed(office, path)
    assert [text for text in page.texts if text.size < 7.5] == []
