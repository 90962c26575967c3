"""The comments of a worksheet, from the parts that its relationships name, wherever these lie.

A thread of comments (MS-XLSX 2.6.205) has a part of its own; for programs that do not know threads, Excel puts a
comment of the old kind beside it, which says so at length in the language of whoever wrote it, and repeats the thread.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sanjin_xl.workbook.limits import Limits
from sanjin_xl.workbook.xml import MAIN, Attributes, Markup, unescaped

_THREADS = ("http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments",)


class _Comments(Markup):
    """The comments of one part by address (18.7.3), each as its runs in a row."""

    root = "/comments"
    comment = "/comments/commentList/comment"
    texts: tuple[str, ...] = ("/text/t", "/text/r/t")

    def __init__(self, part: str, limits: Limits) -> None:
        super().__init__(part, limits)
        self.address = ""
        self.found: defaultdict[str, list[str]] = defaultdict(list)

    def start(self, path: str, local: str, attributes: Attributes) -> None:
        if path == self.comment:
            self.address = attributes.get("ref", "")
            self.found[self.address].append("")

    def characters(self, path: str, text: str) -> None:
        if path.startswith(self.comment) and path.removeprefix(self.comment) in self.texts:
            self.found[self.address][-1] += text


class _Threads(_Comments):
    spaces = (*_THREADS, *MAIN)
    root = "/ThreadedComments"
    comment = "/ThreadedComments/threadedComment"
    texts = ("/text", "/text/t", "/text/r/t")


def read_comments(
    comments: Iterable[tuple[str, bytes]], threads: Iterable[tuple[str, bytes]], limits: Limits
) -> Mapping[str, str]:
    """The comments of a sheet by address, a thread in one text; raises Refused where a part is broken XML."""
    plain, threaded = _all_of(_Comments, comments, limits), _all_of(_Threads, threads, limits)
    return plain | threaded


def _all_of(reader: type[_Comments], parts: Iterable[tuple[str, bytes]], limits: Limits) -> dict[str, str]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, xml in parts:
        comments = reader(name, limits)
        comments.read(xml)
        for address, texts in comments.found.items():
            found[address] += map(unescaped, texts)
    return {address: "\n".join(texts) for address, texts in found.items()}
