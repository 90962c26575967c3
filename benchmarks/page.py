"""docs/performance.md: the figures of one run of everything.py in the words of performance.template.md."""

import statistics
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]

NATION = 2844
TARGETS: tuple[tuple[int, bool, str, float], ...] = (
    (122, True, "seconds", 4),
    (NATION, False, "seconds", 9),
    (NATION, True, "seconds", 25),
    (40000, False, "seconds", 150),
    (40000, False, "peak_mb", 400),
)
"""Of a first run on all processors: returns, whether with copies, what, and at most how much."""

COPY_MS, ISSUE_MS, AGAIN = 14, 20, 0.33
OVER_PANDAS = 1.5
MORE_OVER_PANDAS = {"SheetJS .xlsx": 3.0}  # it drops formulas: pandas has nothing left to read
TEMPLATE = Path(__file__).with_name("performance.template.md")


def written(figures: Row) -> str:
    """The page; what has not been measured, or not yet, is left out of the tables, and its target was not run.

    `note`: what a person has to say of this run, such as that the machine was slow.
    """
    rounds, readers = figures["rounds"], [one for one in figures["readers"] if one["ours"]]
    facts = {
        "readers": _readers(readers),
        "read_verdict": _read_verdict(readers),
        "missing": _missing(figures["readers"]),
        "stages": _stages(figures["stages"]),
        "profile": _profile(figures["profile"]),
        "failed": f"\n**Failed in this run: {', '.join(figures['failed'])}.**\n" if figures["failed"] else "",
        "note": f"\n{figures['note']}\n" if figures.get("note") else "",
        "copy_verdict": _verdict(_copy_ms(figures), COPY_MS, "ms"),
        "issue_verdict": _verdict(figures["issue_ms"], ISSUE_MS, "ms"),
        "rounds": _rounds(rounds, next((one["floor"] for one in readers), 0)),
        "verdicts": _verdicts(rounds),
        "again": _again(rounds),
    }
    return TEMPLATE.read_text(encoding="utf-8").format(**{**figures, **facts})


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    names = list(head)
    lines = [names, ["---", *["--:"] * (len(names) - 1)], *([str(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


# --- one return -------------------------------------------------------------------------------------------------------


def _readers(rows: Iterable[Row]) -> str:
    head = ("saved by", "ours", "wall", "calamine", "× calamine", "pandas+calamine", "× pandas", "pandas+openpyxl")
    return _table(head, map(_reader, rows))


def _reader(one: Row) -> list[object]:
    ours, floor, pandas = one["ours"], one["floor"], one["pandas"]
    ratios = f"{ours / floor:.1f}", f"{ours / pandas:.1f}"
    return [_name(one), ours, one["wall"], floor, ratios[0], pandas, ratios[1], one["openpyxl"] or "–"]


def _name(one: Row) -> str:
    return f"{one['writer']} .{one['format']}"


def _read_verdict(rows: Iterable[Row]) -> str:
    ratios = {_name(one): one["ours"] / one["pandas"] for one in rows}
    missed = {
        name: f"{name} by {over:.1f}"
        for name, ratio in ratios.items()
        if (over := ratio - MORE_OVER_PANDAS.get(name, OVER_PANDAS)) >= 0.05
    }
    met = ", ".join(name for name in ratios if name not in missed)
    return f"met for {met or 'none'}; missed for {', '.join(missed.values()) or 'none'}" if ratios else "not run"


def _missing(rows: Iterable[Row]) -> str:
    names = [_name(one) for one in rows if not one["ours"]]
    return f"Not measured, for the program is not installed here: {', '.join(names)}. " if names else ""


# --- stages -----------------------------------------------------------------------------------------------------------


def _stages(stages: Mapping[str, Row]) -> str:
    head = ("stage", *(f"{int(size):,} units" for size in stages))
    names = next(iter(stages.values()), {})
    return _table(head, ([name, *(one[name] for one in stages.values())] for name in names))


def _profile(works: Mapping[str, Mapping[str, float]]) -> str:
    return "\n".join(f"- {work}: {_shares(shares)}." for work, shares in works.items())


def _shares(shares: Mapping[str, float]) -> str:
    return ", ".join(f"`{name}` {share:.0%}" for name, share in shares.items())


def _copy_ms(figures: Row) -> float | None:
    found = [one["a correction copy"] for one in figures["stages"].values()]
    return statistics.median(found) if found else None


# --- whole rounds -----------------------------------------------------------------------------------------------------


def _rounds(rows: Iterable[Row], floor: float) -> str:
    head = ("returns", "copies", "cores", "run", "judged", "汇总.xlsx", "in all", "processor", "floor", "peak")
    return _table(head, (_round(one, floor) for one in rows))


def _round(one: Row, floor: float) -> list[str]:
    """A row; `floor` is what calamine alone takes to read one return, in milliseconds."""
    times = [f"{one[name]:.1f} s" for name in ("judged", "seconds_to_summary", "seconds")]
    processor = "–" if one["cpu_workers"] is None else f"{one['cpu_parent'] + one['cpu_workers']:.1f} s"
    least = f"{floor * one['returns'] / 1000:.1f} s"
    copies = "with" if one["copies"] else "without"
    what = [f"{one['returns']:,}", copies, str(one["cores"]), one["run"]]
    return [*what, *times, processor, least, f"{one['peak_mb']} MB"]


def _verdicts(rows: Iterable[Row]) -> str:
    first = {(one["returns"], one["copies"]): one for one in rows if one["run"] == "first" and one["cores"] > 1}
    lines = []
    for returns, copies, what, most in TARGETS:
        one, unit = first.get((returns, copies), {}), "MB" if what == "peak_mb" else "s"
        how = "with copies" if copies else "without copies"
        lines.append(f"- {returns:,} returns {how}, at most {most} {unit}: **{_verdict(one.get(what), most, unit)}**.")
    for run, how in (("again", "by a program of its own"), ("window", "in a window that stayed open")):
        said = _verdict(_share(rows, run, 2), AGAIN, "of it")
        lines.append(
            f"- A second run after one more return at {NATION:,}, at most a third of the first, {how}: **{said}**."
        )
    if alone := _share(rows, "first", 1):
        lines.append(f"- One processor for everything takes {alone:.2f} times as long as two.")
    return "\n".join(lines)


def _verdict(found: float | None, most: float, unit: str) -> str:
    if found is None:
        return "not run"
    found = round(found, 2)
    return f"met, {found} {unit}" if found <= most else f"missed by {round(found - most, 2)} {unit}, {found} {unit}"


def _share(rows: Iterable[Row], run: str, cores: int) -> float | None:
    """What a run of the nation with copies takes, as a share of the first one on two processors."""
    seconds = {(one["run"], one["cores"]): one["seconds"] for one in rows if one["returns"] == NATION and one["copies"]}
    both = seconds.get((run, cores)), seconds.get(("first", 2))
    return both[0] / both[1] if both[0] and both[1] else None


def _again(rows: Iterable[Row]) -> str:
    found = {one["run"]: one for one in rows if one["returns"] == NATION and one["copies"] and one["cores"] > 1}
    times = (f"{name} {one['judged']:.1f} s and {one['seconds'] - one['judged']:.1f} s" for name, one in found.items())
    return f"In this run, until all is judged and from then on: {'; '.join(times)}." if found else ""
