"""What words outside of the answer cells say of an item: done, planned, done in part only, with a ledger."""

import re

from sanjin_xl.model.days import parse_day
from sanjin_xl.model.fields import CHOICES
from sanjin_xl.model.submission import Answer, Months
from sanjin_xl.recovery.cell_values import LONGEST, TICK_MARKS, compact, is_untouched, read_months, read_tick
from sanjin_xl.recovery.entries import read_entry

_DEED = "(?:落实|完成|开展|建立|召开|制定|成立|实施|办结|办理|做[好完到]|办[好完]|达到)"
# 未 and 没 take it back: 尚未完成, 没做完; 全部完成, 已于9月召开 and 做完了 do not.
_DONE = re.compile(
    rf"[{TICK_MARKS}]|(?:已|均|全部)[^，。；,;未没不拟待]{{0,12}}{_DEED}|(?:已|均|全部)[办做](?![公法事案学证])"
    rf"|(?<![未没有能待])(?:(?:{_DEED}|[办做])[好完]?了|(?:做|办|搞|弄)[完好定](?!善)|(?:落实|完成|办理)(?:到位|完毕))"
)
_PLANNED = re.compile(rf"(?:拟|计划|预计|打算|准备|将)[^，。；,;]{{0,10}}(?:{_DEED}|月|明年|年底|下半年)")
# A plan that is a thing, and what goes on after it was done, are none of something that is still to be done.
_NO_PLAN = re.compile(
    "(?:(?:工作|年度|季度|月度|学习|培训|活动|宣传|普法|实施|推进)计划|(?:按|照|列入|纳入|制[定订]|印发)[^，。；,;]{0,4}计划|计划[内书表])"
    "(?![在于]?(?:[0-9]{1,2}月|明年|年底|下))"
    "|将(?:继续|定期|不断|长期|持续|进一步)"
)
# 全部分发, 支部分析会, 基本情况 and the like say nothing about how far a thing is done.
_PARTLY = re.compile(
    r"(?<![全支干内外])部分(?![析发片工组])"
    r"|基本(?!情况|信息|资料|法|医疗|养老|公共|农田|制度|工资|生活|建设|知识|技能|原则|要求|台[帐账])"
    r"|尚未|(?<!无)未完成|未落实|未开展|正在(?!运行|使用|发挥)|不适用|无此项|不涉及"
)
# What takes back the item beside which it stands in 备注; elsewhere it may be about anything.
# 取消 alone takes back what was filled in, 取消收费项目 does not.
_WRONG = (
    "更正|订正|勘误|误填|误写|填错|漏填|有误|作废|(?:撤回|撤销|取消)了?(?:[本该此]项|打?勾|[已拟]?落实|填报)?(?![^，。；,;！!、（）()\\s√✓])"
    "|月份?应为|应为[0-9]{1,2}月"
)
_NOT_DONE = "没有?(?:落实|完成|开展|做)|未[做办]"
_NOT_SO = re.compile(f"{_WRONG}|{_NOT_DONE}")
_TAKEN_BACK = re.compile(
    f"{_WRONG}|{_NOT_DONE}|推迟|延期|暂缓|尚在|有待"
    "|一半|(?:完成|落实|进度)了?[0-9.]{1,5}(?<!100)[%％]|还差|(?:进行|办理|推进|开展)中|初步完成|前期工作"
    "|除[^，。；,;]{1,15}外[^，。；,;]{0,6}(?:落实|完成|开展)"
)
_REALLY = re.compile("实际[^，。；,;0-9]{0,6}([0-9]{1,2})月")  # 实际于9月落实, beside 8月
_SOME = r"(?:[0-9]{1,3}|[一二三四五六七八九十两]{1,3})[份本册个套]"
_LEDGER = re.compile(
    r"(?:有|已建立?了?|建立了)[^，。；,;]{0,4}台[帐账]"
    rf"|台[帐账](?:已|齐|健全|完[备整善]|见|另附|附|[:：]?有|[:：]?[{TICK_MARKS}]|{_SOME}|[在存](?![建做编整]|办理))"
)
# What is written into 备注 instead of a tick: it says nothing of the kind beside another item.
_IN_ITS_STEAD = re.compile(
    r"同上|同第?[0-9]{1,3}项|(?:开展|召开|举办|培训|检查|走访)[^，。；,;]{0,6}[0-9]+[次场期人]"
    r"|(?:正常|持续|经常|定期|一并)(?:开展|落实)|长期坚持|每(?:个?月|季度?|年)|到位|达标|(?<![0-9])100[%％]"
    r"|(?:材料|照片|佐证)(?:齐|附|见)|有(?:照片|材料|记录)|搞定|完毕|^OK"
)
_CLAUSE = re.compile("[，,；;。]")
_TAKES_BACK = re.compile("[未没无待暂拟]|尚")
_NO_LEDGER = re.compile(r"[没未无拟待将应须][^，。；,;]{0,6}台[帐账]|台[帐账][^，。；,;]{0,3}[没未无不拟待]")
# 第3、5项, 第3至5项, 第三项, 序号3、5, 3、5项; 3项 counts them
_NUMBER = r"(?:\d{1,3}|[一二三四五六七八九十百零]{1,5})"
_LISTED = rf"({_NUMBER}(?:[、,，和及至到~～—-]{_NUMBER})*)"
_ITEMS = re.compile(rf"第{_LISTED}[项条]|序号[:：为]?{_LISTED}|(?<![第\d、,，])(\d{{1,3}}(?:、\d{{1,3}})+)[项条]")
_STEP = re.compile(rf"({_NUMBER})(?:[至到~～—-]({_NUMBER}))?")
_OTHERS = "各项(?!工作|制度|措施|任务|规定|活动|材料|资料)|其余|其他项|以[上下]|下列|上述|本类|本栏|所有项"
_ALL = re.compile(f"{_OTHERS}|全部|所有|均已|都已")
_CORRECTS = re.compile("更正|订正|勘误|改[为成]|更改|应为|误填|误写|填错|漏填")
# 台帐见附件 says where the proof is, and 落实情况见附表 where the answers are.
_ELSEWHERE = re.compile(
    "见附[表件页]|见另|另附|见所附|附后|见(?:电子|纸质)[版件稿表]|见(?:邮件|背面|下页|续表)|以(?:纸质|电子|附)[^，。；]{0,4}为准"
)
_PROOF = re.compile("台[帐账]|材料|照片|佐证|证明|凭证|文件|通知|名单")
# How many there are, and how the form is filled in, says of none: 已落实107项, 已落实的打√.
_OF_NONE = re.compile(
    r"(?<![第0-9、,，和至到-])[0-9]{1,3}[项条个]|(?:已|拟)?落实(?=[0-9]{1,3}[项条])|[已拟未]落实(?:的?项目?|个)?数"
    r"|(?:已(?:落实|完成))?[的者请][打填划画][“\"]?[√✓]|[“\"]?[√✓][”\"]?(?:表示|代表|为(?=[已有]))[^，。；,;]{0,5}"
    r"|未落实[的者]?(?:应|请|要|须)?填[写报]?拟?落实(?:时间|月份)"
)
_MONTH_OF_YEAR = re.compile(r"[0-9]{4}年[0-9]{1,2}月")
_MOST_READ = 2000  # characters of a text that are looked through
_MOST_ITEMS = 200  # of a range


