"""What the official documents of a round say: the notice that goes with the issue, the bulletin after the ranking."""

NOTICE, BULLETIN = "notice", "bulletin"
DOCUMENTS = {NOTICE: "通知", BULLETIN: "通报"}
FILE_NAME = "{kind}_{period}.docx"
ATTACHED = "附件："
ANNEX = "附件{number}"
SHORT = 8  # characters of a cell that is centred
LIST_JOIN = "、"
ADDRESSEES, ADDRESSEES_MANY = "{names}：", "各报送单位："
UNITS_TITLE = "报送单位名单"
DAY = "{day.year}年{day.month}月{day.day}日"
# The day on which the head of the office signs is known to nobody before.
UNSIGNED = "　　　　年　　月　　日"
BLANK = "＿＿＿＿＿＿"

NOTICE_TITLE = ("{office}关于填报{period}", "“三进”任务完成情况表的通知")
NOTICE_LEAD = "为掌握{period}“三进”任务完成情况，现将有关事项通知如下："
NOTICE_WHAT = "一、填报内容"
NOTICE_FORM = "《{form}》（以下简称情况表）共{categories}类{items}项，满分{points}分。请对照各项的内容、标准，逐项填写{columns}{count}栏，并填写填报日期和末尾的{signers}。"
NOTICE_POLICY = "情况表按口径{id}（{name}）自动计算自评得分：{sentence}自评得分仅供参考，以市局核定为准。"
NOTICE_HOW = "二、填报要求"
NOTICE_RULES = (
    (
        "（一）用下发的表填报。",
        "一个单位一份，表号已印在表上。请直接在下发给本单位的电子表上填写，不要另建新表，不要转抄到别的表上，不要插入、删除行列。",
    ),
    (
        "（二）如实逐项填写。",
        "已落实的选“已落实”和月份，有台帐的在台帐栏选√；尚未落实、打算落实的选“拟落实”和月份；需要说明的写在备注栏。",
    ),
    ("（三）审核盖章。", "填好后由审核人、负责人审核，按A4横向打印并加盖公章；纸质件与电子表的内容须一致。"),
)
NOTICE_WHEN = "三、报送时间和方式"
NOTICE_DUE = "请于{due}前将填好的电子表报送{office}，回复下发情况表的邮件即可。"
NOTICE_LATE = "逾期报送的，每天扣{points}分。"
NOTICE_WHOM = "四、联系方式"
NOTICE_CONTACT = "联系人：{contact}，电话：{phone}。填报中有疑问的，请及时联系。"
NOTICE_END = "特此通知。"

BULLETIN_TITLE = ("{office}关于{period}", "“三进”任务完成情况的通报")
BULLETIN_DRAFT = "（草稿，尚未定稿，以下得分、名次均为暂列）"
BULLETIN_LEAD = "现将{period}“三进”任务完成情况通报如下（统计截至{as_of}）："
BULLETIN_REPORTED = "一、报送情况"
ALL_CAME = "应报送{units}个单位，已全部报送。"
SOME_CAME = "应报送{units}个单位，已报送{came}个；未报送{missing}个：{names}。未报送的不计分、不排名，不按0分处理。"
NONE_CAME = "应报送{units}个单位，均未报送，没有得分和名次。"
IN_TIME = "已报送的均未逾期。"
LATE = "逾期报送的{count}个：{names}。"
DAYS_LATE = "{name}（{days}天）"
BULLETIN_RANKING, BULLETIN_RANKING_OPEN = "二、得分和名次", "二、得分和名次（暂列）"
RANKED = "按口径{id}（{name}）计分：{sentence}已报送的{came}个单位平均{mean}分，最高{best}分，最低{worst}分。"
RANKED_ONE = "按口径{id}（{name}）计分：{sentence}"
COLUMNS = (
    ("名次", 8.0),
    ("单位", 19.0),
    ("得分", 10.0),
    ("已落实", 11.0),
    ("拟落实", 11.0),
    ("未填", 8.0),
    ("待核", 8.0),
    ("备注", 25.0),
)
NONE = "—"
NOT_RETURNED = "未报送"
BULLETIN_WEAK = "三、薄弱环节"
WEAK_CATEGORIES = "平均得分率较低的考核项目：{names}。"
CATEGORY_RATE = "{name}（{rate}）"
FEWEST_DONE = "落实单位最少的项目列表如下（已报送的{came}个单位中）。"
ITEM_COLUMNS = (("序号", 8.0), ("内容、标准", 80.0), ("已落实\n单位数", 12.0))
MORE_ITEMS = "另有{count}项同为{done}个单位已落实，未列出。"
NO_WEAKNESS = "已报送的单位各项均已落实。"
BULLETIN_OPEN = "四、尚未确定的事项"
OPEN_MISSING = "尚有{count}个单位未报送，名次为暂列。"
OPEN_QUESTIONS = "尚有{pending}待核，暂不计分或按低值计，涉及{points}分。"
OPEN_CORRECTIONS = "已退回更正{count}个单位：{names}。"
OPEN_POLICY = "换一种口径名次会变的有{names}，见备注。"
OPEN_RANKS = "待核的结果可能改变名次的有{names}，见备注。"
OPEN_FILES = "另有{count}个文件未采用。"
NOTHING_OPEN = "各单位均已报送，没有待核事项，得分和名次已定。"
BULLETIN_NEXT = "五、下一步要求"
NEXT_MISSING = "请未报送的单位尽快补报。"
NEXT_CORRECTIONS = "请被退回更正的单位在退回的表所印期限前更正重报。"
NEXT_ALL = "请各单位对照本通报和成绩反馈，抓好薄弱项目的落实，补齐台帐。"
BULLETIN_END = "特此通报。"
