"""What comes from outside the page: files by the mouse, strangers in another tab, sleep, keys alone, and paper."""

import io
import shutil
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from zipfile import ZipFile

import pytest
from opened_window import NOW, REBOUND, Opened, go_by_key, served, stranger
from playwright.sync_api import Browser, Page, expect
from rounds import YUANCHENG, clean, fill, heyuan, small_form

from sanjin_xl.messages import window as words

pytestmark = pytest.mark.browser


# --- by the mouse -----------------------------------------------------------------------------------------------------


def drop(page: Page, *paths: Path) -> None:
    """Drop files and folders of the disk onto the page, as the mouse does."""
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 400, "y": 400, "data": data})


def mail_with(name: str, data: bytes) -> bytes:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "报表", "sfj@example.cn", "city@example.cn"
    mail.set_content("见附件")
    mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def test_a_zip_a_mail_and_a_folder_are_dropped_by_the_mouse(
    window: Opened, tmp_path: Path, show: Callable[..., Page]
) -> None:
    forms = {one.area: fill(small_form(), clean(small_form()), one.code) for one in heyuan().units[:4]}
    (first, second, third, fourth) = forms
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr(f"{first}.xlsx", forms[first])
    folder = tmp_path / "收到的"
    (folder / "里面").mkdir(parents=True)
    (folder / f"{third}.xlsx").write_bytes(forms[third])
    (folder / "里面" / f"{fourth}.xlsx").write_bytes(forms[fourth])
    (tmp_path / "来的.zip").write_bytes(packed.getvalue())
    (tmp_path / "来信.eml").write_bytes(mail_with(f"{second}.xlsx", forms[second]))
    with served(window.place) as opened:
        page = show(opened, "/returns")
        drop(page, tmp_path / "来的.zip", tmp_path / "来信.eml", folder)
        expect(page.locator("table.files tr.fate-counted th.file")).to_have_count(4)
        expect(page.locator("tr.state-missing")).to_have_count(2)
        expect(page.locator("table.files")).to_contain_text(f"收到的/里面/{fourth}.xlsx")
        # A page that takes no files leads to the one that does.
        page.goto(f"{opened.keeper.origin}/summary")
        drop(page, tmp_path / "来的.zip")
        expect(page.locator("#drop")).to_be_visible()


# --- strangers --------------------------------------------------------------------------------------------------------

_HOSTILE = (Path(__file__).parent / "hostile.html").read_text(encoding="utf-8")


def test_a_page_of_a_stranger_in_another_tab_reads_nothing_and_changes_nothing(
    on_samples_served: Opened, browser: Browser
) -> None:
    window = on_samples_served
    port = window.keeper.origin.rpartition(":")[2]
    number, board = window.place.job.now.number, window.get("/returns").partition('data-live="board"')[2]
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{window.keeper.origin}/?key={window.keeper.new_key()}")
    expect(page.locator("table.units")).to_be_visible()
    with stranger(_HOSTILE.replace("ORIGIN", window.keeper.origin).encode()) as strange:
        for name in ("127.0.0.1", "localhost", REBOUND):
            other = context.new_page()
            other.goto(f"http://{name}:{strange}/")
            expect(other).to_have_title("done")
            assert int(other.locator("body").get_attribute("data-count") or 0) > 0
            assert other.locator("body").get_attribute("data-told") == "", name
            other.close()
    # A name of a stranger's that leads here: the browser takes the page for theirs, and gets none.
    answer = context.new_page().goto(f"http://{REBOUND}:{port}/returns")
    assert answer is not None
    assert answer.status == 421
    context.close()
    assert window.on_desk == []
    assert window.place.job.now.number == number
    assert not window.life.is_over(busy=False)
    assert window.get("/returns").partition('data-live="board"')[2] == board


# --- asleep -----------------------------------------------------------------------------------------------------------


