"""Show how LibreOffice prints a workbook: FILE → OUTDIR/FILE.pdf and one PNG per page, named after its sheet.

Example: python tests/office/render.py form.xlsx out --dpi 80
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

# Started as a script: the package is this folder.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from office import Office, OfficeError, unavailable


def render(file: Path, folder: Path, dpi: int) -> list[Path]:
    """Write the PDF and the pages; return the paths of the pages in order."""
    folder.mkdir(parents=True, exist_ok=True)
    pdf = folder / (file.stem + ".pdf")
    with Office() as office, office.opened(file) as book:
        office.save(book, pdf, "pdf")
        sheets = [page["sheet"] for page in office.pages(book)]
    return [
        draw_page(pdf, number, folder / f"{file.stem}-{number:02}-{sheet}", dpi)
        for number, sheet in enumerate(sheets, start=1)
    ]


def draw_page(pdf: Path, number: int, target: Path, dpi: int) -> Path:
    """Draw one page as `target`.png."""
    page = ["-f", str(number), "-l", str(number), "-singlefile"]
    subprocess.run(["pdftoppm", "-png", "-r", str(dpi), *page, str(pdf), str(target)], check=True)
    return target.with_name(target.name + ".png")


def main() -> int:
    """Run from the command line; exit status 2 if a program is missing or the file cannot be opened."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("outdir", type=Path)
    parser.add_argument("--dpi", type=int, default=80)
    options = parser.parse_args()
    missing = unavailable() or (None if shutil.which("pdftoppm") else "pdftoppm (poppler-utils) is not installed")
    if missing:
        parser.error(missing)
    try:
        print(*render(options.file, options.outdir, options.dpi), sep="\n")
    except OfficeError as error:
        parser.error(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
