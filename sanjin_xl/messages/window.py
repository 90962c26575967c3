"""What the window says."""

from collections.abc import Mapping

from sanjin_xl.messages.errors import ERRORS as _ERRORS

TITLE = "三进"
NAME = "“三进”任务完成情况"
TOOK_OUT = "移出 {path}"
TAKEN_BACK = "已撤回：{text}"
UNEXPECTED = "程序内部错误：{detail}。结果还是上次的，请把这句话报给维护人员。"
OPENED = "窗口已打开：{url}"
RUNNING = "这一轮的窗口已经开着，已转到那里。"
CLOSED_SENTENCE = "程序已关闭，请重新双击打开。"
FORBIDDEN = "这个页面要从“三进”的图标打开，请关闭后重新双击打开。"
NOT_FOUND = "没有这个页面。"
BACK = "返回"
QUIT = "退出程序"
MANUAL = "使用手册"
QUIT_DONE = "程序已退出，可以关闭这个页面。"

STEPS: Mapping[str, str] = {
    "issue": "发放",
    "returns": "回收",
    "rulings": "核定",
    "summary": "汇总",
    "feedback": "反馈",
    "next": "下一轮",
}
SETTINGS = "设置"
LETTERS = "催报与退回"
ROUNDS = "起始页"
STEPS_LABEL = "步骤"
TO_DO = "{count}件待办"
DUE = "截止日期{due:%Y年%m月%d日}，{left}"
DUE_LEFT = "还有{days}天"
DUE_TODAY = "今天截止"
DUE_PAST = "已过{days}天"
TODAY = "今天是{today:%Y年%m月%d日}"
OPEN = "打开"
OPEN_FOLDER = "打开文件夹"
SAID = "请注意"
DEEDS, EARLIER_DEEDS = "刚才做的", "更早的"
UNDO = "撤回"
STOP = "停止"
SKIP = "跳到正文"
KEYS = "快捷键"
KEY_LIST: Mapping[str, str] = {
    "1～6": "转到左边的第几步",
    "/": "找单位",
    "Tab": "转到下一个按钮、链接或格子",
    "Enter": "按下按钮、打开链接",
    "空格": "选定、取消选定",
    "?": "打开或收起这张表",
}
COPY = "复制"
CHOOSE_ONE = "请选择"
AND_MORE = "等"

JOBS: Mapping[str, str] = {
    "ingest": "正在读取",
    "look": "正在读取",
    "generate": "正在生成下发表",
    "feedback": "正在写反馈",
    "letters": "正在写邮件草稿",
}
STAGES: Mapping[str, str] = {
    "issue": "正在生成 {done}/{total}",
    "read": "正在读取 {done}/{total}",
    "summary": "正在写汇总表",
    "copies": "正在写退回表 {done}/{total}",
    "feedback": "正在写反馈 {done}/{total}",
    "document": "正在写公文",
}
BEING_WRITTEN = "页面已是最新结果。汇总.xlsx、核定表、退回表等文件正在写，写好之前打开的还是上一次的。"
NOT_WRITTEN = "页面已是最新结果，汇总.xlsx、核定表、退回表等文件没有全部写成，打开的可能还是上一次的。"

