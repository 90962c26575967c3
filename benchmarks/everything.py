"""One run of every benchmark, and docs/performance.md written from it (its words are in performance.template.md).

    python benchmarks/everything.py [--large 40000] [--keep FOLDER] [--only-page]

`--large` adds a round of so many returns, once without and once with copies; 40,000 take some 25 minutes on two cores.
`--only-page` writes the page anew from the figures of the last run, docs/performance.json.
"""

import argparse
import json
import os
import platform
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import mixes
from page import written
from returns import write_round
from scale import grow, issue_milliseconds, measure
from stages import stages_of

DOCS = Path(__file__).parent.parent / "docs"
SMALL, PROVINCE, NATION = 6, 122, 2844
STAGE_SIZES = (100, 800, NATION)


def rounds(place: Path, large: int | None) -> list[dict[str, Any]]:
    """Whole rounds: the small one, a province, the nation without and with copies, and again after one more return."""
    rows = []
    wanted = [(SMALL, True), (PROVINCE, False), (PROVINCE, True), (NATION, False), (NATION, True)]
    wanted += [(large, False), (large, True)] if large else []
    for size, copies in wanted:
        folder = place / str(size)
        if not folder.exists():
            write_round(folder, size)
        rows.append(
            {"returns": size, "copies": copies, "run": "first", **measure(folder, 2, fresh=True, copies=copies)}
        )
        print(rows[-1], flush=True)
        if copies and size in (PROVINCE, NATION):
            grow(folder)
            rows.append(
                {"returns": size, "copies": True, "run": "again", **measure(folder, 2, fresh=False, copies=True)}
            )
            print(rows[-1], flush=True)
    return rows


def measured(place: Path, large: int | None) -> dict[str, Any]:
    commit = subprocess.run(["git", "describe", "--always"], capture_output=True, text=True, check=False).stdout.strip()
    return {
        "day": time.strftime("%Y-%m-%d"),
        "commit": commit,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "readers": mixes(),
        "stages": {size: stages_of(size) for size in STAGE_SIZES},
        "issue_ms": issue_milliseconds(),
        "rounds": rounds(place, large),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", type=int, help="a further round of so many returns")
    parser.add_argument("--keep", type=Path, help="keep the rounds here, and use those that are here")
    parser.add_argument("--only-page", action="store_true")
    options = parser.parse_args()
    path = DOCS / "performance.json"
    if not options.only_page:
        with tempfile.TemporaryDirectory() as temporary:
            figures = measured(options.keep or Path(temporary), options.large)
        path.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (DOCS / "performance.md").write_text(written(json.loads(path.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()