def says_done(text: str, planned: Months | None = None) -> bool:
    """Whether words say that something was done: √, 已落实, 已于9月召开, 9月.

    Beside something planned for December, or planned without a month (`planned`), 12月底前 is no more than that plan.
    """
    text = text[:_MOST_READ]
    if len(text) <= LONGEST:
        entry = read_entry(text)
        if entry:
            return entry.state in ("tick", "done")
        # 9月完成，台帐齐全: its first words may say so alone.
        first = read_entry(_CLAUSE.split(text, maxsplit=1)[0])
        if first and first.state in ("tick", "done") and first.months.value and not says_partly(text):
            return True
        months = read_months(text).value if "月" in compact(text) else ()
        if months and (planned is None or (planned and months != planned)):
            return True
    return bool(_DONE.search(text)) and not says_partly(text)


def says_planned(text: str) -> bool:
    """Whether words say that something is planned: 拟12月完成."""
    entry = read_entry(text)
    return entry.state == "plan" if entry else bool(_PLANNED.search(text[:_MOST_READ]))


def says_partly(text: str) -> bool:
    """Whether words say that something is done in part, not yet, or does not apply: 部分完成, 正在办理, 不适用."""
    return bool(_PARTLY.search(text[:_MOST_READ]))


def says_ledger(text: str) -> bool:
    """Whether words say that there is a ledger: 有台帐, 台帐齐全."""
    text = text[:_MOST_READ]
    return "台" in text and bool(_LEDGER.search(text)) and not _NO_LEDGER.search(text)


def says_ledger_of_all(text: str) -> bool:
    """Whether words away from all items say that there are ledgers, and not just where: 台账存于各司法所."""
    return says_ledger(text) and (is_about_all(text) or not re.search("台[帐账][在存]", text))


def says_of_ledger(text: str, answer: Answer) -> bool:
    """Whether words say that there is a ledger of something that is or may be done, of which none was ticked."""
    may_be_done = answer.done is not False or answer.done_month != ()
    return may_be_done and answer.ledger is False and says_ledger(text)