# What speaks of commands on the command line speaks of the page here.
ERRORS: Mapping[str, str] = {
    **_ERRORS,
    "round-missing": "找不到文件夹 {path}，可能已移走、改名，或所在的盘没有接上。请接上盘，或把文件夹放回原处；换了地方的，请到“起始页”重新打开。",
    "round-not-a-round": "{path} 不是一轮的文件夹，里面没有round.toml。请从列表里找，标着“一轮”的才是。",
    "round-above": "{path} 在一轮的文件夹里面，请打开那一轮的文件夹：{above}",
    "round-below": "{path} 不是一轮的文件夹，它里面的一轮有：{below}，请再进一层打开。",
    "round-busy": "另一个程序正在处理这个文件夹，请等它做完再试。",
    "register-newer": "登记库（{path}）是更新版本的程序写的，请用那个版本打开。",
    "issues-prefilled": "已下发的表预填了{found}的答案，同一次下发不能两样：请选中预先填入再生成，或重新下发。",
    "issues-prefill-changed": "已下发的表预填了{found}的答案，而该期的汇总结果此后有变，同一次下发不能两样，只能重新下发。",
    "issues-not-prefilled": "已下发的表没有预填，同一次下发不能两样：请不要选中预先填入，或重新下发。",
    "letters-not-issued": "还没有下发的表（{path}），请先到“发放”点“生成下发表”。",
    "letters-stale": "“回收”或设置在上次读取之后有变动，退回和反馈的表可能不是最新的：请先到“回收”点“重新读取”，反馈的再到“反馈”点“生成反馈”，然后重新写草稿。",
    "results-missing": "找不到汇总结果（{path}），请先到“回收”点“重新读取”。",
    "results-unreadable": "汇总结果（{path}）读不出来，请到“回收”点“重新读取”。",
    "previous-missing": "上期没有汇总结果（{path}），请先打开上期那一轮，在“回收”点“重新读取”，再回到这一轮。",
    "previous-unreadable": "上期的汇总结果（{path}）读不出来，请先打开上期那一轮，在“回收”点“重新读取”，再回到这一轮。",
}

# --- S3 the board -----------------------------------------------------------------------------------------------------

DROP = "把收到的表拖到这个页面上，邮件、压缩包、整个文件夹都可以。"
CHOOSE = "选择文件"
CHOOSE_FOLDER = "选择文件夹"
READ_AGAIN = "重新读取"
READ_AT = "按截至{as_of:%Y年%m月%d日}的要求判定，{at:%m月%d日%H:%M}读取"
NOT_READ = "还没有读取过收到的表：请到“回收”把它们放进来，或点那里的“重新读取”。"
READING = "正在读取“回收”文件夹，读完就显示在这里。"
NOTHING_YET = "还没有收到表。收到后拖到这里即可，已报、未报送一看就知。"
NOT_ISSUED = "这一轮还没有下发，请先到“发放”生成下发表。"
FILTERS: Mapping[str, str] = {
    "all": "全部",
    "to-do": "要办的",
    "reported": "已报",
    "pending": "待核",
    "to-correct": "退回",
    "missing": "未报送",
    "late": "逾期",
    "unused": "没用上的文件",
}
FILTERS_LABEL = "按情况看"
SEARCH = "找单位"
SEARCH_BUTTON = "查找"
SEARCH_ALL = "看全部单位"
UNIT_COLUMNS = ("单位", "情况", "填报日期", "收到日期", "逾期", "得分", "强制", "核实", "用的是哪份", "要做的")
UNITS_CAPTION = "各单位情况：{filter}，共{count}个"
STATES: Mapping[str, tuple[str, str]] = {
    "missing": ("○", "未报送"),
    "to-correct": ("▲", "退回更正"),
    "pending": ("◆", "待核"),
    "final": ("●", "办结"),
}
STATES_LABEL = "条上的颜色"
WITHIN = " › "
HOLDER = "里面有："
DAYS = "{days}天"
SPAN = "{score}（{low}～{high}）"
NONE = "—"
DATE, OTHER_YEAR = "{day:%m月%d日}", "{day:%Y年%m月%d日}"
NOBODY = "没有这样的单位。"
FILE_COLUMNS = ("文件", "单位", "结果", "原因和要做的事", "可以做的")
FILES_CAPTION = "“回收”里的文件：{filter}，共{count}份"
NO_FILES = "没有这样的文件。"
FATES: Mapping[str, tuple[str, str]] = {
    "counted": ("●", "采用"),
    "superseded": ("◇", "另有采用的"),
    "duplicate": ("◇", "重复"),
    "rejected": ("▲", "未采用"),
    "skipped": ("·", "跳过"),
}
TAKE_OUT, OPEN_COPY, ASSIGN = "移出", "打开副本", "指定为…"
ASSIGN_TITLE = "指定这份表"
ASSIGN_LEAD = "认不出是哪个单位的、或一个单位有几份的，在这里指定：这份表算这个单位的，并以它为准。可以撤回。"
ASSIGN_UNIT, ASSIGN_DO = "是哪个单位的", "指定采用这份"
PAGE = "第{page}页，共{pages}页"
PREVIOUS_PAGE = "上一页"
NEXT_PAGE = "下一页"
DROPPED = "刚放进来的"
MEMBERS = "里面有{count}份，见下面的“文件”"
CAME, WAITING, READ = "收到", "等待读取", "已读"
DROP_HERE = "松开即可放入"
TOO_LARGE = "一次放得太多（超过64MB），请分几次放。"
UPLOAD_FAILED = "没有放进去，请再试一次。"

