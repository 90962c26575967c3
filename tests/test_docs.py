"""The documents: whatever code, tests and pages cite is there, and the pages cite tests that exist."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted(ROOT.glob("docs/**/*.md"))
SOURCES = [
    path
    for folder in ("sanjin_xl", "tests", "benchmarks", "samples", "templates", "docs", "packaging")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".py", ".md", ".toml"} and path.name != Path(__file__).name
] + [ROOT / "README.md", ROOT / "CHANGELOG.md"]
CITED = re.compile(r"docs/([\w\u4e00-\u9fff-]+\.(?:md|json|png))(?:[^\S\n]+§(\d+))?")
SECTION = re.compile(r"^#+ §(\d+) ", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
TEST = re.compile(r"`(?:tests/)?(test_\w+\.py)(?:::(test_\w+))?`")
STRANGE = re.compile(r"(?<!docs/)\b(?:design|returns|window|style)\.md\b(?! ?\))|\bdesign §")


def citations() -> Iterator[tuple[str, str, str]]:
    """Every page cited: where, which page, which section ("" for the whole page)."""
    for path in SOURCES:
        for page, section in CITED.findall(path.read_text(encoding="utf-8")):
            yield path.relative_to(ROOT).as_posix(), page, section


def test_every_page_and_section_cited_is_there() -> None:
    cited = list(citations())
    assert any(section for _, _, section in cited)
    for where, page, section in cited:
        path = ROOT / "docs" / page
        assert path.is_file(), f"{where} cites docs/{page}"
        if section:
            assert section in SECTION.findall(path.read_text(encoding="utf-8")), f"{where} cites docs/{page} §{section}"


def test_no_page_is_cited_that_is_not_in_the_repository() -> None:
    code = [path for path in SOURCES if path.suffix == ".py"]
    assert [path.name for path in code if STRANGE.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_a_page_names_is_there(page: Path) -> None:
    for file, name in TEST.findall(page.read_text(encoding="utf-8")):
        path = ROOT / "tests" / file
        assert path.is_file(), f"{page.name} names {file}"
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert not name or name in functions, f"{page.name} names {file}::{name}"
