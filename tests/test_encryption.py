"""What Excel encrypts of its own accord is opened unasked, what a county encrypted with the passwords of the round."""

import io
import struct
from hashlib import md5

import pytest
from hostile import compound, refused_as
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method.rc4 import DocumentRC4
from msoffcrypto.method.xor_obfuscation import DocumentXOR
from other_formats import Cell, Page, bof, record, xls_stream

from sanjin_xl.workbook.book import Book
from sanjin_xl.workbook.encryption import decrypted
from sanjin_xl.workbook.reader import read_book
from sanjin_xl.workbook.sniff import Kind, sniff

EXCELS_OWN = "VelvetSweatshop"
SALT = bytes(range(16))
PAGES = {"表": Page(cells={"A1": Cell(value="√"), "B2": Cell(value=3.0)})}
FILEPASS = 0x2F
IN_CLEAR = (0x809, FILEPASS)


def encrypted_xls(password: str, kind: str = "rc4") -> bytes:
    """An .xls as Excel encrypts it: a record that says how, all the others in cipher but for their heads."""
    said = {"rc4": _rc4_key, "xor": _xor_key}[kind](password)
    plain = with_record(xls_stream(PAGES), record(FILEPASS, said))
    cipher = {"rc4": _rc4, "xor": _xor}[kind](password, plain)
    return compound({"Workbook": cipher})


def with_record(stream: bytes, added: bytes) -> bytes:
    """A stream with one more record behind its first, the sheets beginning so much later."""
    (first, head), *others = records(stream)
    return record(first, head) + added + b"".join(record(kind, later(kind, body, len(added))) for kind, body in others)


def later(kind: int, body: bytes, by: int) -> bytes:
    return struct.pack("<L", struct.unpack_from("<L", body)[0] + by) + body[4:] if kind == 0x85 else body


def records(stream: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at < len(stream):
        kind, length = struct.unpack_from("<2H", stream, at)
        found.append((kind, stream[at + 4 : at + 4 + length]))
        at += 4 + length
    return found


def _rc4_key(password: str) -> bytes:
    verifier = bytes(range(16, 32))
    return struct.pack("<3H", 1, 1, 1) + SALT + rc4(password, verifier + md5(verifier).digest())


def rc4(password: str, data: bytes) -> bytes:
    return bytes(DocumentRC4.decrypt(password, SALT, io.BytesIO(data), blocksize=1024).read())


def _rc4(password: str, plain: bytes) -> bytes:
    """RC4 (MS-XLS 2.2.10): every byte of the stream has its place in the cipher, also those that stay in clear."""
    return put_back(plain, rc4(password, plain))


def _xor_key(password: str) -> bytes:
    verifier = next(n for n in range(2**16) if DocumentXOR.verifypw(password, n))
    return struct.pack("<3H", 0, 0, verifier)


def _xor(password: str, plain: bytes) -> bytes:
    """XOR obfuscation (MS-XLS 2.2.9, MS-OFFCRYPTO 2.3.7.3)."""
    array = DocumentXOR.create_xor_array_method1(password)
    out, at = bytearray(plain), 0
    for _, body in records(plain):
        for n in range(at + 4, at + 4 + len(body)):
            turned = (plain[n] << 5 | plain[n] >> 3) & 0xFF
            out[n] = turned ^ array[(n + len(body)) % 16]
        at += 4 + len(body)
    return put_back(plain, bytes(out))


def put_back(plain: bytes, cipher: bytes) -> bytes:
    """The cipher with what stays in clear (MS-XLS 2.2.10): heads, a few records, and where the sheets begin."""
    out, at = bytearray(cipher), 0
    for kind, body in records(plain):
        clear = 4 + len(body) if kind in IN_CLEAR else 8 if kind == 0x85 else 4
        out[at : at + clear] = plain[at : at + clear]
        at += 4 + len(body)
    return bytes(out)


def encrypted_xlsx(data: bytes, password: str) -> bytes:
    target = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, target)
    return target.getvalue()


def rows(book: Book) -> list[list[object]]:
    return book.sheets[0].rows


@pytest.mark.parametrize("kind", ["rc4", "xor"])
def test_an_xls_that_excel_encrypted_by_itself_is_opened_unasked(kind: str) -> None:
    data = encrypted_xls(EXCELS_OWN, kind)
    assert sniff(data) is Kind.XLS_ENCRYPTED
    assert rows(read_book(data)) == [["√", ""], ["", 3.0]]


@pytest.mark.parametrize("kind", ["rc4", "xor"])
def test_an_xls_with_a_password_opens_with_it_and_no_other(kind: str) -> None:
    data = encrypted_xls("123456", kind)
    assert rows(read_book(data, ("654321", "123456"))) == [["√", ""], ["", 3.0]]
    for passwords in ((), ("654321",)):
        with refused_as("file-encrypted"):
            read_book(data, passwords)


def test_an_xlsx_that_excel_encrypted_by_itself_is_opened_unasked(good: bytes) -> None:
    assert rows(read_book(encrypted_xlsx(good, EXCELS_OWN))) == rows(read_book(good))


def test_an_xlsx_with_a_password_opens_with_it_and_no_other(good: bytes) -> None:
    data = encrypted_xlsx(good, "123456")
    assert rows(read_book(data, ("654321", "123456"))) == rows(read_book(good))
    with refused_as("file-encrypted"):
        read_book(data, ("654321",))


@pytest.fixture(scope="module")
def good() -> bytes:
    from hostile import workbook

    return workbook()


def test_a_key_that_would_take_hours_is_not_tried(good: bytes) -> None:
    data = encrypted_xlsx(good, "1")
    assert data.count(b'spinCount="100000"')
    with refused_as("file-too-complex"):
        decrypted(data.replace(b'spinCount="100000"', b'spinCount="99999999"'[:18].ljust(18)), ())


def test_a_container_in_a_circle_is_not_given_to_the_library() -> None:
    data = encrypted_xls(EXCELS_OWN)
    (table,) = struct.unpack_from("<L", data, 76)
    at = (table + 1) * 512 + 4
    with refused_as("file-overlap"):
        read_book(data[:at] + struct.pack("<L", 1) + data[at + 4 :])


@pytest.mark.parametrize("said", [b"", b"\1\0", b"\1\0\4\0\2\0" + bytes(40), b"\7\0" + bytes(60)])
def test_an_encryption_nobody_knows_is_refused_as_a_password(said: bytes) -> None:
    data = compound({"Workbook": bof(5) + record(FILEPASS, said) + bof(16)})
    with refused_as("file-encrypted"):
        read_book(data, ("1",))
