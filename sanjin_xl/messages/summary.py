"""The words on the city workbook 汇总.xlsx, sheet by sheet."""

TABLE = "表"
RETURNED_FOLDER = "回收"

CONTENTS = "目录"
RANKING = "排名"
CATEGORIES = "分类得分"
ITEMS = "逐项情况"
PLANS = "未落实与拟落实"
LEDGERS = "待补台帐"
QUESTIONS = "待核事项"
REMINDERS = "催报"
POLICIES = "口径比较"
CHANGES = "与上期比较"
NOTES = "提示"
HISTORY, HISTORY_STEPS = "历次对比", "历次进退"
FILES = "回收登记"
TIDY = "明细"
METHOD = "计分口径"

# Common to several sheets.
NONE = "—"
YES, NO, UNCLEAR = "是", "否", "？"
NOT_RETURNED = "未报送"
TITLE = "{title}——{sheet}"
INFO = "填报期：{period}　　统计截至：{as_of}"
SUBTITLE_JOIN = "　　"
LATER = "（另含其后{what}）"
LATER_RETURNS, LATER_RULINGS = "填报的{count}份", "核定的{count}项"
UNIT_OF_POINTS = "单位：分"
DAY = "{day.year}年{day.month}月{day.day}日"
ORDINAL = "（{ordinal}）"
LIST_JOIN = "、"
ITEM_NUMBERS = "第{numbers}项"
VALUES_ONLY = "单位超过{limit}个或单位名称不能用作查找条件，本工作簿各数均为数值，不是公式。"
CSV_NAME = "{name}.csv"
CUT_OFF = "共{count}条，本表只列前{limit}条；全部见同一文件夹的“{file}”。"
CUT_OFF_UNITS = "共{count}个单位，本表只列前{limit}个；全部见同一文件夹的“{file}”。"
ASKED = "{title}{count}条"
SEVERITY_SUM = "{severity}{count}条"
ENTRIES = "共{count}条。"
NOTHING = "无。"

POLICY = "口径{id}（{name}）：{sentence}"
POLICY_SHORT = "口径{id}\n{name}"
POLICY_IN_USE = "口径{id}\n{name}（采用）"

STATES = {
    "done-ledger": "已落实有台帐",
    "done": "已落实无台帐",
    "planned": "拟落实",
    "blank": "未填",
    "unclear": "填写不清",
    "absent": "表中缺项",
    "missing": NOT_RETURNED,
}
GLYPHS = {
    "done-ledger": "●",
    "done": "◐",
    "planned": "○{months}",
    "blank": "—",
    "unclear": "",
    "absent": "缺",
    "missing": "",
}
PENDING_GLYPH = "？"
TIMINGS = {
    "overdue": "逾期未落实",
    "before-round": "早于本期，待核",
    "due": "本月到期",
    "later": "尚未到期",
    "undated": "未填月份",
    "blank": "未填",
}

# 排名
RANKING_TITLE = "{title}排名表"
RANK, UNIT, SCORE = "名次", "单位", "得分"
APPLICABLE = "计分\n满分"
DEDUCTION = "逾期\n扣分"
COUNTS = "完成情况（项）"
DONE, PLANNED, BLANK, LEDGER = "已落实", "拟落实", "未填", "有台帐"
PENDING = "待核"
RANGE = "得分区间"
REPORTED_ON, REMARK = "报送时间", "备注"
FULL_MARKS, MEAN, HIGHEST, LOWEST = "满分", "平均", "最高", "最低"
TIED = "并列"
RULED = "核定{count}项（{points}分）"
DAYS_LATE = "逾期{days}天"
VERSIONS = "另有{count}份答案不同，待核"
RANK_UNDER, POLICY_JOIN = "{id}第{rank}", "·"
RANK_UNDER_NAMED, CLAUSE_JOIN = "口径{id}（{name}）第{rank}名", "，"
RANK_PENDING = "待核，第{best}至{worst}名"
REMARK_JOIN = "；"
NOTE = "注：{text}"
TIES_RULE = "得分相同的并列，其后名次空缺。"
TIES_RULE_DENSE = "得分相同的并列，其后名次不空缺。"
ALL_RETURNED = "应报{units}个单位，已全部报送。"
MISSING_UNITS = "未报送{count}个：{names}，不计分不排名。"
MISSING_MANY = "未报送{count}个，名单列于表末，不计分不排名。"
MISSING_BESIDE = "未报送{count}个，名单列于“{file}”之末，不计分不排名。"
REJECTED_FILES = "另有{count}个文件未采用，见“{sheet}”。"
QUESTIONS_OPEN = "尚有{pending}待核，暂不计分或按低值计，涉及{points}分，见“{sheet}”。"
CHART_TITLE = "各单位得分（柱顶竖线为待核事项可能使得分变动的范围{mark}）"
CHART_TITLE_FIRST = "前{count}名单位得分（柱顶竖线为待核事项可能使得分变动的范围{mark}）"
CHART_MISSING, CHART_MARK = "{area}×", "，×为未报送"
LAST_LOST = "末位{area}失分最多：{names}。"
LOST_IN = "{name}{points}分"
FOLLOWING_PAGES = "共{count}个单位，本页列前{first}个，其余按名次列于以后各页，未报送的列在最后。"
SIGNERS = ("制表人：", "审核人：", "负责人：")
SIGNED_ON = "（盖章）　　年　月　日"

