"""Letters, addresses and day numbers against openpyxl's and Excel's own."""

from datetime import date, timedelta

import pytest
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import from_excel, to_excel

from sanjin_xl.model.cellref import LAST_DAY, address, area, column_letters, column_number, day_of, place_of, serial_of

MOST_COLUMNS = 16_384  # Excel's, the last of which is XFD


def test_every_column_has_the_letters_that_openpyxl_gives_it() -> None:
    for column in range(MOST_COLUMNS):
        letters = column_letters(column)
        assert letters == get_column_letter(column + 1)
        assert column_number(letters) == column == column_index_from_string(letters) - 1


def test_an_address_leads_back_to_its_place() -> None:
    assert [address(5, 4), address(0, 0), address(1_048_575, MOST_COLUMNS - 1)] == ["E6", "A1", "XFD1048576"]
    assert [place_of(text) for text in ("E6", "$E$6", "E$6", "$E6")] == [(5, 4)] * 4


@pytest.mark.parametrize("text", ["#REF!", "", "E", "6", "E0", "Sheet1!E6", "E6:E7", "e6"])
def test_what_is_no_address_has_no_place(text: str) -> None:
    assert place_of(text) is None


def test_dollars_pin_a_row_a_column_or_a_whole_range() -> None:
    assert (address(5, 4, keep_row=True), address(5, 4, keep_column=True)) == ("E$6", "$E6")
    assert area((6, 2), (11, 2)) == "C7:C12"
    assert area((6, 2), (11, 3), absolute=True) == "$C$7:$D$12"


def test_days_are_numbered_as_in_excel() -> None:
    for day in (date(1900, 3, 1), date(2000, 1, 1), date(2012, 2, 29), date(2012, 9, 28), date(9999, 12, 31)):
        assert serial_of(day) == to_excel(day)
        assert day_of(serial_of(day)) == day == from_excel(serial_of(day)).date()
    assert day_of(LAST_DAY) == date.max
    assert day_of(41_180.75) - day_of(41_179) == timedelta(days=1)
