"""Rows that add up what stands above them, such as 小计 behind every category: they are no items and answer nothing.

小计 |  |  | 5 | 6 |  | 2 |  | 4       six done, two planned, four ledgers: figures, no answers
"""

import re
from collections.abc import Sequence

from sanjin_xl.model.fields import normal_text

_LONGEST = 30  # characters of a label
_LABEL = re.compile(r"[^。；;]{0,12}(?:小计|合计|总计|共计|累计)(?:[:：(（].*)?")
_COUNT = re.compile(r"[√✓☑勾共计有已拟:：]{0,4}\d{1,4}(?:\.\d{1,2})?[项个条处次]")
_FIGURE = re.compile(r"[√✓☑勾共计有已拟:：]{0,4}\d{1,4}(?:\.\d{1,4})?[项个条处次分%]?|[-/—0]*")


def adds_up(cells: Sequence[object]) -> bool:
    """Whether the first text of a row says that it adds up: 小计, 合计："""
    return _LABEL.fullmatch(_label(cells)) is not None


def adds_up_a_part(cells: Sequence[object]) -> bool:
    """Whether a row adds up a part of the table only: 小计, （一）小计."""
    return adds_up(cells) and "小计" in _label(cells)


def _label(cells: Sequence[object]) -> str:
    first = next((cell for cell in cells if isinstance(cell, str) and cell.strip()), "")
    return normal_text(first) if len(first) <= _LONGEST else ""


def is_figure(text: str) -> bool:
    """Whether what stands in a row that adds up is a figure: 12, 共12项, 35%."""
    return _FIGURE.fullmatch(normal_text(text[:_LONGEST])) is not None


def is_count(text: str) -> bool:
    """Whether a text counts something, wherever it stands: 共37项."""
    return _COUNT.fullmatch(normal_text(text[:_LONGEST])) is not None
