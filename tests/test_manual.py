"""The manual: what it names is in the program, what it shows is there, and its tables tell everything there is."""

import importlib
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from spoken import literals

import sanjin_xl
from sanjin_xl.messages.files import REASONS
from sanjin_xl.model.catalogue import CATALOGUE
from sanjin_xl.model.form import parse_form
from sanjin_xl.round.shipped import DEFAULT_FORM, template_text

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "使用手册"
PAGES = sorted(FOLDER.glob("*.md"))
MESSAGES = Path(sanjin_xl.__file__).parent / "messages"
PICTURE = re.compile(r"!\[([^\]]+)\]\(图/([^)]+)\)")


@pytest.fixture(scope="module")
def manual() -> Iterator[Any]:
    """The module that makes the manual."""
    sys.path.insert(0, str(ROOT / "docs"))
    yield importlib.import_module("manual")
    sys.path.remove(str(ROOT / "docs"))


def said(paths: list[Path]) -> list[re.Pattern[str]]:
    """What the program says, as patterns: {kind} stands for anything."""
    texts = {text for path in paths for text in literals(path) if text}
    return [re.compile(re.sub(r"\\\{[^}]*\\\}", ".+", re.escape(text))) for text in texts if not text.startswith("{")]


def unknown(pattern: str, paths: list[Path], besides: set[str]) -> list[str]:
    """What the manual names between such brackets that nothing in the program is called."""
    named = {one for page in PAGES for one in re.findall(pattern, page.read_text("utf-8"))}
    assert named
    known = said(paths)
    return sorted(one for one in named - besides if not any(text.fullmatch(one) for text in known))


def test_every_button_that_is_named_is_in_the_window() -> None:
    windows = [MESSAGES / "window.py", MESSAGES / "letters.py"]
    assert unknown("【([^】]+)】", windows, set()) == []


def test_every_sheet_and_heading_that_is_named_is_in_a_workbook() -> None:
    form = parse_form(template_text(DEFAULT_FORM))
    books = [MESSAGES / f"{name}.py" for name in ("template", "rulings", "summary", "feedback", "letters")]
    assert unknown("「([^」]+)」", books, {*asdict(form.headings).values(), "填报日期"}) == []


def test_what_nothing_is_called_is_found() -> None:
    assert not any(text.fullmatch("上传") for text in said([MESSAGES / "window.py"]))


def test_every_picture_that_is_named_is_there_and_no_other_and_all_are_small() -> None:
    named = {name for page in PAGES for _, name in PICTURE.findall(page.read_text("utf-8"))}
    there = {path.name: path.stat().st_size for path in (FOLDER / "图").iterdir()}
    assert named == set(there)
    assert sum(there.values()) < 1_500_000


def test_pictures_are_numbered_in_their_order() -> None:
    captions = [caption for caption, _ in PICTURE.findall((FOLDER / "使用手册.md").read_text("utf-8"))]
    assert [caption.partition("　")[0] for caption in captions] == [f"图{n}" for n in range(1, len(captions) + 1)]


def test_the_tables_tell_every_finding_and_every_reason(manual: Any) -> None:
    text = re.sub("<[^>]+>", "\n", manual.document("使用手册"))
    lines = set(text.splitlines())
    assert [code for code, kind in CATALOGUE.items() if not {kind.title, kind.advice, kind.reason} <= lines] == []
    assert [code for code, reason in REASONS.items() if re.sub(r"\{\w+\}", "…", reason) not in lines] == []


@pytest.mark.parametrize("name", ["使用手册", "县区填报说明"])
def test_every_marker_becomes_what_it_stands_for(manual: Any, name: str) -> None:
    assert "<!--" not in manual.document(name)


def test_the_manual_is_printed_and_what_is_forwarded_is_one_page(manual: Any, tmp_path: Path) -> None:
    if reason := manual.unprintable():
        pytest.skip(reason)
    book, forwarded = manual.write(tmp_path)
    assert len(manual.printed(forwarded.stem).pages) == 1
    assert all(100_000 < path.stat().st_size < 3_000_000 for path in (book, forwarded))
