"""What holds on every screen: days left, one as-of day, limits, and a sentence for whatever cannot be done."""

import errno
import html
import os
import re
import threading
from collections.abc import Callable
from datetime import date, timedelta
from importlib import resources
from itertools import pairwise
from pathlib import Path

import pytest
from opened_window import NOW, Opened, served
from playwright.sync_api import Page, expect
from rounds import clean, fill, small_form

from sanjin_xl.messages import window as words
from sanjin_xl.model.catalogue import CATALOGUE
from sanjin_xl.round import arrivals
from sanjin_xl.round.config import SUMMARY
from sanjin_xl.window import app as application
from sanjin_xl.window.frame import due_in_words
from sanjin_xl.window.job import Job
from sanjin_xl.window.screens import board

TODAY = date(2012, 10, 15)
TEMPLATES = sorted(Path(str(resources.files("sanjin_xl") / "window" / "templates")).glob("*.html"))
BOOK = fill(small_form(), clean(small_form()))


STYLE = (TEMPLATES[0].parent.parent / "static" / "window.css").read_text("utf-8")


def texts(page: str) -> str:
    """What is read on a page, without its markup."""
    return html.unescape(re.sub(r"<[^>]*>", " ", page.partition("<body")[2]))


@pytest.mark.parametrize(
    ("days", "left"),
    [
        (4, words.DUE_LEFT.format(days=4)),
        (0, words.DUE_TODAY),
        (-3, words.DUE_PAST.format(days=3)),
    ],
)
def test_how_many_days_are_left_is_told(days: int, left: str) -> None:
    assert due_in_words(TODAY + timedelta(days), TODAY).endswith(left)


def test_the_day_that_is_judged_by_stands_on_the_board_and_in_the_summary(on_samples: Opened) -> None:
    assert on_samples.place.board
    said = words.READ_AT.format(as_of=on_samples.place.board.results.rules.as_of, at=NOW)
    assert said in on_samples.get("/returns")
    assert said in on_samples.get("/summary")


def test_no_page_shows_a_code_of_a_finding(on_samples: Opened) -> None:
    pages = [
        "/returns",
        "/rulings",
        "/summary",
        "/settings",
        "/returns?filter=unused",
        *map("/unit/{}".format, units(on_samples)),
    ]
    for path in pages:
        shown = texts(on_samples.get(path))
        assert not [code for code in CATALOGUE if re.search(rf"(?<![\w-]){re.escape(code)}(?![\w-])", shown)], path


def units(window: Opened) -> list[str]:
    assert window.place.board
    return [one.unit.code for one in window.place.board.results.units]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_has_no_sentence_no_style_and_lets_no_markup_through(template: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"[\u4e00-\u9fff]", text)
    assert not re.search(r"\|\s*safe|autoescape|\bstyle=|<style|\bon\w+=|Markup", text)


# --- limits -----------------------------------------------------------------------------------------------------------


def test_too_much_at_once_is_refused_whole(window: Opened) -> None:
    assert application.LARGEST_REQUEST == window.app.config["MAX_CONTENT_LENGTH"] == 64 * 2**20
    window.app.config["MAX_CONTENT_LENGTH"] = 1000
    window.drop(("东源县.xlsx", BOOK))
    assert words.TOO_LARGE in window.get("/returns")
    assert not list(window.place.inbox.iterdir())


def test_a_file_that_is_too_large_is_named_and_the_others_are_taken(
    window: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "LARGEST_FILE", len(BOOK))
    window.drop(("大的.xlsx", BOOK + b" "), ("东源县.xlsx", BOOK))
    assert "大的.xlsx" in texts(window.get("/returns"))
    assert [one.name for one in window.place.inbox.iterdir()] == ["东源县.xlsx"]


# --- what cannot be done ----------------------------------------------------------------------------------------------


def test_while_one_thing_is_done_another_is_refused_with_a_sentence(
    window: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()
    told = Job.stage

    def wait(job: Job, name: str, done: int, total: int) -> None:
        go.wait(20)
        told(job, name, done, total)

    monkeypatch.setattr(Job, "stage", wait)
    window.post("/returns/read")
    window.post("/returns/read")
    page = window.get("/returns")
    go.set()
    window.place.job.wait()
    assert words.ERRORS["window-busy"] in page
    assert 'data-busy="1"' in page


def test_on_a_full_disk_the_results_stay_what_they_were_and_that_is_said(
    window: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.drop(("东源县.xlsx", BOOK))
    before = (window.place.round / SUMMARY / "results.json").read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    (window.place.inbox / "通知.pdf").write_bytes(b"%PDF-1.4")
    window.post("/returns/read")
    window.place.job.wait()
    page = window.get("/returns")
    assert 'class="said fault"' in page
    assert "磁盘已满" in texts(page)
    assert (window.place.round / SUMMARY / "results.json").read_bytes() == before


def test_what_nobody_foresaw_is_said_in_one_sentence_and_the_window_goes_on(
    window: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.drop(("东源县.xlsx", BOOK))
    with monkeypatch.context() as broken:
        broken.setattr(board, "view", lambda *_: 1 / 0)
        answer = window.client.get("/returns", base_url=window.keeper.origin)
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert words.UNEXPECTED.partition("{")[0] in answer.text
    assert "<table" in window.get("/returns")


# --- copying ----------------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_the_parts_of_a_letter_are_copied_one_by_one(window: Opened, show: Callable[..., Page]) -> None:
    window.post("/issue/address/441625", to="a@dongyuan.example.cn")
    with served(window.place) as opened:
        page = show(opened, "/letters/remind/441625")
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        body = page.locator("#body").input_value()
        copied = []
        for button in page.locator("button.copy").all():
            said = button.inner_text()
            button.dblclick()
            expect(button).to_have_text(words.COPIED)
            copied.append(page.evaluate("navigator.clipboard.readText()"))
            expect(button).to_have_text(said)
    assert copied[0] == "a@dongyuan.example.cn"
    assert copied[2] == body
    assert Path(copied[3]).is_dir()


@pytest.mark.parametrize("path", ["/nothing", "/rounds/make", "/settings/change"])
def test_an_address_without_a_page_leads_back_in_our_words(window: Opened, path: str) -> None:
    answer = window.client.get(path, base_url=window.keeper.origin)
    assert answer.status_code in (404, 405)
    assert words.NOT_FOUND in answer.text
    assert '<a href="/">' in answer.text


def test_the_states_of_the_board_are_told_apart_in_grey() -> None:
    greys = sorted(grey(colour) for colour in re.findall(r"\.is-[\w-]+ \{ fill: #(\w{6})", STYLE))
    assert len(greys) == 4
    assert min(above - below for below, above in pairwise(greys)) > 30


def grey(colour: str) -> float:
    """What a grey printer makes of a colour, from 0 for black to 255."""
    red, green, blue = bytes.fromhex(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue
