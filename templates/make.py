"""Make templates/三进任务完成情况表_空白.xlsx, a copy of the form to look at: made out to nobody, and so not valid.

    python templates/make.py

The form it shows is that of the whole year; the password of its locks is 空白. Run it again after any change of the
form or of its looks; a test says when.
"""

import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sanjin_xl.books.issue import Issue
from sanjin_xl.books.seal import make_lock
from sanjin_xl.books.template import template_bytes
from sanjin_xl.model.form import parse_form
from sanjin_xl.model.period import Period
from sanjin_xl.model.roster import Unit
from sanjin_xl.model.stamp import Stamp

HERE = Path(__file__).resolve().parent
BLANK = HERE / "三进任务完成情况表_空白.xlsx"
SPECIMEN = "样表"


class Specimen(Stamp):
    """What stands in the place of a stamp: nothing that could be taken for one."""

    def code(self, key: bytes) -> str:
        return SPECIMEN

    def full(self, key: bytes) -> str:
        return SPECIMEN


def blank_bytes() -> bytes:
    """The blank workbook; the same bytes every time."""
    form = parse_form((HERE / "sanjin-2012.toml").read_text(encoding="utf-8"))
    period = Period("2012年度", 2012, 1, 12)
    issue = Issue(
        form=form,
        unit=Unit(code="", name="", area=""),
        period=period,
        stamp=Specimen(form=form.id, fingerprint=form.fingerprint, round=period.label, unit="", issue=0),
        key=b"",
        lock=make_lock("空白", bytes(16)),
        policy=form.policies[form.policy],
        due=date(2012, 12, 31),
    )
    return template_bytes(issue)


if __name__ == "__main__":
    BLANK.write_bytes(blank_bytes())
    print(BLANK.name)
