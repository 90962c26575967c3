"""What a clerk typed into one cell, read as a tick, as months, or as a remark.

Pure: a cell value goes in, a typed value comes out, and nothing is guessed. An entry with two plausible readings
has no value, only both readings as a hint. A new tick mark or month word is one more word in the tables below.
"""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Generic, TypeAlias, TypeVar

from sanjin_xl.model.cellref import day_of, serial_of
from sanjin_xl.model.controls import visible, without_controls
from sanjin_xl.model.submission import Months

T = TypeVar("T")
Cell: TypeAlias = object  # None, str, float, int, bool, date, datetime, time, timedelta: what python-calamine yields


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """What one cell was taken for.

    value  None: unclear
    code   None: a canonical entry, nothing to say; otherwise the code of the finding
    hint   what it was taken for ("√", "未勾", "1至6月", "2012年3月"), the readings ("1或10"), or what it may be ("√")
    year   the year typed beside the month, whichever it is; None if none was
    """

    value: T | None
    code: str | None = None
    hint: str = ""
    year: int | None = None


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).casefold().split())


BLANK, OR, TO, AND = "空白", "或", "至", "、"  # the words of a hint

# --- ticks: compared without spaces, widths folded, letters of either case --------------------------------------------

STROKES = _words(r"/ \ - -- – — —— ― − ─")  # they void a field; 一, the numeral, looks the same and is not among them
TICK_MARKS = "√✓✔☑✅🗸🗹■\uf050\uf052\uf0fc\uf0fe"
BOXES = "□☐⬜◻"
YES = frozenset(TICK_MARKS) | _words("V 是 是的 有 对 对勾 已 1 Y Yes OK TRUE 有台帐 有台账")
NO = STROKES | _words(
    "□ ☐ ⬜ ◻ □月 ☐月 月 × X ╳ ✕ ✖ ✗ ✘ ❌ 无 否 不是 没有 没 未 0 N No N/A NaN NaT None Null FALSE",
    "无台帐 无台账 没有台帐 没有台账 暂无 没有做",
)
# Words for done, planned and not done, which are also written beside a month: 9月已落实, 拟12月完成.
_DEED = "(?:落实|完成|建立|开展|召开|制定|成立|实施|办结|做)(?:到位|完毕|好|了)?"
DONE_WORD = rf"(?:已经?|均已?|都已?|全部已?)+{_DEED}(?:完成)?|(?:落实|完成)(?:到位|完毕)?"
PLAN_WORD = rf"(?:(?:拟|计划|预计|打算|将)(?:{_DEED})?|(?:争取|力争|准备)(?=[于在]?\d))"
NOT_WORD = rf"(?:尚未|还未|暂未|未|没有?|还没有?){_DEED}"
WORDS_DONE, WORDS_NOT_DONE = re.compile(DONE_WORD), re.compile(NOT_WORD)
BETWEEN = re.compile(r"[()\[\]【】“”。;!]+")  # what parts a mark from the word that repeats it: √（有台帐）
# What a tick is as a letter, where the font that drew it is lost; where it is there, `workbook` reads what it draws.
FONT_TICKS = ("R", "P", "ü", "þ")
PICTURE = re.compile(
    r"=?(?:xlfn\.)?(?:DISPIMG|IMAGE)\(|\ufffc|[\[<【(]?(?:图片|图像|image|picture)[\]>】)]?$", re.IGNORECASE
)

NO_TICK = Reading(False)
TICKED = Reading(True, "tick-normalised", "√")
NOT_TICKED = Reading(False, "tick-normalised", "未勾")
TICK_UNCLEAR: Reading[bool] = Reading(None, "tick-unclear")
CANONICAL_TICKS = {"√": Reading(True), "": NO_TICK}

# --- months: compared without spaces, widths folded, Chinese numerals already Arabic --------------------------------

