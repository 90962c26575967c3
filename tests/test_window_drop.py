"""What is dropped is on the board before anything is written, and until all is written the page says so."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from opened_window import Opened, results_of, served
from playwright.sync_api import Page, expect
from rounds import FILLED_ON, clean, fill, small_form, typed

from sanjin_xl.messages import window as words
from sanjin_xl.model.errors import WorkbookError
from sanjin_xl.round import commands, side_by_side
from sanjin_xl.window.screens import board

PATIENCE = 20.0


class Held:
    """Holds the window where it begins to write, until it is let go."""

    def __init__(self) -> None:
        self.reached, self._go, self.times = threading.Event(), threading.Event(), 0

    def wait(self) -> None:
        assert self.reached.wait(PATIENCE)

    def let_go(self) -> None:
        self._go.set()

    def __call__(self) -> None:
        self.times += 1
        self.reached.set()
        assert self._go.wait(PATIENCE)


@pytest.fixture
def writing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    held, write = Held(), side_by_side.write_side_by_side

    def hold(*arguments: object) -> None:
        held()
        write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(commands, "write_side_by_side", hold)
    yield held
    held.let_go()


def a_return(day: int = 0) -> bytes:
    return fill(small_form(), clean(small_form()) | {7: typed()}, filled_on=FILLED_ON + timedelta(days=day))


def send(window: Opened, *names: str) -> None:
    """Drop a return by each name, filled in a day later the further down the name is, and wait for nothing."""
    window.place.drop((name, a_return("一二三".find(name[0]) + 1)) for name in names)


def dropped(window: Opened) -> dict[str, str]:
    return {row.path: row.fate or row.state for row in board.dropped_rows(window.place)}


def written(window: Opened) -> list[object]:
    return [one["path"] for one in results_of(window)["files"]]


def test_the_board_has_a_file_before_anything_is_written_and_says_that_what_is_written_is_older(
    window: Opened, writing: Held
) -> None:
    send(window, "东源县.xlsx")
    writing.wait()
    assert dropped(window) == {"东源县.xlsx": "counted"}
    assert written(window) == []
    for page in ("/returns", "/summary", "/rulings", "/feedback", "/letters"):
        assert words.BEING_WRITTEN in window.get(page)
    writing.let_go()
    window.place.job.wait()
    assert written(window) == ["东源县.xlsx"]
    assert 'class="said behind"' not in window.get("/returns")


def test_a_workbook_that_cannot_be_written_is_said_and_the_files_stay_marked_as_older(
    window: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise WorkbookError("output-locked", path="汇总.xlsx")

    with monkeypatch.context() as patch:
        patch.setattr(side_by_side, "_here", locked)
        send(window, "东源县.xlsx")
        window.place.job.wait()
    first, again = window.get("/returns"), window.get("/summary")
    assert "汇总.xlsx" in first.partition(f'aria-label="{words.SAID}"')[2].partition("</section>")[0]
    assert words.NOT_WRITTEN in first
    assert words.NOT_WRITTEN in again
    # Nothing is called the latest while the round itself cannot be read.
    moved = window.place.round.rename(window.place.round.with_name("移走的"))
    assert words.NOT_WRITTEN not in window.get("/returns")
    moved.rename(window.place.round)
    assert dropped(window) == {"东源县.xlsx": "counted"}
    window.post("/returns/read")
    window.place.job.wait()
    assert 'class="said behind"' not in window.get("/returns")
    assert written(window) == ["东源县.xlsx"]


def test_what_comes_during_a_count_is_counted_right_after_it_and_all_is_written_once(
    window: Opened, writing: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    judging, judge = Held(), commands._compiled

    def hold(*arguments: object) -> object:
        if not judging.times:
            judging()
        return judge(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(commands, "_compiled", hold)
    writing.let_go()
    send(window, "一.xlsx")
    judging.wait()
    send(window, "二.xlsx", "三.xlsx")
    assert set(dropped(window).values()) == {words.WAITING}
    judging.let_go()
    window.place.job.wait()
    assert dropped(window) == {"三.xlsx": "counted", "二.xlsx": "duplicate", "一.xlsx": "duplicate"}
    assert written(window) == ["一.xlsx", "三.xlsx", "二.xlsx"]
    assert writing.times == 1
    assert not window.place.behind


def test_what_comes_while_all_is_written_waits_for_no_tick(window: Opened, writing: Held) -> None:
    send(window, "一.xlsx")
    writing.wait()
    send(window, "二.xlsx")
    assert dropped(window) == {"一.xlsx": "counted", "二.xlsx": words.WAITING}
    writing.let_go()
    window.place.job.wait()
    assert dropped(window) == {"一.xlsx": "duplicate", "二.xlsx": "counted"}


def test_what_is_stopped_is_not_begun_again_by_what_has_come_meanwhile(window: Opened, writing: Held) -> None:
    send(window, "一.xlsx")
    writing.wait()
    number = window.place.job.now.number
    send(window, "二.xlsx")
    window.post("/stop")
    writing.let_go()
    window.place.job.wait()
    assert window.place.job.now.number == number
    assert dropped(window)["二.xlsx"] == words.CAME


def test_two_pieces_of_work_on_end_are_both_told_of(window: Opened, writing: Held) -> None:
    send(window, "一.xlsx")
    writing.wait()
    send(window, "二.xlsx")
    (window.place.round / "round.toml").write_text("period = ", encoding="utf-8")
    writing.let_go()
    window.place.job.wait()
    assert any(one.fault for one in window.place.heard())


# --- in a real browser ------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_page_shows_a_dropped_file_on_the_board_while_all_is_being_written(
    window: Opened, show: Callable[..., Page], writing: Held
) -> None:
    with served(window.place) as opened:
        page = show(opened)
        page.locator("#files").set_input_files({"name": "东源县.xlsx", "mimeType": "", "buffer": a_return()})
        expect(page.locator("tr.state-missing")).to_have_count(5)
        expect(page.locator(".said.behind")).to_have_text(words.BEING_WRITTEN)
        writing.let_go()
        expect(page.locator(".said.behind")).to_have_count(0)
