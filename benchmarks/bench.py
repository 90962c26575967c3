"""Measures reading against the floor and against what people do otherwise; prints a table and writes JSON.

    python benchmarks/bench.py [--files 60] [--rounds 5] [--json FILE]

All contenders read the same files from bytes, interleaved, several rounds; medians and ratios to the floor are what
to compare, for single times drift with the machine. Every round has files of its own, since what is remembered of a
return would make reading it again too cheap.
"""

import argparse
import io
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

from returns import returns, rules_of

from sanjin_xl.judge.pipeline import Processor

Contender = Callable[[bytes], object]


def floor(data: bytes) -> object:
    """python-calamine reading the same sheets from bytes, and nothing else."""
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        return [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]


def openpyxl_loop(data: bytes) -> object:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), data_only=True)
    return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]


def pandas_loop(engine: Literal["calamine", "openpyxl"]) -> Contender:
    import pandas as pd

    return lambda data: pd.read_excel(io.BytesIO(data), sheet_name=None, header=None, engine=engine)


def contenders(count: int) -> dict[str, Contender]:
    processor = Processor(rules_of(count))
    return {
        "floor: calamine": floor,
        "process_file": lambda data: processor.process_file(data, "x.xlsx"),
        "pandas + calamine": pandas_loop("calamine"),
        "pandas + openpyxl": pandas_loop("openpyxl"),
        "openpyxl": openpyxl_loop,
    }


def measure(rounds: Iterable[list[bytes]], racers: dict[str, Contender]) -> dict[str, list[float]]:
    """Milliseconds per file of each contender, a figure per round; the slow ones read a sample of its files."""
    times: dict[str, list[float]] = {name: [] for name in racers}
    for files in rounds:
        for name, read in racers.items():
            sample = files if name in ("floor: calamine", "process_file") else files[:10]
            started = time.perf_counter()
            for data in sample:
                read(data)
            times[name].append((time.perf_counter() - started) / len(sample) * 1000)
    return times


def report(times: dict[str, list[float]]) -> list[dict[str, object]]:
    base = times["floor: calamine"]
    rows = []
    for name, figures in times.items():
        ratios = [one / other for one, other in zip(figures, base, strict=True)]
        rows.append(
            {
                "what": name,
                "ms_per_file": round(statistics.median(figures), 3),
                "ratio_to_floor": round(statistics.median(ratios), 2),
            }
        )
    return rows


PROGRAMS = (
    ("XlsxWriter", "xlsx"),
    ("openpyxl", "xlsx"),
    ("ExcelJS", "xlsx"),
    ("LibreOffice", "xlsx"),
    ("LibreOffice", "ods"),
    ("LibreOffice", "xls"),
    ("Gnumeric", "xlsx"),
    ("SheetJS", "xlsx"),
    ("SheetJS", "xls"),
    ("SheetJS", "xlsb"),
)


def mixes(files: int = 10, rounds: int = 3) -> list[dict[str, object]]:
    """A row for each program: processor and wall milliseconds a file, ours and of those that only read.

    Ours are 0 where the program is not installed.
    """
    made = [data for _, data in returns(rules_of(files * (rounds + 1)))]
    return [_mix(writer, format, made, rounds + 1) for writer, format in PROGRAMS]


def _mix(writer: str, format: str, made: list[bytes], rounds: int) -> dict[str, object]:
    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    from writers import trial

    row: dict[str, object] = {"writer": writer, "format": format, "ours": 0}
    client = trial.CLIENTS.get(writer)
    if client and client.unavailable():
        return row
    saved = [client.resave(data, format) for data in made] if client else made
    processor = Processor(rules_of(len(made)))
    racers: dict[str, Contender] = {
        "ours": lambda data: processor.process_file(data, "x.xlsx"),
        "floor": floor,
        "pandas": pandas_loop("calamine"),
        **({"openpyxl": pandas_loop("openpyxl")} if format == "xlsx" else {}),
    }
    wall: list[float] = []
    cpu: dict[str, list[float]] = {name: [] for name in racers}
    for n in range(rounds):
        for name, read in racers.items():
            started, began = time.process_time(), time.perf_counter()
            for data in saved[n::rounds]:
                read(data)
            count = len(saved[n::rounds])
            cpu[name].append((time.process_time() - started) / count * 1000)
            wall += [(time.perf_counter() - began) / count * 1000] if name == "ours" else []
    # The first round only warms up.
    medians = {name: round(statistics.median(figures[1:]), 2) for name, figures in cpu.items()}
    found = {"openpyxl": None, **row, **medians, "wall": round(statistics.median(wall[1:]), 2)}
    print(found, flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=60, help="per round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rounds = options.rounds + 1
    files = [data for _, data in returns(rules_of(options.files * rounds))]
    racers = contenders(len(files))
    warm_up, *timed = (files[n::rounds] for n in range(rounds))
    measure([warm_up], racers)
    rows = report(measure(timed, racers))
    print(f"{'':22}{'ms/file':>10}{'× floor':>10}")
    for row in rows:
        print(f"{row['what']:22}{row['ms_per_file']:>10}{row['ratio_to_floor']:>10}")
    if options.json:
        machine = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
        options.json.write_text(json.dumps({"machine": machine, "rows": rows}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
