"""Whole rounds: `ingest` in a process of its own, its seconds, its processor time, and the memory of all processes.

The peak is the resident memory of that process and all its children together, sampled from /proc five times a
second. Processor seconds are what to compare on a machine that does other things as well.
"""

import compileall
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import sanjin_xl
from sanjin_xl.round.standby import Standby
from sanjin_xl.round.watch import Watch

Row = dict[str, Any]
EXTRA = "补报.xlsx"


class Judged(Watch):
    """Notes when everything was judged and counted."""

    at = 0.0

    def counted(self, *_: object) -> None:
        self.at = time.time()


def ingest_here(folder: Path, workers: int, copies: bool, standby: Standby | None = None) -> Row:
    """Ingest a round in this process: seconds until 汇总.xlsx stands and in all, CPU seconds of parent and workers.

    One worker shares one processor with everything else. `standby`: what a window has kept of the count before; its
    processes go on, and what they have taken is not known.
    """
    from sanjin_xl.round import commands
    from sanjin_xl.round.config import SUMMARY, SUMMARY_FILE

    if workers == 1 and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})  # or the parent would have the other one
    if not copies:
        vars(commands)["write_corrections"] = lambda *_: None
    watch = Judged()
    started = time.time()
    began = time.process_time()
    results = commands.ingest(folder, workers=workers, watch=watch, standby=standby)
    ended, own = time.time(), time.process_time() - (began if standby else 0)
    summarised = (folder / SUMMARY / SUMMARY_FILE).stat().st_mtime
    times = os.times()
    return {
        "counted": sum(one.outcome is not None for one in results.units),
        "judged": round(watch.at - started, 2),
        "seconds_to_summary": round(summarised - started, 2),
        "seconds": round(ended - started, 2),
        "cpu_parent": round(own, 2),
        "cpu_workers": None if standby else round(times.children_user + times.children_system, 2),
    }


def counted_again(folder: Path, workers: int) -> Row:
    """The second count of a window that stays open, after one more return."""
    with closing(Standby()) as standby:
        ingest_here(folder, workers, True, standby)
        grow(folder)
        return ingest_here(folder, workers, True, standby)


def measure(folder: Path, workers: int, run: str, copies: bool) -> Row:
    """A run in a process of its own, with the peak memory of the process tree in MB; compiled, as pip leaves a program.

    `run`: "first" on a fresh round, "again" on what the last one has left and one more return, or "window": the same by
    a window that has made the first one itself.
    """
    if run == "again":
        grow(folder)
    else:
        clear(folder)
    compileall.compile_dir(Path(sanjin_xl.__file__).parent, quiet=1)
    command = [sys.executable, __file__, str(folder), str(workers), run, "with" if copies else "without"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        peak = 0
        while process.poll() is None:
            peak = max(peak, sum(map(resident, tree(process.pid))))
            time.sleep(0.2)  # oftener, the watching itself would take a tenth of a core
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
    from returns import filled, issues_of, rules_of  # not above: each process of a run loads what this module does

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
    from returns import issues_of, rules_of

    from sanjin_xl.books.template import template_bytes

    issues = list(issues_of(rules_of(count)))
    template_bytes(issues[0])
    started = time.process_time()
    for one in issues:
        template_bytes(one)
    return round((time.process_time() - started) / count * 1000, 1)


def main() -> None:
    """Ingest the round in a folder and print its row."""
    folder, workers, run, copies = Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]
    row = counted_again(folder, workers) if run == "window" else ingest_here(folder, workers, copies == "with")
    print(json.dumps(row))


if __name__ == "__main__":
    main()
