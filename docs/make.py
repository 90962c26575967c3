"""Makes the two pictures of the README again: runs the demo, prints its workbooks with LibreOffice, takes the pages.

    python docs/make.py

Needs `soffice` and `pdftoppm`.
"""

import subprocess
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


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "demo"
        shipped.copy_samples(folder)
        issued = commands.generate(folder).paths
        commands.ingest(folder)
        picture(issued[0], HERE / "template.png")
        picture(folder / "汇总" / SUMMARY_FILE, HERE / "ranking.png", page=2)  # behind 目录


if __name__ == "__main__":
    main()
