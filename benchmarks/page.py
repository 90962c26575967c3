"""docs/performance.md: the figures of one run of everything.py in the words of performance.template.md."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]

TARGETS: tuple[tuple[int, bool, str, str, float], ...] = (
    (122, True, "first", "seconds", 4),
    (2844, False, "first", "seconds", 9),
    (2844, True, "first", "seconds", 25),
    (40000, False, "first", "seconds", 150),
    (40000, False, "first", "peak_mb", 400),
)
"""Returns, whether with copies, which run, what, and at most how much."""

COPY_MS, AGAIN = 14, 1 / 3
TEMPLATE = Path(__file__).with_name("performance.template.md")

AGAIN_SAID = "Measured: the second run takes {again} s for {first} s of the first, {share:.0%}; judging is {judged} s."
AGAIN_UNSAID = "Not measured in this run."


def written(figures: Row) -> str:
    """The page."""
    rounds = figures["rounds"]
    facts = {
        "readers": _readers(figures["readers"]),
        "missing": _missing(figures["readers"]),
        "stages": _stages(figures["stages"]),
        "copy_ms": COPY_MS,
        "copy_verdict": _verdict(_copy_ms(figures), COPY_MS, "ms"),
        "rounds": _rounds(rounds),
        "verdicts": _verdicts(rounds),
        "again": _again(rounds),
    }
    return TEMPLATE.read_text(encoding="utf-8").format(**{**figures, **facts})


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    names = list(head)
    lines = [names, ["---", *["--:"] * (len(names) - 1)], *([str(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _readers(rows: Iterable[Row]) -> str:
    head = ("saved by", "ours", "wall", "calamine", "× calamine", "pandas+calamine", "× pandas", "pandas+openpyxl")
    return _table(head, (_reader(one) for one in rows if one["ours"]))


def _reader(one: Row) -> list[object]:
    ours, floor, pandas = one["ours"], one["floor"], one["pandas"]
    ratios = _ratio(ours, floor), _ratio(ours, pandas)
    name = f"{one['writer']} .{one['format']}"
    return [name, ours, one["wall"], floor, ratios[0], pandas, ratios[1], one["openpyxl"] or "–"]


def _missing(rows: Iterable[Row]) -> str:
    names = [f"{one['writer']} .{one['format']}" for one in rows if not one["ours"]]
    return f"Not measured, for the program is not installed here: {', '.join(names)}. " if names else ""


def _stages(stages: Mapping[str, Row]) -> str:
    head = ("stage", *(f"{int(size):,} units" for size in stages))
    names = next(iter(stages.values()))
    return _table(head, ([name, *(one[name] for one in stages.values())] for name in names))


def _copy_ms(figures: Row) -> float:
    return min(float(one["a correction copy"]) for one in figures["stages"].values())


def _rounds(rows: Iterable[Row]) -> str:
    head = ("returns", "copies", "run", "judged", "汇总.xlsx", "in all", "processor", "peak")
    return _table(head, map(_round, rows))


def _round(one: Row) -> list[object]:
    times = [f"{one[name]} s" for name in ("judged", "seconds_to_summary", "seconds")]
    processor = one["cpu_parent"] + one["cpu_workers"]
    copies = "with" if one["copies"] else "without"
    return [f"{one['returns']:,}", copies, one["run"], *times, f"{processor:.1f} s", f"{one['peak_mb']} MB"]


def _verdicts(rows: Iterable[Row]) -> str:
    found = {(one["returns"], one["copies"], one["run"]): one for one in rows}
    lines = []
    for returns, copies, run, what, most in TARGETS:
        one, unit = found.get((returns, copies, run)), "MB" if what == "peak_mb" else "s"
        how = "with copies" if copies else "without copies"
        verdict = _verdict(one[what], most, unit) if one else "not run"
        lines.append(f"- {returns:,} returns {how}, at most {most} {unit}: **{verdict}**.")
    first, again = (found.get((2844, True, run)) for run in ("first", "again"))
    if first and again:
        verdict = _verdict(round(again["seconds"] / first["seconds"], 2), round(AGAIN, 2), "×")
        lines.append(f"- A second run after one more return at 2,844, at most a third of the first: **{verdict}**.")
    return "\n".join(lines)


def _verdict(found: float, most: float, unit: str) -> str:
    return f"met, {found} {unit}" if found <= most else f"missed by {round(found - most, 2)} {unit}, {found} {unit}"


def _again(rows: Iterable[Row]) -> str:
    found = {one["run"]: one for one in rows if one["returns"] == 2844 and one["copies"]}
    if set(found) != {"first", "again"}:
        return AGAIN_UNSAID
    first, again = found["first"], found["again"]
    share = again["seconds"] / first["seconds"]
    return AGAIN_SAID.format(again=again["seconds"], first=first["seconds"], share=share, judged=again["judged"])


def _ratio(ours: float, theirs: float) -> str:
    return f"{ours / theirs:.1f}"
