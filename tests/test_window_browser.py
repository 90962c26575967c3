"""The window in a real browser: a whole round, keys, tabs, names, and what a page says when things go wrong."""

import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest
from opened_window import Opened, go_by_key, served
from playwright.sync_api import Browser, FilePayload, Page, expect
from round_folders import new_round

from sanjin_xl.messages import window as words
from sanjin_xl.round import commands
from sanjin_xl.round.config import CORRECTED, FEEDBACK, ISSUED, SUMMARY
from sanjin_xl.window.screens import board

pytestmark = pytest.mark.browser
AXE = Path(__file__).parent.parent / ".ci" / "node_modules" / "axe-core" / "axe.min.js"
SCREENS = (
    "returns",
    "issue",
    "rulings",
    "summary",
    "feedback",
    "next",
    "settings",
    "rounds",
    "rounds/new",
    *("folders?use=open", "folders?use=new"),
    *("unit/441625", "letters", "letters?kind=issue", "letters/remind/441623", "returns?filter=to-do"),
    "returns/file?path=三进表（东源）.xls",
)


def put(page: Page, *files: tuple[str, bytes]) -> None:
    """Choose files on the board."""
    page.locator("#files").set_input_files([FilePayload(name=name, mimeType="", buffer=data) for name, data in files])


# --- a whole round ----------------------------------------------------------------------------------------------------


def test_a_clerk_does_a_whole_round_without_a_word_but_the_pages(
    empty: Opened, tmp_path: Path, show: Callable[..., Page]
) -> None:
    with served(empty.place) as window:
        page = show(window)
        # S0, S1: a new round.
        page.get_by_role("link", name=words.NEW).click()
        folder = tmp_path / "三 季度"
        page.get_by_label(words.FIELDS["where"], exact=True).fill(str(folder.parent))
        page.get_by_label(words.FIELDS["name"]).fill(folder.name)
        page.get_by_label(words.FIELDS["period"]).fill("2012年第三季度")
        page.get_by_label(words.FIELDS["due"]).fill("2012年10月15日")
        page.get_by_label(words.FIELDS["contact"]).fill("张三")
        page.get_by_label(words.FIELDS["phone"]).fill("0762-1234567")
        page.get_by_role("button", name=words.MAKE).click()
        # S2: issue.
        page.get_by_role("button", name=words.GENERATE).click()
        expect(page.locator("tbody tr")).to_have_count(6)
        expect(page.locator("tbody")).to_contain_text(words.NUMBER.format(number=1))
        window.place.job.wait()
        issued = sorted((folder / ISSUED).glob("*.xlsx"))
        assert len(issued) == 6
        # S3: what comes back is dropped, blank as it is for one unit.
        page.get_by_role("link", name=words.STEPS["returns"]).click()
        put(page, (issued[0].name, issued[0].read_bytes()), ("通知.pdf", b"%PDF-1.4"))
        expect(page.locator("table.files tr.fate-rejected")).to_have_count(2)
        window.place.job.wait()
        # S5: nobody is ranked; S8: nobody is fed back; S9: the next round.
        page.get_by_role("link", name=words.STEPS["summary"]).click()
        expect(page.locator("table.ranking tbody tr")).to_have_count(6)
        page.get_by_role("link", name=words.STEPS["feedback"]).click()
        page.get_by_role("button", name=words.FEED_BACK).click()
        expect(page.locator(".summary")).to_contain_text(words.FED_BACK.format(count=0))
        page.get_by_role("link", name=words.STEPS["next"]).click()
        page.get_by_label(words.FIELDS["due"]).fill("2013年1月15日")
        page.get_by_role("button", name=words.MAKE).click()
        expect(page.locator("h1")).to_contain_text("2012年第四季度")


def test_on_the_samples_a_question_is_ruled_and_the_ranking_follows(
    on_samples_served: Opened, show: Callable[..., Page]
) -> None:
    window = on_samples_served
    page = show(window, "/rulings")
    card = page.locator("article.card").first
    ref = card.get_attribute("id")
    said = card.locator("fieldset label").first.inner_text()
    card.locator("input[name=decision]").first.check()
    card.get_by_label(words.REASON).fill("电话核实")
    card.get_by_label(words.WHO, exact=True).fill("王某")
    card.get_by_role("button", name=words.RULE).click()
    expect(page.locator(f"article[id='{ref}']")).to_have_count(0)
    window.place.job.wait()
    score = said.split("总分")[1].split("，")[0]
    page.goto(f"{window.keeper.origin}/summary")
    expect(page.locator("table.ranking")).to_contain_text(score)
    assert (window.place.round / SUMMARY / "汇总.xlsx").is_file()
    # Taken back, it is asked again.
    page.get_by_role("button", name=words.UNDO).first.click()
    expect(page.get_by_role("button", name=words.UNDO)).to_have_count(0)
    page.goto(f"{window.keeper.origin}/rulings")
    expect(page.locator(f"article[id='{ref}']")).to_have_count(1)


