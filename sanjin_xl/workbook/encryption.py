"""Workbooks that were encrypted: by Excel of its own accord, or with a password that the city knows."""

import io
import re
from collections.abc import Iterable

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.ole import open_compound

# What Excel encrypts an .xls with whose structure is locked (Excel 2007 an .xlsx too), and opens it without asking.
_EXCELS_OWN = "VelvetSweatshop"
_SPINS = re.compile(rb"spinCount\s*=\s*[\"']\s*([0-9]{1,20})")
_MOST_SPINS = 1_000_000  # ten times what Excel takes: about a second


def decrypted(data: bytes, passwords: Iterable[str]) -> bytes:
    """An encrypted workbook opened with the first password that fits; raises Refused when none does."""
    streams = open_compound(data)
    if any(int(spins) > _MOST_SPINS for spins in _SPINS.findall(streams.get("encryptioninfo", b""))):
        raise Refused("file-too-complex")
    for password in (_EXCELS_OWN, *passwords):
        found = _opened(data, password)
        if found:
            return found
    raise Refused("file-encrypted")


def _opened(data: bytes, password: str) -> bytes | None:
    """What the file holds, None where the password is wrong; a damaged file looks alike here."""
    import msoffcrypto
    from msoffcrypto.format.ooxml import OOXMLFile

    try:
        target = io.BytesIO()
        book = msoffcrypto.OfficeFile(io.BytesIO(data))
        # An .xls always verifies the password, and knows no such argument.
        verify = {"verify_password": True} if isinstance(book, OOXMLFile) else {}
        book.load_key(password=password, **verify)
        book.decrypt(target)
        return target.getvalue()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001
        return None
