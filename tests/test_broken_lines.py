"""Texts broken into lines by us, where LibreOffice would begin lines with the marks that end them."""

import pytest
from rounds import the_form

from sanjin_xl.books.styles import height_of, in_lines, width_of
from sanjin_xl.messages.template import GUIDE

ENDING, OPENING = "，。；：、？！”’）》】…·", "“‘（《【"
TEXTS = [*(item.text for item in the_form().items), *(text for _, text in GUIDE if "{" not in text)]


@pytest.mark.parametrize("width", [20, 46, 90])
def test_no_line_begins_with_a_mark_that_ends_one_or_ends_with_one_that_begins(width: float) -> None:
    for text in TEXTS:
        lines = [line for line in in_lines(text, width, 10).split("\n") if line]
        assert "".join("".join(lines).split()) == "".join(text.split())
        assert not any(line[0] in ENDING or line.rstrip()[-1] in OPENING for line in lines), lines
        room = 7 * width / (10 * 2 / 3)
        assert all(width_of(line) <= room for line in lines), lines


def test_words_and_numbers_stay_whole_and_a_line_ends_behind_a_mark_near_its_end() -> None:
    assert in_lines("报送时间：2012-10-15，逾期4天。", 14, 10) == "报送时间：\n2012-10-15，\n逾期4天。"


def test_a_text_that_fits_on_one_line_is_given_one() -> None:
    one_line = height_of("一", 46, 10)
    assert height_of("向当地党委政府汇报省厅“三进”工作的主要内容。", 46, 10) == one_line
    assert height_of("字" * 25, 46, 10) > one_line
