"""Measures whole rounds: `ingest` of 100, 1,000 and 10,000 returns by one and two workers, and what an issue costs.

    python benchmarks/scale.py [--sizes 100 1000] [--workers 1 2] [--without-copies] [--keep FOLDER]
                               [--json FILE]

Every ingest runs in a process of its own on a fresh round; the peak is the resident memory of that process and all its
children together, sampled from /proc twenty times a second. `again` is a second run over the same files, when the
correction copies are there already; without copies it would be the first run once more, and is left out. CPU seconds
are what to compare on a machine that does other things as well.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from returns import filled, issues_of, rules_of, write_round

from sanjin_xl.round.watch import Watch

Row = dict[str, Any]
EXTRA = "补报.xlsx"


class Judged(Watch):
    """Notes when everything was judged and counted."""

    at = 0.0

    def counted(self, *_: object) -> None:
        self.at = time.time()


def ingest_here(folder: Path, workers: int, copies: bool) -> Row:
    """Ingest a round in this process: seconds until 汇总.xlsx stands and in all, CPU seconds of parent and workers."""
    from sanjin_xl.round import commands
    from sanjin_xl.round.config import SUMMARY, SUMMARY_FILE

    if not copies:
        vars(commands)["write_corrections"] = lambda *_: None
    watch = Judged()
    started = time.time()
    results = commands.ingest(folder, workers=workers, watch=watch)
    ended = time.time()
    summarised = (folder / SUMMARY / SUMMARY_FILE).stat().st_mtime
    own = time.process_time()
    times = os.times()
    return {
        "counted": sum(one.outcome is not None for one in results.units),
        "judged": round(watch.at - started, 2),
        "seconds_to_summary": round(summarised - started, 2),
        "seconds": round(ended - started, 2),
        "cpu_parent": round(own, 2),
        "cpu_workers": round(times.children_user + times.children_system, 2),
    }


def measure(folder: Path, workers: int, *, fresh: bool, copies: bool) -> Row:
    """The same in a process of its own, with the peak memory of the process tree in MB."""
    if fresh:
        clear(folder)
    command = [sys.executable, __file__, "--one", str(folder), "--workers", str(workers)]
    command += [] if copies else ["--without-copies"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        peak = 0
        while process.poll() is None:
            peak = max(peak, sum(map(resident, tree(process.pid))))
            time.sleep(0.05)
        output = process.stdout.read() if process.stdout else ""
    return {**json.loads(output), "peak_mb": peak // 1024}


def clear(folder: Path) -> None:
    """Leave of a round only what somebody else made: its settings, its keys and what came back at first."""
    (folder / "回收" / EXTRA).unlink(missing_ok=True)
    for name in (".sanjin/archive", "退回", "核定", "汇总"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for path in (folder / ".sanjin").glob("register*"):
        path.unlink()


def grow(folder: Path) -> None:
    """One more return: the first unit sends another one."""
    issue = next(issues_of(rules_of(1)))
    (folder / "回收" / EXTRA).write_bytes(filled((-1, issue)))


def tree(pid: int) -> list[int]:
    """A process and all below it; itself alone where there is no /proc."""
    parents: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(place.parent.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def resident(pid: int) -> int:
    """A process's resident memory in KB."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def issue_milliseconds(count: int = 40) -> float:
    """CPU milliseconds an issued workbook costs in one process."""
    from sanjin_xl.books.template import template_bytes

    issues = list(issues_of(rules_of(count)))
    template_bytes(issues[0])
    started = time.process_time()
    for one in issues:
        template_bytes(one)
    return round((time.process_time() - started) / count * 1000, 1)


def rows_of(place: Path, sizes: list[int], workers: list[int], copies: bool) -> list[Row]:
    rows: list[Row] = []
    for size in sizes:
        folder = place / str(size)
        if not folder.exists():
            write_round(folder, size)
        runs = [(count, True) for count in workers] + [(workers[-1], False)] * copies
        for count, fresh in runs:
            run = "first" if fresh else "again"
            measured = measure(folder, count, fresh=fresh, copies=copies)
            rows.append({"returns": size, "workers": count, "run": run, **measured})
            print(" ".join(f"{value:>10}" for value in rows[-1].values()), flush=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--without-copies", action="store_true", help="write no correction copies")
    parser.add_argument("--keep", type=Path, help="keep the rounds here, and use those that are here")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(ingest_here(options.one, options.workers[0], not options.without_copies)))
        return
    print(f"issue: {(issue := issue_milliseconds())} ms of CPU")
    names = ("returns", "workers", "run", "counted", "to summary", "seconds", "cpu parent", "workers", "peak MB")
    print(" ".join(f"{name:>10}" for name in names))
    with tempfile.TemporaryDirectory() as temporary:
        rows = rows_of(options.keep or Path(temporary), options.sizes, options.workers, not options.without_copies)
    if options.json:
        machine = {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count()}
        content = {"machine": machine, "issue_ms": issue, "rows": rows}
        options.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
