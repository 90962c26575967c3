"""The long run: PYTHONPATH=tests python -m damage --cases 6000 [--add results.jsonl] [--write docs/recovery.md]."""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from multiprocessing import Pool
from pathlib import Path
from random import Random

from rounds import small_form, the_form

from damage.registry import MUTATORS
from damage.verdict import alarms, chosen, damaged, judged

FILLINGS = 24
TOGETHER = {2: "any two of them", 3: "any three of them"}
COLUMNS = ("recovered", "flagged", "refused", "wrong")

Case = tuple[int, tuple[str, ...]]
Result = tuple[Case, Counter[str], list[int]]


def cases(count: int, seed: int) -> Iterable[Case]:
    """Half of the cases with one mutator each, in turn; the rest with those that chance puts together."""
    names = sorted(MUTATORS)
    for n in range(count):
        if n % 2:
            yield seed + n, tuple(one.name for one in chosen(Random(seed + n)))
        else:
            yield seed + n, (names[n // 2 % len(names)],)


def judge(case: Case) -> Result:
    """One case: how many items were recovered, flagged, refused, wrong; and which were wrong."""
    seed, names = case
    form = small_form() if seed % 8 == 0 else the_form()
    book = damaged(form, [MUTATORS[name] for name in names], seed, seed % FILLINGS)
    verdict = judged(book)
    harmless = all(MUTATORS[name].harmless for name in names)
    sizes = map(len, (verdict.right, verdict.flagged, form.items if verdict.refused else (), verdict.wrong))
    counts = Counter(dict(zip(COLUMNS, sizes, strict=True)))
    if harmless:
        counts += Counter(harmless=1, alarms=len(alarms(verdict.outcome, book.touched)))
    return case, counts, sorted(verdict.wrong)


def table(results: Iterable[Result]) -> list[str]:
    """The rows of the table, in the order of the families."""
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (_, names), counts, _ in results:
        for row in (names[0] if len(names) == 1 else TOGETHER[len(names)], "all"):
            sums[row] += counts + Counter(cases=1)
    lines = [
        "| damage | cases | recovered | flagged | refused | silently wrong | alarms |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for one in sorted(MUTATORS.values(), key=lambda one: (list_of_families().index(one.family), one.name)):
        lines.append(_line(one.what, sums[one.name]))
    return [*lines, *(_line(f"**{name}**", sums[name]) for name in (*TOGETHER.values(), "all"))]


def list_of_families() -> list[str]:
    return list(dict.fromkeys(one.family for one in MUTATORS.values()))


def _line(title: str, counts: Counter[str]) -> str:
    items = sum(counts[name] for name in COLUMNS) or 1
    shares = [f"{counts[name] * 100 / items:.1f} %" if counts[name] else "–" for name in COLUMNS[:3]]
    cried = counts["alarms"] if counts["harmless"] else "–"
    return f"| {title.replace('|', '·')} | {counts['cases']} | {' | '.join(shares)} | {counts['wrong']} | {cried} |"


# --- a run in pieces ---


def kept(file: Path | None) -> list[Result]:
    """The results of the pieces that were run before."""
    lines = file.read_text(encoding="utf-8").splitlines() if file and file.exists() else []
    found = map(json.loads, lines)
    return [((seed, tuple(names)), Counter(counts), wrong) for (seed, names), counts, wrong in found]


def keep(file: Path, results: Iterable[Result]) -> None:
    """Write the results of all pieces, a line each."""
    file.write_text("".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in results), encoding="utf-8")


TEXT = """# What is recovered from damaged returns

{count} filled workbooks were damaged in {kinds} ways, singly or two and three at a time, read again, and every answer
held against what the mutator itself says it truly is (`tests/damage/`). *Recovered*: the six cells of an item read
exactly right. *Flagged*: not read right, and the item, or the column in which what is wrong stood, bears an error or a
review about reading; remarks on whether an answer makes sense do not count. *Refused*: rejected with a reason.
*Silently wrong* must be 0. *Alarms*: errors and reviews about reading where damage hinders nobody from reading, and
about no item that it changed; – where the damage is not of that kind. Of a sample of them nearly all were one a case,
and asked by right, `nobody-signed`: tables that a county made anew bear neither a date nor a name; the rest were
`column-doubtful` and `column-off` in the form of seven items, where few answers bear anything out. Shares are of items.
What no reader can tell is left out: once cells were moved and then pasted as plain values, or answers copied beside
another item, they simply are what the county says of it; and what was drawn, struck out or written around the answers
is gone where a later damage takes along values alone.

{table}

The cases have the numbers from {starts} on. Every row again, in one piece or several of them that add up:
`PYTHONPATH=tests python -m damage --cases N --seed FIRST --add results.jsonl --write docs/recovery.md`; a few hundred
other cases in CI: `pytest tests/test_damage.py`.
"""


def main() -> int:
    """Run the cases, print the table and every case that was silently wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int)
    parser.add_argument("--add", type=Path, metavar="FILE", help="add this piece to those whose results are in a file")
    parser.add_argument("--write", type=Path, metavar="FILE")
    options = parser.parse_args()
    with Pool(options.processes) as pool:
        piece = pool.map(judge, cases(options.cases, options.seed), chunksize=8)
    results = [*kept(options.add), *piece]
    if options.add:
        keep(options.add, results)
    lines = table(results)
    print("\n".join(lines))
    for (seed, names), _, wrong in results:
        if wrong:
            print(f"silently wrong: seed {seed}, {' + '.join(names)}: items {wrong}")
    if options.write:
        options.write.write_text(_text(results, lines), encoding="utf-8")
    return int(any(wrong for _, _, wrong in results))


def _text(results: Sequence[Result], lines: Iterable[str]) -> str:
    """The page: the table, and which seeds it is of."""
    seeds = sorted(seed for (seed, _), _, _ in results)
    starts = [one for before, one in pairwise([seeds[0] - 2, *seeds]) if one != before + 1]
    return TEXT.format(
        count=len(results), kinds=len(MUTATORS), starts=", ".join(map(str, starts)), table="\n".join(lines)
    )


if __name__ == "__main__":
    raise SystemExit(main())