# --- S4 a unit --------------------------------------------------------------------------------------------------------

SCORE, RANKED = "得分", "名次"
WHOLE_RETURN = "整份表"
UNIT_MISSING = "这个单位还没有报来。"
OPEN_COUNTED = "打开采用的这份"
GO_TO, BACK_TO = "去{step}", "回到{step}"
OPEN_CORRECTED = "打开“退回”文件夹"
OPEN_FINDINGS = "要更正和待核的"
NOTHING_OPEN = "没有要更正或待核的事项。"
NOTES = "提示（{count}条，无需处理）"
FINDINGS_CAPTION = "{weight}（{count}处）"
FINDING_COLUMNS = ("第几项（格）", "看到的", "怎么办", "由谁办")
COUNTY, CITY = "县局", "市局"
VERSIONS = "报来的各份，新的在前"
ANSWERS = "{count}项所填"
ANSWER_COLUMNS = ("序号", "内容、标准", "所填", "单元格", "得分", "分值", "失分的原因")
CATEGORY_POINTS = "（{ordinal}）{name}　{points}分，满分{full}分"
ALL_ITEMS, RESCALED, LATE_COSTS = "各项合计", "不适用的不计入，按{full}分折算", "逾期扣分"
RULED = "已核定"

# --- S5 the summary ---------------------------------------------------------------------------------------------------

OPEN_SUMMARY = "打开汇总.xlsx"
RANKING = "排名"
RANKING_COLUMNS = ("名次", "单位", "得分", "与上期", "已落实", "拟落实", "未填", "待核", "备注")
SPAN_EXPLAINED = "得分后的括号和条上的细线，是待核的事项定下之前得分可能的最低和最高。"
BY_POLICY = "按各口径的名次"
BY_CATEGORY = "分类得分（标题下是该类分值，颜色越深得到的越多）"
HEAT_KEY = "颜色的意思"
HEATS = ("两成以下", "两成至四成", "四成至六成", "六成至八成", "八成以上")

# --- S6 rulings -------------------------------------------------------------------------------------------------------