def test_what_is_sent_back_and_fed_back_is_opened_beside_the_window(
    on_samples_served: Opened, show: Callable[..., Page]
) -> None:
    page = show(on_samples_served, "/unit/441624")
    with page.expect_response("**/open/corrected"):
        page.get_by_role("button", name=words.OPEN_CORRECTED).click()
    page.get_by_role("link", name=words.STEPS["feedback"]).click()
    page.get_by_role("button", name=words.FEED_BACK).click()
    expect(page.locator(".summary")).to_contain_text(words.FED_BACK.format(count=5))
    with page.expect_response("**/open/feedback"):
        page.locator("main").get_by_role("button", name=words.OPEN_FOLDER).click()
    assert [path.name for path in on_samples_served.on_desk] == [CORRECTED, FEEDBACK]


# --- tabs, keys, names ------------------------------------------------------------------------------------------------


def test_two_tabs_show_the_same_and_a_stranger_is_shown_nothing(
    on_samples_served: Opened, show: Callable[..., Page], browser: Browser
) -> None:
    one = show(on_samples_served, "/returns")
    two = one.context.new_page()
    two.goto(f"{on_samples_served.keeper.origin}/returns")
    put(one, ("通知.pdf", b"%PDF-1.4"))
    for page in (one, two):
        expect(page.locator("table.files tr", has_text="通知.pdf")).to_have_count(1)
    stranger = browser.new_context()
    answer = stranger.new_page().goto(f"{on_samples_served.keeper.origin}/returns")
    assert answer
    assert answer.status == 403
    stranger.close()


_TWICE = "one => { one.click(); setTimeout(() => one.click(), 150); }"


def test_a_button_that_is_pressed_twice_does_it_once(empty: Opened, show: Callable[..., Page], own_home: Path) -> None:
    with served(empty.place) as window:
        page = show(window)
        # Apart as a hand presses: of two at once, the browser itself lets the first go.
        page.get_by_role("button", name=words.TRY_SAMPLES).evaluate(_TWICE)
        expect(page.locator("table.units tbody tr")).to_have_count(6)
        window.place.job.wait()
        assert len([one for one in own_home.iterdir() if one.name.startswith(words.SAMPLES)]) == 1
        # What was pressed can be pressed again on the page that came of it.
        for _ in range(2):
            with page.expect_response("**/returns/read"):
                page.get_by_role("button", name=words.READ_AGAIN).evaluate(_TWICE)
            window.place.job.wait()
        expect(page.locator(".summary .fault")).to_have_count(0)


def test_the_board_stands_whole_on_a_small_screen(on_samples_served: Opened, show: Callable[..., Page]) -> None:
    page = show(on_samples_served, "/returns", width=1024)
    table = page.locator(".scroll", has=page.locator("table.units"))
    assert table.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_of_two_buttons_for_files_that_one_is_ringed_that_has_the_focus(
    on_samples_served: Opened, show: Callable[..., Page]
) -> None:
    page = show(on_samples_served, "/returns")
    page.keyboard.press("Tab")  # by keys: what is clicked has no ring
    for has, other in (("files", "folder"), ("folder", "files")):
        page.locator(f"#{has}").focus()
        expect(page.locator(f"label[for={has}]")).to_have_css("outline-style", "solid")
        expect(page.locator(f"label[for={other}]")).to_have_css("outline-style", "none")


def test_a_printed_board_says_which_page_of_how_many_it_is(
    on_samples_served: Opened, show: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "_ON_A_PAGE", 4)
    page = show(on_samples_served, "/returns")
    page.emulate_media(media="print")
    expect(page.locator(".pager span").first).to_be_visible()
    expect(page.locator(".pager .button").first).to_be_hidden()


def test_everything_is_reached_by_keys_alone(on_samples_served: Opened, show: Callable[..., Page]) -> None:
    page = show(on_samples_served, "/returns")
    for step in ("issue", "rulings", "summary", "feedback", "next"):
        go_by_key(page, step)
        expect(page.locator("nav a[aria-current=page]")).to_contain_text(words.STEPS[step])
    page.goto(f"{on_samples_served.keeper.origin}/returns")
    page.locator("body").press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("东源")
    page.keyboard.press("Enter")
    expect(page.locator("table.units tbody tr")).to_have_count(1)
    reached = set()
    page.locator("body").click(position={"x": 2, "y": 2})
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id"))
    assert {words.SKIP, words.OPEN_FOLDER, words.READ_AGAIN, words.TAKE_OUT, words.QUIT, "files"} <= reached


