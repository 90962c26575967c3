"""Everything that can be observed about a return: how much it weighs, whom it asks, what it says, and why."""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial


class Severity(StrEnum):
    """How much a finding weighs: must be corrected, must be ruled on, worth knowing."""

    ERROR = "error"
    REVIEW = "review"
    NOTE = "note"


class Audience(StrEnum):
    """Who can settle a finding.

    COUNTY: its clerk can fill in, correct or confirm something in the open cells of a correction copy, such as the tick
    beside a month. CITY: nothing typed there would answer it: which file counts and whose it is, stamps and marks that
    a fresh copy has anyway, whether answers are honest, whether an item applies or depends on another, the city's own
    rulings; and whatever needs nothing done.
    """

    COUNTY = "county"
    CITY = "city"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a code means.

    `seen` may quote {found} and the finding's facts; `advice` says what to do; `reason`, printed by `sanjin-xl checks`,
    why it weighs what it weighs. An item in doubt counts 0 for now and its upper bound is shown beside it
    (docs/contracts.md §4).
    """

    severity: Severity
    audience: Audience
    title: str
    seen: str
    advice: str
    reason: str
    doubt: bool = False


_error = partial(Kind, Severity.ERROR)
_review = partial(Kind, Severity.REVIEW)
_doubt = partial(Kind, Severity.REVIEW, doubt=True)
_note = partial(Kind, Severity.NOTE)
COUNTY, CITY = Audience.COUNTY, Audience.CITY
NOTHING = "无需处理"

# Each entry: who is asked, title, what is seen, what to do, why it weighs what it weighs.
# fmt: off
CATALOGUE: dict[str, Kind] = {
    # whose return it is
    "stamp-missing": _review(CITY, "无表号", "表内没有下发时的表号",
        "请核实是否为该单位所报", "内容可能是粘贴到新表中的，无法证明来自下发的表，暂计分，待核实"),
    "stamp-unverified": _note(CITY, "表号未核验", "本次检查没有指定轮次，表号未核验",
        "如需核验请加 --round", "单独检查文件时没有密钥"),
    "stamp-carrier-lost": _note(CITY, "表号不全", "表号有{lost}处缺失或被改，其余各处一致且有效",
        NOTHING, "另存、转换格式常会丢掉其中几处，一处有效即可"),
    "stamp-older-accepted": _note(CITY, "旧表", "所用的表是第{issue}次下发的",
        "该次下发已列入可接受名单，无需处理", "轮次设置中已说明接受"),
    "stamp-other-accepted": _review(CITY, "别期的表", "这是别的填报期下发的表，表号无法用本期密钥核验",
        "请核实后采用", "轮次设置中已说明接受，但不能证明没有改动"),
    "unit-cell-blank": _note(CITY, "填报单位空白", "填报单位一栏没有写明单位",
        "已按表号或文件名认定", "单位另有依据，不影响认定"),
    "unit-cell-unknown": _note(CITY, "填报单位不在名单", "填报单位写作“{found}”，名单中没有",
        "已按表号或文件名认定", "单位另有依据，不影响认定"),
    "unit-from-file-name": _review(CITY, "按文件名认定单位", "表内没有可用的单位信息，按文件名认定",
        "请核实是否为该单位所报", "文件名最容易写错"),
    "unit-pinned": _note(CITY, "按市局指定", "市局已指定采用此份", NOTHING, "轮次设置中已说明采用哪一份"),
    "named-replaced": _review(CITY, "指定的文件换过",
        "round.toml按名字指定了这个文件，而以前叫这个名字的是另一份（这一份的SHA-256以{found}开头）",
        "请核实指定的是不是这一份，或改用SHA-256指定", "同名的新文件会盖住原来的，指定时说的未必是它"),
    "version-differs": _review(CITY, "同一单位多份",
        "另有一份（{other}）答案不同，不同的有第{items}项，现采用{chosen_by}这一份{but}",
        "请核实以哪一份为准，核实之前得分区间包括各份", "同一单位报了不同的答案，须由人确认"),
    "version-corrected": _note(CITY, "已按退回意见修改", "按退回的表改正后重报，与原来的（{other}）不同的有第{items}项",
        NOTHING, "退回修改后重报，自然与原来不同"),
    "twin-answers": _review(CITY, "与他县雷同",
        "{unit}与{other}的{count}项勾选、月份几乎相同（{same}项一致；备注未比）",
        "请市局核实两个单位的表，不要告知单位", "两县情况完全一样极少见，备注却最容易改"),
    "same-as-former": _review(CITY, "与上期完全相同", "{count}项的勾选、月份与上期（{period}）所报完全相同",
        "请市局核实该单位是否逐项更新过", "预先填入上期答案的表原样交回，说明不了本期的情况"),
    # the head of the form
    "fill-date-missing": _note(COUNTY, "未填日期", "填报日期没有填写", "已按截止日期判断", "日期只用于判断月份先后"),
    "fill-date-unclear": _review(COUNTY, "日期看不清", "填报日期“{found}”认不出来",
        "已按截止日期判断", "日期只用于判断月份先后"),
    "fill-date-future": _review(COUNTY, "日期在收到之后", "填报日期{found}在收到之后（{received}收到），按收到日期看待",
        "请核实填报日期", "收到以后才填的表是没有的"),
    "fill-date-needed": _review(COUNTY, "日期影响扣分", "没有可用的填报日期，无法计算是否逾期",
        "请核实实际报送日期", "本轮规定了逾期扣分，日期不能空缺"),
    "fill-date-implausible": _note(COUNTY, "日期不合理", "填报日期“{found}”不在填报期内或附近",
        "已按截止日期判断", "可能是沿用旧表或笔误"),
    # where the items were found
    "sheet-renamed": _note(CITY, "工作表改名", "工作表名已改为“{found}”", NOTHING, "内容仍可辨认"),
    "sheet-copied": _note(CITY, "工作表有副本", "工作表“{found}”是填报表的副本，答案相同", NOTHING, "副本与正表一致"),
    "sheet-copies-differ": _review(COUNTY, "副本答案不同", "工作表“{found}”也是填报表，第{items}项与采用的不同",
        "请核实以哪一张为准", "一个文件里有两套答案，须由人确认"),
    "sheet-blank": _note(CITY, "空白表不读", "工作表“{found}”没有填写，采用另一张已填的",
        NOTHING, "填在自己的表上而下发的表空着，填了的一张才是所报"),
    "sheet-other-period": _note(CITY, "别期的表不读", "工作表“{found}”是“{period}”的，没有读取",
        NOTHING, "上期的表留在文件里作对照，不是本期所报"),
    "sheets-joined": _note(CITY, "分在几张表上", "第{items}项在工作表“{found}”上，各表没有重复的项目，合并读取",
        NOTHING, "按类别分张，合起来正好一份"),
    "workbook-shared": _note(CITY, "一个文件几个单位", "文件里有{units}的表，各计一份", NOTHING, "各表自己写明了单位"),
    "workbook-of-other": _review(CITY, "在别的单位的文件里", "本表在文件名写明{found}的文件里，文件里有{units}的表",
        "请核实是否为该单位所报", "别的单位的文件里可能只是借来作样子的表"),
    "header-changed": _note(CITY, "表头被改", "表头“{expected}”被改为“{found}”", NOTHING, "按其余特征仍能认出该列"),
    "column-moved": _note(CITY, "列被移动", "“{expected}”一列移到了{found}列", NOTHING, "按表头读取，不受位置影响"),
    "column-missing": _error(COUNTY, "缺少一列", "找不到“{expected}”一列",
        "请在退回的表上补填后重报", "缺列的答案无从得知，不能当作没有"),
    "column-status": _note(CITY, "落实情况写在一栏", "已落实、拟落实、月份都写在“{found}”一栏，按其中的字读取",
        NOTHING, "写的是已落实、拟落实还是未落实，意思明确的照读，其余逐项核实"),
    "column-guessed": _review(COUNTY, "列按位置认定", "“{expected}”的表头认不出来，按位置认定为{found}列",
        "请核实该列内容", "只凭位置认列可能读错，须核实"),
    "column-conflict": _review(COUNTY, "表头与公式不一致",
        "“{expected}”的表头在{found}列，而自评公式取的是{linked}列，按公式读取",
        "请核实该列内容", "表头可能被改写或对调，公式随单元格移动"),
    "column-doubtful": _review(COUNTY, "列的次序不对",
        "“{expected}”按表头认定为{found}列，但表头的次序或位置与下发时不同",
        "请核实该列内容", "只改表头与移动整列看上去一样，须核实"),
    "column-repeated": _review(COUNTY, "列重复", "“{expected}”另有一列（{found}列），内容不同",
        "请核实以哪一列为准", "两列答案须由人确认"),
    "column-shifted": _review(COUNTY, "列内单元格被移动", "“{expected}”一列的格子与各项的行对不齐",
        "请核实该列内容是否错行", "在这一列中插入或删除过单元格"),
    "table-moved": _note(CITY, "表格移位", "整张表从{found}列开始", NOTHING, "各列相对位置不变"),
    "layer-lost": _note(CITY, "识别标记缺失", "{layer}已不存在或不可用",
        "按其余标记认定各项，无需处理", "标记有四重，留有余地"),
    "layer-damaged": _note(CITY, "识别标记不全", "{layer}有{count}项缺失或与其余标记不符",
        "按其余标记认定各项，无需处理", "标记有四重，留有余地"),
    "rows-wrapped": _note(CITY, "一项分成几行", "内容、标准折成了几行，按一项一行合并读取",
        NOTHING, "由PDF或扫描件转换的表会按行拆开"),
    "rows-moved": _note(CITY, "行次被打乱", "有{count}项不在原来的次序上，按{layers}归位",
        NOTHING, "各行自己的标记说明是哪一项，不受次序影响"),
    "rows-inserted": _note(CITY, "插入或删除行", "表中行数与下发时不同，按{layers}认定各项",
        NOTHING, "各行自己的标记说明是哪一项，不受行数影响"),
    "row-duplicated": _note(CITY, "项目重复", "本项出现{count}次，答案相同", NOTHING, "重复而一致，不影响答案"),
    "row-duplicates-differ": _doubt(COUNTY, "项目重复且不同", "本项出现{count}次，答案不同，暂按第一次读取",
        "请核实以哪一行为准", "两个答案须由人确认"),
    "item-missing": _error(COUNTY, "缺少项目", "表中找不到本项", "请在退回的表上补填后重报", "找不到不等于没有做"),
    "item-conflict": _doubt(COUNTY, "项目认定有矛盾", "本行的编码、序号、内容指向不同的项目（{claims}）",
        "请核实本项答案", "可能只移动了部分单元格"),
    "items-one-mark": _review(CITY, "只凭一种标记认定", "第{items}项的编码、序号、内容、次序只剩一种可用",
        "请核实这几项答案", "只有一种标记时，错了也看不出来"),
    "items-elsewhere": _review(COUNTY, "项目在另一张表上", "第{items}项在工作表“{found}”上，照常读取",
        "请核实是否为本次所报", "一张表被拆成了几张"),
    "rows-torn": _review(COUNTY, "答案可能错行", "第{items}项的答案与左右的标记、分值可能不是同一行",
        "请核实这几项答案", "部分单元格被移动、排序时，答案会落到别的项目上"),
    "item-text-changed": _review(COUNTY, "内容被改", "内容、标准由“{expected}”改为“{found}”",
        "请核实答案是否针对原内容", "改了要求，答案可能答非所问"),
    "item-points-changed": _review(CITY, "分值被改", "分值由{expected}改为{found}",
        "已按原分值计分，请向该单位问明缘由", "分值以下发的表为准，改动分值不会是无意的"),
    "rows-hidden": _note(CITY, "有隐藏行", "有{count}行被隐藏，照常读取", NOTHING, "隐藏不影响答案"),
    "columns-hidden": _note(CITY, "有隐藏列", "{found}列被隐藏，照常读取", NOTHING, "隐藏不影响答案"),
    "protection-removed": _note(CITY, "保护被取消", "工作表的保护已不存在", NOTHING, "转换格式也会丢掉保护"),
    "score-overwritten": _note(CITY, "自评公式被改", "自评得分公式被改写，有{count}处",
        "按本程序重新计算，无需处理", "自评得分只作对照"),
    "external-link": _note(CITY, "有外部链接", "文件含有指向其他文件的链接", "不予打开，无需处理", "外部内容不可信"),
    "answer-unplaced": _review(COUNTY, "无法归位的内容", "“{found}”不在任何答案格内",
        "请核实是否为某项的答案或说明", "不能归位的内容不丢弃，交由人看"),
    "answer-moved": _review(COUNTY, "答案格被移动", "本项的答案在{found}格，按自评公式所取的格读取",
        "请核实本项答案", "插入、删除或剪切单元格后，答案不再在本项的行上"),
    "answer-gone": _doubt(COUNTY, "答案格被删除", "本项的“{found}”格已被删除",
        "请在退回的表上补填", "删掉的答案不等于没有填"),
    "words-beside": _doubt(COUNTY, "答案写在格外", "答案格以外写有“{found}”，本项没有填，或所填与之不一致",
        "请在退回的表上把答案填进答案格", "写在格外的字也是填报人的话，不能当作没有写"),
    "words-below": _review(COUNTY, "表下写有答案", "表下写有“{found}”，而有的项没有填",
        "请在退回的表上逐项填写", "一句话说不清是哪几项"),
    "extra-note": _note(CITY, "表外有字", "表外写有“{found}”",
        "已列入备注清单，无需处理", "表外的说明不丢弃，供人查看"),
    "not-looked-into": _review(CITY, "有内容没有看到", "文件的{looked_for}无法读取，没有查看",
        "请打开原件核实有无遗漏", "看不到的不等于没有"),
    "drawing-large": _review(CITY, "大图覆盖答案", "一个{kind}覆盖了第{items}项的答案，写有“{found}”",
        "请打开原件核实有无遮挡", "大图多为水印或印章，也可能遮住答案"),
    "drawing-unplaced": _review(CITY, "图形位置不明", "表上有一个{kind}，写有“{found}”，看不出在哪一格",
        "请打开原件核实属于哪一项", "图形里的内容不在任何格内，程序读不到"),
    "drawing-beside": _review(COUNTY, "图形内有字", "本项旁有一个{kind}，写有“{found}”",
        "请把内容填入本项的格内", "图形里的字不在任何格内，不能当作没有"),
    "drawing-elsewhere": _note(CITY, "表外有图形", "答案之外有一个{kind}，写有“{found}”",
        NOTHING, "多为印章、说明，供人查看"),
    # what is seen and is no value
    "answer-drawing": _review(COUNTY, "答案格上有图形", "答案格上有一个{kind}，写有“{found}”",
        "请把答案填入格内，移去图形", "图形盖在格上，看到的不是格内的内容"),
    "answer-struck": _review(COUNTY, "答案被划去", "“{found}”带有删除线",
        "请改填：撤回的清空，仍有效的去掉删除线", "划去多半是撤回，须确认"),
    "answer-unseen": _review(COUNTY, "答案看不见", "格内填有“{found}”，但字是白色、极小或被格式隐藏，看不见",
        "请核实本项答案", "人看不见的答案不能断定是本意"),
    "answer-shown-otherwise": _review(COUNTY, "显示与内容不同", "格内填的是“{found}”，按数字格式显示为“{shown}”",
        "请直接填写所要的答案", "看到的与实际填的不是一回事"),
    "answer-coloured": _review(COUNTY, "以颜色代勾", "格内没有字，涂了颜色",
        "请改填√或清空", "颜色不能作为打勾，也不能当作没有填"),
    # what was typed
    "tick-normalised": _note(CITY, "打勾写法不同", "“{found}”按{taken}读取", NOTHING, "意思明确"),
    "tick-unclear": _doubt(COUNTY, "已落实看不清", "已落实栏填“{found}”，不能断定是否落实",
        "请改填√或清空", "不能断定时先不计分，列出上限"),
    "tick-picture": _doubt(COUNTY, "以图代勾", "该栏放的是图片", "请改填√或清空", "图片不能作为打勾"),
    "tick-font": _doubt(COUNTY, "疑为符号字体", "填的是“{found}”，可能是符号字体的√",
        "请改填√或清空", "换了字体就成了字母，须确认"),
    "ledger-unclear": _review(COUNTY, "台帐看不清", "台帐栏填“{found}”，不能断定有无台帐",
        "请改填√或清空", "不能断定时按无台帐计，列出上限"),
    "planned-unclear": _review(COUNTY, "拟落实看不清", "拟落实栏填“{found}”，不能断定",
        "请改填√或清空", "拟落实不计分，但要列入督办"),
    "month-normalised": _note(CITY, "月份写法不同", "“{found}”按{taken}读取", NOTHING, "意思明确"),
    "month-from-date": _note(CITY, "月份成了日期", "“{found}”按{taken}读取", NOTHING, "Excel会把3-5之类自动变成日期"),
    "month-list": _note(CITY, "填了多个月份", "“{found}”按{taken}读取", NOTHING, "经常性工作可以有多个月份"),
    "month-list-one-off": _review(COUNTY, "一次性工作填了多个月份", "“{found}”按{taken}读取",
        "请核实实际完成的月份", "一次性工作只应有一个月份"),
    "month-ambiguous": _doubt(COUNTY, "月份有两种读法", "“{found}”可能是{taken}",
        "请改填具体月份", "2012.1可能是1月也可能是10月"),
    "month-unclear": _doubt(COUNTY, "落实月份看不清", "落实月份填“{found}”，不是月份",
        "请改填1月至12月", "没有月份的“已落实”可能尚未落实"),
    "plan-month-unclear": _review(COUNTY, "拟落实月份看不清", "拟落实月份填“{found}”，不是月份",
        "请改填1月至12月", "没有月份无法督办"),
    "month-other-year": _doubt(COUNTY, "不是本年", "“{found}”是{year}年，本表考核{expected}年",
        "请核实落实时间", "往年落实的是否计分须由市局定"),
    "plan-month-other-year": _note(COUNTY, "计划不在本年", "“{found}”是{year}年，本表考核{expected}年",
        "请核实计划时间", "拟落实不计分"),
    "plan-month-unasked": _note(CITY, "不需填月份", "本项不需填拟落实月份，填了“{found}”",
        NOTHING, "纸质表该项没有月份栏"),
    "answer-formula": _doubt(COUNTY, "答案是公式", "答案格内是公式，显示“{found}”",
        "请直接填写", "公式的结果会变，不能作为答案"),
    "answer-uncalculated": _doubt(COUNTY, "公式未计算", "答案格内是没有结果的公式",
        "请直接填写", "没有结果的公式不等于空白"),
    "answer-error": _doubt(COUNTY, "答案是错误值", "答案格内是错误值{found}", "请直接填写", "错误值不等于空白"),
    "answer-merged": _doubt(COUNTY, "答案格被合并", "答案格与第{first}项合并，只有合并区第一格有内容",
        "请取消合并后分别填写", "合并的内容属于哪一项须确认"),
    "answer-comment": _note(CITY, "有批注", "批注：{found}", "已列入备注清单，无需处理", "批注常写有说明"),
    "remark-not-text": _review(COUNTY, "备注不是文字", "备注格内是公式或错误值，显示“{found}”",
        "请核实备注内容", "备注原文可能已丢失，不影响得分"),
    "extra-not-text": _review(COUNTY, "另设的栏不是文字", "{column}格内是公式或错误值，显示“{found}”",
        "请核实该格内容", "原文可能已丢失，不影响得分"),
    # whether it makes sense
    "not-answered": _note(COUNTY, "未填", "已落实、拟落实均未填", "如已落实或拟落实请补填", "未填按未落实计，另行列出"),
    "done-no-month": _note(COUNTY, "未填落实月份", "已落实，未填月份", "如有请补填", "照常计分，时间不详"),
    "done-month-no-tick": _doubt(COUNTY, "有月份没打勾", "填了落实月份（{found}），已落实栏没有打√",
        "请核实是否已落实", "多半是漏打勾，须确认"),
    "done-after-fill": _doubt(COUNTY, "落实月份晚于填报", "落实月份{found}晚于{filled}",
        "请核实，暂按拟落实看待", "还没到的月份不能已落实；以填报日期、收到日期、统计截至日期中最早的为准"),
    "both-ticked": _doubt(COUNTY, "已落实、拟落实都打了勾", "一次性工作两栏都打了√",
        "请只保留一个√", "一次性工作不可能既已做又拟做"),
    "both-ticked-recurring": _note(CITY, "已落实、拟落实都打了勾", "经常性工作两栏都打了√，按已落实计",
        NOTHING, "经常性工作做过还要再做"),
    "ledger-not-done": _doubt(COUNTY, "没落实却有台帐", "台帐栏打了√，已落实栏没有打√",
        "请核实是否已落实", "有台帐多半已做，须确认"),
    "ledger-item-no-ledger": _doubt(COUNTY, "台帐类项目没有台帐", "本项要求建立台帐或记录，已落实而台帐栏没有打√",
        "请核实", "没有台帐就谈不上落实"),
    "neighbour-not-done": _review(CITY, "前项未落实", "本项以第{neighbour}项为前提，该项没有落实，本项照常计分",
        "请市局核实两项", "没有前提的事，后项无从做起；而单位在本项打了勾，不能因另一项扣它的分"),
    "one-period-only": _note(COUNTY, "只填了一期", "{recurrence}工作只填{found}，其后已过{missed}期",
        "如后几期也做了请在备注中说明", "可能后来没有坚持"),
    "remark-contradicts": _doubt(COUNTY, "备注与打勾不一致", "已落实，备注写“{found}”",
        "请核实是否全部落实", "备注说只做了一部分"),
    "remark-answers": _doubt(COUNTY, "答案写在备注里", "已落实栏没有打√，备注写“{found}”",
        "请核实是否已落实，在已落实栏选√", "备注说已落实而没有打√，多半是漏打"),
    "remark-plans": _review(COUNTY, "计划写在备注里", "已落实、拟落实栏都空着，备注写“{found}”",
        "请核实是否拟落实，在拟落实栏选√", "不影响得分，但要列入督办"),
    "remark-not-applicable": _doubt(CITY, "备注说不适用", "备注写“{found}”",
        "请市局核定是否不适用", "是否不适用由市局定"),
    "plan-no-month": _error(COUNTY, "未填拟落实月份", "拟落实，未填月份", "请补填拟落实月份", "没有月份无法督办"),
    "plan-month-no-tick": _note(COUNTY, "有计划月份没打勾", "填了拟落实月份（{found}），拟落实栏没有打√",
        "如拟落实请补打√", "不影响得分"),
    "plan-overdue": _note(CITY, "逾期未落实", "拟落实月份填“{found}”，至{as_of}未见落实",
        "请督促落实", "计划的月份已过"),
    "plan-before-round": _review(COUNTY, "计划月份早于本期", "拟落实月份{found}在本期之前",
        "请核实是否指下一年", "过去的月份不能作为计划"),
    "months-dragged": _review(COUNTY, "月份疑为拖动填充", "第{items}项的月份一项比一项大一个月（至“{found}”）",
        "请核实各项的实际月份", "选中月份往下拖，Excel会自动逐月递增"),
    "column-sorted": _review(COUNTY, "疑为单列排序",
        "“{expected}”一栏从上到下排得整齐，与其他栏对不上或不合常理",
        "请核实该栏是否单独排过序", "只排一列，答案就落到别的项目上"),
    "column-off": _review(COUNTY, "疑为错一行", "“{expected}”一栏整体移动一行才与旁边的栏对得上",
        "请核实该栏是否粘贴错了一行", "粘贴时起点错一格，整栏都错"),
    "pasted-over-hidden": _review(COUNTY, "疑为粘贴到隐藏行", "第{items}项的行是隐藏的却有答案，其后有同样多的行空着",
        "请取消隐藏后逐项核实", "成块粘贴会把隐藏的行也填上，其后的答案就都错了位"),
    "filled-down": _review(CITY, "疑为一拉到底", "{count}项答案完全相同（{found}）且没有一条备注",
        "请核实是否逐项填写", "逐项如实填写极少会完全相同"),
    "nobody-signed": _review(COUNTY, "没有日期和签名",
        "填了{count}项，而没有可用的填报日期，填表人、审核人、负责人、联系电话也都没有填",
        "请逐项核对后补填填报日期、填表人重报，或由市局问明后核实",
        "预先填入上期答案的表原样交回也是这个样子，没有日期和姓名，说不清是谁在何时报的"),
    "score-differs": _review(COUNTY, "本项自评与核算不符", "表上本项自评{found}，按本行答案核算为{expected}",
        "请核实本项答案是否错行", "自评由公式得出，与答案不符时答案可能被移动过"),
    "not-recalculated": _note(CITY, "自评未重新计算", "表上各项自评得分都还是0，有{count}项按答案应有分",
        "按答案核算，无需处理", "用程序填写、未经Excel或WPS计算的表，自评仍是下发时的0，无从对照"),
    "total-differs": _review(CITY, "自评与核算不符", "表上自评合计{found}，各项相加为{expected}",
        "按核算结果计分，请核实", "两个数不一样，须说得清"),
    "blank-but-scored": _review(COUNTY, "有分无答案", "表上第{items}项有自评得分，答案却读不到",
        "请用WPS或Excel另存为.xlsx后重报", "可能是文件转换时丢了答案，不能当作没有填"),
    # what the city ruled
    "ruling-stale": _review(CITY, "核定后填报有变", "{who}核定之后填报情况已变，或看不出核定时的填报情况，核定暂不采用",
        "请在核定表中复核：仍按原核定的在“复核确认”栏选√，否则改填", "核定针对的是当时的答案，答案变了须由人再看"),
    "ruling-standing": _review(CITY, "长期不适用待确认",
        "{who}在{period}核定本项长期不适用，本期尚未确认，暂按填报计分",
        "请在核定表中确认：仍不适用的在“复核确认”栏选√，否则改填或撤销", "以前的核定不能不问就用，也不能忘"),
    "ruling-incomplete": _review(CITY, "核定不全", "核定缺{lacking}，未采用",
        "请在核定表中补填", "没有理由和核定人的核定说不清来由"),
    "ruling-unclear": _review(CITY, "核定看不清", "核定填“{found}”，不能断定是多少分，未采用",
        "请在核定表中改填数字", "看不清的不猜"),
    "ruling-both": _review(CITY, "核定有矛盾", "既填了核定分{found}，又选了不适用，未采用",
        "请在核定表中只留一样", "两样只能取其一"),
    "ruling-out-of-range": _review(CITY, "核定分超出范围", "核定分{found}不在0至{full}之间，未采用",
        "请在核定表中改填", "一项的得分不能超过满分"),
    "ruling-off-step": _review(CITY, "核定分不合分档", "核定分{found}不是{step}的整倍数，未采用",
        "请在核定表中改填", "表上的分值和计分口径给的分都是它的整倍数，核定不比它更细"),
    "ruling-withdrawn": _note(CITY, "核定已撤销", "核定已由{who}撤销", NOTHING, "撤销也是核定，有人有理由"),
    "ruling-unplaced": _review(CITY, "核定对不上",
        "核定表中的“{found}”对不上名单中的单位和表上的项，或编码与单位、项不一致，未采用",
        "请改好该行或删去其中的核定；改好之前核定表不再重写", "对不上的不猜，也不丢弃"),
    "ruling-kind": _review(CITY, "同类核定未采用", "同类核定“{found}”不全、重复或认不出来，未采用",
        "请补全同类核定、理由、核定人，或删去；改好之前核定表不再重写", "一次定许多项的，更要有人有理由"),
    "ruling-conflict": _review(CITY, "核定重复且不同", "{rows}核定的是同一事项，内容不同，均未采用",
        "请只留一行；改好之前核定表不再重写", "两个核定须由人取舍"),
    "ruling-file-ignored": _review(CITY, "另有核定表", "核定文件夹中另有“{found}”，没有读取",
        "请把其中的核定并入核定表.xlsx，再移走该文件", "只有一份核定表作数，免得两份不一致"),
}
# fmt: on
