"""The words on the issued workbook and its correction copy, apart from those of the form itself."""

import re
from collections.abc import Iterable
from functools import lru_cache

from sanjin_xl.model.policy import Policy

SHEET = "完成情况表"
GUIDE_SHEET = "填表说明"
HIDDEN_SHEET = "_sanjin"

STAMP_KEY, REVISION_KEY, POLICY_KEY = "stamp", "revision", "policy"

UNIT_LABEL = "填报单位："
PERIOD_LABEL = "填报期："
DATE_LABEL = "填报日期："
STAMP_LABEL = "表号："
CODE_HEADING = "编码"
TICK = "√"
MONTHS = tuple(f"{month}月" for month in range(1, 13))
DATE_FORMAT = 'yyyy"年"m"月"d"日"'

FILLED = "已填 "
SELF_SCORE = "自评得分 "
TO_MEND = "待改 "
POINTS_WORD = " 分（仅供参考）"
ITEMS_WORD = " 项"

SIGNERS = ("填表人：", "审核人：", "负责人：", "联系电话：")
SEAL = "（盖章）"
FOOTER = "第 &P 页　共 &N 页"
CATEGORY = "（{ordinal}）\n{name}\n（{points}分）"
CATEGORY_CONTINUED = "（{ordinal}）续\n{name}"

# The live hints, joined in one cell; each a short sentence.
NOT_FILLED = "未填"
SENT_BACK = "【退回】见批注。"
CARRIED = "【上期】"
HINTS = {
    "done_illegal": "已落实栏只能选√。",
    "planned_illegal": "拟落实栏只能选√。",
    "ledger_illegal": "台帐栏只能选√。",
    "done_month_illegal": "落实月份请从下拉框选。",
    "planned_month_illegal": "拟落实月份请从下拉框选。",
    "both": "已落实、拟落实只选一项。",
    "done_month_missing": "请选落实月份。",
    "done_missing": "有月份，请在已落实栏选√。",
    "planned_month_missing": "请选拟落实月份。",
    "planned_missing": "有月份，请在拟落实栏选√。",
    "ledger_not_done": "有台帐而未落实，请核对。",
    "after_fill": "落实月份晚于填报日期。",
    "ledger_item": "本项即台帐，请在台帐栏选√。",
    "neighbour": "第{number}项未落实，请核对。",
}

# How others head a column on a sheet of their own, as the paper form does; read where ours stands on none. Without
# spaces and what is said aside: 已落实（打√） → 已落实. 帐 is 账 here.
_DEED = "(?:落实|完成|办结|开展)"
STATUS_HEADING = "落实情况"
_WHEN = "的?(?:时间|月份|日期|时限|月)(?:情况)?"
_LATER = "(?:拟|计划|预计|打算)"
_OF_THIS = "(?:本(?:季度?|期|次))?(?:工作|任务|项目|实际|具体)*"
_OTHER_HEADINGS = {
    "planned_month": f"(?:是否)?{_LATER}{_DEED}?{_WHEN}",  # 拟落实时间, 计划完成时间, 计划时间
    "planned": f"(?:是否)?(?:{_LATER}{_DEED}|计划)(?:与否|情况)?",  # 拟完成, 是否拟落实, 计划（√）
    "done_month": f"(?:是否)?已?{_DEED}{_WHEN}",  # 完成时间, 已落实月份
    "done": f"(?:是否)?已经?{_DEED}(?:与否|情况)?",  # 已完成, 是否已落实
    "ledger": "(?:是否|有无|有|建立|设立)*台[帐账](?:建立|资料)?(?:与否|情况)?",  # 台账, 有无台帐, 是否有台帐, 台帐建立情况
    "remark": "备注(?:说明|情况)?|(?:情况)?说明|其[他它]|附注",
    "number": r"序号项?|编号|项目编号|项号|no\.?",
    "text": "(?:考核|工作|项目|主要|具体)?(?:内容|任务|事项)(?:[、,及和]?(?:标准|要求|考核分值))*",
    "points": "分数?|(?:考核|标准)分值?",
    # One column for everything: 已落实, 拟落实 or 未落实, with months. 落实情况, 完成情况及时间, 是否落实, 办理进度
    "status": f"{_OF_THIS}(?:{_DEED}|进展|办理|推进|实施|执行)(?:情况|状态|进度|与否)(?:[及和](?:完成|落实)?时间)?"
    f"|(?:是否)?{_DEED}|状态|进度|进展",
    "when": "时间|月份|日期|落实或拟落实时间",  # of what stands to the left of it
}
_OTHER_HEADING = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _OTHER_HEADINGS.items()))
# 已落实（9月） is an answer and no heading.
_SAID_ASIDE = re.compile(r"\((?!\d{1,2}月)[^()]*\)|打?[“\"'][^”\"']*[”\"']|打?[√✓☑]")
_LONGEST_HEADING = 30  # characters


