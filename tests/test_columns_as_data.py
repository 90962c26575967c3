"""No letter of a column and no position of an answer stands outside `model/layout` (docs/architecture.md §4).

What is looked for is written the way it would slip in: an address or a letter in a text that becomes a formula, a
letter in front of a number put into a text, a cell of an answer by its number. Docstrings and comments may show some.
"""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import rounds

import sanjin_xl

PACKAGE = Path(sanjin_xl.__file__).parent
TESTS = Path(rounds.__file__).parent
TOP = TESTS.parent
OWNERS = {PACKAGE / "model" / "layout.py", PACKAGE / "model" / "cellref.py"}
SOURCES = sorted(
    {
        *PACKAGE.rglob("*.py"),
        *(path for folder in ("samples", "templates", "benchmarks") for path in (TOP / folder).glob("*.py")),
        *(path for folder in ("damage", "writers") for path in (TESTS / folder).glob("*.py")),
        TESTS / "rounds.py",
    }
    - OWNERS
)

_LETTERS = r"(?<![A-Za-z0-9_&.\-])\$?[A-Z]{1,3}\$?"
# E6, $L$2, J%d:J%d, K{row} for str.format.
ADDRESS = re.compile(_LETTERS + r"(?:[0-9]{1,7}(?![A-Za-z_])|%[ds]|\{)")
# The end of a text behind which a number is put: f"E{row}", f"$L${row}".
BEFORE_A_NUMBER = re.compile(_LETTERS + "$")
CELLS = {"raw", "cells", "typed", "answers", "ANSWERS", "CHOICES"}

# What only looks like a letter of a column.
ALLOWED = {
    "sanjin_xl/messages/template.py": {"A4"},  # the paper
    "sanjin_xl/messages/official.py": {"A4"},
    "sanjin_xl/messages/letters.py": {"SHA256"},  # what Windows calls a way to add up a file
    "sanjin_xl/workbook/fonts.py": {"CC9", "FF0", "FF0000", "FF6600", "FF8080", "FF9", "FF9900"},  # colours
    "sanjin_xl/workbook/ods/styles.py": {"N0", "N100"},  # names of formats
    "samples/post.py": {"GB2312"},  # an encoding
    "sanjin_xl/model/stamp.py": {"SJ1", "SJ2"},  # what a stamp begins with
    "sanjin_xl/judge/similarity.py": {"I"},  # an array of whole numbers
    "sanjin_xl/workbook/sniff.py": {"GIF8", "ID3", "OLE2"},  # what files begin with, and what one of them is called
    "sanjin_xl/workbook/package.py": {"Q"},  # eight bytes, for struct
    "sanjin_xl/recovery/cell_values.py": {"P", "R"},  # ticks in a font of symbols
    "sanjin_xl/recovery/wordings.py": {"O"},  # what a scanner makes of a 0
    "sanjin_xl/workbook/xls/sheet.py": {"H"},  # two bytes, for struct
    "sanjin_xl/workbook/symbols.py": set("OPQRST"),  # what fonts of symbols draw for them
    "tests/damage/containers.py": {"A1"},  # a hostile part
    "tests/damage/layouts.py": {"J", "V", "I0"},  # what a scanner makes of other marks
    "tests/damage/seen.py": {"P", "R", "FF000000"},  # ticks in a font of symbols, black
    "tests/damage/values.py": {"V", "Y"},  # what somebody ticks with
    "tests/writers/marks.py": {"P"},  # a tick in a font of symbols
    "tests/writers/filling.py": {"A1", "V"},  # a remark that looks like a link; a tick
}
POLICIES = {"A", "B", "C"}


def found_in(source: str) -> set[str]:
    """The letters of columns and the numbered cells of answers in a module."""
    tree = ast.parse(source)
    spared = {id(node) for node in _not_for_cells(tree)}
    return {one for node in ast.walk(tree) if id(node) not in spared for one in _found(node)}