def test_a_hostile_name_does_nothing_but_stand_there(on_samples_served: Opened, show: Callable[..., Page]) -> None:
    page = show(on_samples_served, "/returns")
    put(
        page,
        ("<img src=x onerror=alert(1)>.pdf", b"%PDF-1.4"),
        ("\u202efdp.exe", b"1"),
        ("长" * 200 + ".pdf", b"%PDF-1"),
    )
    expect(page.locator("table.files tr.fate-rejected")).to_have_count(3)
    expect(page.locator("img")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")


# --- when things go wrong ---------------------------------------------------------------------------------------------


class Slow:
    """A watch that waits at every file until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go = threading.Event()
        from sanjin_xl.window.job import Job

        told = Job.file

        def file(job: Job, outcome: object) -> None:
            self.go.wait(20)
            told(job, outcome)  # type: ignore[arg-type]

        monkeypatch.setattr(Job, "file", file)


def test_reading_is_stopped_between_two_files_and_the_last_board_stays(
    on_samples_served: Opened, show: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = show(on_samples_served, "/returns")
    slow = Slow(monkeypatch)
    # Shown at once: a page that asks no more by itself asks when something is dropped.
    page.evaluate("setTimeout = () => 0; clearTimeout(timer)")
    put(page, ("通知.pdf", b"%PDF-1.4"))
    expect(page.locator("#progress")).to_be_visible()
    with page.expect_response("**/stop"):
        page.get_by_role("button", name=words.STOP).click()
    slow.go.set()
    expect(page.locator(".summary .fault")).to_have_count(1)
    expect(page.locator("tr.state-missing")).to_have_count(1)


def test_a_window_that_was_closed_says_so_on_every_page(on_samples: Opened, show: Callable[..., Page]) -> None:
    with served(on_samples.place) as window:
        page = show(window, "/returns")
        expect(page.locator("table.units")).to_be_visible()
    expect(page.locator("#gone")).to_be_visible()
    expect(page.locator("#gone")).to_have_text(words.CLOSED_SENTENCE)


def test_a_workbook_that_is_open_in_excel_is_named_and_the_board_is_new_all_the_same(
    on_samples_served: Opened, show: Callable[..., Page]
) -> None:
    page = show(on_samples_served, "/returns")
    book = on_samples_served.place.round / SUMMARY / "汇总.xlsx"
    book.unlink()
    book.mkdir()  # as good as locked: nothing can be put in its place
    put(page, ("通知.pdf", b"%PDF-1.4"))
    expect(page.locator(".summary .fault")).to_contain_text("汇总.xlsx")
    expect(page.locator("table.files tr", has_text="通知.pdf")).to_have_count(1)


# --- the program itself -----------------------------------------------------------------------------------------------


@pytest.mark.workers
def test_a_second_start_shows_the_window_that_is_open_and_quitting_ends_it(
    tmp_path: Path, browser: Browser, own_home: Path
) -> None:
    folder = new_round(tmp_path / "三 季度")
    commands.generate(folder)
    line = [sys.executable, "-m", "sanjin_xl", "window", str(folder), "--no-browser"]
    began = monotonic()
    with subprocess.Popen(line, stdout=subprocess.PIPE, encoding="utf-8") as first:
        assert first.stdout
        url = first.stdout.readline().partition("http")[2].strip()
        context = browser.new_context()
        page, logged = context.new_page(), list[str]()
        page.on("console", lambda said: logged.append(said.text))
        page.goto(f"http{url}")
        assert monotonic() - began < 20
        expect(page.locator("nav")).to_be_visible()
        second = subprocess.run(line, capture_output=True, encoding="utf-8", timeout=60, check=True)
        assert words.RUNNING in second.stdout
        page.get_by_role("button", name=words.QUIT).click()
        expect(page.locator("main")).to_contain_text(words.QUIT_DONE)
        page.wait_for_load_state("networkidle")
        assert first.wait(60) == 0
        context.close()
    assert logged == []
    assert not (folder / ".sanjin" / "window.json").exists()


# --- accessibility ----------------------------------------------------------------------------------------------------


def test_every_screen_has_one_button_that_is_to_be_pressed_next(on_samples_served: Opened) -> None:
    for screen in SCREENS:
        page = on_samples_served.get(f"/{screen}")
        assert len(re.findall(r'class="(?:button )?primary"', page)) <= 1, screen


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core: npm install --prefix .ci --no-package-lock")
@pytest.mark.parametrize("width", [1280, 640])  # 640: what is left of a screen at 200 %
def test_no_screen_keeps_anybody_out(on_samples_served: Opened, browser: Browser, width: int) -> None:
    window = on_samples_served
    context = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(f"{window.keeper.origin}/?key={window.keeper.new_key()}")
    for screen in SCREENS:
        page.goto(f"{window.keeper.origin}/{screen}")
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        broken = [(one["id"], [node["html"][:120] for node in one["nodes"][:2]]) for one in found["violations"]]
        assert (screen, broken) == (screen, [])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), screen
    context.close()
