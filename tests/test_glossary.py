"""One word for one thing: what docs/glossary.md bans stands in no sentence a user sees."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from spoken import literals

import sanjin_xl
from sanjin_xl.messages import template
from sanjin_xl.round import commands, shipped
from sanjin_xl.round.config import RETURNED

PACKAGE = Path(sanjin_xl.__file__).parent
ROOT = PACKAGE.parent
ROWS = [
    [cell.strip() for cell in line.strip("|\n ").split("|")]
    for line in (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| 词 ")
]
BANNED = sorted({word for *_, words in ROWS for word in words.split("、") if word})
SPEAKING = [*sorted((PACKAGE / "messages").glob("*.py")), PACKAGE / "model" / "catalogue.py"]
# What was named before the glossary and is relied on from outside: the file name of a correction copy, the hidden
# heading of tables of earlier versions, the word of the form itself for its item 99.
KEPT = (template.CORRECTION_NAME, "填报指纹")
QUOTED = re.compile("“[^”]*”")


def faults(text: str) -> list[str]:
    """The banned words in a text; 截止日 is one, 截止日期 is not."""
    return [word for word in BANNED if re.search(re.escape(word) + ("(?!期)" if word == "截止日" else ""), text)]


def found(texts: Iterator[str]) -> list[tuple[list[str], str]]:
    return [(words, text) for text in texts if text not in KEPT and (words := faults(text))]


def test_every_row_says_word_name_and_meaning_and_bans_no_word_of_its_own() -> None:
    words = {row[0] for row in ROWS}
    assert len(words) == len(ROWS) > 30
    assert all(len(row) == 4 and all(row[:3]) for row in ROWS)
    assert words & set(BANNED) == set()


def test_a_banned_word_is_found() -> None:
    assert faults("请在截止日前改正") == ["截止日", "改正"]
    assert faults("请在截止日期前更正") == []


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: path.stem)
def test_no_sentence_of_the_program_says_it_otherwise(path: Path) -> None:
    assert found(literals(path)) == []


def test_neither_form_file_readme_manual_nor_settings_of_the_samples_say_it_otherwise() -> None:
    readme = (ROOT / "README.md").read_text("utf-8").split("## 中文")[1].split("## English")[0]
    settings = (ROOT / "samples" / "round.toml").read_text("utf-8")
    # The wording of the items is the paper's.
    form = re.sub(r'text = "[^"]*"', "", (ROOT / "templates" / "sanjin-2012.toml").read_text("utf-8"))
    manual = [path.read_text("utf-8") for path in (ROOT / "docs" / "使用手册").glob("*.md")]
    assert manual
    for text in (readme, settings, form, *manual):
        assert found(iter(text.splitlines())) == []


def test_no_workbook_made_of_the_samples_says_it_otherwise(tmp_path: Path) -> None:
    folder = tmp_path / "演示"
    shipped.copy_samples(folder)
    commands.generate(folder)
    results = commands.ingest(folder)
    commands.feedback(folder)
    books = [path for path in folder.rglob("*.xlsx") if RETURNED not in path.parts and ".sanjin" not in path.parts]
    assert {path.parent.name for path in books} >= {"发放", "退回", "核定", "汇总", "反馈"}
    texts = {item.text for item in results.rules.form.items}
    typed = {one.answer(item.number).remark for one in results.units for item in results.rules.form.items} - {""}
    typed |= {one.path.rpartition("/")[2] for one in results.files}
    for path in books:
        cells = {
            cell.replace("\n", "") for row in rows(path) for cell in row if isinstance(cell, str) and cell not in typed
        }
        said = cells - texts
        assert found(_without(text, texts | typed) for text in sorted(said)) == [], path.name


def rows(path: Path) -> Iterator[tuple[object, ...]]:
    for sheet in load_workbook(path, data_only=True):
        yield from sheet.iter_rows(values_only=True)


def _without(text: str, typed: set[str]) -> str:
    """A text without what it quotes of the form or of somebody else."""
    for one in typed:
        text = text.replace(one, "")
    return QUOTED.sub("", text)