def _not_for_cells(tree: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, and the names of type variables."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            yield node.value
        elif isinstance(node, ast.Call) and _name(node.func) in ("TypeVar", "ParamSpec"):
            yield from node.args


def _found(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
        yield from _in_text(node.value if isinstance(node.value, str) else node.value.decode("latin-1"))
    elif isinstance(node, ast.JoinedStr):
        for text, value in pairwise(node.values):
            if isinstance(text, ast.Constant) and isinstance(value, ast.FormattedValue):
                yield from BEFORE_A_NUMBER.findall(str(text.value))
    elif _is_by_number(node):
        yield ast.unparse(node)
    elif isinstance(node, ast.ClassDef) and any(_name(base) == "IntEnum" for base in node.bases):
        yield node.name


def _in_text(text: str) -> Iterator[str]:
    yield from ADDRESS.findall(text)
    if re.fullmatch("[A-Z]", text):
        yield text
    # EFGHI, to be taken apart into letters.
    if re.fullmatch("[A-Z]{2,}", text) and all(ord(b) - ord(a) == 1 for a, b in pairwise(text)):
        yield text


def _is_by_number(node: ast.AST) -> bool:
    """Whether a cell of an answer is taken by its place: raw[0], cells[2], ANSWERS[:5], ANSWERS.index."""
    if isinstance(node, ast.Attribute):
        return node.attr == "index" and _name(node.value) in CELLS
    if not isinstance(node, ast.Subscript):
        return False
    name, within = _name(node.value), node.slice
    parts = (within.lower, within.upper, within.step) if isinstance(within, ast.Slice) else (within,)
    return name == "raw" or (name in CELLS and any(map(_number, parts)))


def _number(node: ast.expr | None) -> bool:
    node = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def _name(node: ast.expr) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(TOP).as_posix())
def test_no_letter_of_a_column_and_no_position_of_an_answer_stands_here(path: Path) -> None:
    allowed = ALLOWED.get(path.relative_to(TOP).as_posix(), set())
    assert found_in(path.read_text(encoding="utf-8")) - POLICIES - allowed == set()


def test_everything_that_is_spared_is_still_there() -> None:
    for path, letters in ALLOWED.items():
        assert letters <= found_in((TOP / path).read_text(encoding="utf-8")), path


def test_the_search_finds_what_it_is_for_in_the_modules_that_may() -> None:
    assert found_in('cell = "E6"') == {"E6"}
    assert all(path.exists() for path in OWNERS)
    assert len(SOURCES) > 100


PLANTED = [
    'formula = f"=IF(E{row}=1,0)"',
    'formula = f"=AND($L{row}<>0)"',
    'formula = f"SUM(K{first}:K{last})"',
    'mark = b"ROUND(D%d*IF(I%d=" % (row, row)',
    "mark = b'sqref=\"J%d:J%d\"'",
    'formula = "=IF(E{row}=1,0)".format(row=row)',
    'blank = "&".join(f"{letter}{row}" for letter in "EFGHI")',
    'places = {"done": "E"}',
    'for column, letter in ((DONE, "G"), (LEDGER, "I")): pass',
    'date = address(1, 9).replace("J", "$J$")',
    'source = "=_sanjin!$D$2:$D$13"',
    "tick = answer.raw[0]",
    "ticks = answers[number].raw[::4]",
    "remark = cells[-1]",
    "typed = answer.raw[ANSWERS.index(name)]",
    "choices = ANSWERS[:5]",
    "choices = form.answers[:-1]",
    "place = form.answers.index(name)",
    "class Column(IntEnum):\n    DONE = 4",
]


@pytest.mark.parametrize("planted", PLANTED)
@pytest.mark.parametrize("module", ["books/formulas.py", "recovery/formula_references.py", "recovery/answers.py"])
def test_whatever_is_planted_is_found(module: str, planted: str) -> None:
    source = (PACKAGE / module).read_text(encoding="utf-8")
    assert found_in(source) == set()
    assert found_in(f"{source}\n{planted}\n")


@pytest.mark.parametrize(
    "harmless",
    [
        '"""Such as E6 or $E$6."""',
        "first = layout.cell(1, name)  # E6",
        'head = "IF({done}={tick},ROUND({points}*IF({ledger}="',
        'formula = f"=AND({cell}<>0,ISNUMBER({other}))"',
        'footer = "&L&7" + stamp + "第 &P 页"',
        "T = TypeVar('T')",
        "name = names[place]",
        "first = parts[0]",
        "value = typed[name]",
    ],
)
def test_what_is_no_letter_of_a_column_is_let_alone(harmless: str) -> None:
    assert found_in(harmless) == set()
