"""What the command line says, and the text of a fresh round.toml."""

RECIPIENT = "河源市司法局"

CONFIG_FILE = """\
# 一轮收集的设置。改动后重新运行 sanjin-xl ingest 即可。

form = "{form}"           # 表样
period = "{period}"       # 填报期
due = {due}               # 截止日期
policy = "{policy}"       # 计分口径：{policies}
recipient = "河源市司法局"
contact = {contact}              # 联系人，印在填表说明上
phone = {phone}                # 联系电话，印在填表说明上

# as_of = 2012-10-31      # 统计截至日期，不写即为截止日期
# late_deduction = 0.5    # 逾期每天扣分，不写即不扣
# late_by = "received"    # 是否逾期按哪一天：filled 填报日期（不写即为此）；received 收到日期
# correction_days = 7     # 更正期限：退回的表做好之后几天内改好报回，不写即为7天
# mail_zip = true         # 邮件附件打成zip（邮件系统不让.xlsx通过时），内附校验清单
# dense_ranks = true      # 并列后名次不空缺（1、2、2、3）
# not_applicable = "exclude"   # 核定为不适用的项目：full 得满分（不写即为此）；exclude 不计入，其余按比例折算
# accept = ["441625-01", "2012年第二季度"]   # 可接受的旧表：表号前两段；或别的填报期（其表号无法核验，列为核实）
# passwords = ["123456"]  # 加了打开密码的文件，依次用这些密码试开
# archive_lost = 2012-10-20   # 存档里已损坏、不见而又找不回来的：这一天及以前收到的不再提示
# previous = "../二季度"   # 上期的轮次文件夹（相对于本文件夹），写了就与上期比较名次、得分和计划
# [pinned]                # 同一单位报了多份时，指定采用哪一份（回收文件夹内的文件名）
# "东源县" = "东源县司法局（第二次）.xlsx"
# [received]              # 收到日期与登记的（首次放入回收后运行的那天）不同的，在此写明：路径、文件名或SHA-256的前八位
# "龙川县司法局.xlsx" = 2012-10-12
# [mail]                  # 各单位的邮箱，由这些邮箱发来的表会与所报单位核对；to 收件人，cc 抄送，可写几个
# "东源县" = {{ to = "a@example.cn", cc = "", contact = "张三", phone = "0762-1234567" }}
# [[policies]]            # 另设的计分口径，与表样自带的一并计算、比较；上面的 policy 写它的代号才采用
# id = "D"                # 代号，不能与已有的相同；下发以后要改比例，请另设一个
# name = "拟落实计分"
# done_with_ledger = 100  # 已落实有台帐，得该项分值的百分之几
# done_without_ledger = 50   # 已落实无台帐
# planned = 20            # 拟落实，不写即为0
"""