@lru_cache(maxsize=1024)
def heading_of(text: str) -> str:
    """The field of the form that others head like this, "status" for all choices in one, "when", or "" for none.

    `text`: a text without spaces and differences of width.
    """
    if len(text) > _LONGEST_HEADING:
        return ""
    found = _OTHER_HEADING.fullmatch(_SAID_ASIDE.sub("", text))
    return found.lastgroup or "" if found else ""


_YES_TO = {"否": "是", "无": "有", "没有": "有"}
_NOT_DONE = re.compile(f"(?:尚|还|暂)?(?:未|没有?){_DEED}")


def is_no(text: str) -> bool:
    """Whether a heading stands above a column for no: 否, 无, 未落实."""
    return text in _YES_TO or (len(text) < _LONGEST_HEADING and _NOT_DONE.fullmatch(text) is not None)


def yes_to(text: str) -> str:
    """What stands above the column for yes beside one for no: 是 beside 否; "" where no is said in words: 未落实."""
    return _YES_TO.get(text, "")


def is_yes_or_no(text: str) -> bool:
    """Whether a text stands above one of two columns for a tick: 是, 无, 未落实."""
    return text in _YES_TO.values() or is_no(text)


FORMER_PERIOD = re.compile("上一?(?:季度?|期|次)|去年")


def is_of_former_period(text: str) -> bool:
    """Whether a heading says that what stands below it is of the period before: 已落实（上季度）, 上期完成情况."""
    return FORMER_PERIOD.search(text) is not None


_SENTENCES = "|".join(re.escape(text) for text in (NOT_FILLED, SENT_BACK, CARRIED, *HINTS.values()))
_HINT = re.compile(f"(?:{_SENTENCES})*".replace(re.escape("{number}"), r"\d+"))


def is_hint(text: str) -> bool:
    """Whether a text is what a hint may say, and nothing that somebody wrote."""
    return _HINT.fullmatch(text.strip()) is not None


# Prompts and stop alerts. Excel: 32 characters for a title, 255 for a text.
PROMPTS = {
    "done": ("已落实", "已经落实的选√；没有的留空，删除用Delete键。"),
    "done_month": ("落实月份", "从下拉框选落实的月份；多次开展的选最近一次，其余写在备注。"),
    "planned": ("拟落实", "还没落实、打算落实的选√；没有的留空。"),
    "planned_month": ("拟落实月份", "从下拉框选计划落实的月份。"),
    "ledger": ("台帐", "有台帐的选√；没有的留空。"),
    "remark": ("备注", "可写说明，不超过200字。"),
}
DATE_PROMPT = ("填报日期", "请填日期，如2012-9-28。")
TICK_ALERT = ("只能选√", "本格只能选√或留空，请从下拉框选择。")
MONTH_ALERT = ("请选月份", "本格只能选1月至12月或留空，请从下拉框选择。")
DATE_ALERT = ("请核对日期", "填报日期应是日期，如2012-9-28。")

