"""Measures what a clerk waits for: a file dropped onto the open window until it is in the list, judged, and written.

    python benchmarks/window.py [--sizes 6 122] [--samples] [--times 3] [--program "python -m sanjin_xl"]

The window runs in a process of its own and is asked over HTTP every 20 ms, as a page asks it less often. `seen`: in the
list; `judged`: on the board with its fate; `written`: 汇总.xlsx and all else agree with it. Seconds, the best and the
worst of several; compare only what one run of this has measured, for other programs take their share of the machine.
"""

import argparse
import http.cookiejar
import io
import json
import re
import shlex
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from zipfile import ZipFile

from returns import write_round

from sanjin_xl.round import commands, shipped

File = tuple[str, bytes]
EVERY = 0.02  # seconds
PATIENCE = 180.0


class Window:
    """A window that is open, as a browser sees it."""

    def __init__(self, url: str) -> None:
        self._base = re.match(r"http://[^/]+", url)[0]  # type: ignore[index]
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)
        self.get(url.removeprefix(self._base))

    def get(self, path: str) -> str:
        with self._opener.open(self._base + path) as answer:
            return str(answer.read().decode())

    def status(self) -> dict[str, object]:
        return json.loads(self.get("/status"))  # type: ignore[no-any-return]

    def drop(self, files: Sequence[File]) -> None:
        body, mark = io.BytesIO(), "xXxXxXxX"
        for name, data in files:
            head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
            body.write(head.encode() + data + b"\r\n")
        body.write(f"--{mark}--\r\n".encode())
        headers = {"Content-Type": f"multipart/form-data; boundary={mark}", "Origin": self._base}
        self._opener.open(urllib.request.Request(f"{self._base}/returns/drop", body.getvalue(), headers)).read()

    def is_quiet(self) -> bool:
        return not self.status()["busy"]

    def is_written(self) -> bool:
        return self.is_quiet() and 'class="said behind"' not in self.get("/letters")

    def is_seen(self, name: str) -> bool:
        return self._row(name) is not None

    def is_judged(self, name: str) -> bool:
        """Whether a file has its fate in the list, or it is said how many came in it."""
        row = self._row(name)
        return bool(row and (row["fate"] or ("!" not in name and row["reason"] and name.endswith((".zip", ".eml")))))

    def _row(self, name: str) -> re.Match[str] | None:
        row = r'<tr class="fate-(?P<fate>\w*)"><th[^>]*>{}</th><td[^>]*>.*?</td><td[^>]*>(?P<reason>.*?)</td>'
        return re.search(row.format(re.escape(name)), self.get("/returns"))

    def quit(self) -> None:
        self._opener.open(urllib.request.Request(f"{self._base}/quit", b"", {"Origin": self._base})).read()


@contextmanager
def opened(program: str, folder: Path) -> Iterator[Window]:
    """The window of a program on a round, once nothing is being done in it."""
    command = [*shlex.split(program), "window", str(folder), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = next(found[0] for line in process.stdout if (found := re.search(r"http://\S+", line)))
        window = Window(url)
        until(lambda: not window.is_quiet(), 0.5)
        until(window.is_quiet)
        try:
            yield window
        finally:
            window.quit()


def until(holds: object, patience: float = PATIENCE) -> float:
    """The moment from which something holds."""
    end = time.monotonic() + patience
    while not holds() and time.monotonic() < end:  # type: ignore[operator]
        time.sleep(EVERY)
    return time.monotonic()


def waited(window: Window, files: Sequence[File], last: str) -> list[float]:
    """Seconds until what is dropped is seen, judged and written; `last` is the one that is looked for."""
    began = time.monotonic()
    window.drop(files)
    seen = until(lambda: window.is_seen(files[-1][0]))
    judged = until(lambda: window.is_judged(last))
    return [one - began for one in (seen, judged, until(window.is_written))]


def cases(some: Sequence[bytes]) -> Iterator[tuple[str, list[File], str]]:
    """What is dropped, by what it is called; each has bytes that have not been there before."""
    yield "one file", [("一份.xlsx", some[0])], "一份.xlsx"
    many = [(f"第{n}份.xlsx", data) for n, data in enumerate(some[1:41])]
    yield "forty files", many, many[-1][0]
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        for n, data in enumerate(some[41:46]):
            archive.writestr(f"{n}.xlsx", data)
    yield "a zip of five", [("打包.zip", packed.getvalue())], "打包.zip"
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "报表", "a@example.com"
    mail.set_content("见附件")
    mail.add_attachment(some[46], maintype="application", subtype="octet-stream", filename="a.xlsx")
    yield "a mail", [("来信.eml", mail.as_bytes())], "来信.eml"


def measured(program: str, folder: Path, some: Sequence[bytes]) -> dict[str, list[float]]:
    """What is waited for in every case."""
    rows = {}
    with opened(program, folder) as window:
        for name, files, last in cases(some):
            rows[name] = waited(window, files, last)
        window.drop([("前一份.xlsx", some[47])])
        time.sleep(0.1)
        rows["one during a count"] = waited(window, [("后一份.xlsx", some[48])], "后一份.xlsx")
    return rows


def prepared(size: int, place: Path) -> tuple[Path, list[bytes]]:
    """A round of so many units, all but a few of which have reported, counted; and further returns."""
    if size == 6:
        folder = place / "样例"
        shipped.copy_samples(folder)
        commands.generate(folder)
        some = [one.read_bytes() for one in sorted((folder / "回收").glob("*.xlsx"))]
    else:
        folder = place / f"{size}"
        write_round(folder, size)
        some = [one.read_bytes() for one in sorted((folder / "回收").glob("*.xlsx"))[-8:]]
        for one in sorted((folder / "回收").glob("*.xlsx"))[-3:]:
            one.unlink()
        commands.generate(folder)
    commands.ingest(folder)
    return folder, [rewritten(some[n % len(some)], n) for n in range(49)]


def rewritten(data: bytes, number: int) -> bytes:
    """The same workbook in other bytes, as if it had been saved again."""
    with ZipFile(io.BytesIO(data)) as package:
        parts = [(one, package.read(one)) for one in package.infolist()]
    fresh = io.BytesIO()
    with ZipFile(fresh, "w") as package:
        for one, content in parts:
            one.date_time = (2012, 10, 1 + number % 28, number // 28, 0, 0)
            package.writestr(one, content)
    return fresh.getvalue()


def main() -> None:
    """Print a table for every size of round."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[6, 122])
    parser.add_argument("--times", type=int, default=2)
    parser.add_argument("--program", default=f"{sys.executable} -m sanjin_xl")
    asked = parser.parse_args()
    for size in asked.sizes:
        every: dict[str, list[list[float]]] = {}
        for _ in range(asked.times):
            with tempfile.TemporaryDirectory() as place:
                for name, row in measured(asked.program, *prepared(size, Path(place))).items():
                    every.setdefault(name, []).append(row)
        print(f"| {size} units | seen | judged | written |\n| --- | --: | --: | --: |")
        for name, rows in every.items():
            spans = (f"{min(column):.2f}–{max(column):.2f}" for column in zip(*rows, strict=True))
            print(f"| {name} | {' | '.join(spans)} |")


if __name__ == "__main__":
    main()