HELP = {
    "main": "“三进”任务完成情况表：下发、回收、计分、排名。",
    "new": "新建一个轮次文件夹。\n\n例：sanjin-xl new 三季度 --period 2012年第三季度 --due 2012-10-15 --contact 张三 --phone 0762-1234567",
    "generate": "生成下发的表，每个单位一份，放在“发放”文件夹。\n\n例：sanjin-xl generate 三季度\n\n例：sanjin-xl generate 三季度 --prefill 二季度",
    "ingest": "读取“回收”文件夹，计分排名，写出“汇总”。\n\n例：sanjin-xl ingest 三季度\n\n例：sanjin-xl ingest 三季度 --previous 二季度",
    "feedback": "给每个已报单位写一份成绩反馈，放在“反馈”文件夹。\n\n例：sanjin-xl feedback 三季度",
    "letters": "写邮件草稿和通知、通报，放在“发件”文件夹。\n\n邮件草稿每个有关的单位一份，连同发件清单，程序自己不发送；通知、通报是公文（.docx）。\n\n例：sanjin-xl letters 三季度 --kind 催报\n\n例：sanjin-xl letters 三季度 --kind 通知",
    "check": "单独检查文件，不计入任何轮次。\n\n例：sanjin-xl check 东源县司法局.xlsx --round 三季度",
    "demo": "用自带的样例演示全过程。样例里有意留了要处理的事，做成了退出码即为0。\n\n例：sanjin-xl demo 演示",
    "window": "打开窗口，不用命令就能做完一轮。\n\n例：sanjin-xl window 三季度",
    "checks": "列出全部检查项目及其轻重和理由。\n\n例：sanjin-xl checks",
}
OPTION_HELP = {
    "no_browser": "只给出网址，不打开浏览器。",
    "version": "显示版本、自带的表样和代码的版次。",
    "help": "显示本说明。",
    "debug": "程序出错时显示详情（供维护人员用），不写则记入日志文件。",
    "period": "填报期，如2012年第三季度。",
    "due": "截止日期，如2012-10-15。",
    "form": "表样。",
    "contact": "联系人，印在填表说明上；在终端里不写会问。",
    "phone": "联系电话，印在填表说明上；在终端里不写会问。",
    "policy": "计分口径：{policies}。（不写即为{policy}）",
    "reissue": "另起一次下发，旧表不再接受（除非列入accept）。",
    "as_of": "统计截至日期，不写即为截止日期。",
    "check_as_of": "统计截至日期；不写即为轮次的截止日期，没有指定轮次的，为表上填报期的最后一天或填报日期，取晚的。",
    "kind": "哪一种：下发（各单位）、催报（未报送的单位）、退回（有退回表的单位）、反馈（有反馈的单位）；通知（下发填报的公文）、通报（按目前结果起草）。",
    "json": "以JSON输出，供其他程序使用。",
    "round": "轮次文件夹，用以核验表号。",
    "previous": "上期的轮次文件夹，与之比较名次、得分和计划；不写则用round.toml中的previous。",
    "prefill": "上期的轮次文件夹，把各单位上期所填预先填入新表，并标明“上期”。",
}

VERSION = """\
sanjin-xl {version}
表样 {form}（{title}，{fingerprint}）
代码 {commit}"""
UNKNOWN_COMMIT = "未知"
BOX_TITLE = "三进"

ASK = {
    "contact": "填表说明上印的联系人（没有就直接回车）",
    "phone": "填表说明上印的联系电话（没有就直接回车）",
}
LACKING_NAMES = {"contact": "联系人", "phone": "联系电话"}
LACKING = "填表说明上没有{names}，县区有疑问不知找谁：请在 {path} 里补上，再运行 {program} generate {folder}。"
MADE = "已建立 {path}。下一步：{program} generate {folder}"
GENERATED = "已生成{count}份（第{issue}次下发），放在 {path}"
PASSWORD_KEPT = "保护密码在 {path}，请勿外传。"
NOTHING_CAME = "“回收”文件夹是空的，各单位均列为未报送。"
WRITTEN = "已写出 {path}"
SENT_BACK = "已写出退回更正的表{count}份，放在 {path}，可发还有关单位（邮件草稿：{program} letters {folder} --kind 退回）；更正期限为做好后{days}天，写在表上"
FEEDBACK_WRITTEN = "已写出成绩反馈{count}份，放在 {path}"
FEEDBACK_PROVISIONAL = "其中{count}份还有要更正或待核的事项，得分、名次可能变动：{units}"
NO_FEEDBACK = "还没有单位报送，没有成绩可以反馈"
FEEDBACK_MISSING = "未报送，没有反馈：{units}"
NEXT_RECEIVE = "下一步：把“发放”里的表发给各单位（邮件草稿：{program} letters {folder} --kind 下发）；收到的表原样放进 {inbox}，再运行 {program} ingest {folder}"
NEXT_WORK = "下一步：把上面的事办了，补报的、改好的表放进 {inbox}，再运行 {program} ingest {folder}"
NEXT_FEEDBACK = "下一步：打印“汇总”里的排名，再运行 {program} feedback {folder}，给各单位写成绩反馈"
NEXT_SEND = "下一步：把“反馈”里的表发给各单位（邮件草稿：{program} letters {folder} --kind 反馈）；以后再运行 {program} ingest {folder}，反馈会随之重写"
DEMO_DONE = "演示完成，请打开 {path}"
STAGES = {
    "issue": "生成",
    "read": "读取",
    "summary": "写汇总",
    "copies": "写退回表",
    "feedback": "写反馈",
    "document": "写公文",
}
RATE = "{rate:.0f}份/秒，约剩{minutes}分{seconds:02d}秒"
ABORTED = "已中断。已写好的文件照旧可用，再运行一次即可补齐。"

