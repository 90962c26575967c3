"""One run of every benchmark, and docs/performance.md written from it (its words are in performance.template.md).

    python benchmarks/everything.py [--large 40000] [--keep FOLDER] [--small] [--to FOLDER] [--only-page]

`--large` adds a round of so many returns, once without and once with copies; 40,000 take some 25 minutes on two cores.
`--small` measures little of everything, to see that all of it works. `--to` writes figures and page elsewhere.
`--only-page` writes the page anew from the figures of the last run, performance.json.

Figures and page are written after every step, so that a run that is stopped keeps what it has. What a step dies of is
printed, the step is named on the page, and the others go on.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from bench import PROGRAMS, mix
from page import written
from returns import returns, rules_of, write_round
from scale import issue_milliseconds, measure
from stages import shares_of, stages_of

DOCS = Path(__file__).parent.parent / "docs"
PROVINCE, NATION = 122, 2844

Figures = dict[str, Any]
Step = tuple[str, Callable[[Figures], None]]


class Extent(NamedTuple):
    """How much is measured: files a program and round of them, units of stages and profile, and rounds.

    A round: its returns, with copies or without, by how many processors.
    """

    files: int
    stages: tuple[int, ...]
    profile: int
    rounds: tuple[tuple[int, bool, int], ...]


WHOLE = Extent(
    files=10,
    stages=(100, 800, NATION),
    profile=800,
    rounds=(
        (6, True, 2),
        (PROVINCE, False, 2),
        (PROVINCE, True, 2),
        (NATION, False, 2),
        (NATION, True, 2),
        (NATION, True, 1),
    ),
)
LITTLE = Extent(
    files=2, stages=(20, 40), profile=20, rounds=((6, True, 2), (40, False, 2), (40, True, 2), (40, True, 1))
)


def steps(extent: Extent, place: Path) -> Iterator[Step]:
    """What is measured, each with its name."""
    made = [data for _, data in returns(rules_of(extent.files * 4))]
    for program in PROGRAMS:
        yield " .".join(program), partial(_reader, program, made)
    for size in extent.stages:
        yield f"stages of {size} units", partial(_stages, size)
    yield "profile", lambda figures: figures.update(profile=shares_of(extent.profile), profiled=extent.profile)
    yield "issue", lambda figures: figures.update(issue_ms=issue_milliseconds())
    for size, copies, cores in extent.rounds:
        how = f"{'with' if copies else 'without'} copies on {cores}"
        yield f"{size} returns {how}", partial(_round, place / str(size), size, copies, cores)


def _reader(program: tuple[str, str], made: list[bytes], figures: Figures) -> None:
    figures["readers"].append(mix(*program, made))


def _stages(size: int, figures: Figures) -> None:
    figures["stages"][str(size)] = stages_of(size)


def _round(folder: Path, size: int, copies: bool, cores: int, figures: Figures) -> None:
    """A fresh round; up to a nation with copies on all processors, also after one more return, and that in a window."""
    if not folder.exists():
        write_round(folder, size)
    row = {"returns": size, "copies": copies, "cores": cores}

    for run in ("first", "again", "window") if copies and cores > 1 and size <= NATION else ("first",):
        figures["rounds"].append({**row, "run": run, **measure(folder, cores, run, copies)})
        print(figures["rounds"][-1], flush=True)


def begun() -> Figures:
    """What is known before anything is measured."""
    commit = subprocess.run(["git", "describe", "--always"], capture_output=True, text=True, check=False).stdout.strip()
    return {
        "day": time.strftime("%Y-%m-%d"),
        "commit": commit,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "failed": [],
        "readers": [],
        "stages": {},
        "profile": {},
        "profiled": 0,
        "issue_ms": None,
        "rounds": [],
    }


def measured(extent: Extent, place: Path) -> Iterator[Figures]:
    """The figures after every step."""
    figures, started = begun(), time.time()
    for name, step in steps(extent, place):
        print(f"{time.time() - started:6.0f} s  {name}", flush=True)
        try:
            with warnings.catch_warnings(action="ignore"):  # of openpyxl, about other programs' files
                step(figures)
        except Exception:  # noqa: BLE001  (one step that fails costs the others nothing)
            traceback.print_exc()
            figures["failed"].append(name)
        yield figures
    print(f"{time.time() - started:6.0f} s  done; failed: {figures['failed'] or 'nothing'}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", type=int, help="a further round of so many returns")
    parser.add_argument("--keep", type=Path, help="keep the rounds here, and use those that are here")
    parser.add_argument("--small", action="store_true", help="little of everything")
    parser.add_argument("--to", type=Path, default=DOCS, help="the folder for performance.json and performance.md")
    parser.add_argument("--only-page", action="store_true")
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    path = options.to / "performance.json"
    extent = LITTLE if options.small else WHOLE
    large = ((options.large, False, 2), (options.large, True, 2)) if options.large else ()
    with tempfile.TemporaryDirectory() as temporary:
        known = (
            [json.loads(path.read_text(encoding="utf-8"))]
            if options.only_page
            else measured(extent._replace(rounds=(*extent.rounds, *large)), options.keep or Path(temporary))
        )
        for figures in known:
            path.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            (options.to / "performance.md").write_text(written(figures), encoding="utf-8")
    sys.exit(bool(figures["failed"]))


if __name__ == "__main__":
    main()