def test_a_page_that_slept_shows_what_has_become_meanwhile(
    on_samples_served: Opened, show: Callable[..., Page]
) -> None:
    page = show(on_samples_served, "/returns")
    expect(page.locator("table.units")).to_be_visible()
    session = page.context.new_cdp_session(page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    on_samples_served.drop(("通知.pdf", b"%PDF-1.4"))
    session.send("Page.setWebLifecycleState", {"state": "active"})
    expect(page.locator("table.files tr", has_text="通知.pdf")).to_have_count(1)
    expect(page.locator("#gone")).to_be_hidden()


def test_what_is_being_typed_stays_when_the_page_reads_itself_anew(
    on_samples_served: Opened, show: Callable[..., Page]
) -> None:
    page = show(on_samples_served, "/rulings")
    card, to_do = page.locator("article.card").first, page.locator("nav a.to-do[href*=returns]")
    card.get_by_label(words.REASON).fill("电话核实")
    page.locator("h2").click()
    to_do = page.locator("nav a.to-do[href*=returns]")
    before = int(to_do.inner_text())
    on_samples_served.drop(("通知.pdf", b"%PDF-1.4"))
    page.get_by_role("link", name=words.ROUNDS).focus()
    expect(to_do).to_have_text(str(before + 1))
    expect(page.get_by_role("link", name=words.ROUNDS)).to_be_focused()
    assert card.get_by_label(words.REASON).input_value() == "电话核实"


def test_a_table_that_was_moved_sideways_by_keys_stays_so_when_the_page_reads_itself_anew(
    on_samples_served: Opened, show: Callable[..., Page]
) -> None:
    page = show(on_samples_served, "/returns", width=480)
    moved = page.locator(".scroll", has=page.locator("table.units"))
    moved.focus()
    moved.evaluate("one => { one.scrollLeft = 60; }")
    on_samples_served.drop(("通知.pdf", b"%PDF-1.4"))
    expect(page.locator("table.files tr", has_text="通知.pdf")).to_have_count(1)
    expect(moved).to_be_focused()
    assert moved.evaluate("one => one.scrollLeft") == 60


# --- keys alone -------------------------------------------------------------------------------------------------------


_CALLED = """(one => one.matches("body, .scroll") ? "" : [one.textContent, one.ariaLabel, one.id,
...[...one.labels || []].map(label => label.textContent)].join(" "))(document.activeElement)"""


def tab_to(page: Page, name: str) -> None:
    """Go on with Tab until what is called so has the focus."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if name in page.evaluate(_CALLED):
            return
    raise AssertionError(name)


def test_a_round_is_done_by_keys_alone(empty: Opened, tmp_path: Path, show: Callable[..., Page]) -> None:
    with served(empty.place) as window:
        page = show(window)
        keys = page.keyboard
        # Heard from the beginning: asked for together with the key, the dialog may open before anybody hears of it.
        (tmp_path / "通知.pdf").write_bytes(b"%PDF-1.4")
        page.on("filechooser", lambda dialog: dialog.set_files(tmp_path / "通知.pdf"))
        tab_to(page, words.TRY_SAMPLES)
        keys.press("Enter")
        expect(page.locator("table.units tbody tr")).to_have_count(6)
        page.wait_for_load_state()
        keys.press("?")
        expect(page.locator("#keys dl")).to_be_visible()
        keys.press("?")
        expect(page.locator("#keys dl")).to_be_hidden()
        window.place.job.wait()
        # A file is chosen: the label leads to the native dialog.
        tab_to(page, "files")
        keys.press("Space")
        expect(page.locator("table.files tr", has_text="通知.pdf")).to_have_count(1)
        window.place.job.wait()
        # A question is ruled.
        go_by_key(page, "rulings")
        before = page.locator("article.card").first.get_attribute("id")
        tab_to(page, "总分")
        keys.press("Space")
        tab_to(page, words.REASON)
        keys.type("电话核实")
        tab_to(page, words.WHO)
        keys.type("王某")
        keys.press("Enter")
        expect(page.locator(f"article[id='{before}']")).to_have_count(0)
        window.place.job.wait()
        expect(page.locator("article.card :focus")).to_have_text(words.RULE)  # of the card that has come in its place
        # And taken back.
        go_by_key(page, "rulings")
        tab_to(page, words.UNDO)
        keys.press("Enter")
        expect(page.locator(f"article[id='{before}']")).to_have_count(1)
        window.place.job.wait()
        go_by_key(page, "feedback")
        tab_to(page, words.FEED_BACK)
        keys.press("Enter")
        expect(page.locator(".summary")).to_contain_text(words.FED_BACK.format(count=5))
        window.place.job.wait()
        go_by_key(page, "next")
        tab_to(page, words.FIELDS["due"])
        keys.type("2013年1月15日")
        keys.press("Enter")
        expect(page.locator("h1")).to_contain_text("2012年第四季度")
        tab_to(page, words.QUIT)
        keys.press("Enter")
        expect(page.locator("main")).to_contain_text(words.QUIT_DONE)


# --- on paper ---------------------------------------------------------------------------------------------------------


@pytest.mark.needs("pdftotext")
def test_the_board_is_printed_without_what_nobody_can_press_on_paper(
    on_samples_served: Opened, show: Callable[..., Page], tmp_path: Path
) -> None:
    page = show(on_samples_served, "/returns")
    expect(page.locator("table.units")).to_be_visible()
    pdf = tmp_path / "board.pdf"
    page.pdf(path=pdf, prefer_css_page_size=True, print_background=False)
    program = [shutil.which("pdftotext") or "", "-layout", str(pdf), "-"]
    text = subprocess.run(program, check=True, capture_output=True).stdout.decode()
    assert text.count("\f") <= 2  # pages
    assert heyuan().by_code[YUANCHENG].name in text
    assert str(NOW.year) in text
    for pressed in (words.TAKE_OUT, words.CHOOSE, words.QUIT, words.READ_AGAIN, words.SEARCH_BUTTON):
        assert pressed not in text
