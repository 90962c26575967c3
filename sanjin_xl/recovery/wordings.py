"""The wording of an item as it stands in the form, whatever a clerk, a conversion or a scan made of it.

1、及时召开“三进”工作动员会；     ★ 及时召开 "三进" 工作动员会       及时召开“三进”工作动貝会；
"""

import re

from sanjin_xl.model.fields import normal_text

LONGEST = 400  # characters; the longest item has 120
_MARKS = r"[\s★☆*＊※●○◆◇▲△■□•·…—–_-]{0,8}"
_NUMBER = r"(?:第?[(（\[【]?\d{1,3}(?:[)）\]】项]|[、:：,，]|[.．](?!\d{1,2}(?!\d))|\s){1,3}|[①-⒛㈠-㈩❶-❿])?"
_BEFORE = re.compile(rf"{_MARKS}{_NUMBER}{_MARKS}")
_ZEROS = re.compile(r"(?<=\d)[Oo]+(?![a-z])")  # 9O% is 90%
_POINTS = re.compile(r"[^\w%+.]|_|(?<!\d)\.|\.(?!\d)")
# What a scan takes for one another; figures are not among them, for another figure is another task.
_ALIKE = (
    "己已巳 末未 曰日目 人入八 土士 干千于 大太犬天夭 今令 力刀刁 口囗 往住佳 代伐 开井 厂广 东车"
    " 休体 市布 村材 区匹 司同 作昨 项顶 导寻 组祖租 责贵 任仕 帮邦 矫娇 援缓授 助肋"
    " 治洽 拆折析 候侯 拨拔 栽裁载 搏博傅 徒徙 辨辩辫 免兔 鸟乌 幻幼 员貝贝 召台合 会舍 进迸"
    " 社杜 律津 调凋 宣宜 府俯 政攻 民氏 工エ 账怅 档挡 案桉 及乃 育肓 教敖"
)
_FOLD = {ord(char): group[0] for group in _ALIKE.split() for char in group[1:]}


def bare(text: str) -> str:
    """A wording without number, stars, spaces and points, characters that look alike as one; "" for a long text."""
    if len(text) > LONGEST:
        return ""
    found = _BEFORE.match(text)
    read = _POINTS.sub("", normal_text(text[found.end() if found else 0 :])).translate(_FOLD)
    return _ZEROS.sub(lambda zeros: "0" * len(zeros[0]), read) if "o" in read or "O" in read else read