# 与上期比较
FORMER, FORMER_RANK, CHANGE = "与上期比", "上期\n名次", "升降"
PLACES = {True: "↑{places}", False: "↓{places}"}
LEVEL = "持平"
COMPARED = "上期：{period}。"
NO_CHANGES_YET = "尚有单位未报送，暂不比较名次升降。"
LEFT_OUT = "升降只比较两期都有名次的单位，不含{names}。"
OTHER_POLICY = "上期采用口径{then}，本期采用口径{now}，得分、名次不能直接比较。"
UNITS_BLOCK, BROKEN_BLOCK = "一、各单位", "二、到期未落实的计划"
BROKEN = "到期未落实的计划"
CHANGE_HEADINGS = (
    "单位",
    "上期名次",
    "本期名次",
    "上期得分",
    "本期得分",
    "升降",
    "新落实\n（项）",
    "到期计划\n（项）",
    "其中\n已落实",
    "履行率",
)
BROKEN_HEADINGS = ("单位", "项目", "序号", "内容、标准", "分值", "计划月份", "情况", "本期所填")
CHANGES_NOTE = "升降为本期得分减上期得分。新落实：上期未落实、本期已落实的项目。到期计划：上期填拟落实且计划月份至统计截至日已到的项目；市局已核定不适用或满分的不计。"
PLAN_OVER, PLAN_DUE = "已逾期", "本月到期"
ALL_KEPT = "到期的计划均已落实，或没有到期的计划。"
PLANNED_AGAIN = "仍拟落实{months}"

# 历次对比
SCORES_BLOCK, MEANS_BLOCK, STEPS_BLOCK = "一、得分和名次", "二、各考核项目平均得分", "三、与前一次相比"
AREA_OF_WORK = "考核项目"
YEAR = "年"
HISTORY_FIGURES = {
    "newly_done": "新落实（项）",
    "fallen_back": "退回未落实（项）",
    "promised": "到期计划（项）",
    "kept": "其中已落实（项）",
}
HISTORY_NOTE = "各期均为当时汇总的结果；得分空白为当期未报送，“—”为未报送或没有前一次可比。平均只计当期已报送的单位。"
LINES_CHART = "历次得分"

# 口径比较
PROVISIONAL = "本表为已报{returned}个单位中的暂列名次，应报{units}个单位。"
SETTLED = "各单位均已报送，没有待核事项，名次已定。"
SO_MANY_UNITS = "{count}个单位"
SETTLED_BY_POLICY = "{policies}名次一致。"
SETTLED_BY_QUESTIONS = "待核事项不影响名次。"
EACH_UNIT = "各单位"
DEPENDS_ON_POLICY = "名次因口径而异：{names}。"
POLICY_LETTERS, POLICY_LETTER = "备注中{letters}，详见“{sheet}”。", "{id}为{name}"
DEPENDS_ON_QUESTIONS = "名次取决于待核事项：{names}。"
NO_RANKING = "尚无单位报送，未排名。"
AND_OTHERS = "等{count}个单位"
ALL_GRANTED, ALL_REFUSED = "待核全部认可", "待核全部不认可"
RANK_BOUNDS = "名次可能范围"
BEST, WORST = "最好", "最差"
CONCLUSION = "结论"
RANK_SETTLED = "名次已定"
RANK_PROVISIONAL = "暂列"
POLICIES_NOTE = (
    "加粗带底色的名次与采用的口径不同。名次可能范围：本单位待核事项全部认可而其他单位全部不认可为最好，反之为最差。"
)

