"""Processor time of judging a return, against the floor and against what people do otherwise, by who saved the file."""

import io
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from returns import rules_of

from sanjin_xl.judge.pipeline import Processor

Contender = Callable[[bytes], object]


def floor(data: bytes) -> object:
    """python-calamine reading the same sheets from bytes, and nothing else."""
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        return [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]


def pandas_loop(engine: Literal["calamine", "openpyxl"]) -> Contender:
    import pandas as pd

    return lambda data: pd.read_excel(io.BytesIO(data), sheet_name=None, header=None, engine=engine)


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
ROUNDS = 4


def mix(writer: str, format: str, made: list[bytes]) -> dict[str, object]:
    """A program's row: processor and wall milliseconds a file, ours and of those that only read the same files.

    Every round has files of its own, since what is remembered of a return would make reading it again too cheap; the
    first one only warms up. Ours are 0 where the program is not installed.
    """
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
    for n in range(ROUNDS):
        for name, read in racers.items():
            started, began = time.process_time(), time.perf_counter()
            for data in saved[n::ROUNDS]:
                read(data)
            count = len(saved[n::ROUNDS])
            cpu[name].append((time.process_time() - started) / count * 1000)
            wall += [(time.perf_counter() - began) / count * 1000] if name == "ours" else []
    medians = {name: round(statistics.median(figures[1:]), 2) for name, figures in cpu.items()}
    found = {"openpyxl": None, **row, **medians, "wall": round(statistics.median(wall[1:]), 2)}
    print(found, flush=True)
    return found