OPEN_TABLE = "在Excel里核定（打开核定表）"
ONE_LEDGER = "这里的核定和核定表里的是同一本账，在哪里填都一样。"
RULINGS_LEAD = "拿不准的先按低的计分，在这里逐个定：每种定法后面写着这样定的总分和名次。"
OPEN_QUESTIONS = "待核的（{count}个），争议分多的在前"
WITH_COUNTIES = "等县局更正的，也可以直接核定（{count}个）"
TICK, TICK_ALL = "选定", "选定本页全部"
TICKED = "选定的{count}个一起核定"
MANY_LABEL = "选定的一起核定"
MANY_DECISIONS: Mapping[str, str] = {
    "100": "满分",
    "50": "一半",
    "0": "零分",
    "not-applicable": "本期不适用",
    "standing": "以后各期都不适用",
    "settled": "已核实（整份表的问题）",
}
RULE_MANY = "核定选定的"
NO_QUESTIONS = "没有待核的问题。"
ALL_UNITS = "看全部单位"
ITEM = "第{number}项"
ITEM_TITLE = "第{number}项（{full}分）{text}"
WHOLE_TITLE = "整份表：{title}"
TO_CONFIRM = "上期核定长期不适用，请确认本期是否仍不适用"
ASKED, SAID_THERE, STAKE = "为什么问", "所填", "争议分"
DECISION = "核定"
POINTS = "{points}分"
EFFECT = "总分{score}，第{rank}名"
SETTLED = "已核实，没有问题"
OTHER_POINTS = "其他分数"
NOT_APPLICABLE = "本期不适用"
STANDING = "以后各期都不适用"
REASON, WHO, RULE = "理由", "核定人", "核定"
RULED_BEFORE = "已有的核定（{count}条）"
RULED_COLUMNS = ("事项", "核定", "理由", "核定人", "日期", "状态", "可以做的")
WITHDRAW = "撤销"
EFFECTS: Mapping[str, str] = {
    "applied": "已采用",
    "stale": "填报有变，待复核",
    "invalid": "不能采用",
    "withdrawn": "已撤销",
    "idle": "现无计分的填报",
}
RULED_DEED = "核定{unit}{about}：{decision}"
RULED_DEED_MANY = "{first}等{count}个"
TAKEN_BACK_REASON = "在窗口里撤回"

# --- S0, S1 and S9: rounds --------------------------------------------------------------------------------------------

HOME, SAMPLES = "三进", "三进示例"
WELCOME = (
    "这个程序帮市局做完“三进”任务完成情况表的一整轮：给各县下发表，回收、计分、核定，排出名次，再反馈给各县。",
    "一轮就是一个文件夹，所有的表都在里面，不会传到别处去。",
    "先新建一轮；想先看看是什么样，用示例试一试。",
)
NEW = "新建一轮"
NEW_LEAD = "建好以后先发放，联系人和电话会印在每张表的填表说明上。"
OPEN_ROUND = "打开已有的一轮"
OPEN_ROUND_LEAD = "以前做过的、别人交来的，找到它的文件夹打开。"
OPEN_ROUND_FOLDER = "也可以直接写文件夹的路径"
TRY_SAMPLES = "用示例试一试"
RECENT = "最近打开的"
ROUND_LABEL = "{period}，截止{due:%Y年%m月%d日}"
ROUND_GONE = "文件夹已不在，或已不是一轮"
FIELDS: Mapping[str, str] = {
    "where": "放在哪里",
    "name": "文件夹的名字",
    "period": "填报期",
    "due": "截止日期",
    "policy": "计分口径",
    "recipient": "收件单位",
    "contact": "联系人",
    "phone": "联系电话",
    "previous": "接着哪一轮",
}
FIELD_HINTS: Mapping[str, str] = {
    "where": "一轮是这里面的一个新文件夹；最好在有备份的盘上",
    "name": "不写就用填报期",
    "period": "如2012年第三季度、2012年上半年",
    "due": "如2012年10月15日、2012-10-15",
    "contact": "印在每张表的填表说明上",
    "recipient": "印在每张表的填表说明上",
    "phone": "印在每张表的填表说明上，各单位有疑问时打这个电话",
    "previous": "可以不填；填了，名单、邮箱照那一轮，并与它比较名次、得分和计划",
}
POLICY = "{id} {name}：{sentence}"
READ_AS = "读作：{period}"
FIELD_MISSING = "请填写"
NAME_UNFIT = '不能用作文件夹的名字：不要用 \\ / : * ? " < > |，不要以点结尾'
CHOOSE_A_FOLDER = "选择文件夹…"
FOLDER_WHOLE = "请写完整的路径，如D:\\三进\\三季度"
PERIOD_UNREAD = "认不出来，请写成2012年第三季度之类"
DUE_UNREAD = "认不出来，请写成2012年10月15日之类"
MAKE = "建立"
NEXT_LEAD = "新建下一轮：名单、口径、联系人照本轮，并与本轮比较名次、得分和计划。"