TABLE_HEAD = ("名次", "单位", "得分", "区间", "已落实", "有台帐", "待核项", "备注")
MISSING = "未报送"
TIED = "并列"
LATE = "逾期{days}天"
OPEN_RANK = "名次待核"
SINCE = {True: "较上期↑{places}", False: "较上期↓{places}"}
SINCE_SAME = "与上期持平"
CONSERVATION = "文件{found}份＝计入{counted}＋另有采用的{superseded}＋重复{duplicate}＋未采用{rejected}＋跳过{skipped}；单位{units}个＝已计分{done}＋暂计分{provisional}＋未报送{missing}"
NEXT = "需要处理："
NEXT_MISSING = "未报送：{units}"
NEXT_FINDINGS = "{unit}：强制{errors}项，核实{reviews}项"
NEXT_REJECTED = "未采用 {path}：{reason}"
NEXT_RULINGS = "待核的有{pending}：打开“核定”文件夹里的核定表.xlsx，填核定分（整表问题选“已核实”）、理由、核定人，存盘后对这一轮再运行 ingest"
MORE_UNITS = "（还有{count}个单位，见汇总.xlsx）"
MORE_LINES = "还有{count}条，见汇总.xlsx"
MANY_UNITS = "{units}等{count}个单位"
NEXT_RULING = "核定表{unit}：{sentence}"
NOTHING_NEXT = "没有需要处理的事。"

CHECK_READABLE = "{path}：{unit}，可读，强制{errors}项，核实{reviews}项，提示{notes}项"
CHECK_REJECTED = "{path}：{reason}"
NO_UNIT = "单位不明"
ANY_PERIOD = "2012年度"
USAGE_PREFIX = "用法："
HELP_HEADINGS = {"Options": "选项", "Commands": "命令"}
# What click itself says in English on a help page.
HELP_WORDS = {"[required]": "（必填）", "[default: ": "（不写即为", "[OPTIONS]": "[选项]"}
SUBCOMMAND = "命令 [参数]..."
USAGE = "用法不对：{detail}，请看 {program} --help。"
NO_OPTION = "没有选项 {name}"
NO_PARAMETER = "缺少 {name}"
BAD_PARAMETER = "{name} 的值不能用"
OTHER_USAGE = "命令或参数不对"
SYSTEM_FAULTS = {
    "full": "磁盘已满，{path}写不进去，请腾出空间后再试。",
    "no-right": "没有读写{path}的权限，请检查文件夹是否只读。",
    "failed": "读写{path}时出错，请检查磁盘和网络连接。",
}
OUTPUT_ENDED = "结果没有显示完，接收显示内容的程序已经结束；已写出的文件不受影响。"
OUTPUT_CLOSED = "标准输出已关闭，结果没有地方显示；写出的文件不受影响。"
NO_CHINESE_NAMES = "系统的文字编码（{encoding}）写不了中文文件名，请设环境变量 PYTHONUTF8=1 再运行。"
A_FILE = "文件"
REGISTER_FAULT = "登记库（.sanjin/register.sqlite）读写不了，请检查文件夹是否只读、磁盘是否已满。"
UNEXPECTED = "程序内部错误：{detail}。请把这一行连同所用的文件报给维护人员。"
LOGGED = "程序内部错误：{detail}。详情已写入 {path}，请把它连同所用的文件报给维护人员。"
CATALOGUE_HEAD = ("代码", "轻重", "由谁处理", "名称", "理由")
AUDIENCES = {"county": "县", "city": "市"}
DOUBT = "（该项暂不计分）"
DRAFTED = "已写{count}份{kind}草稿：{path}；双击用邮件程序打开，核对后发送，发出的在清单.xlsx里打√。"
DOCUMENT_WRITTEN = "已起草{kind}：{path}；发文字号、成文日期空着，请在Word或WPS里核对、补齐后再盖章发出。"
NOBODY_CONCERNED = "没有要写{kind}邮件的单位。"