YEAR_ROUND = tuple(range(1, 13))
# Also what is left of an untouched "□ ＿＿ 月"; 0 is refused.
NO_MONTH = STROKES | _words("月 □ ☐ □月 ☐月 无 N/A NaN NaT None Null") | {""}
SPANS: dict[str, Months] = {
    **dict.fromkeys(_words("长期 长期坚持 全年 常年 每月 每个月 各月 每月1次"), YEAR_ROUND),
    **dict.fromkeys(_words("每季度 每季 每个季度 各季度 每季度1次"), (3, 6, 9, 12)),
    "上半年": YEAR_ROUND[:6],
    "下半年": YEAR_ROUND[6:],
    **{f"{prefix}{q}季度": YEAR_ROUND[3 * q - 3 : 3 * q] for q in (1, 2, 3, 4) for prefix in ("", "第")},
}
ONES = ("", *"一二三四五六七八九")
NUMERALS = {("", "十", "二十", "三十")[n // 10] + ONES[n % 10]: str(n) for n in range(1, 32)} | {"元": "1"}
NUMERAL = re.compile(r"(?<![\d一二三四五六七八九十])(?:[一二三四五六七八九十]+|元(?=月))(?![\d一二三四五六七八九十])")
NUMERAL_YEAR = re.compile(r"^[〇零○Oo0一二三四五六七八九]{4}(?=年)")
YEAR_DIGITS = str.maketrans("〇零○Oo一二三四五六七八九", "00000123456789")

GAP = re.compile(r"(?<!\d) | (?!\d)")  # a space that does not stand between two digits
CLOCK = r"(?:[ T]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)?"
DATES = (
    re.compile(rf"((?:19|20)\d\d)([-./ ])(\d{{1,2}})(?:月份?|\2(\d{{1,2}}){CLOCK})?", re.ASCII),  # 2012.3  2012-03-15
    re.compile(r"((?:19|20)\d\d)()(\d\d)(\d\d)?", re.ASCII),  # 201203  20120315
)
SERIAL = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
YEAR_BEFORE = re.compile(r"((?:19|20)?\d\d)年", re.ASCII)
TICK_BEFORE = re.compile(rf"^[{TICK_MARKS}](?=[\d(])")  # "☑ 3 月", pasted whole from the paper form
BRACKETED = re.compile(r"^\(([^()]*)\)$")
THIS_YEAR = re.compile(r"^(?:今年|本年)(?=\d)")
DONE_AFTER = re.compile(rf"(?<=[月份日号旬前初中底末])(?:{DONE_WORD})$")
SINGLE = re.compile(
    r"(\d{1,2})(?:\.0+|月份?(?:[初中底末]|[底末]前|[上中下]{1,2}旬前?)?|月(\d{1,2})[日号](?:[之以]?前)?)?", re.ASCII
)
DAY_FIRST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2((?:19|20)\d\d)", re.ASCII)  # 28/9/2012
ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ENGLISH = re.compile(  # Sep-12, as Excel shows September 2012, and 15-Sep
    rf"(?:\d{{1,2}}[-/ ]?)?({'|'.join(ENGLISH_MONTHS)})(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\.?"
    r"(?:[-/ ]?((?:19|20)?\d\d))?",
    re.ASCII,
)
MEMBER = r"\d{1,2}(?:月份?)?"
RANGE_JOINTS = ("——", "--", *"-~〜—–−至到")
JOINT = rf"(?:{'|'.join(RANGE_JOINTS)}|[、,;/. 和及与]|(?<=[月份])(?=\d+月))"
LIST = re.compile(rf"{MEMBER}(?:{JOINT}{MEMBER})+", re.ASCII)

EARLIEST, LATEST = date(2000, 1, 1), date(2030, 12, 31)  # beyond: a number typed into a cell formatted as a date
LONGEST = 100  # characters; no entry comes near, and a hostile cell may hold 32,767

NO_ENTRY: Reading[Months] = Reading(())
MONTH_UNCLEAR: Reading[Months] = Reading(None, "month-unclear")
CANONICAL_MONTHS: dict[str, Reading[Months]] = {"": NO_ENTRY, **{f"{m}月": Reading((m,)) for m in YEAR_ROUND}}


def read_tick(cell: Cell) -> Reading[bool]:
    """Read a tick cell. Codes: tick-normalised, tick-unclear, tick-picture, tick-font."""
    if type(cell) is str and cell in CANONICAL_TICKS:
        return CANONICAL_TICKS[cell]
    if cell is None:
        return NO_TICK
    if isinstance(cell, str):
        return _tick_from_text(cell)
    if isinstance(cell, (bool, int, float)) and cell in (0, 1):
        return TICKED if cell else NOT_TICKED
    return TICK_UNCLEAR


def _tick_from_text(text: str) -> Reading[bool]:
    folded = _folded(text)
    if not folded:
        return NO_TICK
    if len(folded) > LONGEST:
        return TICK_UNCLEAR
    if folded == "_":  # what a code page without √ makes of it
        return TICK_UNCLEAR
    mark = folded.replace("_", "").replace(" ", "")
    if not mark:
        return NOT_TICKED
    if mark in FONT_TICKS:
        return Reading(None, "tick-font", "√")
    if PICTURE.match(mark):
        return Reading(None, "tick-picture")
    parts = [part for part in BETWEEN.split(mark.casefold()) if part]
    if len(parts) > 1 and not {"0", "1"}.isdisjoint(parts):
        return TICK_UNCLEAR  # √(1) may be January
    said = {_says(part) for part in parts}
    return TICKED if said == {True} else NOT_TICKED if said == {False} else TICK_UNCLEAR


def _says(part: str) -> bool | None:
    """Whether a mark, the same mark several times, or a word says yes or no; None for neither."""
    if part in YES or WORDS_DONE.fullmatch(part) or (part[0] in TICK_MARKS and part == part[0] * len(part)):
        return True
    if part in NO or WORDS_NOT_DONE.fullmatch(part):
        return False
    return _says_beside_box(part)


def _says_beside_box(part: str) -> bool | None:
    """What a word says that stands beside its box: ☑有 and 是√ say yes, □有 no, □无 and 否√ neither."""
    word = part.strip(TICK_MARKS + BOXES)
    boxes = set(part.replace(word, "")) if word else set()
    if len(boxes) != 1:
        return None
    return not boxes.issubset(BOXES) if word in YES else None


def is_untouched(cell: Cell) -> bool:
    """Whether nobody has filled a cell in: blank, or as the paper form prints it, □ ＿＿ 月."""
    if cell in ("", None):
        return True
    return isinstance(cell, str) and not compact(cell).strip(BOXES + "月 ")


def whole_number(cell: Cell) -> int | None:
    """The number in a cell that holds nothing but one and perhaps 月, None for anything else."""
    text = compact(read_remark(cell)).removesuffix("月")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


def names_months(cell: Cell) -> bool:
    """Whether a text says months by name, as 9月 does and a bare 9 does not."""
    return isinstance(cell, str) and "月" in cell and bool(read_months(cell).value)


def read_months(cell: Cell) -> Reading[Months]:
    """Read a month cell: (3,) for one month, (3, 6) for a list, () for blank, None where it is not sure.

    Codes: month-normalised, month-list, month-from-date, month-ambiguous, month-unclear.
    """
    if type(cell) is str and cell in CANONICAL_MONTHS:
        return CANONICAL_MONTHS[cell]
    if cell is None:
        return NO_ENTRY
    if isinstance(cell, str):
        return _months_from_text(cell)
    if isinstance(cell, date):
        return _month_from_date(cell.date() if isinstance(cell, datetime) else cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _months_from_text(read_remark(cell), is_number=True)
    return MONTH_UNCLEAR


def _months_from_text(text: str, is_number: bool = False) -> Reading[Months]:
    folded = _folded(text)
    if not folded:
        return NO_ENTRY
    if len(folded) > LONGEST:
        return MONTH_UNCLEAR
    # The paper's underscores are gaps. A gap between digits may part a list ("3 6 9") or just be wide ("1 2 月").
    spaced = _arabic(_without_gaps(folded))
    if spaced.casefold() in NO_MONTH:
        return Reading((), "month-normalised", BLANK)
    if found := SERIAL.fullmatch(spaced):
        return _month_from_date(day_of(int(found[1])))
    readings = _readings(spaced) | _readings(spaced.replace(" ", ""))
    if is_number and spaced[-2:-1] == ".":
        readings |= _readings(spaced + "0")  # as a number, 2012.10 is 2012.1
    if folded == "一":
        readings[()] = None  # January, or a stroke that voids the field
    return _settled(readings)


def _month_from_date(day: date) -> Reading[Months]:
    if EARLIEST <= day <= LATEST:
        return Reading((day.month,), "month-from-date", f"{day.year}年{day.month}月", day.year)
    # Where the cell is formatted as a date, a typed 3 becomes 3 January 1900; Excel's days are one short before March.
    typed = _readings(str(serial_of(day) - (day < date(1900, 3, 1))))
    return _settled({(day.month,): None, **typed} if typed else {})


def _settled(readings: dict[Months, int | None]) -> Reading[Months]:
    """Return the one plausible reading, or say why there is none."""
    if not readings:
        return MONTH_UNCLEAR
    years = set(readings.values())
    year = years.pop() if len(years) == 1 else None
    shown = OR.join(map(_shown, readings))
    if len(readings) > 1:
        return Reading(None, "month-ambiguous", shown, year)
    (months,) = readings
    return Reading(months, "month-list" if len(months) > 1 else "month-normalised", f"{shown}月", year)


def _shown(months: Months) -> str:
    unbroken = len(months) > 2 and months == YEAR_ROUND[months[0] - 1 : months[-1]]
    return f"{months[0]}{TO}{months[-1]}" if unbroken else AND.join(map(str, months)) or BLANK


def _readings(text: str) -> dict[Months, int | None]:
    """Return every plausible reading of a folded text, most literal first, each with the year typed beside it."""
    text = _bare(text)
    if found := ENGLISH.fullmatch(text.casefold()):
        return {(ENGLISH_MONTHS.index(found[1]) + 1,): _year(found[2]) if found[2] else None}
    if found := DAY_FIRST.fullmatch(text):
        first, second, of = map(int, found.group(1, 3, 4))
        return {(month,): of for month, day in ((second, first), (first, second)) if _is_day(month, day, of)}
    for pattern in DATES:
        if found := pattern.fullmatch(text):
            return _one_month(found[3], found[4], int(found[1]))
    year = None
    if prefix := YEAR_BEFORE.match(text):
        year, text = _year(prefix[1]), text[prefix.end() :]
    if text in SPANS:
        return {SPANS[text]: year}
    if found := SINGLE.fullmatch(text):
        return _one_month(found[1], found[2], year)
    return dict.fromkeys(_list_readings(text), year) if LIST.fullmatch(text) else {}


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _bare(text: str) -> str:
    """The text without a tick in front, brackets around it, 今年 in front and 已完成 behind: （9月）。 → 9月."""
    text = TICK_BEFORE.sub("", text.rstrip("。;"))
    return DONE_AFTER.sub("", THIS_YEAR.sub("", BRACKETED.sub(r"\1", text)))


def _one_month(month: str, day: str | None, year: int | None) -> dict[Months, int | None]:
    return {(int(month),): year} if _is_day(int(month), int(day or 1), year) else {}


def _list_readings(text: str) -> list[Months]:
    """Return the readings of two or more numbers: 3.15 is a day, 3、6 a list, 3.6 either, 12.3 may be March 2012."""
    numbers = [int(digits) for digits in re.findall(r"\d+", text)]
    joints = re.split(MEMBER, text)[1:-1]
    first, second = numbers[:2]
    months = _members(numbers, joints)
    readings = [months] if months else []
    if "月" in text or not set(joints) <= {".", "/", "-"}:
        return readings
    over_new_year = joints == ["-"] and second < first  # 9-2 may be a range as well as a day; as a range it is refused
    if len(numbers) == 2 and _is_day(first, second) and not over_new_year:
        readings.insert(0, (first,))
    if readings and first >= 10 and second in YEAR_ROUND:
        readings.append((second,))  # a year of two digits: a reason for doubt, not a reading of its own
    return readings


def _members(numbers: list[int], joints: list[str]) -> Months | None:
    """Return the months of a list with ranges; None if one is no month or a range runs backwards."""
    if not set(numbers) <= set(YEAR_ROUND) or (set(joints) <= {".", "/"} and numbers != sorted(numbers)):
        return None
    months, in_range = set(numbers), False
    for first, last, joint in zip(numbers, numbers[1:], joints, strict=False):
        was_range, in_range = in_range, joint in RANGE_JOINTS
        if in_range and (was_range or last < first):
            return None
        months.update(range(first, last) if in_range else ())
    return tuple(sorted(months))


def compact(text: str) -> str:
    """The text folded, without the paper's underscores and without spaces but for those between two digits."""
    return _known_compact(text) if len(text) <= LONGEST else _compact(text)


def _compact(text: str) -> str:
    return _without_gaps(_folded(text))


_known_compact = lru_cache(maxsize=4096)(_compact)


def _without_gaps(folded: str) -> str:
    return GAP.sub("", " ".join(folded.replace("_", " ").split()))


def _folded(text: str) -> str:
    """Return the text with widths folded, invisible characters gone, runs of blanks as one space, ends trimmed."""
    text = " ".join(without_controls(visible(text)).split())
    return " ".join("".join(map(_fold, text)).split()) if len(text) <= LONGEST else text


@lru_cache(maxsize=4096)
def _fold(char: str) -> str:
    # Not for ² ③ ½: NFKC would turn "1²" into a sure December.
    if unicodedata.decomposition(char).startswith(("<super>", "<sub>", "<circle>", "<fraction>")):
        return char
    invisible = unicodedata.category(char) in ("Cc", "Cf") or "\ufe00" <= char <= "\ufe0f"
    return "" if invisible else unicodedata.normalize("NFKC", char)


def _arabic(text: str) -> str:
    """Return the text with Chinese years and numerals up to 31 as digits; 一二 is left alone, it is not 12."""
    text = NUMERAL_YEAR.sub(lambda found: found[0].translate(YEAR_DIGITS), text)
    return NUMERAL.sub(lambda found: NUMERALS.get(found[0], found[0]), text)


def _is_day(month: int, day: int, year: int | None = None) -> bool:
    return month in YEAR_ROUND and 1 <= day <= monthrange(year or 2012, month)[1]  # a leap year where none is given


def read_remark(cell: Cell) -> str:
    """Return a remark as typed: 3.0 is "3", dates are ISO; numbers keep the 15 digits that Excel keeps."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell + 0.0:.15g}"  # + 0.0 turns -0.0 into 0.0
    if isinstance(cell, datetime):
        return cell.isoformat(" ").removesuffix(" 00:00:00")
    return visible(str(cell))
