"""The words on the ruling table, and what is recognised when it is read back."""

SHEET = "核定表"
OTHERS_SHEET = "其他各项"
KINDS_SHEET = "同类核定"
WHOLE_SHEET = "整表问题"
SHEETS = (SHEET, WHOLE_SHEET, OTHERS_SHEET, KINDS_SHEET)
TABLE = "表"
TITLE = "{title}核定表"
KINDS_TITLE = "{title}同类核定"
OTHERS_TITLE = "{title}核定表（其他各项）"
WHOLE_TITLE = "{title}整表问题核实表"
HEADINGS = {
    "unit": "单位",
    "item": "项",
    "text": "内容、标准",
    "full": "满分",
    "auto": "自动得分",
    "stake": "争议分",
    "answer": "填报情况",
    "questions": "待核问题",
    "kind": "同类问题",
    "count": "项数",
    "kind_ruling": "合并核定",
    "refused": "如不认可",
    "granted": "如认可",
    "points": "核定分",
    "not_applicable": "不适用",
    "severity": "级别",
    "whole_questions": "发现的问题",
    "advice": "怎样处理",
    "settled": "已核实",
    "reason": "理由",
    "who": "核定人",
    "day": "日期",
    "confirm": "复核确认",
    "status": "状态",
    "key": "编码",
    "basis": "填报校验码",
    "known": "已登记核定数",
}
FORMER_HEADINGS = {"basis": "填报指纹", "high": "上限", "step": "分档"}  # of tables made by earlier versions
LEAD = "填报期：{period}。填核定分（{steps}，或写“认可”“不认可”）或选“不适用”（以后各期都不适用的选“长期”，下期会列出请确认），并填理由、核定人，缺一不采用；存盘后重新汇总（开着窗口的会自动读取，用命令的请运行 sanjin-xl ingest）。\n填报有变的显示待复核：仍按原核定的在“复核确认”选√，否则改填。要取消核定，核定分填“撤销”，并写理由、核定人；清空、删行不算取消。\n待核的按争议分从多到少排列；“如认可”“如不认可”是该项这样核定、其余不变时的核定分、总分和名次。其余项目在“其他各项”，也可核定。"
KINDS_LEAD = "填报期：{period}。同类问题可一次核定：选合并核定，并填理由、核定人，缺一不采用；存盘后重新汇总（开着窗口的会自动读取，用命令的请运行 sanjin-xl ingest）。\n只用于尚未单独核定、且只有这一个问题的项目；整表问题只能选“已核实”。单位一行先于“全部”一行。之后新报来的不在其内，会再列出。"
ALL_UNITS, ALL_KEY, WHOLE_KEY = "全部", "all", "/whole"
WHOLE_KIND = "{title}（整表问题）"
KIND_CHOICES = ("认可", "不认可", "满分", "一半", "零分", "不适用", "长期")
KIND_PROMPT = (
    "合并核定",
    "从下拉框选；“认可”“不认可”按各项“如认可”“如不认可”的分；“长期”是以后各期都不适用；整表问题选“已核实”。",
)
KIND_ALERT = ("请从下拉框选", "本格只能从下拉框选或留空。")
OTHERS_LEAD = "填报期：{period}。无待核问题的和已核定的，都可以核定、改核定或撤销，填法与“核定表”相同；可按“状态”筛选。本表供查阅，打印时只印表头；要打印全表，请先取消打印区域。"
LEAD_SHORTENED = "单位、项目过多，只列待核的和已有核定的，至多15000行，待核的在前。"
ROW = "“{sheet}”第{row}行"
EFFECT = "{points}分\n总分{score}，第{rank}"
WHOLE_LEAD = "填报期：{period}。这些问题涉及整张表。查明的在“已核实”选√，并填理由、核定人；要取消请填“撤销”。标明强制的须由单位更正重报。存盘后重新汇总（开着窗口的会自动读取，用命令的请运行 sanjin-xl ingest）。"
WITHDRAW = "撤销"
TICK = "√"
STANDING = "长期"
OR = "、"
GRANTED = {"认可": True, "不认可": False}
SHARES = {"满分": 100, "全分": 100, "一半": 50, "零分": 0, "不得分": 0}  # percent; 半分 might be half a point