# 分类得分
POINTS_BLOCK = "一、得分"
RANKS_BLOCK = "二、名次"
RATES_BLOCK = "三、得分率"
TOTAL = "合计"
WEAKEST = "最弱考核项目"
RATE_OF, RANK_OF = "{name}得分率", "{name}名次"
AND_MORE = "等"
CATEGORIES_NOTE = (
    "得分率＝得分÷满分；底色越深得分率越低，各单位最弱的考核项目加粗并加下划线。合计未作不适用换算和逾期扣分。"
)
RATES_CHART = "各考核项目得分率"

# 逐项情况
NUMBER, TEXT, FULL = "序号", "内容、标准", "分值"
COUNT_HEADINGS = {
    "done": "已落实\n单位数",
    "rate": "落实率",
    "ledger": "其中\n有台帐",
    "planned": "拟落实\n单位数",
    "blank": "未填\n单位数",
    "pending": "待核\n单位数",
}
AREA_MISSING = "{area}\n未报送"
ITEMS_IN_ALL = "等{count}项"
LEGEND = "● 已落实有台帐　　◐ 已落实无台帐　　○n月 拟落实（月份）　　— 未填　　缺 表中缺项　　？ 待核（与前面的记号并列时，记号为所填，尚未核定）"
CATEGORY_ROWS = "各考核项目首行为该类得分及各栏合计（项次：一个单位的一项计一次），点左侧“－”可折叠。红底为尚无单位落实的项目，黄底为落实率不足三分之一的项目。"
ITEM_TIMES = '0"项次"'
LEAST_DONE = "落实单位最少的项目（{done}个单位已落实）：{items}。"
NOWHERE_DONE = "尚无单位落实的项目：{items}。"
NO_UNIT_COLUMNS = "单位超过{limit}个，只列各项的单位数；各单位逐项情况见“{sheet}”。"

# 未落实与拟落实 · 待补台帐 · 待核事项
SERIAL, AREA, ORDINAL_HEADING, CELL, SOURCE = "序", "单位", "项目", "单元格", "来件"
OPEN = "打开"
TIMING, MONTH, FILLED_REMARK = "情况", "拟落实月份", "填报备注"
POINTS_NOW, POINTS_AFTER = "现得分", "补后得分"
GAIN = "可增分"
RULE, RULINGS_TABLE = "核定", "核定表"
RULINGS_PATH = "../核定/核定表.xlsx"
RULING_SHEETS = ("核定表", "整表问题")
SEVERITY, PROBLEM, ADVICE, STAKE = "级别", "发现的问题", "怎样处理", "待核分值"
PLANS_NOTE = "拟落实按月份先后，逾期的在前；其后为两栏均未填的。"
TIMINGS_SUM = "{timing}{count}条"
LEDGERS_NOTE = "已落实而台帐栏没有打√的项目；补齐台帐后按采用的口径可增的分数列在末栏。"
QUESTIONS_NOTE = (
    "“强制”须由单位更正重报，“核实”由市局在核定表中核定。同一项有几条时待核分值重复列出，不可相加；合计见“排名”。"
)

# 目录
SHEET, PURPOSE, WAITING, PAGES = "工作表", "内容", "需要处理", "打印页数"
PAGES_NOTE = "打印整个工作簿的页数，各台电脑印出来可能略有出入；点工作表名即到该表。"
PURPOSES = {
    RANKING: "各单位名次、得分和完成情况，供领导审签。",
    CATEGORIES: "各单位各考核项目的得分、名次、得分率，最弱的项目。",
    ITEMS: "每一项各单位是否落实，各有多少单位落实。",
    PLANS: "没有落实的项目，逾期的在前，按计划月份督办。",
    LEDGERS: "已落实而没有台帐的项目，补齐后可增加的分数。",
    QUESTIONS: "要单位更正和要市局核定的事项。",
    REMINDERS: "未报送、要更正的单位，联系人和可以直接发出的话。",
    POLICIES: "各种口径下的得分、名次，名次的可能范围。",
    CHANGES: "与上期的得分、名次比较，到期计划是否落实。",
    HISTORY: "历次的得分、名次，各考核项目的平均，新落实、退回未落实的项目，计划履行。",
    NOTES: "读取时注明的情况，不要求处理，备查。",
    FILES: "收到的每一个文件怎样处理，原因。",
    TIDY: "每个单位每一项一行，其他各表由此求得。",
    METHOD: "计分的规则和依据。",
}
WAITING_RANKING = "{count}个单位未报送"
WAITING_QUESTIONS = "{pending}待核"
WAITING_REMINDERS = "{count}个单位要催"
WAITING_PLANS = "{count}条逾期未落实"
WAITING_LEDGERS = "{count}条待补"
WAITING_FILES = "{count}个文件未采用"
NOT_FOR_PRINTING = "本表供查阅，打印时只印表头；要打印全表，请先取消打印区域。"