FOLDER_USES: Mapping[str, tuple[str, str]] = {
    "open": ("打开已有的一轮", "找到那一轮的文件夹，点“打开”；标着“一轮”的就是。"),
    "new": ("新的一轮放在哪里", "点文件夹的名字进去，到了地方点“放在这里”，一轮的文件夹就建在那里面。"),
    "next": ("下一轮放在哪里", "点文件夹的名字进去，到了地方点“放在这里”，下一轮的文件夹就建在那里面。"),
    "previous": ("接着哪一轮", "找到上一轮的文件夹，点“选这一轮”；标着“一轮”的就是。"),
}
FOLDER_CHOOSE: Mapping[str, str] = {"open": "打开", "new": "放在这里", "next": "放在这里", "previous": "选这一轮"}
FOLDER_STARTS, FOLDER_WAY = "从这里找：", "现在在："
MY_DOCUMENTS, DESKTOP, HOME_FOLDER, COMPUTER = "文档", "桌面", "主文件夹", "整台电脑"
FOLDER_ABOVE = "上一层"
FOLDER_SEARCH, FOLDER_ALL = "找文件夹", "看全部文件夹"
FOLDERS_CAPTION = "里面的文件夹，共{count}个"
FOLDER_COLUMNS = ("文件夹", "是不是一轮", "可以做的")
FOLDER_ROUND = "一轮"
FOLDER_TAKEN = "这里已是一轮，一轮里面不能再放一轮，请到上一层。"
FOLDER_EMPTY = "里面没有文件夹。"
FOLDER_TYPED, FOLDER_LOOK = "也可以直接写路径", "查看"

# --- S2 issuing -------------------------------------------------------------------------------------------------------

ISSUE_LEAD = "每个单位一份下发表；填好邮箱，写好邮件草稿，在邮件程序里核对、发送。"
ISSUE_COLUMNS = ("单位", "第几次下发", "下发的表", "邮箱", "邮件草稿")
NO_ADDRESS = "没有邮箱"
ADDRESS_DEED = "{unit}的邮箱改为 {to}"
DRAFT_ISSUES, SEE_LETTERS = "写邮件草稿", "看邮件草稿"
SENT, DRAFTED_ONE = "已发出", "已写草稿"
TO_ADDRESSES = "到“发放”填邮箱"
ISSUE_CAPTION = "各单位的下发表，共{count}个单位"
NO_CONTACT = "还没有写联系人和联系电话，它们印在每张表的填表说明上，请先到“设置”里填。"
GENERATE = "生成下发表"
PREFILL = "把上期所填预先填入，标明“上期”"
GENERATE_AGAIN = "照样再生成一遍"
ISSUED = "已生成下发表{count}份，在“发放”文件夹里，可以发给各单位了。"
NUMBER = "第{number}次"
NOT_YET = "还没有"
REISSUE = "重新下发"
REISSUE_LEAD = "另起一次下发：已发出的表不再有效，各单位要用新表填报，这一步不能撤回。"
SURE = "我知道，重新下发"

# --- S8 feedback ------------------------------------------------------------------------------------------------------

FEED_BACK = "生成反馈"
FED_BACK = "已写出反馈{count}份，在“反馈”文件夹里。"
FEEDBACK_LEAD = "名次定下以后，给每个已报的单位一份成绩反馈。"
FEEDBACK_MOVING = "其中{count}个单位还有要更正或待核的事项，得分、名次可能变动：{units}"
FEEDBACK_MISSING = "{count}个单位未报送，没有反馈：{units}"
FEEDBACK_FILES = "“反馈”文件夹里现有{count}份"

# --- S10 settings -----------------------------------------------------------------------------------------------------