# Prompts and stop alerts. Excel: 32 characters for a title, 255 for a text.
POINTS_PROMPT = ("核定分", "{steps}，或填“认可”“不认可”；要取消核定请填“撤销”。")
POINTS_ALERT = ("核定分不对", "{steps}，或填“认可”“不认可”“撤销”。")
TICK_PROMPTS = {
    "not_applicable": ("不适用", "本期不适用的选√，以后各期也不适用的选“长期”，核定分留空。"),
    "confirm": ("复核确认", "填报有变、仍按原核定的选√。"),
    "settled": ("已核实", "已查明的选√；要取消请选“撤销”。"),
}
TICK_ALERT = ("请从下拉框选", "本格只能选{choices}或留空。")
DAY_PROMPT = ("日期", "可填核定的日期，如2012-10-20。")

# The state of a row.
PENDING = "待核"
TO_CORRECT = "待单位更正"
APPLIED = "已采用（{decision}）"
STALE = "待复核：核定（{decision}）之后填报有变，未采用"
TO_CONFIRM = "上期核定长期不适用，待确认：仍不适用的在“复核确认”选√"
STILL = "；仍按前次核定（{decision}）"
WITHDRAWN = "已撤销"
WITHDRAWN_PENDING = "已撤销，待核"
IDLE = "该单位现无计分的填报"
QUESTION_GONE = "问题已不存在"
POINTS = "{points}分"
NOT_APPLICABLE = "不适用"
STANDING_SO = "长期不适用"
SETTLED = "已核实"

ABSENT = "表中缺项"
QUESTION = "【{severity}】{text}"

# Why the table cannot be read, and what the city clerk is to do; nothing of it is for a county.
NO_TABLE = "找不到表头“核定分、理由、核定人”，请恢复表头后存盘"
NO_HEADER = "“{sheet}”的表头认不出来，请恢复“核定分”（或“已核实”）、“理由”、“核定人”后存盘"
NO_KEYS = "“{sheet}”里没有“编码”，也没有“单位”和“项”两栏，请恢复后存盘"
CANNOT_OPEN = "文件打不开，可能正被占用或没有权限，请关闭后再试"
START_AGAIN = "；修不好的，把它移出核定文件夹后再试，会另做一份，以前采用的核定都在，其后填的请重填"
WHY_UNREADABLE = "文件已损坏，或内部自相矛盾，请用Excel或WPS打开，另存为同名的.xlsx"
_NO_WORKBOOK = "内容不是工作簿，请用Excel或WPS另存为同名的.xlsx，或换回原来的核定表"
_ENCRYPTED = "文件加了密码或被加密软件加密，请取消密码、解密后存盘"
_OVERGROWN = "内容过多，请删去表外的内容、图片后存盘"
WHYS_UNREADABLE = {
    **dict.fromkeys(("file-empty", "file-zeros", "file-cut-off"), "文件是空的，或没有存完整"),
    **dict.fromkeys(
        (
            *("file-html", "file-xml-2003", "file-xml-other", "file-csv", "file-word", "file-pdf", "file-picture"),
            *("file-not-a-workbook", "file-old-excel", "file-archive-unsupported"),
        ),
        _NO_WORKBOOK,
    ),
    "file-unknown": "内容认不出来，可能已损坏或被单位加密软件加密，请解密后存盘",
    **dict.fromkeys(("file-encrypted", "file-rights-protected", "file-part-encrypted"), _ENCRYPTED),
    **dict.fromkeys(
        (
            *("file-too-large", "file-ratio", "file-too-many-parts", "file-too-many-rows", "file-too-many-cells"),
            *("file-far-cell", "file-grid", "file-long-text", "file-too-complex"),
        ),
        _OVERGROWN,
    ),
}


def steps_in_words(step: str) -> str:
    """Which points can be ruled, in steps of so many points."""
    return f"0至满分，每档{step}分"