GUIDE_TITLE = "填表说明"
NUMERALS = "零一二三四五六七八九十"
GUIDE = (
    (
        "一、填什么",
        "请逐项填写“完成情况表”的{columns}{count}栏，共{items}项；并填写填报日期和末尾的填表人、审核人、负责人、联系电话。其余各格已锁定，不需要也不能填写。",
    ),
    (
        "二、怎么打勾",
        "点一下格子，右边出现下拉箭头，选√；填错了按Delete键清空。已落实的选“已落实”的√和月份；还没有落实、打算落实的选“拟落实”的√和月份；既未落实也没有打算的，两栏都留空。有台帐的另在“台帐”栏选√。",
    ),
    (
        "三、怎样算填好",
        "表头下方显示“已填 n/{items}”和“待改 n 项”。右侧“填报提示”说明哪一项缺什么、哪里有矛盾，改好后提示自动消失；“未填”表示本项两栏都空着，确无此项的可以不管。涂红的格子是不合规定的内容，涂黄的格子请补填或核对。",
    ),
    ("四、自评得分", "“自评得分”按下列口径自动计算，仅供参考，以市局核定为准。{policy}"),
    (
        "五、注意",
        "请直接在本表上填写，不要另建新表、不要插入或删除行列、不要改动表号；可以用WPS、Excel或LibreOffice打开，存盘时保持原格式。备注中请写明需要说明的情况，如部分落实、不适用等。",
    ),
    ("六、报送", "请于{due}前报{recipient}。打印为A4横向，加盖公章的纸质件与本文件内容须一致。{contact}"),
)
GUIDE_CARRIED = (
    "七、已预填的上期答案",
    "涂蓝并在“填报提示”中注明“【上期】”的，是贵单位上期所填，仅为方便填报：请逐项核对，已变化的直接更正（改动后标记自动消失），没有变化的不用动。上期已落实的保持不变；上期拟落实、现已落实的，请删去“拟落实”的√和月份，改选“已落实”的√和月份。",
)
RECIPIENT = "市司法局"
CONTACT = "\n填表有疑问，请联系：{contact}。"
FILE_NAME = "{unit}_{title}_{period}.xlsx"
DATE_TEXT = "{day.year}年{day.month}月{day.day}日"

# What a correction copy has besides.
OPINIONS = "审核意见"
OPINIONS_TITLE = "{unit}填报情况审核意见"
OPINIONS_DUE = "更正期限：{due}前改好报{recipient}。"
OPINIONS_LEAD = "请按下列意见在“完成情况表”中更正涂红的格子（点位置可直接跳到该处第一格），改好后重新填写填报日期并报送。已填的内容均已保留，不需要重填。{contact}"
OPINION_COLUMNS = ("编号", "项", "位置", "轻重", "审核发现", "请怎样做")
WHOLE_FORM = "全表"
MANY_CELLS = "{some}等{count}格"
CORRECTION_NAME = "{unit}_{title}_{period}_退回修改.xlsx"


_PAGE = re.compile(r"第\s*\d+\s*页(?:\s*共\s*\d+\s*页)?")
_PIECE_OF_PAGE = re.compile(r"第[\s\d]*(?:页[\s共\d页]*)?|\d*\s*页[\s共\d页]*|共[\s\d页]*")
_WINDOW, _SHORTEST = 10, 5  # characters in a row that nobody writes by chance as the guide has them; a whole line


def may_be_of_page_number(text: str) -> bool:
    """Whether a text can be a piece of what stands at the foot of a printed page: 第 1 页　共 9 页."""
    return bool(_PIECE_OF_PAGE.fullmatch(text))


def has_page_number(text: str) -> bool:
    """Whether a line has what stands at the foot of a printed page."""
    return bool(_PAGE.search(text))


def is_of_guide(text: str, policies: Iterable[Policy]) -> bool:
    """Whether a line is one of 填表说明, which comes along where all sheets were printed and converted."""
    line, guide = "".join(text.split()), _guide(tuple(policies))
    windows = (line[at : at + _WINDOW] for at in range(max(1, len(line) - _WINDOW + 1)))
    return len(line) >= _SHORTEST and any(one in guide for one in windows)


@lru_cache(maxsize=16)
def _guide(policies: tuple[Policy, ...]) -> str:
    sections = (text for section in (*GUIDE, GUIDE_CARRIED) for text in section)
    return "\n".join("".join(text.split()) for text in (*sections, *map(policy_in_words, policies)))


def policy_in_words(policy: Policy) -> str:
    """The sentence of a policy, made from its shares where it has none of its own."""
    if policy.sentence:
        return policy.sentence
    with_ledger, without, planned = map(_share, policy.shares)
    done = f"已落实{with_ledger}" if with_ledger == without else f"已落实且有台帐{with_ledger}，已落实无台帐{without}"
    return f"{done}，拟落实{planned}，未填的不得分。" if policy.planned else f"{done}，拟落实、未填的不得分。"


def _share(percent: int) -> str:
    return {100: "得满分", 50: "得一半", 0: "不得分"}.get(percent, f"得{percent}%")
