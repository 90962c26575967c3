"""The house of docs and design as it stands: arrows only downward, no cycles, a core that touches nothing outside."""

import ast
import re
import subprocess
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import sanjin_xl

NAME = "sanjin_xl"
PACKAGE = Path(sanjin_xl.__file__).parent
FILES = {".".join((NAME, *p.relative_to(PACKAGE).with_suffix("").parts)): p for p in sorted(PACKAGE.rglob("*.py"))}
TREES = {name.removesuffix(".__init__"): ast.parse(path.read_text(encoding="utf-8")) for name, path in FILES.items()}

# Ground floor first; a module may use what is below it, and the modules of its own floor.
FLOORS = (
    "model",
    "workbook",
    "messages",
    "recovery",
    "judge",
    "review",
    "outcome",
    "books",
    "round",
    "analysis",
    "window",
    "console",
    "cli",
    "__main__",
)
FLOOR = defaultdict(lambda: len(FLOORS), {name: n for n, name in enumerate(FLOORS)})
CORE = {"model", "messages", "recovery", "judge", "review", "outcome"}
OUTSIDE = {"os", "io", "sys", "time", "shutil", "socket", "sqlite3", "subprocess", "tempfile", "multiprocessing"}
LIBRARIES = {"click", "openpyxl", "pandas", "python_calamine", "xlsxwriter", "msoffcrypto", "flask", "tomlkit", "docx"}


def imports(tree: ast.AST, *, for_types: bool = True) -> Iterator[str]:
    """Every module or name imported, dotted; with or without what is imported for type hints only."""
    hints = [node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)]
    unused = set() if for_types else {id(node) for hint in hints for node in ast.walk(hint)}
    for node in ast.walk(tree):
        if id(node) in unused:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own_imports(module: str) -> set[str]:
    """The modules of the package that a module imports."""
    found = {name if name in TREES else name.rpartition(".")[0] for name in imports(TREES[module])}
    return {name for name in found if name in TREES and name != module}


def part(module: str) -> str:
    """The part of the house a module belongs to."""
    return module.removeprefix(NAME).lstrip(".").partition(".")[0]


MODULES = sorted(name for name in TREES if name != NAME)


def test_every_module_has_its_floor_and_every_floor_its_module() -> None:
    assert {part(module) for module in MODULES} == set(FLOORS)


@pytest.mark.parametrize("module", MODULES)
def test_arrows_point_downward(module: str) -> None:
    used = {part(name) for name in own_imports(module) if name != NAME} - {part(module)}
    assert {name for name in used if FLOOR[name] >= FLOOR[part(module)]} == set()


def test_the_reader_of_workbooks_knows_no_form() -> None:
    of_model = {name for m in MODULES if part(m) == "workbook" for name in own_imports(m) if part(name) == "model"}
    assert of_model <= {f"sanjin_xl.model.{name}" for name in ("cellref", "controls", "errors")}


def test_no_module_comes_round_to_itself() -> None:
    order = list(TopologicalSorter({module: own_imports(module) for module in TREES}).static_order())
    assert set(order) == set(TREES)


def test_imports_within_the_package_are_written_out() -> None:
    assert not [
        m for m, tree in TREES.items() for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level
    ]


@pytest.mark.parametrize("module", [module for module in MODULES if part(module) in CORE])
def test_the_core_opens_nothing_asks_no_clock_and_prints_nothing(module: str) -> None:
    roots = {name.partition(".")[0] for name in imports(TREES[module])}
    assert roots & (OUTSIDE | LIBRARIES) == set()
    assert "pathlib.Path" not in set(imports(TREES[module]))
    assert (
        called(TREES[module]) & {"open", "print", "input", "today", "now", "utcnow", "read_text", "write_text"} == set()
    )


@pytest.mark.parametrize("module", [module for module in MODULES if FLOOR[part(module)] < FLOOR["round"]])
def test_nothing_below_the_round_folder_asks_the_clock_or_prints(module: str) -> None:
    assert called(TREES[module]) & {"print", "input", "today", "now", "utcnow"} == set()


def called(tree: ast.AST) -> set[str]:
    """The last names of everything that is called."""
    functions = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {getattr(one, "attr", getattr(one, "id", "")) for one in functions}


def test_pandas_is_for_analysts_alone() -> None:
    users = {module for module in TREES if "pandas" in " ".join(imports(TREES[module], for_types=False))}
    assert users == {"sanjin_xl.analysis"}


@pytest.mark.parametrize("module", ["sanjin_xl.cli", "sanjin_xl.judge.pipeline", "sanjin_xl.analysis"])
def test_pandas_is_not_loaded_before_the_first_frame_is_made(module: str) -> None:
    program = f"import sys, {module}; print(*sorted({{'pandas', 'numpy'}} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""


def test_what_tests_share_stands_in_modules_that_are_no_tests() -> None:
    sharing = re.compile(r"^\W*(?:from|import) test_\w+", re.MULTILINE)  # in the text of a program a test starts, too
    tests = Path(__file__).parent
    found = {path.name: sharing.findall(path.read_text(encoding="utf-8")) for path in tests.rglob("*.py")}
    assert {name: lines for name, lines in found.items() if lines} == {}


# --- the drawing in docs/architecture.md ----------------------------------------------------------------------------


def drawing() -> str:
    """The house as it stands: a floor a paragraph, the top floor first, with its modules and the floors it uses."""
    lines: list[str] = []
    for floor in reversed(FLOORS):
        own = [module for module in MODULES if part(module) == floor]
        used = {part(name) for module in own for name in own_imports(module) if name != NAME} - {floor}
        rooms = sorted({module.removeprefix(f"{NAME}.{floor}").lstrip(".").replace(".", "/") for module in own} - {""})
        lines += [
            *wrapped(floor, rooms),
            f"{'':12}↓ {' '.join(name for name in reversed(FLOORS) if name in used) or '–'}",
        ]
    return "\n".join(lines)


def wrapped(floor: str, rooms: list[str]) -> list[str]:
    # A space that does not break ties each dot to the name before it.
    texts = textwrap.wrap("\N{NO-BREAK SPACE}· ".join(rooms), 108) or [""]
    return [
        f"{floor if not n else '':12}{text}".rstrip().replace("\N{NO-BREAK SPACE}", " ") for n, text in enumerate(texts)
    ]


def test_the_drawing_in_the_documents_is_the_house() -> None:
    page = (Path(__file__).parent.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert drawing() in page, f"docs/architecture.md §2 should show:\n{drawing()}"


if __name__ == "__main__":
    print(drawing())
