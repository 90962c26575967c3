"""Makes the manual to be printed: the pages of docs/使用手册 as PDF, one for the city and one page for the counties.

    python docs/manual.py [FOLDER]

Writes into FOLDER, by default build/. Needs the extra `[docs]` and Pango. The tables of findings and reasons are made
of the catalogue; docs/make.py takes the pictures.
"""

import html
import importlib
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from sanjin_xl import __version__, messages
from sanjin_xl.messages import summary
from sanjin_xl.messages.cli import AUDIENCES
from sanjin_xl.messages.files import REASONS
from sanjin_xl.model.catalogue import CATALOGUE, Severity

HERE = Path(__file__).parent
SOURCE = HERE / "使用手册"
STYLE = SOURCE / "样式.css"
PAGES = ("使用手册", "县区填报说明")
FORWARDED = PAGES[1]  # on one sheet of paper
FINDING_COLUMNS = ("名称", "由谁办", "看到的", "怎么办", "为什么")
REASON_COLUMN = "原因和要做的事"

_HEADING = re.compile(r"<h([23])>(.*?)</h\1>")
_FIGURE = re.compile(r'<p><img src="([^"]+)" alt="([^"]*)" ?/?></p>')
_FACT = re.compile(r"\{\w+\}")
_TABLE = re.compile(r"<!-- (\w+) -->")


def document(name: str) -> str:
    """A page of the manual as HTML, whole with its style: contents, tables, figures with captions."""
    text = (SOURCE / f"{name}.md").read_text("utf-8")
    body = MarkdownIt("commonmark").enable("table").render(text)
    body = _TABLE.sub(lambda found: TABLES[found[1]](), body)
    body = _FIGURE.sub(r'<figure><img src="\1" alt="\2"><figcaption>\2</figcaption></figure>', body)
    titles: list[tuple[str, str]] = []

    def anchored(found: re.Match[str]) -> str:
        titles.append((found[1], found[2]))
        return f'<h{found[1]} id="t{len(titles)}">{found[2]}</h{found[1]}>'

    body = _HEADING.sub(anchored, body)
    body = body.replace("<!-- 目录 -->", contents(titles))
    title = html.escape(name)
    style = STYLE.read_text("utf-8").replace("版本号", __version__)
    head = f'<meta charset="utf-8"><title>{title}</title><style>{style}</style>'
    kind = "one-page" if name == FORWARDED else "book"
    return f'<!doctype html><html lang="zh-CN"><head>{head}</head><body class="{kind}">{body}</body></html>'


def contents(titles: Iterable[tuple[str, str]]) -> str:
    """The headings with their pages, which the printer of the PDF puts in."""
    lines = [
        f'<li class="level{level}"><a href="#t{number}">{text}</a></li>'
        for number, (level, text) in enumerate(titles, start=1)
    ]
    return f'<ul class="contents">{"".join(lines)}</ul>'


def findings() -> str:
    """Every finding that asks somebody or tells something, as the catalogue has them: one table for each weight."""
    parts = []
    for severity in Severity:
        rows = [
            (kind.title, AUDIENCES[kind.audience], _plain(kind.seen), kind.advice, kind.reason)
            for kind in CATALOGUE.values()
            if kind.severity is severity
        ]
        heading = messages.SEVERITIES[severity]
        parts.append(f"<h3>{heading}（{len(rows)}种）</h3>{table(FINDING_COLUMNS, rows)}")
    return "".join(parts)


def reasons() -> str:
    """Why a file was not used, each sentence once."""
    return table((REASON_COLUMN,), [(_plain(text),) for text in dict.fromkeys(REASONS.values())])


def sheets() -> str:
    """The sheets of 汇总.xlsx, each with what it is for."""
    return table((summary.SHEET, summary.PURPOSE), summary.PURPOSES.items())


TABLES: Mapping[str, Callable[[], str]] = {
    "检查": findings,
    "原因": reasons,
    "汇总": sheets,
    "目录": lambda: "<!-- 目录 -->",
}


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th>{html.escape(text)}</th>" for text in headings)
    lines = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<table class="generated"><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>'


def _plain(sentence: str) -> str:
    """A sentence without the facts that fill it in: 第{items}项 → 第…项."""
    return _FACT.sub("…", sentence)


def unprintable() -> str | None:
    """Why no PDF can be made here: WeasyPrint asks for Pango, which pip does not bring."""
    try:
        importlib.import_module("weasyprint")
    except (ImportError, OSError) as error:
        return f"WeasyPrint: {error}"
    return None


def printed(name: str) -> Any:
    """A page of the manual laid out: a document of WeasyPrint with its pages."""
    from weasyprint import HTML

    return HTML(string=document(name), base_url=SOURCE.as_uri() + "/").render()


def write(folder: Path) -> list[Path]:
    """Write the PDFs into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.pdf" for name in PAGES]
    for path in paths:
        printed(path.stem).write_pdf(path)
    return paths


if __name__ == "__main__":
    print(*write(Path(sys.argv[1] if len(sys.argv) > 1 else HERE.parent / "build")), sep="\n")
