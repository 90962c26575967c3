"""Makes the pictures of the README again: runs the demo, prints its workbooks, and takes the board of the window.

    python docs/make.py

Needs `soffice`, `pdftoppm`, Chromium and the extra `[test]`.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sanjin_xl.round import commands, shipped
from sanjin_xl.round.config import SUMMARY_FILE

HERE = Path(__file__).parent
DPI = 80


def picture(workbook: Path, target: Path, page: int = 1) -> None:
    """A page of a workbook as PNG."""
    folder = workbook.parent
    subprocess.run(["soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, workbook], check=True)
    pdf = workbook.with_suffix(".pdf")
    options = ["-png", "-singlefile", "-f", str(page), "-l", str(page), "-r", str(DPI)]
    subprocess.run(["pdftoppm", *options, pdf, target.with_suffix("")], check=True)


def board(folder: Path, target: Path) -> None:
    """The first page of the window on a round as PNG."""
    from playwright.sync_api import sync_playwright

    program = [sys.executable, "-m", "sanjin_xl", "window", str(folder), "--no-browser"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, encoding="utf-8") as window, sync_playwright() as playwright:
        assert window.stdout
        url = "http" + window.stdout.readline().partition("http")[2].strip()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1180, "height": 860})
        page.goto(url)
        page.locator("table.units").wait_for()
        page.screenshot(path=target)
        page.locator("footer button").click()
        browser.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "demo"
        shipped.copy_samples(folder)
        issued = commands.generate(folder).paths
        commands.ingest(folder)
        picture(issued[0], HERE / "template.png")
        picture(folder / "汇总" / SUMMARY_FILE, HERE / "ranking.png", page=2)  # behind 目录
        board(folder, HERE / "window.png")


if __name__ == "__main__":
    main()