# 催报
FILLER, TELEPHONE, STANDING, DAYS, SENTENCE = "填表人", "联系电话", "状态", "逾期\n（天）", "可直接使用的话"
REMINDERS_NOTE = "未报送的在前，其次是要更正的。填表人、联系电话取自该单位报来的表；没有的是通讯录上的联系人、电话。"
STANDINGS = {"missing": NOT_RETURNED, "to-correct": "已报，要更正", "late": "已报，逾期", "received": "已报"}
SENTENCES = {
    "missing": "{unit}：“三进”任务完成情况表应于{due}前报送，至今未收到，请尽快填报；如已报送，请告知报送时间和方式。",
    "to-correct": "{unit}：贵单位报送的表有{count}处需要更正或核实，退回的表已发还，请按表上标注逐处更正后重新报送。",
    "late": "",
    "received": "",
}

# 提示
KIND, NOTED = "种类", "注明的情况"
NOTES_NOTE = "读取时注明的情况，均已照读，不要求单位或市局处理；可按种类、单位筛选。"

# 回收登记
FILE, FATE, REASON, SIZE = "文件", "处理", "原因", "字节"
DAYS_LATE_HEADING, FILLED_ON, RECEIVED_ON = "逾期\n天数", "填报日期", "收到日期"
ISSUE, STAMP = "下发\n次数", "表号"
SENDER = "发件人"
SAVED, FIRST_SEEN = "文件内保存时间\n（北京时间）", "首次收到\n（北京时间）"
COUNT_ERRORS, COUNT_REVIEWS, COUNT_NOTES = "强制", "核实", "提示"
SHA256 = "SHA-256"
FATES = {
    "counted": "计入",
    "readable": "已读",
    "superseded": "另有采用的",
    "duplicate": "重复",
    "rejected": "未采用",
    "skipped": "跳过",
}
FATES_SUM = "{fate}{count}个"
FILES_NOTE = "共{count}个文件：{fates}。点“打开”看原件（压缩包内的打开压缩包）。"
NO_FILES = "回收文件夹内没有文件。"

# 明细
CODE = "代码"
TIDY_HEADINGS = {
    "unit": "单位",
    "code": "单位代码",
    "category": "考核项目",
    "item": "序号",
    "text": "内容、标准",
    "full": "分值",
    "state": "状态",
    "done": "已落实",
    "done_month": "落实月份",
    "planned": "拟落实",
    "planned_month": "拟落实月份",
    "ledger": "台帐",
    "pending": "待核",
    "remark": "备注",
    "auto": "自动得分",
    "ruling": "核定",
    "reason": "核定理由",
    "who": "核定人",
    "points": "得分",
    "low": "最低",
    "high": "最高",
    "cell": "单元格",
}
NOT_APPLICABLE = "不适用"
TIDY_POLICY = "口径{id}得分"
TIDY_NOTE = "每行一个单位的一项；其他各表的得分、项数由本表的公式求得。“？”为填写不清。"
TIDY_ROLLED_UP = (
    "单位×项目共{count}行，逐项见同一文件夹的“{file}”（每行一个单位的一项）；本表为各单位各考核项目已落实的项数。"
)
TIDY_FIRST = "只列名单上的前{limit}个单位。"