SETTINGS_LEAD = "这些设置在round.toml里，改在哪里都一样，文件里的说明会留着。"
SETTING_NAMES: Mapping[str, str] = {
    "due": "截止日期",
    "as_of": "统计截至日期",
    "policy": "计分口径",
    "recipient": "收件单位",
    "contact": "联系人",
    "phone": "联系电话",
    "late_by": "是否逾期按哪一天",
    "accept": "可接受的旧表",
    "passwords": "打开密码",
}
LATE_BY: Mapping[str, str] = {"filled": "填报日期", "received": "收到日期"}
SETTING_HINTS: Mapping[str, str] = {
    "due": "如2012年10月15日；印在每张表上，过了这一天算逾期",
    "as_of": "到哪一天应当落实，不写就按截止日期",
    "recipient": "印在每张表的填表说明上",
    "contact": "印在每张表的填表说明上",
    "phone": "印在每张表的填表说明上",
    "policy": "排名按哪一种计分；其他口径的名次在“汇总”里也列出",
    "late_by": "按表上写的填报日期，还是按收到的日期",
    "accept": "一行一个表号或填报期：以前下发的表也收",
    "passwords": "一行一个：有的单位给表加了打开密码",
}
OPEN_SETTINGS = "打开round.toml"
SETTINGS_DEED = "改了设置：{names}"
KEEP = "保存"
SETTINGS_KEPT = "设置已保存。"
PINNED = "指定采用的一份"
PIN_HERE = "改用这份"
UNPIN = "不再指定"
PINNED_DEED = "指定{unit}采用 {path}"
UNPINNED_DEED = "不再指定{unit}采用哪一份"
LIST_JOIN = "、"

# --- S7 letters -------------------------------------------------------------------------------------------------------

LETTERS_LEAD = "给每个单位写一封带附件的邮件草稿，在邮件程序里核对、发送，发出后在这里标上。程序自己不发送。"
KINDS_LABEL = "邮件种类"
KIND_LEADS: Mapping[str, str] = {
    "issue": "给各单位发下发表。",
    "remind": "催还没有报送的单位，附上下发表。",
    "return": "把要更正的表退给单位，表上已标出要改的地方。",
    "feedback": "给已报的单位发成绩反馈。",
}
NO_LETTERS: Mapping[str, str] = {
    "issue": "名单里还没有单位。",
    "remind": "没有要催报的单位。",
    "return": "没有要退回的单位。",
    "feedback": "还没有反馈可发，请先到“反馈”生成。",
}
DRAFT = "写{kind}的草稿"
DRAFTED = "已写{kind}的草稿{count}份，在“发件”文件夹里。"
DOCUMENTS = "公文"
WRITE_DOCUMENT = "起草{kind}"
DOCUMENTS_LEAD = "公文（.docx），同样放在“发件”文件夹，在Word或WPS里核对、补齐后再盖章发出。"
DOCUMENT_WRITTEN = "已起草{kind}：“发件”文件夹里的{name}；发文字号、成文日期空着，请核对、补齐后再盖章发出。"
DRAFTS = "{drafts}份，已发出{sent}份"
NO_DRAFT, NO_DRAFTS = "没有草稿", "还没有草稿。"
LETTERS_CAPTION = "{kind}：共{count}个单位"
LETTER_COLUMNS = ("单位", "收件人", "草稿", "已发出", "可以做的")
SEE_AND_EDIT = "看和改"
LETTER_TITLE = "{kind}：{unit}"
LETTER_LEAD = "可以直接改，只改给这个单位的；要改给所有单位的，到上一页点“改文字”。"
LETTER_PARTS: Mapping[str, str] = {
    "to": "收件人",
    "cc": "抄送",
    "subject": "主题",
    "body": "正文",
    "attachment": "附件",
}
BEFORE, BEHIND, BACK_TO_LETTERS = "上一个单位", "下一个单位", "{kind}的全部单位"
COPY_FOLDER = "复制附件所在文件夹"
KEEP_AND_DRAFT = "保存并写草稿"
AS_ALL, OWN_WORDS = "恢复成通用的文字", "这个单位的文字单独改过。"
COPIED = "已复制"
OPEN_DRAFT = "打开草稿"
MARK_SENT, MARK_UNSENT = "标为已发出", "还没发出"
OPEN_WORDS = "改文字"
OPEN_ADDRESSES = "打开通讯录"