def claims(text: str) -> bool:
    """Whether words say what became of something, or where that is said: 已落实, 拟12月完成, 落实情况见附表."""
    text = _OF_NONE.sub("", text[:_MOST_READ])
    elsewhere = _ELSEWHERE.search(text) and not _PROOF.search(text)
    return says_done(text) or says_planned(text) or bool(elsewhere)


def claims_away(text: str) -> bool:
    """Whether words away from all items claim something, where a day is that of a signature: 2012年9月28日."""
    return claims(text) and not (
        len(text) <= LONGEST and (parse_day(text, 2012) or _MONTH_OF_YEAR.fullmatch(text.strip()))
    )


def is_correction(text: str) -> bool:
    """Whether words correct something: 更正, 改为, 误填."""
    return bool(_CORRECTS.search(text[:_MOST_READ]))


def corrects(text: str, answer: Answer) -> bool:
    """Whether words correct an answer, unless it says so already: 更正：第35项改为已落实."""
    if not is_correction(text):
        return False
    return not (answer.done and says_done(text)) or any(word in text for word in ("月", "台帐", "台账"))


def contradict(text: str, answer: Answer) -> bool:
    """Whether words say otherwise than what was ticked."""
    if answer.done:
        return says_partly(text) or _says_planned_instead(text)
    planned = (answer.planned_month or ()) if answer.planned else None
    return says_done(text, planned) if answer.planned or answer.done is False else False


def _says_planned_instead(text: str) -> bool:
    """Whether words beside what is done say that it is planned: 拟12月召开, but not 制定工作计划并组织实施."""
    return says_planned(_NO_PLAN.sub("", text)) and not says_done(text)


def is_blank(answer: Answer) -> bool:
    """Whether nothing is filled in of what is asked to be chosen."""
    return all(map(is_untouched, map(answer.typed, CHOICES)))


def may_answer(text: str, answer: Answer) -> bool:
    """Whether words may be the answer to an item: they say what becomes of it where it is blank, or say otherwise."""
    return (is_blank(answer) and claims(text)) or contradict(text, answer)


def stands_for_tick(text: str) -> bool:
    """Whether 备注 of an item in which nothing else is filled in may be its answer: 已落实, 见附件6, 每月1次, 是."""
    text = text[:_MOST_READ]
    if says_done(text) or says_ledger(text) or read_tick(text).value:
        return True
    return bool(_ELSEWHERE.search(text) or _IN_ITS_STEAD.search(text)) and not _TAKES_BACK.search(text)


def asks_in_comment(text: str, answer: Answer) -> bool:
    """Whether a comment on an answer may be that answer, or says that it is wrong."""
    wrong = bool(answer.done and _NOT_SO.search(text[:_MOST_READ]))
    return wrong or may_answer(text, answer) or (is_blank(answer) and stands_for_tick(text))


def takes_back(text: str, answer: Answer, *, once: bool) -> bool:
    """Whether 备注 of a done item says otherwise; `once`: it is done once, and a plan beside it is not for the next
    time.
    """
    text = text[:_MOST_READ]
    planned = once and _says_planned_instead(text)
    no_ledger = bool(answer.ledger and "台" in text and _NO_LEDGER.search(text))
    when = _REALLY.search(text)
    another = bool(when and answer.done_month and int(when[1]) not in answer.done_month)
    return says_partly(text) or planned or no_ledger or another or bool(_TAKEN_BACK.search(text))


def is_about_all(text: str) -> bool:
    """Whether words speak of all items, or of all others: 各项均已落实, 除第5项外全部完成."""
    return bool(_ALL.search(text[:_MOST_READ]))


def is_about_others(text: str) -> bool:
    """Whether 备注 of an item speaks of others too: 以上各项均已落实, but not 各镇均已全部完成."""
    return bool(re.search(_OTHERS, text[:_MOST_READ]) or items_named(text))


def items_named(text: str) -> list[int]:
    """The numbers of the items that words are about: 第3、5项, 第3至5项."""
    found = ["".join(groups) for groups in _ITEMS.findall(text[:_MOST_READ])]
    return [number for listed in found for step in _STEP.findall(listed) for number in _numbers(*map(_whole, step))]


def _numbers(first: int, last: int) -> range:
    return range(first, max(first, min(last, first + _MOST_ITEMS)) + 1)


def _whole(number: str) -> int:
    """A number written in either way: 35, 三十五; 0 for none."""
    if number.isdecimal() or not number:
        return int(number or 0)
    hundreds, _, rest = number.replace("零", "").rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    digit = {one: n for n, one in enumerate("一二三四五六七八九", start=1)}
    return 100 * digit.get(hundreds, 0) + 10 * (digit.get(tens, 1) if ten else 0) + digit.get(ones, 0)