# 计分口径
METHOD_TEXTS = {
    "一、依据": {
        "表样": "{title}（{form}），{categories}个考核项目、{items}项，共{points}分",
        "表样校验码": "{fingerprint}（题目、分值、表头有一处改动，这个码就不同；两次汇总的码相同，用的就是同一版表样）",
        "填报期": "{period}",
        "截止日期": "{due}",
        "统计截至": "{as_of}。计划是否逾期、月份是否已到，均以此日判断，不看运行程序的日期，重新运行结果不变。",
        "程序版本": "sanjin-xl {version}",
    },
    "二、计分": {
        "采用的口径": "{policy}",
        "同时计算的口径": "{others}",
        "小数": "以百分之一分为单位按整数计算；按比例得分的，逐项四舍五入到0.01分后再相加。平均分四舍五入到0.01分，得分率四舍五入到0.01%（表上显示一位小数）。",
        "逾期": "{late}。填报日期以表内所填为准，没有填写的不判逾期。",
        "并列": "{ties}没有其他先后依据，并列单位按名单次序排列。",
    },
    "三、没有把握的": {
        "未报送": "没有收到可采用的来件的单位列为未报送，不计分、不排名，不作0分，也不计入平均。",
        "未填": "已落实、拟落实均未填的按未落实计，0分，列入“未落实与拟落实”。",
        "待核": "填写不清或自相矛盾的项目暂按0分计{not_yet}；其余核实事项照常计分。两者都列入“待核事项”，待市局核定。完成情况的项数按所填统计，含待核的项目。",
        "得分区间": "最低分＝待核全部不认可，最高分＝待核全部认可；待核分值＝最高分－最低分。",
        "名次是否已定": "{policies}的名次都列在“口径比较”；名次因口径或待核事项而可能变动的，在“排名”备注栏注明。",
        "核定": "{rulings}核定为不适用的项目{not_applicable}。",
    },
    "四、来件": {
        "计入的来件": "{returned}份，来自{units}个单位中的{returned}个",
        "全部文件": "{files}个，逐一列于“回收登记”",
        "来件校验码": "{hash}（计入的来件换了任何一份，这个码就不同；每份来件自己的码见“回收登记”末栏）",
        "怎样查证": "名次←得分←“明细”中该单位各项得分←来件中的单元格；来件及其校验码（SHA-256）见“回收登记”中处理为“计入”的一行。",
    },
    "五、各表": {
        RANKING: "得分为各考核项目得分之和{rescaled}{deducted}；名次按得分从高到低。",
        CATEGORIES: "各考核项目的得分、得分率，平均只计已报送单位。",
        ITEMS: "落实率＝已落实单位数÷已报送单位数。",
        PLANS: "拟落实且未落实的项目，加上两栏均未填的项目。",
        LEDGERS: "已落实而没有台帐的项目。",
        QUESTIONS: "强制和核实两级的全部事项；提示一级不列，只在“回收登记”中计数。",
        "公式": "{formulas}",
        "重新汇总": "本工作簿由程序生成，重新汇总时整本重写，请勿在其中填写；核定意见请写入核定表。",
    },
}
NOT_YET = "，落实月份未到的暂按拟落实计"
LATE_BY = {"filled": "是否逾期按填报日期（晚于收到日期的按收到日期），", "received": "是否逾期按收到日期，"}
LATE_FREE = "逾期不扣分，只注明天数"
LATE_DEDUCTED = "每逾期一天扣{points}分，扣到0分为止"
DEDUCTED = "，减去逾期扣分"
RESCALED = "，按计分满分换算"
NO_RULINGS = "尚无采用的核定。"
RULINGS = "已采用核定{applied}项，涉及{units}个单位，逐项列于“明细”的核定、核定理由、核定人三栏；"
RULINGS_OPEN = "另有{count}项待复核或有误，未采用，见“待核事项”；"
NOT_APPLICABLE_FULL = "得满分"
NOT_APPLICABLE_EXCLUDED = "不计，得分按其余项目的满分换算"
LIVING_FORMULAS = "得分、项数、得分率、名次都是公式，点开即见来历；在“明细”中改动得分可以试算。"


PENDING_ITEMS, PENDING_WHOLE = "{count}项", "{count}个整表问题"


def pending_in_words(items: int, whole: int) -> str:
    """How much waits for the city: 20项、1个整表问题; nothing where nothing does."""
    counted = ((PENDING_ITEMS, items), (PENDING_WHOLE, whole))
    return LIST_JOIN.join(text.format(count=count) for text, count in counted if count)


def policies_in_words(count: int) -> str:
    """How many policies there are: 三种口径."""
    return f"{'零一两三四五六七八九十'[count] if count <= 10 else count}种口径"
