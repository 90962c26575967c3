"""A workbook for a mail system that lets no .xlsx through: a .zip with a list by which it can be proven unchanged."""

import hashlib
import zipfile
from io import BytesIO

from sanjin_xl.messages import letters as words

_DAY_ONE = (1980, 1, 1, 0, 0, 0)  # the first a zip can tell
_A_FILE = 0o644 << 16


def parcel(title: str, name: str, data: bytes) -> bytes:
    """The .zip: the file, a list of it for people, and one that `sha256sum -c` reads; the same has the same bytes."""
    digest = hashlib.sha256(data).hexdigest()
    checks = words.CHECKS.format(title=title, file=name, size=len(data), sha256=digest, sums=words.SUMS_NAME)
    members = {
        name: data,
        words.CHECKS_NAME: checks.replace("\n", "\r\n").encode("utf-8-sig"),  # Notepad of Windows 7 knows no other
        words.SUMS_NAME: f"{digest}  {name}\n".encode(),
    }
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as whole:
        for member, content in members.items():
            info = zipfile.ZipInfo(member, _DAY_ONE)
            info.create_system, info.external_attr = 3, _A_FILE  # the names are UTF-8, and say so
            whole.writestr(info, content)  # stored: a workbook is compressed already
    return target.getvalue()
