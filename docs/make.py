"""Takes the pictures of the README and of the manual again, from the running program on the samples.

    python docs/make.py

Needs `soffice`, `pdftoppm`, Chromium and the extra `[test]`. The clock of what is shown stands at a day of the round.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from unittest import mock

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from sanjin_xl.model.period import BEIJING
from sanjin_xl.round import commands, register, shipped, workbooks
from sanjin_xl.round.config import CORRECTED, RULED, RULINGS_FILE, SUMMARY, SUMMARY_FILE
from sanjin_xl.window.app import create_app
from sanjin_xl.window.guard import HOST, Guard
from sanjin_xl.window.life import Life
from sanjin_xl.window.serve import close, make_server
from sanjin_xl.window.workplace import Workplace

HERE = Path(__file__).parent
PICTURES = HERE / "使用手册" / "图"
NOW = datetime(2012, 10, 22, 9, 30, tzinfo=BEIJING)
DPI, SHARPER = 80, 150
WHOLE, PART = 1000, 900  # widths of a window whose words are still read when it, or a part of it, is printed on A4
COLOURS, ROUNDS = 64, 4  # without rounds of k-means a small green mark becomes black
EDGE = 4  # below what a picture ends with
OPINIONS_PAGE = 9  # of a correction copy: behind the form
Box = tuple[float, float, float, float]  # left, top, right, bottom as shares of a page

# The readers have Windows, and no folder for temporary files.
OWN_PATHS = """
for (const it of document.querySelectorAll(".path")) it.textContent = "D:\\\\三进\\\\三季度";
for (const it of document.querySelectorAll("input[name=where]")) it.value = "D:\\\\三进";
"""

# Of the window: which page, from which part of it on, down to the end of which.
SCREENS: dict[str, tuple[str, str, str]] = {
    "起始页": ("rounds", "main", "form.open-round"),
    "新建一轮": ("rounds/new", "main", "button.primary"),
    "发放": ("issue", "main", "table tbody tr:nth-child(3)"),
    "回收": ("returns", "body", "table.units"),
    "没用上的文件": ("returns?filter=unused", "table.files", "table.files"),
    "单位": ("unit/441625", "main", "table.findings"),
    "核定": ("rulings", "article.card", "article.card"),
    "汇总": ("summary", "main", "table.ranking tbody tr:nth-child(4)"),
    "催报与退回": ("letters?kind=return", "main", "table.letters"),
}


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, standing_clock():
        os.environ["XDG_STATE_HOME"] = name  # no rounds of one's own are shown
        folder = Path(name) / "三季度"
        shipped.copy_samples(folder)
        issued = commands.generate(folder).paths
        commands.ingest(folder)
        commands.letters(folder, "return")
        of_workbooks(folder, issued[0])
        with opened(folder) as address:
            of_window(address)


@contextmanager
def standing_clock() -> Iterator[None]:
    """A day of the round for whatever notes the day."""
    now = NOW.isoformat(timespec="minutes")
    with mock.patch.object(workbooks, "today", NOW.date), mock.patch.object(register, "_now", return_value=now):
        yield


# --- workbooks --------------------------------------------------------------------------------------------------------


def of_workbooks(folder: Path, issued: Path) -> None:
    summary = folder / SUMMARY / SUMMARY_FILE
    page(issued, HERE / "template.png")
    page(summary, HERE / "ranking.png", 2)  # behind 目录
    returned = next((folder / CORRECTED).glob("和平*.xlsx"))
    page(issued, PICTURES / "下发的表.png", cut=(0.03, 0.055, 0.742, 0.405))
    page(returned, PICTURES / "退回的表.png", cut=(0.038, 0.585, 0.962, 0.775))
    page(returned, PICTURES / "审核意见.png", OPINIONS_PAGE, cut=(0.035, 0.075, 0.965, 0.67))
    page(folder / RULED / RULINGS_FILE, PICTURES / "核定表.png", cut=(0.037, 0.157, 0.64, 0.438))
    page(summary, PICTURES / "排名.png", 2, cut=(0.042, 0.05, 0.958, 0.472))


def page(workbook: Path, target: Path, number: int = 1, cut: Box | None = None) -> None:
    """A page of a workbook as PNG: whole and small, or cut out of it and sharper."""
    pdf = workbook.with_suffix(".pdf")
    if not pdf.exists():
        subprocess.run(
            ["soffice", "--headless", "--convert-to", "pdf", "--outdir", workbook.parent, workbook], check=True
        )
    dpi = SHARPER if target.parent == PICTURES else DPI
    options = ["-png", "-singlefile", "-f", str(number), "-l", str(number), "-r", str(dpi)]
    subprocess.run(["pdftoppm", *options, pdf, target.with_suffix("")], check=True)
    picture: Image.Image = Image.open(target)
    if cut:
        sides = (picture.width, picture.height) * 2
        picture = picture.crop(tuple(int(share * side) for share, side in zip(cut, sides, strict=True)))  # type: ignore[arg-type]
    keep(picture, target)


def keep(picture: Image.Image, target: Path) -> None:
    """Write a picture as small as can be read, in colours that keep those of small marks."""
    kept = picture.convert("RGB").quantize(COLOURS, kmeans=ROUNDS, dither=Image.Dither.NONE)
    kept.save(target, optimize=True)


# --- the window -------------------------------------------------------------------------------------------------------


@contextmanager
def opened(folder: Path) -> Iterator[Callable[[str], str]]:
    """The window on a round: gives the address of a page of it."""
    with socket.create_server((HOST, 0)) as listening:
        keeper, place = Guard(port=listening.getsockname()[1]), Workplace(clock=lambda: NOW)
        place.open(folder)
        place.job.wait()
        server = make_server(create_app(place, keeper, Life()), listening)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            yield lambda path: f"{keeper.origin}/{path}" if path else f"{keeper.origin}/?key={keeper.new_key()}"
        finally:
            close(server)
            thread.join()


def of_window(address: Callable[[str], str]) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context(device_scale_factor=1.35, locale="zh-CN")
        shown = context.new_page()
        shown.goto(address(""))
        for name, (path, top, end) in SCREENS.items():
            shown.set_viewport_size({"width": WHOLE if top == "body" else PART, "height": 900})
            shown.goto(address(path))
            take(shown, top, end, PICTURES / f"{name}.png")
        wide = browser.new_page(viewport={"width": 1180, "height": 860}, locale="zh-CN")
        wide.goto(address(""))
        wide.evaluate(OWN_PATHS)
        keep(Image.open(BytesIO(wide.screenshot())), HERE / "window.png")
        browser.close()


def take(shown: Page, top: str, end: str, target: Path) -> None:
    """A picture of a page from the top of one element to the end of another."""
    shown.evaluate(OWN_PATHS)
    first, last = (shown.locator(one).first.bounding_box() for one in (top, end))
    assert first
    assert last
    height = last["y"] + last["height"] - first["y"]
    clip = {"x": first["x"], "y": first["y"], "width": first["width"], "height": height + (EDGE if top != end else 0)}
    keep(Image.open(BytesIO(shown.screenshot(clip=clip, full_page=True))), target)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
