"""The words on a county's feedback sheet."""

FILE_NAME = "{unit}_成绩反馈_{period}.xlsx"
SHEET = "成绩反馈"
TITLE = "{unit}成绩反馈"

# The line of results.
RANK, SCORE, RANGE, RETURNED = "名次", "得分", "得分区间", "报送时间"
RANK_OF = "第{rank}名（共{count}个已报单位）"
RANK_TIED = "并列第{rank}名（共{count}个已报单位）"
RANGE_SPAN = "{low}～{high}"
NO_DATE = "未填填报日期"
IN_TIME = "{day}\n按时"
DAYS_LATE = "{day}\n逾期{days}天"
DAYS_LATE_COST = "{day}\n逾期{days}天，扣{points}分"
SETTLED = "{conclusion}。{policy}"
MISSING_UNITS = "尚有{count}个单位未报送，未参加排名。"
SINCE = "上期（{period}）第{rank}名，{score}分；本期新落实{newly}项。"
SINCE_PROMISES = "上期填报的计划到期{promised}项，已落实{kept}项。"
SINCE_BROKEN = "未落实的：第{numbers}项。"

CATEGORIES_BLOCK = "一、各考核项目得分"
CATEGORY_HEADINGS = ("考核项目", "满分", "本单位", "平均", "最高", "与平均差", "与最高差")
TOTAL = "合计"
CATEGORY = "（{ordinal}）{name}"
CATEGORIES_NOTE = "平均、最高按已报送的{count}个单位计算。"
UNADJUSTED = "本表和下表的分数未作不适用换算和逾期扣分。"

STEPS_BLOCK = "二、怎样提高得分"
STEPS = {
    "ledger": "补建台帐：已落实而没有台帐的{count}项，补齐台帐并在“台帐”栏打√，可增{gain}分。",
    "planned": "按计划落实：填拟落实的{count}项，按所填月份落实并建立台帐，可增{gain}分。",
    "blank": "逐项补做：已落实、拟落实均未填的{count}项，已做的补填，未做的尽快落实并建立台帐，可增{gain}分。",
    "pending": "答复核实：待核的{count}项，请按“{reasons}”栏所列更正或向市局说明，最多可增{gain}分。",
    "absent": "补报缺项：报来的表中找不到的{count}项，请用下发的表重新填报，最多可增{gain}分。",
}
FIRST = "可增分最多的：{items}。"
FIRST_ITEM = "第{number}项（{gain}分）"
NOTHING_TO_GAIN = "没有可以再增分的项目。"
IN_TIME_NEXT = "按时报送：本期逾期{days}天，已扣{points}分，下期请在截止日期前报送。"

LOSSES_BLOCK = "三、失分项目（按可增分多少排列）"
ALL_FULL = "各项均得满分。"
LOSSES_SUM = "失分共{count}项，{cost}分。可增分按办好后得满分（待核的按核定认可）计算。"
REASON = "失分原因"
LOSS_HEADINGS = ("序号", "项目", "内容、标准", "分值", "失分", "可增分", REASON)
CAUSES = {
    "ledger": "无台帐",
    "planned": "拟落实{months}{overdue}",
    "blank": "未填",
    "pending": "待核",
    "absent": "表中缺项",
    "ruled": "核定{points}分：{reason}",
}
UNDATED = "（未填月份）"
OVERDUE = "（月份已过）"
ASKED = "{cause}：{seen}，{advice}"
